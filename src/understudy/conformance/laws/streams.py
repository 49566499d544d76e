"""Laws of the streams of runs: what they show, in which order, how they end, and how a client takes them up again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from understudy.conformance import streams
from understudy.conformance.laws.playing import (
    CREATE,
    GET,
    JOIN_STREAM,
    MODES,
    NEW_THREAD,
    STREAM,
    RunLaw,
    chances,
    modes,
    oddities,
    run_named,
    ways,
    without_interrupts,
)

if TYPE_CHECKING:
    from understudy.contract.events import SentEvent
    from understudy.wire import Json, JsonObject

STATELESS = "POST /runs/stream"
THREAD_STREAM = "GET /threads/{thread_id}/stream"
COMMANDS = "POST /threads/{thread_id}/commands"
PROTOCOL = "POST /threads/{thread_id}/stream/events"

FROM_THE_START = "-"
"""The Last-Event-ID of a client that has seen nothing."""

CHANNELS = ("values", "updates", "messages", "tools", "lifecycle", "input", "custom", "tasks")
"""What can be told of a thread in its protocol."""

watched = st.fixed_dictionaries(
    {"stream_mode": modes},
    optional={"stream_subgraphs": st.booleans(), "stream_resumable": st.booleans()},
)
"""How a run is watched."""


class StreamLaw(RunLaw):
    """A law of streams."""

    def streamed(self, thread_id: str, body: JsonObject) -> tuple[str, list[SentEvent]]:
        """Start a run and return its id and all events that it shows."""
        answer = self.ask(STREAM, body, thread_id=thread_id)
        events = self.events(answer, thread_id)
        return run_named(answer), events

    def joined(self, thread_id: str, run_id: str, last_event_id: str, **query: str) -> list[SentEvent]:
        """Return what a run that is over still shows to a client that has seen an event."""
        headers = {"Last-Event-ID": last_event_id}
        answer = self.ask(JOIN_STREAM, query=query, headers=headers, thread_id=thread_id, run_id=run_id)
        return self.events(answer)


def _whole(law: StreamLaw, events: list[SentEvent], run_id: str, body: JsonObject) -> None:
    asked = body["stream_mode"] or ["values"]
    law.checked(
        streams.check_run,
        events,
        run_id,
        modes=[asked] if isinstance(asked, str) else asked,
        subgraphs=body.get("stream_subgraphs", False),
        resumable=body.get("stream_resumable", False),
    )


class RunStreamIsWhole(StreamLaw):
    """Runs are started on a thread and watched in made-up ways."""

    name = "run-stream-is-whole"
    sentence = "A stream begins with the metadata of its run, shows the modes asked for, and ends as the run does."
    section = STREAM
    operations = (STREAM, NEW_THREAD, GET)
    steps = 3
    examples = 0.2

    @initialize(chance=chances)
    def begin(self, chance: int) -> None:
        self.pick(chance)
        self.thread_id = self.new_thread()

    @rule(chance=chances, way=ways, watch=watched, odd=st.just({}) | oddities)
    def watch(self, chance: int, way: JsonObject, watch: JsonObject, odd: JsonObject) -> None:
        body = {**self.started(chance, **way, **watch), **self.named(odd)}
        answer = self.ask(STREAM, body, thread_id=self.thread_id)
        if odd and not answer.ok:
            return  # it may be refused
        events, run_id = self.events(answer, self.thread_id), run_named(answer)

        _whole(self, events, run_id, body)
        self.checked(streams.check_end, events, self.settled(self.thread_id, run_id))


class StatelessStreamIsWhole(StreamLaw):
    """Runs without a thread are watched in made-up ways."""

    name = "stateless-stream-is-whole"
    sentence = "The stream of a stateless run begins with its metadata and shows the modes asked for."
    section = STATELESS
    operations = (STATELESS,)
    steps = 1

    @rule(chance=chances, way=ways, watch=watched, odd=st.just({}) | oddities)
    def watch(self, chance: int, way: JsonObject, watch: JsonObject, odd: JsonObject) -> None:
        self.pick(chance)
        body = {**self.started(chance, **way, **watch), **self.named(odd)}
        answer = self.ask(STATELESS, body)
        if odd and not answer.ok:
            return  # it may be refused
        events = self.events(answer)

        _whole(self, events, run_named(answer), body)


class StreamEndsInState(StreamLaw):
    """Runs show their values, and the thread is looked at when they are over."""

    name = "stream-ends-in-state"
    sentence = "The last values that a run streams are the values of the thread's state, and of the thread."
    section = STREAM
    operations = (STREAM, NEW_THREAD, GET, "GET /threads/{thread_id}", "GET /threads/{thread_id}/state")
    steps = 3
    examples = 0.2

    @initialize(chance=chances)
    def begin(self, chance: int) -> None:
        self.pick(chance)
        self.thread_id = self.new_thread()

    @rule(chance=chances, way=ways, more=modes)
    def watch(self, chance: int, way: JsonObject, more: Json) -> None:
        shown = {"values", *([more] if isinstance(more, str) else more)}
        run_id, events = self.streamed(self.thread_id, self.started(chance, **way, stream_mode=sorted(shown)))
        self.settled(self.thread_id, run_id)
        told = [event.data for event in events if event.name == "values"]
        if not told:
            return  # it failed before it began
        last = without_interrupts(told[-1])
        state = self.told("GET /threads/{thread_id}/state", thread_id=self.thread_id)

        self.same(last, state["values"], f"the last values of run {run_id}, held against the state")
        self.same(self.thread(self.thread_id)["values"], last, f"the thread's values after run {run_id}")


class StreamResumes(StreamLaw):
    """A resumable run is over; clients that have seen some of it join again."""

    name = "stream-resumes"
    sentence = "A client that names the last event it has seen of a resumable run is sent exactly what followed."
    section = JOIN_STREAM
    operations = (JOIN_STREAM, STREAM, NEW_THREAD)
    steps = 3
    examples = 0.5

    @initialize(chance=chances, shown=modes, subgraphs=st.booleans())
    def play(self, chance: int, shown: Json, subgraphs: bool) -> None:
        self.pick(chance)
        self.thread_id = self.new_thread()
        body = self.started(chance, stream_mode=shown, stream_subgraphs=subgraphs, stream_resumable=True)
        self.run_id, self.events_ = self.streamed(self.thread_id, body)

    @rule(chance=st.integers(0, 999))
    def resume(self, chance: int) -> None:
        kept = [event for event in self.events_ if event.name != "error"]
        place = chance % (len(kept) + 1) - 1
        after = str(kept[place].id) if place >= 0 else FROM_THE_START

        self.checked(streams.check_resumed, self.joined(self.thread_id, self.run_id, after), kept, place)


class JoinedModeFilters(StreamLaw):
    """A resumable run with all modes is joined for one of them."""

    name = "joined-mode-filters"
    sentence = "Whoever joins a run for one mode is sent all of its events, and none of another mode."
    section = JOIN_STREAM
    operations = (JOIN_STREAM, STREAM, NEW_THREAD)
    steps = 3

    @initialize(chance=chances, shown=st.lists(st.sampled_from(MODES), unique=True, min_size=2, max_size=4))
    def play(self, chance: int, shown: list[str]) -> None:
        self.pick(chance)
        self.thread_id = self.new_thread()
        shown = [mode for mode in shown if not mode.startswith("messages")] or ["values", "updates"]
        self.shown = shown
        self.run_id, self.events_ = self.streamed(
            self.thread_id, self.started(chance, stream_mode=shown, stream_resumable=True)
        )

    @rule(chance=chances)
    def join(self, chance: int) -> None:
        mode = self.shown[chance % len(self.shown)]
        found = self.joined(self.thread_id, self.run_id, FROM_THE_START, stream_mode=mode)
        expected = [event for event in self.events_ if streams.is_of(mode)(event)]
        found = [event for event in found if event.name != "metadata"]

        self.same(_told(found), _told(expected), f"the events of mode {mode}")


class StreamIdsDiffer(StreamLaw):
    """A resumable run that says a lot is watched."""

    name = "stream-ids-differ"
    sentence = "No two events of a resumable stream have the same id, so that a client can go on after each of them."
    section = "parameter Last-Event-ID"
    operations = (STREAM, NEW_THREAD)
    steps = 1

    @rule(chance=chances)
    def watch(self, chance: int) -> None:
        self.pick(chance)
        body = self.started(chance, stream_mode=list(MODES), stream_resumable=True)
        _, events = self.streamed(self.new_thread(), body)

        self.checked(streams.check_ids_differ, events)


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
        self.same(_told(late), _told(early), "what a late client is shown of the thread")

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


def _told(events: list[SentEvent]) -> Json:
    return [event.to_json() for event in events]


def _ids(events: list[SentEvent]) -> Json:
    return [event.id for event in events]


def _names(events: list[SentEvent]) -> str:
    return ", ".join(event.name for event in events) or "nothing"
