"""A recording played again: on a server that plays the runs itself, or on one that is told what they left."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.recorded.compare import Difference, Twins, differences
from tests.recorded.exchange import Answer, Json, Leaves, Recording, Request, Step, send, title

ON_THREAD = re.compile(r"/threads/([^/]+)/")


@dataclass(frozen=True)
class Replayed:
    """A recorded step, the same step as the live server went through it, and where the two part."""

    recorded: Step
    live: Step
    differences: list[Difference]

    def __str__(self) -> str:
        return "\n  ".join([title(self.recorded["request"]), *map(str, self.differences)])


def replay(
    recording: Recording, url: str, *, load: Callable[[dict[str, Json]], None] | None = None
) -> Iterator[Replayed]:
    """Send every request in order to the server at `url` and compare what it answers with the recording.

    With `load`, no run is played: what it left behind is handed to `load`, under the ids by which the server
    knows the recorded threads and checkpoints.
    """
    twins = Twins()
    for step in recording.steps:
        if load and "played" in step:
            load(twins.spoken(step["leaves"]))
            continue
        live = Step(request=twins.spoken(step["request"]))
        if "played" in step:
            live["played"] = True
        live["answer"] = send(url, live["request"])
        if "played" in step:
            live["leaves"] = left_behind(url, live["request"], live["answer"])
        # A step not answered before claims nothing.
        claimed = {part: said for part, said in step.items() if part != "request"}
        shown = {part: said for part, said in live.items() if part in claimed}
        yield Replayed(step, live, list(differences(claimed, shown, twins)))


def left_behind(url: str, run: Request, answer: Answer) -> Leaves:
    """The thread as the server's public API shows it after `run`; nothing if the run was refused or only read.

    Raises ValueError while the run still goes on, for what is seen then is not what it leaves.
    """
    on = ON_THREAD.match(run["path"])
    if not on or run["method"] != "POST" or answer["status"] >= 400:
        return Leaves(threads=[])
    thread = send(url, Request(method="GET", path=f"/threads/{on[1]}"))["body"]
    if thread["status"] == "busy":
        raise ValueError(f"{run['path']}: the run still goes on; record one that is waited for (runs/wait)")
    return Leaves(threads=[thread | {"history": _history(url, on[1])}])


def _history(url: str, thread: str) -> list[Json]:
    """The states of a thread and of its subgraphs, oldest first: the order of checkpoint ids is that of time."""
    states: list[Json] = []
    namespaces = [""]
    for namespace in namespaces:
        body = {"limit": 1000} | ({"checkpoint": {"checkpoint_ns": namespace}} if namespace else {})
        request = Request(method="POST", path=f"/threads/{thread}/history", body=body)
        found = send(url, request)["body"]
        states += found
        tasks = [task for state in found for task in state["tasks"] if task["checkpoint"]]
        namespaces += {task["checkpoint"]["checkpoint_ns"]: None for task in tasks}
    return sorted(states, key=lambda state: str(state["checkpoint_id"]))
