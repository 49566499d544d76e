"""A recording played again, runs and all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.recorded.compare import differences
from tests.recorded.exchange import Answer, Json, Leaves, Recording, Request, Step, send, title
from understudy.conformance.comparing.differences import Difference, Twins

WAITED_FOR = re.compile(r"/threads/([^/]+)/runs/wait")


@dataclass(frozen=True)
class Replayed:
    """A recorded step, the same step as the live server went through it, and where the two part."""

    recorded: Step
    live: Step
    differences: list[Difference]

    def __str__(self) -> str:
        return "\n  ".join([title(self.recorded["request"]), *map(str, self.differences)])


def replay(recording: Recording, url: str) -> Iterator[Replayed]:
    """Send every request in order to the server at `url` and compare what it answers with the recording.

    What runs leave behind is compared as well.
    """
    twins = Twins()
    for step in recording.steps:
        live = Step(request=twins.spoken(step["request"]))
        live["answer"] = send(url, live["request"])
        leaves = left_behind(url, live["request"], live["answer"])
        if leaves is not None:
            live["leaves"] = leaves
        # A step not answered before claims nothing.
        claimed = {part: said for part, said in step.items() if part != "request"}
        shown = {part: said for part, said in live.items() if part in claimed}
        yield Replayed(step, live, list(differences(claimed, shown, twins)))


def left_behind(url: str, request: Request, answer: Answer) -> Leaves | None:
    """The thread as the server's public API shows it after a run that was waited for; None if there was none.

    Raises ValueError while another run still goes on, for what is seen then is not what runs leave.
    """
    on = WAITED_FOR.fullmatch(request["path"])
    if not on or answer["status"] >= 400:
        return None
    thread = send(url, Request(method="GET", path=f"/threads/{on[1]}"))["body"]
    if thread["status"] == "busy":
        raise ValueError(f"{request['path']}: a run still goes on")
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
