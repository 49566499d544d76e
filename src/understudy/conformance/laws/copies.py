"""Laws of copying threads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from understudy.conformance.asking import Unexamined
from understudy.conformance.laws.threads import (
    ALL,
    CHANCE,
    CREATE,
    DELETE,
    GET,
    HISTORY,
    METADATA,
    PATCH,
    STATE,
    UPDATE,
    ThreadLaw,
    without,
)

if TYPE_CHECKING:
    from understudy.conformance.asking import Answer
    from understudy.wire import JsonObject

COPY = "POST /threads/{thread_id}/copy"


class CopyEqualsSource(ThreadLaw):
    """A thread is written to and patched, and copied each time."""

    name = "copy-equals-source"
    sentence = "A copy has the metadata, the state and the whole history of its source."
    section = COPY
    operations = (COPY, CREATE, GET, PATCH, UPDATE, STATE, HISTORY)
    steps = 5

    @initialize(metadata=METADATA, chances=st.lists(CHANCE, min_size=1, max_size=3))
    def create(self, metadata: JsonObject, chances: list[int]) -> None:
        self.thread_id = self.new_thread(**metadata)
        for chance in chances:
            self.write_state(self.thread_id, chance)

    @rule(chance=CHANCE, again=st.booleans())
    def write(self, chance: int, again: bool) -> None:
        self.write_state(self.thread_id, chance)
        self._copy(again)

    @rule(metadata=METADATA, again=st.booleans())
    def patch(self, metadata: JsonObject, again: bool) -> None:
        self.told(PATCH, {"metadata": metadata}, thread_id=self.thread_id)
        self._copy(again)

    def _copy(self, again: bool) -> None:
        told = self.told(COPY, thread_id=self.thread_id)
        copy, source = told["thread_id"], self.thread_id

        self.hold(copy != source, f"the copy has the id of its source, {copy}")
        metadata = self.thread(source)["metadata"]
        self.same(told["metadata"], metadata, "the metadata in the answer, compared with the source's")
        self.same(self.thread(copy)["metadata"], metadata, "the copy's metadata")
        self.same(_told(self.state(copy)), _told(self.state(source)), "the copy's state")
        states = [_told(state) for state in self.history(source)]
        self.same([_told(state) for state in self.history(copy)], states, "the copy's history")
        if again:  # a copy of the copy comes next
            self.thread_id = copy


class CopyIsIndependent(ThreadLaw):
    """A thread and its copy are written to, patched and deleted in turns."""

    name = "copy-is-independent"
    sentence = "What is done to a copy does not show in its source, nor the other way round."
    section = COPY
    operations = (COPY, CREATE, GET, PATCH, DELETE, UPDATE, STATE, HISTORY)

    @initialize(metadata=METADATA, chance=CHANCE)
    def create(self, metadata: JsonObject, chance: int) -> None:
        source = self.new_thread(**metadata)
        self.write_state(source, chance)
        self.pair = [source, str(self.told(COPY, thread_id=source)["thread_id"])]
        self.gone: int | None = None

    @precondition(lambda self: self.gone is None)
    @rule(side=st.integers(0, 1), chance=CHANCE)
    def write(self, side: int, chance: int) -> None:
        before = self._known(self.pair[1 - side])
        self.write_state(self.pair[side], chance)
        self._is_unchanged(side, before, "written to")

    @precondition(lambda self: self.gone is None)
    @rule(side=st.integers(0, 1), metadata=METADATA)
    def patch(self, side: int, metadata: JsonObject) -> None:
        before = self._known(self.pair[1 - side])
        self.told(PATCH, {"metadata": metadata}, thread_id=self.pair[side])
        self._is_unchanged(side, before, f"patched with {metadata}")

    @precondition(lambda self: self.gone is None)
    @rule(side=st.integers(0, 1))
    def delete(self, side: int) -> None:
        before = self._known(self.pair[1 - side])
        self.told(DELETE, thread_id=self.pair[side])
        self.gone = side
        self._is_unchanged(side, before, "deleted")

    @precondition(lambda self: self.gone is not None)
    @rule()
    def copy_again(self) -> None:
        left = self.pair[0 if self.gone == 1 else 1]
        self.pair = [left, str(self.told(COPY, thread_id=left)["thread_id"])]
        self.gone = None

    def _all_of(self, thread_id: str) -> list[Answer]:
        answers = [self.ask(operation, thread_id=thread_id) for operation in (GET, STATE)]
        return [*answers, self.ask(HISTORY, {"limit": ALL}, thread_id=thread_id)]

    def _known(self, thread_id: str) -> list[Answer]:
        answers = self._all_of(thread_id)
        for answer in answers:
            if not answer.ok:
                raise Unexamined(f"{answer.operation} answered {answer.status}: {answer.text[:300]}")
        return answers

    def _is_unchanged(self, side: int, before: list[Answer], done: str) -> None:
        changed, other = ("source", "copy") if side == 0 else ("copy", "source")
        for after, former in zip(self._all_of(self.pair[1 - side]), before, strict=True):
            what = f"{after.operation} of the {other}, after the {changed} was {done}"
            self.hold(after.status == former.status, f"{what}, answered {after.status}, not {former.status}")
            self.same(after.body, former.body, what)


def _told(state: JsonObject) -> JsonObject:
    """Return what of a state does not name its thread."""
    metadata = state["metadata"] and without(state["metadata"], "thread_id")
    return {"values": state["values"], "next": state["next"], "metadata": metadata}
