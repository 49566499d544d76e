"""Laws of how threads end: deleted, one or many at once, or pruned to what is the latest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from understudy.conformance.laws.threads import (
    ALL,
    CHANCE,
    COUNT,
    CREATE,
    DELETE,
    GET,
    HISTORY,
    METADATA,
    PATCH,
    RUN,
    RUNS,
    SEARCH,
    START,
    STATE,
    UPDATE,
    ThreadLaw,
    ids,
    without,
)

if TYPE_CHECKING:
    from understudy.conformance.asking import Answer
    from understudy.wire import JsonObject

PRUNE = "POST /threads/prune"


class ThreadDelete(ThreadLaw):
    """Threads are created and deleted, some while a run waits on them."""

    name = "thread-delete"
    sentence = "A deleted thread is gone everywhere, its runs with it, and no other thread."
    section = DELETE
    operations = (DELETE, CREATE, GET, PATCH, UPDATE, STATE, HISTORY, START, RUNS, RUN, SEARCH, COUNT)

    @initialize(chances=st.lists(CHANCE, min_size=2, max_size=3))
    def create(self, chances: list[int]) -> None:
        self.threads: dict[str, JsonObject] = {}
        self.runs: dict[str, str] = {}
        for chance in chances:
            self._add(chance)

    @rule(chance=CHANCE)
    def add(self, chance: int) -> None:
        self._add(chance)

    @precondition(lambda self: self.threads)
    @rule(chance=CHANCE)
    def delete(self, chance: int) -> None:
        gone = list(self.threads)[chance % len(self.threads)]
        del self.threads[gone]
        self.told(DELETE, thread_id=gone)

        for operation in (GET, STATE, RUNS, DELETE):
            self._is_missing(self.ask(operation, thread_id=gone))
        self._is_missing(self.ask(HISTORY, {"limit": ALL}, thread_id=gone))
        self._is_missing(self.ask(PATCH, {"metadata": {}}, thread_id=gone))
        if gone in self.runs:
            self._is_missing(self.ask(RUN, thread_id=gone, run_id=self.runs[gone]))
        rows = {row["thread_id"]: row for row in self.found()}
        self.same(sorted(rows), sorted(self.threads), "what a search finds after deleting one")
        self.same(rows, self.threads, "the other threads after deleting one")
        self.same(self.found(ids=[gone]), [], "what a search for the id of the deleted thread finds")
        self.same(self.count(), len(self.threads), "the count after deleting one")

    def _add(self, chance: int) -> None:
        thread_id = self.any_thread(chance)
        if chance % 2 and self.has_graph:
            self.runs[thread_id] = self.waiting_run(thread_id)
        self.threads[thread_id] = self.thread(thread_id)

    def _is_missing(self, answer: Answer) -> None:
        told = f"{answer.operation} of a deleted thread answered {answer.status}: {answer.text[:200]}"
        self.hold(answer.status == 404, told)


class ThreadBeginsAnew(ThreadLaw):
    """A thread is deleted, and made anew with the same id."""

    name = "thread-begins-anew"
    sentence = "A thread created with the id of a deleted one has nothing of it."
    section = DELETE
    operations = (DELETE, CREATE, GET, UPDATE, STATE, HISTORY)
    steps = 3

    @initialize(metadata=METADATA, chance=CHANCE)
    def create(self, metadata: JsonObject, chance: int) -> None:
        self.thread_id = self.any_thread(chance, **metadata)

    @rule(metadata=METADATA, chance=CHANCE)
    def begin_anew(self, metadata: JsonObject, chance: int) -> None:
        self.told(DELETE, thread_id=self.thread_id)
        graph: JsonObject = {} if chance % 3 == 0 or not self.has_graph else {"graph_id": self.graph.graph_id}
        wanted = self.marked(**metadata, **graph)
        made = self.told(CREATE, {"thread_id": self.thread_id, "metadata": wanted})

        self.same(made["thread_id"], self.thread_id, "the id of the thread that was created anew")
        self.same(self.thread(self.thread_id)["metadata"], wanted, "its metadata")
        self.same(self.history(self.thread_id), [], "its history")
        self.hold(not self.values(self.thread_id), f"its values are {self.values(self.thread_id)!r}")
        if graph:
            self.write_state(self.thread_id, chance)


class ThreadPrune(ThreadLaw):
    """Threads are created, and some of them pruned at once."""

    name = "thread-prune"
    sentence = "Pruning deletes the listed threads and only these, and counts those that were there."
    section = PRUNE
    operations = (PRUNE, CREATE, SEARCH)

    @initialize(number=st.integers(2, 4))
    def create(self, number: int) -> None:
        self.made = [self.bare_thread() for _ in range(number)]
        self.left = set(self.made)

    @rule(chosen=st.sets(st.integers(0, 3), min_size=1, max_size=3))
    def prune(self, chosen: set[int]) -> None:
        listed = [thread_id for index, thread_id in enumerate(self.made) if index in chosen]
        told = self.told(PRUNE, {"thread_ids": listed, "strategy": "delete"})

        self.same(told["pruned_count"], len(self.left & set(listed)), f"how many of {listed} were pruned")
        self.left -= set(listed)
        self.same(sorted(ids(self.found())), sorted(self.left), "the threads that are left")


class PruneKeepsLatest(ThreadLaw):
    """A thread is written to and pruned."""

    name = "prune-keeps-latest"
    sentence = "Pruning with keep_latest leaves the thread its state, and of its history the newest entry alone."
    section = PRUNE
    operations = (PRUNE, CREATE, GET, UPDATE, STATE, HISTORY)
    steps = 4

    @initialize(chance=CHANCE)
    def create(self, chance: int) -> None:
        self.thread_id = self.new_thread()
        self.write_state(self.thread_id, chance)

    @rule(chance=CHANCE)
    def write(self, chance: int) -> None:
        self.write_state(self.thread_id, chance)

    @rule()
    def prune(self) -> None:
        before = self.thread(self.thread_id), self.state(self.thread_id)
        answer = self.ask(PRUNE, {"thread_ids": [self.thread_id], "strategy": "keep_latest"})

        self.hold(answer.ok, f"pruning with keep_latest answered {answer.status}: {answer.text[:200]}")
        lasting = ("updated_at", "parent_checkpoint", "parent_checkpoint_id")
        for operation, expected in zip((GET, STATE), before, strict=True):
            after = self.ask(operation, thread_id=self.thread_id)
            self.hold(after.ok, f"{operation} of a pruned thread answered {after.status}: {after.text[:200]}")
            self.same(without(after.body, *lasting), without(expected, *lasting), f"{operation} of a pruned thread")
        history = [state["checkpoint"] for state in self.history(self.thread_id)]
        self.same(history, [before[1]["checkpoint"]], "the checkpoints of the history after it was pruned")
