"""Laws of what comes of runs: what those who wait are told, what the thread remembers, and what nobody keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from understudy.conformance.laws.playing import (
    ACTIVE,
    CREATE,
    GET,
    HISTORY,
    JOIN,
    LIST,
    NEW_THREAD,
    STATE,
    STREAM,
    THREAD,
    WAIT,
    RunLaw,
    ThreadRunLaw,
    chances,
    run_named,
    ways,
    without_interrupts,
)

if TYPE_CHECKING:
    from understudy.conformance.asking import Answer
    from understudy.wire import Json, JsonObject

SEARCH = "POST /threads/search"
BATCH = "POST /runs/batch"
ALONE = ("POST /runs", "POST /runs/wait", "POST /runs/stream")
"""How a run without a thread is started."""


class WaitAndJoinAgree(ThreadRunLaw):
    """Runs are waited for, and joined when they are over."""

    name = "wait-and-join-agree"
    sentence = "Whoever waits for a run and whoever joins it are told the same values: those of the thread's state."
    section = JOIN
    operations = (JOIN, WAIT, CREATE, STATE, NEW_THREAD)

    @rule(chance=chances, way=ways, apart=st.booleans())
    def play(self, chance: int, way: JsonObject, apart: bool) -> None:
        body = self.started(chance, **way)
        if apart:
            run_id = self.create(self.thread_id, body)["run_id"]
            told = self._joined(run_id)
        else:
            run_id, told = self.waited(self.thread_id, body)

        again = self._joined(run_id)
        if {"__error__", "__interrupt__"}.isdisjoint({*told, *again}):
            self.same(again, told, f"what is told by joining run {run_id} again")
            state = self.told(STATE, thread_id=self.thread_id)
            self.same(told, state["values"], f"what run {run_id} ended with, held against the state")
        else:
            self.same(again.get("__error__"), told.get("__error__"), f"the error told by joining run {run_id} again")
            self.same(_asked(again), _asked(told), f"the interrupts told by joining run {run_id} again")

    def _joined(self, run_id: str) -> JsonObject:
        told: JsonObject = self.told(JOIN, thread_id=self.thread_id, run_id=run_id)
        return told


class OutcomeIsTold(ThreadRunLaw):
    """Runs succeed and fail on a thread, one after the other."""

    name = "outcome-is-told"
    sentence = "That a run failed, and why, is told alike by its answer, its row, its stream and its thread."
    section = "status of Run and of Thread"
    operations = (WAIT, STREAM, GET, THREAD, STATE, NEW_THREAD)
    steps = 3
    examples = 0.2

    @rule(chance=chances, way=ways, streamed=st.booleans())
    def play(self, chance: int, way: JsonObject, streamed: bool) -> None:
        body = self.started(chance, **way)
        if streamed:
            answer = self.ask(STREAM, body, thread_id=self.thread_id)
            last = self.events(answer, self.thread_id)[-1]
            run_id, error = run_named(answer), last.data if last.name == "error" else None
        else:
            run_id, told = self.waited(self.thread_id, body)
            error = told.get("__error__")
        row = self.settled(self.thread_id, run_id)
        thread = self.thread(self.thread_id)
        steps_left = bool(self.told(STATE, thread_id=self.thread_id)["next"])

        told_status = "error" if error is not None else "success"
        self.same(row["status"], told_status, f"the status of run {run_id}, whose answer says {error}")
        expected = "error" if error is not None else "interrupted" if steps_left else "idle"
        self.same(thread["status"], expected, f"the status of the thread after run {run_id} with {error}")
        if "error" in thread:
            self.same(thread["error"], error, f"the error of the thread after run {run_id}")


class RunAppendsHistory(ThreadRunLaw):
    """Runs take place on a thread, from its end or from a former checkpoint."""

    name = "run-appends-history"
    sentence = "A run adds checkpoints that name it, the first after the one it starts from, and changes no others."
    section = HISTORY
    operations = (WAIT, GET, HISTORY, STATE, NEW_THREAD)
    steps = 3
    examples = 0.2

    @rule(chance=chances, fork=st.booleans())
    def play(self, chance: int, fork: bool) -> None:
        before = self.history(self.thread_id)
        body, start = self.started(chance), None
        if before:
            start = before[chance % len(before) if fork else 0]["checkpoint"]
        if fork and start:
            body["checkpoint"] = {**start, "checkpoint_ns": ""}
        run_id, _ = self.waited(self.thread_id, body)
        failed = self.settled(self.thread_id, run_id)["status"] == "error"
        after = self.history(self.thread_id)

        added = after[: len(after) - len(before)]
        self.same(_kept(after[len(added) :]), _kept(before), f"the checkpoints from before run {run_id}")
        self.hold(bool(added) or failed, f"run {run_id} has added no checkpoint")
        named = [each["metadata"].get("run_id") for each in added]
        self.same(named, [run_id] * len(added), "the runs that its checkpoints name")
        parents = [_id(each["checkpoint"]) for each in added[1:]] + [_id(start)]
        found = [_id(each["parent_checkpoint"]) for each in added]
        self.same(found, parents[: len(found)], f"the parents of the checkpoints of run {run_id}, the newest first")
        if added:
            values = self.told(STATE, thread_id=self.thread_id)["values"]
            self.same(values, added[0]["values"], f"the state's values, held against the last of run {run_id}")


class InterruptWaits(RunLaw):
    """A run is to stop in front of every node, and is taken up again and again."""

    name = "interrupt-waits"
    sentence = "A run stops in front of the nodes it is told to; the thread waits, and goes on with just those."
    section = "interrupt_before of RunCreateStateful"
    operations = (STREAM, GET, STATE, THREAD, NEW_THREAD)
    steps = 3
    examples = 0.2

    @initialize(chance=chances, named=st.booleans())
    def begin(self, chance: int, named: bool) -> None:
        self.pick(chance)
        nodes = self.graph.nodes
        self.stops: Json = [nodes[chance % len(nodes)]] if named and nodes else "*"
        self.thread_id = self.new_thread()
        self.body = self.started(chance, stream_mode="updates", interrupt_before=self.stops)
        self.next: list[str] | None = None

    @rule()
    def go_on(self) -> None:
        if self.next == []:
            return
        answer = self.ask(STREAM, self.body, thread_id=self.thread_id)
        events = self.events(answer, self.thread_id)
        if self.settled(self.thread_id, run_named(answer))["status"] == "error":
            return
        ran = [name for event in events if event.name == "updates" for name in event.data if name[:2] != "__"]
        if self.stops == "*":
            self.hold(set(ran) <= set(self.next or []), f"the run was to go on with {self.next or []}, but ran {ran}")
        elif self.next is None:
            self.hold(self.stops[0] not in ran, f"the run was to stop in front of {self.stops[0]}, but ran {ran}")
        else:
            self.hold(set(ran[:1]) <= set(self.next), f"the run was to go on with {self.next}, but ran {ran}")

        self.next = self.told(STATE, thread_id=self.thread_id)["next"]
        self.body["input"] = None
        expected = "interrupted" if self.next else "idle"
        self.same(self.thread(self.thread_id)["status"], expected, f"the status of a thread that waits for {self.next}")


class StatelessLeavesNothing(RunLaw):
    """Runs without a thread are started in all ways, to be kept or not."""

    name = "stateless-leaves-nothing"
    sentence = "A stateless run leaves no thread when it is over, and with `on_completion: keep` just one."
    section = "on_completion of RunCreateStateless"
    operations = ("POST /runs", "POST /runs/wait", "POST /runs/stream", SEARCH, LIST)
    steps = 1

    @rule(chance=chances, how=st.sampled_from(ALONE), keep=st.booleans(), way=ways)
    def start(self, chance: int, how: str, keep: bool, way: JsonObject) -> None:
        self.pick(chance)
        mark = self.stage.new_mark()
        body = self.started(chance, **way, metadata=mark, on_completion="keep" if keep else "delete")
        answer = self.accepted(self.ask(how, body))
        self.again(lambda: self._left(mark), lambda rows: all(row["status"] != "busy" for row in rows), "it runs")
        threads = self.soon(
            lambda: self._left(mark),
            lambda rows: len(rows) == int(keep),
            lambda rows: f"of a run that is {'' if keep else 'not '}to be kept, {len(rows)} threads are left",
        )
        if keep:
            self._look(answer, threads[0])

    def _left(self, mark: JsonObject) -> list[JsonObject]:
        rows: list[JsonObject] = self.told(SEARCH, {"metadata": mark, "limit": 10})
        return rows

    def _look(self, answer: Answer, thread: JsonObject) -> None:
        rows = self.runs(thread["thread_id"])
        self.same([row["run_id"] for row in rows], [run_named(answer)], "the runs of the thread that is left")
        if answer.operation == "POST /runs/wait" and {"__error__", "__interrupt__"}.isdisjoint(answer.body):
            self.same(without_interrupts(answer.body), thread["values"], "what was answered, held against the thread")


class BatchStartsInOrder(RunLaw):
    """Several runs are started with one request."""

    name = "batch-starts-in-order"
    sentence = "Of a batch, every run is started, and they are told in the order of the request."
    section = BATCH
    operations = (BATCH,)

    @rule(chances=st.lists(chances, min_size=1, max_size=3))
    def start(self, chances: list[int]) -> None:
        self.pick(chances[0])
        bodies = [self.started(chance, metadata=self.marked(place=place)) for place, chance in enumerate(chances)]
        rows = self.told(BATCH, bodies)

        self.same([row["metadata"].get("place") for row in rows], list(range(len(bodies))), "the places of the runs")
        found = [row["kwargs"]["input"] for row in rows]
        self.same(found, [body["input"] for body in bodies], "the inputs of the runs")
        self.hold(len({row["run_id"] for row in rows}) == len(rows), "two runs of a batch have the same id")
        self.hold(len({row["thread_id"] for row in rows}) == len(rows), "two runs of a batch have the same thread")
        self.hold(all(row["status"] in ACTIVE for row in rows), f"runs begin as {[row['status'] for row in rows]}")


def _asked(told: JsonObject) -> Json:
    return [[each.get("id"), each["value"]] for each in told.get("__interrupt__", [])]


def _id(checkpoint: JsonObject | None) -> Json:
    return (checkpoint or {}).get("checkpoint_id")


def _kept(states: list[JsonObject]) -> Json:
    """Return what of checkpoints does not change, though the tasks that follow one are yet to be done."""
    return [[each["checkpoint"], each["values"], each["metadata"], each["created_at"]] for each in states]
