"""The life cycle of runs and threads: every way in which a run can end, and what is left of it.

A thread is busy from the moment at which a run is created on it until its last run has ended. Then it rests as the run
left it that ended last: it is interrupted when something is next, be it that an agent asks or that it was stopped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

RunStatus = Literal["pending", "running", "success", "error", "interrupted"]
ThreadStatus = Literal["idle", "busy", "interrupted", "error"]
Ending = Literal["finished", "failed", "stopped", "rolled back", "never begun"]

ACTIVE: tuple[RunStatus, ...] = ("pending", "running")
"""The states of a run that is not over."""


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a run: its status, None if its row goes, and how its thread rests.

    `rests` is the status of a thread on which nothing is next, `goes_on` that of one on which something is.
    """

    run: RunStatus | None
    rests: ThreadStatus
    goes_on: ThreadStatus


ENDINGS: dict[Ending, Left] = {
    "finished": Left(run="success", rests="idle", goes_on="interrupted"),
    "failed": Left(run="error", rests="error", goes_on="error"),
    "stopped": Left(run="interrupted", rests="idle", goes_on="interrupted"),
    "rolled back": Left(run=None, rests="idle", goes_on="idle"),
    "never begun": Left(run="interrupted", rests="idle", goes_on="idle"),
}
"""How runs end. A run that an agent's question ends is finished: it is a new run that brings the answer."""
