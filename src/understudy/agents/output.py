"""What the readers of a run get to see: every event goes through here, in the modes that the run was started with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.agents.protocol.envelopes import Envelopes, is_v2
from understudy.state.clock import give_way, pause, timestamp
from understudy.state.feeds import END, GONE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from understudy.state.clock import Clock
    from understudy.state.feeds import Feed
    from understudy.wire import Json, JsonObject

    Place = tuple[str, ...]

_BREATH = 32
"""Things that a run does before it lets others have their turn."""

_AHEAD = 4096
"""Events that a run may be ahead of a reader before it waits for him, `_NAP` seconds at a time."""

_NAP = 0.02

_V2 = frozenset({"values", "messages", "tasks"})


class Output:
    """The events of one run. `last` is the checkpoint shown last, which the thread's row follows in the end.

    A `place` is the way to a subgraph, `child:<task id>` and so on; of subgraphs nothing is shown unless asked for.
    """

    def __init__(self, feed: Feed, clock: Clock, run_id: str, kwargs: JsonObject) -> None:
        self._feed = feed
        self._clock = clock
        self._run_id = run_id
        self._keep = bool(kwargs["resumable"])
        self._envelopes = Envelopes(clock) if is_v2(kwargs["config"]["configurable"]) else None
        self._modes = frozenset(kwargs["stream_mode"])
        self._subgraphs = bool(kwargs["subgraphs"])
        if self._envelopes is not None:
            self._modes, self._subgraphs = _V2, True
        self._unbroken = 0
        self.last: JsonObject | None = None
        self.spoken: set[str] = set()
        """The ids of messages that have been shown."""

    @property
    def is_v2(self) -> bool:
        """Whether the run is read through the streaming protocol."""
        return self._envelopes is not None

    @property
    def modes(self) -> frozenset[str]:
        """The modes in which the run is shown."""
        return self._modes

    def shows(self, place: Place) -> bool:
        """Return whether anything of this place is shown."""
        return self._subgraphs or not place

    def wants(self, mode: str, place: Place) -> bool:
        """Return whether this mode of this place is shown."""
        return mode in self._modes and (self._subgraphs or not place)

    def begin(self) -> None:
        """Tell the readers which run this is."""
        self._put("metadata", {"run_id": self._run_id, "attempt": 1})

    async def breathe(self, things: int = 1) -> None:
        """Let others have their turn every so often, and wait for readers who are far behind while they read on.

        A run says this between the things that it does, so that one that does many does not hold up the server, and
        does not fill its memory with what nobody has read yet. A reader who does not read on slows it, but no more.
        """
        self._unbroken += things
        if self._unbroken < _BREATH:
            return
        self._unbroken = 0
        await give_way()
        unread = self._feed.unread
        while unread > _AHEAD:
            await pause(_NAP)
            before, unread = unread, self._feed.unread
            if unread >= before:
                return

    def error(self, error: JsonObject) -> None:
        """Tell the readers that the run failed."""
        if self._envelopes is not None:
            self._put_all(self._envelopes.failed(str(error["message"])))
        self._feed.append(self._run_id, "error", error, keep=False)

    def finish(self, *, gone: bool = False) -> None:
        """Let the readers go, and tell them if the run is `gone` before its end."""
        if self._envelopes is not None:
            self._put_all(self._envelopes.ended())
        self._feed.append(self._run_id, END, GONE if gone else None, keep=self._keep)

    def show(self, mode: str, place: Place, data: Json) -> None:
        """Show something in a mode, if that is wanted."""
        if mode in self._modes and (self._subgraphs or not place):
            self.put(mode, place, data)

    def put(self, mode: str, place: Place, data: Json) -> None:
        """Show something, wanted or not."""
        if self._envelopes is not None:
            self._put_all(self._envelopes.of(mode, place, data))
        else:
            self._put(f"{mode}|{'|'.join(place)}" if place else mode, data)

    def checkpoint(self, place: Place, step: int, shown: JsonObject, payload: Callable[[], JsonObject]) -> None:
        """Show a checkpoint; `shown` has the `values`, `next` and `tasks` that the thread's row is to follow.

        In a run of the streaming protocol the row follows the graph alone, not its subgraphs.
        """
        if not self.shows(place):
            return
        if not place or self._envelopes is None:
            self.last = shown
        if "checkpoints" in self._modes or "debug" in self._modes:
            told = payload()
            self.show("checkpoints", place, told)
            if "debug" in self._modes:
                config, parent = told["config"], told["parent_config"]
                tasks = [_placed(task) for task in told["tasks"]]
                full = {
                    **told,
                    "tasks": tasks,
                    "checkpoint": _ref(config),
                    "parent_checkpoint": parent and _ref(parent),
                }
                self._debug("checkpoint", place, step, full)

    def task(self, place: Place, step: int, payload: JsonObject) -> None:
        """Show the beginning of a task, or with a `result` its end."""
        ends = "result" in payload
        if not self.shows(place):
            return
        if ends and self.last is not None:
            interrupts = self.last["interrupts"]
            if payload["id"] in self.last["ids"] and payload["interrupts"]:
                interrupts[payload["id"]] = payload["interrupts"]
            elif payload["id"] in interrupts:
                del interrupts[payload["id"]]
        self.show("tasks", place, payload)
        if "debug" in self._modes:
            self._debug("task_result" if ends else "task", place, step, payload)

    def _debug(self, kind: str, place: Place, step: int, payload: JsonObject) -> None:
        now = timestamp(self._clock.now())
        self.put("debug", place, {"step": step, "timestamp": now, "type": kind, "payload": payload})

    def _put(self, name: str, data: Json) -> None:
        self._feed.append(self._run_id, name, data, keep=self._keep)

    def _put_all(self, items: Iterable[tuple[str, Json]]) -> None:
        for name, data in items:
            self._feed.append(self._run_id, name, data, keep=True)


def _placed(task: JsonObject) -> JsonObject:
    """Return a task as mode `debug` tells it: where its subgraph is stands under another name."""
    if not task["state"]:
        return task
    return {
        **{name: value for name, value in task.items() if name != "state"},
        "checkpoint": task["state"]["configurable"],
    }


def _ref(config: JsonObject) -> JsonObject:
    at = config["configurable"]
    names = ("checkpoint_id", "thread_id", "checkpoint_ns", "checkpoint_map")
    return {name: at[name] for name in names if name in at}
