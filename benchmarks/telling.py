"""The agent `progress` of runs.yaml."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.agents.steps import Emit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from understudy.agents.steps import Situation


def progress(situation: Situation) -> Iterator[Emit]:
    """Tell of the numbers from 1 to n."""
    for number in range(1, situation.state["n"] + 1):
        yield Emit({"progress": number})
