"""Expectations: what should have been asked of a world, compared with its journal."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from understudy.errors import Invalid
from understudy.paths import Path, quoted, spelled
from understudy.state.entries import json
from understudy.state.matching import Names, Which

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from understudy.state.entries import Entry
    from understudy.state.journal import Journal
    from understudy.wire import Json, JsonObject

_SHOWN = 5
"""How many of several things a complaint names."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request that is expected, and how often: at least and at most."""

    which: Which
    status: int | None
    body: Json
    said: JsonObject
    at_least: int
    at_most: float

    def differences(self, entry: Entry) -> Iterator[str]:
        """Yield what a request has otherwise, of those that go where this one goes."""
        if self.status is not None and entry.status != self.status:
            yield f"it was answered with {entry.status or 'nothing'}, not {self.status}"
        if "body" in self.said:
            if "body" in entry.cut:
                yield "its body is too long to be kept"
            else:
                yield from differences(self.body, json(entry.body), ("body",))

    def reaches(self, entry: Entry) -> bool:
        """Return whether a request goes where this one goes."""
        return self.which.fits(entry.method, entry.path, entry.operation, entry.parameters)

    def fits(self, entry: Entry) -> bool:
        """Return whether a request is such a call."""
        return self.reaches(entry) and not any(True for _ in self.differences(entry))

    def __str__(self) -> str:
        parts = [f"{self.said.get('operation') or self.said.get('path') or 'any request'}"]
        if "operation" in self.said and "path" in self.said:
            parts.append(f"at {self.said['path']}")
        if "thread_id" in self.said:
            parts.append(f"on thread {self.said['thread_id']}")
        if "body" in self.said:
            parts.append(f"with {quoted(self.body)}")
        if "status" in self.said:
            parts.append(f"answered with {self.status}")
        return " ".join(parts)


def expected(call: JsonObject, names: Names) -> Call:
    """Return the call that is described. Invalid if its operation is unknown, or its numbers exclude each other."""
    at_least, at_most = call.get("at_least"), call.get("at_most")
    if "times" in call:
        if at_least is not None or at_most is not None:
            raise Invalid("times is at_least and at_most in one: say either")
        at_least = at_most = call["times"]
    if at_least is None:
        at_least = 1 if at_most is None else 0
    if at_most is not None and at_least > at_most:
        raise Invalid(f"at_least {at_least} and at_most {at_most} exclude each other")
    operation = names.find(call["operation"]) if "operation" in call else None
    which = Which(operation=operation, path=call.get("path"), thread_id=call.get("thread_id"))
    return Call(
        which=which,
        status=call.get("status"),
        body=call.get("body"),
        said=call,
        at_least=at_least,
        at_most=inf if at_most is None else at_most,
    )


def complaints(journal: Journal, calls: Sequence[Call], *, in_order: bool = False, only: bool = False) -> list[str]:
    """Return what was not as expected, in sentences for people; nothing if all was."""
    entries = list(journal)
    fitting = [[entry for entry in entries if call.fits(entry)] for call in calls]
    found = [
        _miscounted(call, fits, entries)
        for call, fits in zip(calls, fitting, strict=True)
        if not call.at_least <= len(fits) <= call.at_most
    ]
    if in_order and not found:
        found += _disordered(calls, fitting)
    if only:
        wanted = {entry.number for fits in fitting for entry in fits}
        found += _unexpected([entry for entry in entries if entry.number not in wanted])
    if journal.dropped and (found or only or any(call.at_most < inf for call in calls)):
        more = "1 more request" if journal.dropped == 1 else f"{journal.dropped} more requests"
        found.append(f"{more} came before those that the journal still has")
    return found


def _miscounted(call: Call, fits: list[Entry], entries: list[Entry]) -> str:
    wanted = f"exactly {_times(call.at_least)}" if call.at_least else "never"
    if call.at_least != call.at_most:
        wanted = f"at least {_times(call.at_least)}" if len(fits) < call.at_least else f"at most {_times(call.at_most)}"
    told = f"{call}: expected {wanted}, came {_times(len(fits))}"
    if len(fits) > call.at_most:
        return f"{told}: {', '.join(_some([_name(entry) for entry in fits]))}"
    near = [(list(call.differences(entry)), entry) for entry in entries if call.reaches(entry)]
    near = [(different, entry) for different, entry in near if different]
    if near:
        different, entry = min(near, key=lambda each: len(each[0]))
        return f"{told}. Nearest is {_name(entry)}: {'; '.join(_some(different))}"
    return told if fits else f"{told}. {_asked(entries)}"


def _disordered(calls: Sequence[Call], fitting: list[list[Entry]]) -> Iterator[str]:
    """Yield where a call came only before one that should precede it."""
    last: Entry | None = None
    before: Call | None = None
    for call, fits in zip(calls, fitting, strict=True):
        later = [entry for entry in fits if last is None or entry.number > last.number]
        if len(later) < call.at_least:
            assert last is not None
            came = f"only {_times(len(later))} after that" if later else "only before that"
            yield f"{call}: expected after {before}, {_name(last)}; came {came}: {', '.join(map(_name, fits))}"
            return
        if call.at_least:
            last, before = later[call.at_least - 1], call


def _unexpected(entries: list[Entry]) -> Iterator[str]:
    if entries:
        names = [_name(entry) for entry in entries]
        yield f"nothing else was expected, but there was {', '.join(_some(names))}"


def differences(wanted: Json, found: Json, path: Path) -> Iterator[str]:
    """Yield where a value is not as wanted: of objects only the wanted members count, lists match one by one."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        for name, each in wanted.items():
            if name in found:
                yield from differences(each, found[name], (*path, name))
            else:
                yield f"{spelled((*path, name))} is missing"
    elif isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        for at, (each, other) in enumerate(zip(wanted, found, strict=True)):
            yield from differences(each, other, (*path, at))
    elif isinstance(wanted, list) and isinstance(found, list):
        yield f"{spelled(path)} has {len(found)} elements, not {len(wanted)}"
    elif isinstance(wanted, bool) is not isinstance(found, bool) or wanted != found:
        yield f"{spelled(path)} is {quoted(found)}, not {quoted(wanted)}"


def _asked(entries: Iterable[Entry]) -> str:
    counts = Counter(f"{entry.method} {entry.path}" for entry in entries)
    if not counts:
        return "Nothing was asked at all"
    several = [f"{request} ({times} times)" if times > 1 else request for request, times in counts.most_common()]
    return f"Asked was {', '.join(_some(several))}"


def _name(entry: Entry) -> str:
    return f"{entry.method} {entry.path} (number {entry.number})"


def _some(texts: list[str]) -> list[str]:
    return texts if len(texts) <= _SHOWN else [*texts[:_SHOWN], f"and {len(texts) - _SHOWN} more"]


def _times(number: float) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(int(number), f"{int(number)} times")
