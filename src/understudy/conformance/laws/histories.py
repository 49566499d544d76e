"""Laws of a thread's history: its order, and how a part of it is asked for."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from hypothesis import strategies as st
from hypothesis.stateful import rule

from understudy.conformance.laws.states import StateLaw, checkpoint_id, lasting
from understudy.conformance.laws.threads import ALL, CHANCE, CREATE, HISTORY, UPDATE

if TYPE_CHECKING:
    from understudy.wire import JsonObject

LIST = "GET /threads/{thread_id}/history"


class HistoryLaw(StateLaw):
    """What laws of histories have in common: a thread that is written to, at its end and elsewhere."""

    @rule(chance=CHANCE)
    def write(self, chance: int) -> None:
        self.write_state(self.thread_id, chance)

    @rule(chance=CHANCE, place=CHANCE)
    def write_elsewhere(self, chance: int, place: int) -> None:
        self.fork(chance, place)

    def page(self, **query: int | str) -> list[JsonObject]:
        """Return a part of the history, asked for in the query."""
        told: list[JsonObject] = self.told(LIST, query=query, thread_id=self.thread_id)
        return told


class HistoryOrders(HistoryLaw):
    """A thread is written to and forked, and its history read."""

    name = "history-orders"
    sentence = "A history begins with the newest state; each follows an older one, and is one step further than it."
    section = HISTORY
    operations = (HISTORY, CREATE, UPDATE)

    @rule()
    def read(self) -> None:
        states = self.states()

        times = [datetime.fromisoformat(state["created_at"]) for state in states]
        self.hold(times == sorted(times, reverse=True), f"the times of the history are {[str(time) for time in times]}")
        names = [state["checkpoint"] for state in states]
        self.hold(len(set(names)) == len(names), f"the history has checkpoints twice: {names}")
        for index, state in enumerate(states):
            self._follows(state, {older["checkpoint"]: older for older in states[index + 1 :]})

    def _follows(self, state: JsonObject, older: dict[str, JsonObject]) -> None:
        name, parent, step = state["checkpoint"], state["parent_checkpoint"], state["metadata"]["step"]
        if not older:
            self.hold(parent is None, f"the oldest state, {name}, follows {parent}")
            return
        self.hold(parent in older, f"{name} follows {parent}, which is not among the older ones: {list(older)}")
        former = older[parent]["metadata"]["step"]
        self.hold(step == former + 1, f"{name} is step {step}, but follows step {former} at {parent}")


class HistoryPagesPartition(HistoryLaw):
    """A thread is written to and forked, and its history read page by page."""

    name = "history-pages-partition"
    sentence = "The pages of a history, each asked for with the last checkpoint of the one before, are the whole of it."
    section = LIST
    operations = (LIST, CREATE, UPDATE, HISTORY)

    @rule(limit=st.integers(1, 3))
    def turn_pages(self, limit: int) -> None:
        whole = self.states()
        pages: list[JsonObject] = []
        while len(pages) < len(whole):
            before = {"before": pages[-1]["checkpoint"]} if pages else {}
            page = [lasting(state) for state in self.page(limit=limit, **before)]
            expected = whole[len(pages) : len(pages) + limit]
            self.same(page, expected, f"the page with limit={limit} after {len(pages)} of {len(whole)} states")
            pages += page
        first = [lasting(state) for state in self.told(HISTORY, {"limit": limit}, thread_id=self.thread_id)]
        self.same(first, whole[:limit], f"the first page of a search with limit={limit} in its body")
        rest = self.page(limit=limit, before=str(whole[-1]["checkpoint"]))
        self.same(rest, [], "what comes before the oldest state")


class HistoryBeforeInBody(HistoryLaw):
    """A thread is written to and forked, and its history searched with a body."""

    name = "history-before-in-body"
    sentence = "A search of the history finds what came before the checkpoint it names in its body."
    section = HISTORY
    operations = (HISTORY, CREATE, UPDATE)

    @rule(place=CHANCE)
    def search(self, place: int) -> None:
        whole = self.states()
        at = place % len(whole)
        body = {"limit": ALL, "before": {"checkpoint_id": whole[at]["checkpoint"]}}
        answer = self.ask(HISTORY, body, thread_id=self.thread_id)

        self.hold(answer.ok, f"a search before {whole[at]['checkpoint']} answered {answer.status}: {answer.text[:200]}")
        self.same([lasting(state) for state in answer.body], whole[at + 1 :], f"what was before {body['before']}")


class HistoryFilters(HistoryLaw):
    """A thread is written to and forked, and its history searched for metadata and for a checkpoint."""

    name = "history-filters"
    sentence = "A search of the history finds exactly the states with the metadata, or the checkpoint, it asks for."
    section = HISTORY
    operations = (HISTORY, CREATE, UPDATE)

    @rule(step=st.integers(0, 4))
    def search_step(self, step: int) -> None:
        expected = [state for state in self.states() if state["metadata"]["step"] == step]
        self._finds(expected, metadata={"step": step})

    @rule(place=CHANCE)
    def search_checkpoint(self, place: int) -> None:
        states = self.states()
        state = states[place % len(states)]
        self._finds([state], checkpoint={"checkpoint_id": state["checkpoint"]})

    def _finds(self, expected: list[JsonObject], **search: JsonObject) -> None:
        told = self.told(HISTORY, {"limit": ALL, **search}, thread_id=self.thread_id)
        found = [checkpoint_id(state) for state in told]
        self.same(found, [state["checkpoint"] for state in expected], f"the checkpoints found by {search}")
