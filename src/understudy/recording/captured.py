"""What was read from a deployment: rows as the API answers them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from understudy.wire import JsonObject


@dataclass(frozen=True, slots=True)
class RecordedRun:
    """A run of a thread, and what it left in the thread's history."""

    thread_id: str
    row: JsonObject
    """The run, with its `kwargs`: input, command, config and so on."""
    states: Sequence[JsonObject]
    """The states that it made, oldest first, with their tasks; those of subgraphs among them, by `checkpoint_ns`."""
    before: JsonObject | None = None
    """The state that it began with, None on a new thread. A run that resumes goes on with the tasks of this one."""

    @property
    def graph_id(self) -> str | None:
        """The graph that it ran, if the deployment tells: runs that name no thread do not, their states do."""
        told = [state["metadata"] or {} for state in self.states]
        told.append(self.row.get("metadata") or {})
        return next((metadata["graph_id"] for metadata in told if isinstance(metadata.get("graph_id"), str)), None)


@dataclass(slots=True)
class Captured:
    """All that was read. Rows are as the API answers them, threads with their `history`, oldest state first."""

    assistants: list[JsonObject] = field(default_factory=list)
    """Each with its `versions`, the newest first."""
    threads: list[JsonObject] = field(default_factory=list)
    crons: list[JsonObject] = field(default_factory=list)
    store: list[JsonObject] = field(default_factory=list)
    graphs: dict[str, JsonObject] = field(default_factory=dict)
    """By graph id: its `drawing`, its `schemas`, and those of its `subgraphs` by namespace."""
    runs: list[RecordedRun] = field(default_factory=list)
