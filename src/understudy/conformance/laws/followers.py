"""Laws of the streams of threads, which have no end: whoever follows one sees all that happens on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st
from hypothesis.stateful import rule

from understudy.conformance import streams
from understudy.conformance.laws.playing import CREATE, GET, NEW_THREAD, chances, modes, ways
from understudy.conformance.laws.streams import FROM_THE_START, StreamLaw, told_of

if TYPE_CHECKING:
    from understudy.contract.events import SentEvent
    from understudy.wire import Json, JsonObject

THREAD_STREAM = "GET /threads/{thread_id}/stream"
COMMANDS = "POST /threads/{thread_id}/commands"
PROTOCOL = "POST /threads/{thread_id}/stream/events"

CHANNELS = ("values", "updates", "messages", "tools", "lifecycle", "input", "custom", "tasks")
"""What can be told of a thread in its protocol."""


class ThreadStreamShowsRuns(StreamLaw):
    """A client follows a thread on which runs take place, and another one comes when they are over."""

    name = "thread-stream-shows-runs"
    sentence = "Whoever follows a thread sees every run on it as a whole, one after the other, and is told of its end."
    section = THREAD_STREAM
    operations = (THREAD_STREAM, CREATE, NEW_THREAD, GET)
    steps = 1

    @rule(chance=chances, way=ways, shown=modes, more=st.booleans())
    def follow_runs(self, chance: int, way: JsonObject, shown: Json, more: bool) -> None:
        self.pick(chance)
        thread_id = self.new_thread()
        body = self.started(chance, **way, stream_mode=shown, stream_resumable=True)
        with self.follow(THREAD_STREAM, thread_id=thread_id) as stream:
            run_ids = [str(self.create(thread_id, body)["run_id"]) for _ in range(1 + more)]
            for run_id in run_ids:
                self.over(thread_id, run_id)
            seen = self.checked(stream.read, until=streams.is_over(run_ids[-1]))
        self.hold(not seen.ended, f"the stream of thread {thread_id} ends after {_names(seen.events)}")
        self._look(seen.events, run_ids)

        with self.follow(THREAD_STREAM, headers={"Last-Event-ID": FROM_THE_START}, thread_id=thread_id) as stream:
            late = self.checked(stream.read, until=streams.is_over(run_ids[-1])).events
        self._look(late, run_ids)
        early = [event for event in seen.events if event.name != "error"]
        self.same(told_of(late), told_of(early), "what a late client is shown of the thread")

    def _look(self, events: list[SentEvent], run_ids: list[str]) -> None:
        over = self.checked(streams.check_thread, events)
        self.same(over, run_ids, f"the runs that are over, after {_names(events)}")
        self.checked(streams.check_each, events, self.event_schema(THREAD_STREAM))


class ProtocolIsNumbered(StreamLaw):
    """A client subscribes to a thread by the thread protocol, and starts runs by it."""

    name = "protocol-is-numbered"
    sentence = "Events of the thread protocol are named by their methods, numbered in order, and tell how a run ends."
    section = PROTOCOL
    operations = (PROTOCOL, COMMANDS, NEW_THREAD)
    steps = 1

    @rule(chance=chances, channels=st.lists(st.sampled_from(CHANNELS), unique=True), since=st.integers(0, 5))
    def subscribe(self, chance: int, channels: list[str], since: int) -> None:
        self.pick(chance)
        thread_id = self.new_thread()
        wanted = {"channels": sorted({*channels, "lifecycle"})}
        command = {"id": chance, "method": "run.start", "params": self.started(chance)}
        with self.follow(PROTOCOL, wanted, thread_id=thread_id) as stream:
            told = self.told(COMMANDS, command, thread_id=thread_id)
            self.hold(told["type"] == "success", f"run.start is answered with {told}")
            self.same(told["id"], chance, "the id of the command's answer")
            seen = self.checked(stream.read, until=_is_last)
        self.hold(bool(seen.events) and _is_last(seen.events[-1]), f"the run's end is not told: {_names(seen.events)}")
        self._look(seen.events)
        expected = [event for event in seen.events if int(str(event.id)) > since]
        if not expected:
            return

        with self.follow(PROTOCOL, {**wanted, "since": since}, thread_id=thread_id) as stream:
            late = self.checked(stream.read, until=_is_last).events
        self._look(late)
        self.same(_ids(late), _ids(expected), f"the numbers of the events since {since}")

    def _look(self, events: list[SentEvent]) -> None:
        self.checked(streams.check_protocol, events)
        self.checked(streams.check_each, events, self.event_schema(PROTOCOL))


def _is_last(event: SentEvent) -> bool:
    params = event.data.get("params", {}) if isinstance(event.data, dict) else {}
    return event.name == "lifecycle" and not params.get("namespace") and params["data"].get("event") != "running"


def _ids(events: list[SentEvent]) -> Json:
    return [event.id for event in events]


def _names(events: list[SentEvent]) -> str:
    return ", ".join(event.name for event in events) or "nothing"
