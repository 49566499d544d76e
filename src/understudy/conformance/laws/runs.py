"""Laws of runs as rows: how they are found, what they keep, how they take turns, and how they are removed."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from understudy.conformance.laws.playing import (
    CANCEL,
    CREATE,
    DAYS,
    DELETE,
    GET,
    HISTORY,
    LIST,
    NEW_THREAD,
    STREAM,
    THREAD,
    WAIT,
    RunLaw,
    chances,
    is_over,
    run_named,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from understudy.wire import Json, JsonObject

STATUSES = ("pending", "running", "error", "success", "timeout", "interrupted")
"""How far a run can be."""

texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=5)

values = st.none() | st.booleans() | st.integers(-5, 5) | texts | st.lists(st.integers(0, 3), max_size=2)

metadata = st.dictionaries(st.sampled_from(["color", "size", "a b", "ü", "nested"]), values, max_size=3)


class RunIsListed(RunLaw):
    """A few runs, some of which fail, are over; they are listed in made-up ways."""

    name = "run-is-listed"
    sentence = "The runs of a thread are found by id and in its list, the newest first, by status and page by page."
    section = LIST
    operations = (LIST, GET, NEW_THREAD, WAIT)
    steps = 2
    examples = 0.2

    @initialize(chance=chances, ways=st.lists(st.booleans(), min_size=2, max_size=3))
    def play(self, chance: int, ways: list[bool]) -> None:
        self.pick(chance)
        self.thread_id = self.new_thread()
        self.run_ids = [self.waited(self.thread_id, self._body(chance, fails)).run_id for fails in ways][::-1]

    @rule(status=st.sampled_from(STATUSES), size=st.integers(1, 2))
    def list_them(self, status: str, size: int) -> None:
        rows = self.runs(self.thread_id)
        self.same([row["run_id"] for row in rows], self.run_ids, "the list of runs, the newest first")
        for row in rows:
            self.same(self.run_of(self.thread_id, row["run_id"]), row, f"run {row['run_id']}, asked for by its id")

        found = [row["run_id"] for row in self.runs(self.thread_id, status=status)]
        self.same(found, [row["run_id"] for row in rows if row["status"] == status], f"the runs with status {status}")

        found = [row["run_id"] for page in self._pages(size) for row in page]
        self.same(found, self.run_ids, f"all pages of {size}, one after the other")

    def _pages(self, size: int) -> Iterator[list[JsonObject]]:
        for offset in range(0, len(self.run_ids) + size, size):
            page = self.runs(self.thread_id, limit=size, offset=offset)
            self.hold(len(page) <= size, f"a page of {size} has {len(page)} runs")
            yield page

    def _body(self, chance: int, fails: bool) -> JsonObject:
        return self.started(chance, **({"input": None} if fails else {}))


class RunKeepsMetadata(RunLaw):
    """Runs are started with made-up metadata."""

    name = "run-keeps-metadata"
    sentence = "A run has the metadata that it was started with, from the beginning and for good."
    section = CREATE
    operations = (CREATE, GET, NEW_THREAD)
    steps = 1

    @rule(chance=chances, given=metadata)
    def start(self, chance: int, given: JsonObject) -> None:
        self.pick(chance)
        thread_id = self.new_thread()
        row = self.create(thread_id, self.started(chance, metadata=self.marked(**given)))
        self._look(row, given)
        self._look(self.over(thread_id, row["run_id"]), given)

    def _look(self, row: JsonObject, given: JsonObject) -> None:
        found = {name: value for name, value in row["metadata"].items() if name in given}
        self.same(found, given, f"the metadata of run {row['run_id']}, {row['status']}")


class RunDelete(RunLaw):
    """Runs that are over are deleted one by one."""

    name = "run-delete"
    sentence = "A run that is deleted is gone, and so are the checkpoints it wrote; others stay as they are."
    section = DELETE
    operations = (DELETE, GET, LIST, HISTORY, NEW_THREAD, WAIT)
    examples = 0.2

    @initialize(chance=chances)
    def play(self, chance: int) -> None:
        self.pick(chance)
        self.thread_id = self.new_thread()
        self.run_ids = [self.waited(self.thread_id, self.started(chance)).run_id for _ in range(2)]

    @rule(chance=chances)
    def delete(self, chance: int) -> None:
        if not self.run_ids:
            return
        run_id = self.run_ids.pop(chance % len(self.run_ids))
        kept = [state for state in self._checkpoints() if state[0] != run_id]
        self.accepted(self.ask(DELETE, thread_id=self.thread_id, run_id=run_id))

        again = self.ask(GET, thread_id=self.thread_id, run_id=run_id)
        self.hold(again.status == 404, f"run {run_id} is deleted, and asked for it is answered with {again.status}")
        found = [row["run_id"] for row in self.runs(self.thread_id)]
        self.same(found, self.run_ids[::-1], f"the runs after {run_id} was deleted")
        self.same(self._checkpoints(), kept, f"the checkpoints after {run_id} was deleted")

    def _checkpoints(self) -> list[Json]:
        return [[told["metadata"].get("run_id"), told["checkpoint"]] for told in self.history(self.thread_id)]


class RunIfNotExists(RunLaw):
    """Runs are started on threads that there are not."""

    name = "run-if-not-exists"
    sentence = (
        "A run on a missing thread is refused and leaves nothing; with `if_not_exists: create` it makes the thread."
    )
    section = "if_not_exists of RunCreateStateful"
    operations = (WAIT, CREATE, STREAM, GET, THREAD, "DELETE /threads/{thread_id}")
    steps = 1

    @rule(chance=chances, how=st.sampled_from([WAIT, CREATE, STREAM]), said=st.booleans())
    def start(self, chance: int, how: str, said: bool) -> None:
        self.pick(chance)
        thread_id = str(uuid5(NAMESPACE_URL, f"{self.marks}"))
        body = self.started(chance, **({"if_not_exists": "reject"} if said else {}))
        answer = self.ask(how, body, thread_id=thread_id)
        self.hold(answer.status == 404, f"a run on the missing thread {thread_id} is answered with {answer.status}")
        there = self.ask(THREAD, thread_id=thread_id)
        self.hold(there.status == 404, f"a run was refused, and thread {thread_id} is there: {there.text[:200]}")

        made = self.accepted(self.ask(how, {**body, "if_not_exists": "create"}, thread_id=thread_id))
        row = self.over(thread_id, run_named(made))
        self.same(row["thread_id"], thread_id, "the thread of the run that made it")
        kept = self.thread(thread_id)["metadata"]
        self.same({name: kept.get(name) for name in self.marks}, self.marks, f"the metadata of thread {thread_id}")
        self.told("DELETE /threads/{thread_id}", thread_id=thread_id)


class BusyThreadRejects(RunLaw):
    """While a run waits on a thread, others are started that don't wait."""

    name = "busy-thread-rejects"
    sentence = "While a run is active, one with `multitask_strategy: reject` is refused with 409 and changes nothing."
    section = "multitask_strategy of RunCreateStateful"
    operations = (CREATE, WAIT, STREAM, LIST, THREAD, CANCEL, NEW_THREAD)
    steps = 3

    @initialize(chance=chances)
    def occupy(self, chance: int) -> None:
        self.pick(chance)
        self.thread_id = self.new_thread()
        self.body = self.started(chance, multitask_strategy="reject")
        self.run_id = self.create(self.thread_id, {**self.body, "after_seconds": DAYS})["run_id"]

    @rule(how=st.sampled_from([CREATE, WAIT, STREAM]))
    def intrude(self, how: str) -> None:
        runs, thread = self.runs(self.thread_id), self.thread(self.thread_id)
        answer = self.ask(how, self.body, thread_id=self.thread_id)

        self.hold(answer.status == 409, f"run {self.run_id} is active, and {how} is answered with {answer.status}")
        self.same(self.runs(self.thread_id), runs, "the runs of the thread afterwards")
        self.same(self.thread(self.thread_id), thread, "the thread afterwards")
        self.same(thread["status"], "busy", f"the status of the thread while run {self.run_id} is active")

    def teardown(self) -> None:
        if hasattr(self, "run_id"):
            self.ask(CANCEL, thread_id=self.thread_id, run_id=self.run_id)


