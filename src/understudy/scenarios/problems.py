"""What is wrong in scenarios: where it stands, and what would be right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from understudy.errors import SetupError
from understudy.paths import spelled

if TYPE_CHECKING:
    from collections.abc import Iterable

    from understudy.paths import Path


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
