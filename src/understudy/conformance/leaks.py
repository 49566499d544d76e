"""What could not be removed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from understudy.conformance.asking import Answer


@dataclass(frozen=True, slots=True)
class Leak:
    """Something that is still there, after the request that was to remove it."""

    kind: str
    name: str
    answer: Answer

    def __str__(self) -> str:
        return f"{self.kind} {self.name} is still there: {self.answer.operation} answered {self.answer.status}"
