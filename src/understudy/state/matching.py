"""Which requests are meant: by the names that people give to operations, by path, by thread."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import TYPE_CHECKING

from understudy.errors import Invalid, did_you_mean
from understudy.paths import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from understudy.contract.operations import Operation

_BRACES = re.compile(r"\{[^{}/]*\}")
_SEVERAL = "**"
_STARS = {_SEVERAL: ".*", "*": "[^/]*"}


class Names:
    """The operations of one API or of several, by all the names that people give them."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._operations = tuple(operations)
        # By name, the first operation of each API that is called so.
        self._known: dict[str, dict[str, Operation]] = defaultdict(dict)
        for operation in self._operations:
            for name in (operation.id, operation.handler, _spelled(str(operation))):
                if name is not None:
                    self._known[name].setdefault(operation.api, operation)
        self._short = {operation.handler or operation.id for operation in self._operations}

    def __iter__(self) -> Iterator[Operation]:
        """Yield the operations in the order of the documents."""
        return iter(self._operations)

    def find(self, name: str) -> Operation:
        """Return the operation that is called so. Invalid with the nearest right name if none is, or one of each API.

        A name is an operation id, the short name of what answers it (`threads.create`), or a method and path
        (`GET /threads/{thread_id}`, with any words in the braces).
        """
        found = self._known.get(name) or self._known.get(_spelled(name))
        if found is None:
            every = {str(each) for each in self} | {each.id for each in self} | self._short
            near = did_you_mean(name, every if get_close_matches(name, every) else self._short)
            raise Invalid(f"no operation {quoted(name)}.{near}")
        operation, *others = found.values()
        if others:
            each = " or ".join(quoted(str(one)) for one in (operation, *others))
            raise Invalid(f"{quoted(name)} is an operation of each API here: say {each}")
        return operation


@dataclass(frozen=True, kw_only=True)
class Which:
    """Which requests are meant: those that have all that is said here; what is None may be anything.

    In `path`, `*` stands for one segment or a part of it, `**` for anything. Paths have no query.
    """

    operation: Operation | None = None
    path: str | None = None
    method: str | None = None
    thread_id: str | None = None

    def fits(self, method: str, path: str, operation: Operation | None, parameters: Mapping[str, str]) -> bool:
        """Return whether a request is meant. It may reach no operation; `parameters` are those of its path."""
        return (
            (self.operation is None or (operation is not None and operation.id == self.operation.id))
            and (self.method is None or self.method.upper() == method)
            and (self.thread_id is None or self.thread_id.lower() == _thread_id(parameters).lower())
            and (self.path is None or self._path.fullmatch(path) is not None)
        )

    @cached_property
    def _path(self) -> re.Pattern[str]:
        parts = re.split(r"(\*\*|\*)", self.path or "")
        return re.compile("".join(_STARS.get(part) or re.escape(part) for part in parts), re.DOTALL)


def _thread_id(parameters: Mapping[str, str]) -> str:
    """Return the thread that a path names, in the spelling of either API; empty if it names none."""
    return parameters.get("thread_id") or parameters.get("threadId") or ""


def _spelled(name: str) -> str:
    """Return a method and path as they are compared: the method in capitals, nothing in the braces."""
    method, _, path = name.strip().partition(" ")
    return f"{method.upper()} {_BRACES.sub('{}', path.strip())}" if path else name
