"""What is wrong in scenarios: where it stands, and what would be right."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from understudy.errors import SetupError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from understudy.wire import Json

Path: TypeAlias = tuple[str | int, ...]
"""Where a value stands in a scenario: `("threads", 2, "status")`."""

_PLAIN = re.compile(r"[A-Za-z_][\w-]*")
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a scenario."""

    source: str
    path: Path
    what: str
    line: int | None = None

    def __str__(self) -> str:
        place = self.source if self.line is None else f"{self.source}:{self.line}"
        return f"{place}: {spelled(self.path)}: {self.what}" if self.path else f"{place}: {self.what}"


class ScenarioError(SetupError):
    """A scenario cannot be used; `problems` are all that were found, and the message lists them, one on a line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


def spelled(path: Path) -> str:
    """Return a path as people write it: `threads[2].history[0].values["two words"]`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _PLAIN.fullmatch(step):
            text += f".{step}" if text else step
        else:
            text += f"[{quoted(step)}]"
    return text


def quoted(value: Json) -> str:
    """Return a value as JSON text, cut short when it is long."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
