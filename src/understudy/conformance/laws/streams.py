"""Laws of the streams of runs: what they show, in which order, how they end, and how a client takes them up again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from understudy.conformance import streams
from understudy.conformance.laws.playing import (
    GET,
    HISTORY,
    JOIN_STREAM,
    MODES,
    NEW_THREAD,
    STATE,
    STREAM,
    THREAD,
    RunLaw,
    ThreadRunLaw,
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

FROM_THE_START = "-"
"""The Last-Event-ID of a client that has seen nothing."""

watched = st.fixed_dictionaries(
    {"stream_mode": modes},
    optional={"stream_subgraphs": st.booleans(), "stream_resumable": st.booleans()},
)
"""How a run is watched."""


class StreamLaw(RunLaw):
    """A law of streams."""

    phase = "streams"

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

    def whole(self, events: list[SentEvent], run_id: str, body: JsonObject) -> None:
        """Say that these have to be all events of a run that was started with a body."""
        asked = body["stream_mode"] or ["values"]
        self.checked(
            streams.check_run,
            events,
            run_id,
            modes=[asked] if isinstance(asked, str) else asked,
            subgraphs=body.get("stream_subgraphs", False),
            resumable=body.get("stream_resumable", False),
        )


class RunStreamIsWhole(StreamLaw, ThreadRunLaw):
    """Runs are started on a thread and watched in made-up ways."""

    name = "run-stream-is-whole"
    sentence = "A stream begins with the metadata of its run, shows the modes asked for, and ends as the run does."
    section = STREAM
    operations = (STREAM, NEW_THREAD, GET)
    steps = 3
    examples = 0.2

    @rule(chance=chances, way=ways, view=watched, odd=st.just({}) | oddities)
    def watch(self, chance: int, way: JsonObject, view: JsonObject, odd: JsonObject) -> None:
        body = {**self.started(chance, **way, **view), **self.named(odd)}
        answer = self.ask(STREAM, body, thread_id=self.thread_id)
        if odd and not answer.ok:
            return  # it may be refused
        events, run_id = self.events(answer, self.thread_id), run_named(answer)

        self.whole(events, run_id, body)
        self.checked(streams.check_end, events, self.settled(self.thread_id, run_id))


class StatelessStreamIsWhole(StreamLaw):
    """Runs without a thread are watched in made-up ways."""

    name = "stateless-stream-is-whole"
    sentence = "The stream of a stateless run begins with its metadata and shows the modes asked for."
    section = STATELESS
    operations = (STATELESS,)
    steps = 1

    @rule(chance=chances, way=ways, view=watched, odd=st.just({}) | oddities)
    def watch(self, chance: int, way: JsonObject, view: JsonObject, odd: JsonObject) -> None:
        self.pick(chance)
        body = {**self.started(chance, **way, **view), **self.named(odd)}
        answer = self.ask(STATELESS, body)
        if odd and not answer.ok:
            return  # it may be refused
        events = self.events(answer)

        self.whole(events, run_named(answer), body)


class StreamEndsInState(StreamLaw, ThreadRunLaw):
    """Runs show their values, and the thread is looked at when they are over."""

    name = "stream-ends-in-state"
    sentence = "The last values that a run streams are the values of the thread's state, and of the thread."
    section = STREAM
    operations = (STREAM, NEW_THREAD, GET, THREAD, STATE)
    steps = 3
    examples = 0.2

    @rule(chance=chances, way=ways, more=modes)
    def watch(self, chance: int, way: JsonObject, more: Json) -> None:
        shown = {"values", *([more] if isinstance(more, str) else more)}
        run_id, events = self.streamed(self.thread_id, self.started(chance, **way, stream_mode=sorted(shown)))
        self.settled(self.thread_id, run_id)
        told = [event.data for event in events if event.name == "values"]
        if not told:
            return  # it failed before it began
        last = without_interrupts(told[-1])
        state = self.told(STATE, thread_id=self.thread_id)

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
        self.run_id, self.seen = self.streamed(self.thread_id, body)

    @rule(chance=st.integers(0, 999))
    def resume(self, chance: int) -> None:
        kept = [event for event in self.seen if event.name != "error"]
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
        self.run_id, self.seen = self.streamed(
            self.thread_id, self.started(chance, stream_mode=shown, stream_resumable=True)
        )

    @rule(chance=chances)
    def join(self, chance: int) -> None:
        mode = self.shown[chance % len(self.shown)]
        found = self.joined(self.thread_id, self.run_id, FROM_THE_START, stream_mode=mode)
        expected = [event for event in self.seen if streams.is_of(mode)(event)]
        found = [event for event in found if event.name != "metadata"]

        self.same(told_of(found), told_of(expected), f"the events of mode {mode}")


class StreamModesAgree(StreamLaw, ThreadRunLaw):
    """Runs are watched by their tasks, by their checkpoints, and by both with step numbers."""

    name = "stream-modes-agree"
    sentence = "Every task that a stream begins it ends once, and `debug` tells of the same tasks and checkpoints."
    section = "stream_mode of RunCreateStateful"
    operations = (STREAM, HISTORY, NEW_THREAD)

    @rule(chance=chances, stops=st.booleans())
    def watch(self, chance: int, stops: bool) -> None:
        options = {"interrupt_before": "*"} if stops else {}
        body = self.started(chance, stream_mode=["tasks", "checkpoints", "debug"], **options)
        run_id, events = self.streamed(self.thread_id, body)
        told: dict[str, list[JsonObject]] = {"tasks": [], "checkpoints": [], "debug": []}
        for event in events:
            told.get(event.name, []).append(event.data)

        begun = [task["id"] for task in told["tasks"] if "triggers" in task]
        ended = [task["id"] for task in told["tasks"] if "triggers" not in task]
        if events[-1].name != "error":
            self.same(sorted(ended), sorted(begun), f"the tasks that run {run_id} ends, held against those it begins")
        again = [step["payload"]["id"] for step in told["debug"] if step["type"] != "checkpoint"]
        self.same(again, [task["id"] for task in told["tasks"]], f"the tasks of run {run_id} in mode debug")
        made = [_checkpoint(state) for state in told["checkpoints"]]
        again = [_checkpoint(step["payload"]) for step in told["debug"] if step["type"] == "checkpoint"]
        self.same(again, made, f"the checkpoints of run {run_id} in mode debug")
        history = self.told(HISTORY, {"limit": 1000}, thread_id=self.thread_id)
        kept = [state["checkpoint"]["checkpoint_id"] for state in reversed(history)]
        self.same([each for each in made if each not in kept], [], "the checkpoints told of that the history lacks")


def _checkpoint(state: JsonObject) -> Json:
    return state["config"]["configurable"]["checkpoint_id"]


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


def told_of(events: list[SentEvent]) -> Json:
    """Return events as JSON, so that the first place where they differ from others can be told."""
    return [event.to_json() for event in events]
