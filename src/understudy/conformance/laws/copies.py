"""Laws of copying threads."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from understudy.conformance.laws.threads import ThreadLaw

COPY = "POST /threads/{thread_id}/copy"


class CopyEqualsSource(ThreadLaw):
    """A thread is written to, and copied now and then."""

    name = "copy-equals-source"
    sentence = "A copy has the state and the history of its source."
    section = COPY
    operations = (
        COPY,
        "POST /threads",
        "POST /threads/{thread_id}/state",
        "GET /threads/{thread_id}/state",
        "POST /threads/{thread_id}/history",
    )

    @initialize()
    def create(self) -> None:
        self.thread_id = self.new_thread()

    @rule(chance=st.integers(0, 3))
    def write(self, chance: int) -> None:
        self.write_state(self.thread_id, chance)

    @rule()
    def copy(self) -> None:
        copy = self.told(COPY, thread_id=self.thread_id)["thread_id"]

        self.hold(copy != self.thread_id, f"the copy has the id of its source, {copy}")
        self.same(self.values(copy), self.values(self.thread_id), "the copy's values")
        self.same(self.told_history(copy), self.told_history(self.thread_id), "the copy's history")


class CopyIsIndependent(ThreadLaw):
    """A thread and its copy are written to in turns."""

    name = "copy-is-independent"
    sentence = "What is written to a copy does not show in its source, nor the other way round."
    section = COPY
    operations = (COPY, "POST /threads", "POST /threads/{thread_id}/state", "GET /threads/{thread_id}/state")

    @initialize()
    def create(self) -> None:
        self.thread_id = self.new_thread()
        self.write_state(self.thread_id, 0)
        self.copy_id = self.told(COPY, thread_id=self.thread_id)["thread_id"]

    @rule(to_copy=st.booleans(), chance=st.integers(0, 3))
    def write(self, to_copy: bool, chance: int) -> None:
        written, other = (self.copy_id, self.thread_id) if to_copy else (self.thread_id, self.copy_id)
        before = self.values(other)
        self.write_state(written, chance)

        self.same(self.values(other), before, f"the values of the {'source' if to_copy else 'copy'} after the other")