class OneRunAtATime(RunLaw):
    """Several runs are started on a thread at once."""

    name = "one-run-at-a-time"
    sentence = "Runs of a thread take their turns in the order they were started in: no two of them run at once."
    section = "multitask_strategy of RunCreateStateful"
    operations = (CREATE, LIST, HISTORY, NEW_THREAD)
    steps = 1

    @rule(chance=chances, many=st.integers(2, 4))
    def start(self, chance: int, many: int) -> None:
        self.pick(chance)
        thread_id = self.new_thread()
        run_ids = [self._enqueued(thread_id, chance + each) for each in range(many)]
        self.again(lambda: self._looked(thread_id), lambda rows: all(map(is_over, rows)), f"{many} runs are waited for")

        wrote = [state["metadata"].get("run_id") for state in reversed(self.history(thread_id))]
        expected = [run_id for run_id in run_ids if run_id in wrote]
        self.same([run_id for run_id, _ in groupby(wrote)], expected, "the runs that wrote the checkpoints, in turns")
        self._follow_each_other(thread_id)

    def _enqueued(self, thread_id: str, chance: int) -> str:
        answer = self.ask(CREATE, self.started(chance), thread_id=thread_id)
        self.hold(answer.status != 409, f"a run is refused instead of being enqueued: {answer.text[:200]}")
        return str(self.accepted(answer).body["run_id"])

    def _looked(self, thread_id: str) -> list[JsonObject]:
        rows = self.runs(thread_id)
        running = [row["run_id"] for row in rows if row["status"] == "running"]
        self.hold(len(running) < 2, f"two runs of thread {thread_id} run at once: {running}")
        return rows

    def _follow_each_other(self, thread_id: str) -> None:
        states = self.history(thread_id)
        parents = [(state["parent_checkpoint"] or {}).get("checkpoint_id") for state in states]
        expected = [state["checkpoint"]["checkpoint_id"] for state in states[1:]]
        self.same(parents, [*expected, None], "the parents of the checkpoints, the newest first")


class RunIsAtItsLocation(RunLaw):
    """Runs are started and joined, and looked up where the answer says."""

    name = "run-is-at-its-location"
    sentence = "The Content-Location of an answer that started a run is the path of the run."
    section = "header Content-Location"
    operations = (CREATE, WAIT, STREAM, GET, LIST, NEW_THREAD)
    steps = 1

    @rule(chance=chances, how=st.sampled_from([CREATE, WAIT, STREAM]))
    def start(self, chance: int, how: str) -> None:
        self.pick(chance)
        thread_id = self.new_thread()
        answer = self.accepted(self.ask(how, self.started(chance), thread_id=thread_id))
        places = [f"/threads/{thread_id}/runs/{row['run_id']}" for row in self.runs(thread_id)]

        location = answer.headers.get("content-location")
        self.hold([location] == places, f"{how} says that its run is at {location}, but the thread's are {places}")
        self.over(thread_id, run_named(answer))
