"""Laws of a thread's state: what an update does to it, and to what was before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from understudy.conformance.laws.threads import (
    CHANCE,
    CREATE,
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
    from understudy.wire import Json, JsonObject

AT = "GET /threads/{thread_id}/state/{checkpoint_id}"
DESCRIBED = "POST /threads/{thread_id}/state/checkpoint"


def checkpoint_id(state: JsonObject, member: str = "checkpoint") -> str | None:
    """Return the id of a state's checkpoint, or of its parent's; None where it has none."""
    checkpoint = state.get(member)
    return checkpoint["checkpoint_id"] if checkpoint else None


def lasting(state: JsonObject) -> JsonObject:
    """Return what of a state stays as it is: all but its tasks, which tell what became of them later."""
    told = without(state, "tasks", "interrupts", "checkpoint", "parent_checkpoint")
    return {
        **told,
        "checkpoint": checkpoint_id(state),
        "parent_checkpoint": checkpoint_id(state, "parent_checkpoint"),
    }


class StateLaw(ThreadLaw):
    """What laws of states have in common: a thread that is written to, at its end and elsewhere."""

    @initialize(chance=CHANCE)
    def create(self, chance: int) -> None:
        self.thread_id = self.new_thread()
        self.write_state(self.thread_id, chance)

    def states(self) -> list[JsonObject]:
        """Return the lasting part of the thread's history."""
        return [lasting(state) for state in self.history(self.thread_id)]

    def fork(self, chance: int, place: int) -> tuple[JsonObject, JsonObject]:
        """Update the thread at a checkpoint in its history; return the state there and the answer."""
        states = self.states()
        state = states[place % len(states)]
        told = self.write_state(self.thread_id, chance, checkpoint={"checkpoint_id": state["checkpoint"]})
        return state, told


class StateUpdateAppends(StateLaw):
    """The state of a thread is updated again and again."""

    name = "state-update-appends"
    sentence = "An update of the state adds exactly one checkpoint, which follows the one that was the latest."
    section = UPDATE
    operations = (UPDATE, CREATE, HISTORY)

    @rule(chance=CHANCE)
    def write(self, chance: int) -> None:
        before = self.states()
        told = self.write_state(self.thread_id, chance)
        after = self.states()

        self.hold(len(after) == len(before) + 1, f"a history of {len(before)} states has {len(after)} after an update")
        self.same(after[1:], before, "the rest of the history after an update")
        newest = after[0]
        self.same(checkpoint_id(told), newest["checkpoint"], "the checkpoint in the answer, compared with the newest")
        self.same(newest["parent_checkpoint"], before[0]["checkpoint"], "the parent of the new checkpoint")


class StateAgrees(StateLaw):
    """A thread is written to, and forked now and then."""

    name = "state-agrees"
    sentence = "The state, the newest entry of the history and the thread itself tell the same."
    section = STATE
    operations = (STATE, CREATE, GET, UPDATE, HISTORY)

    @rule(chance=CHANCE)
    def write(self, chance: int) -> None:
        self.write_state(self.thread_id, chance)
        state, thread = self._agreed(), self.thread(self.thread_id)

        self.same(thread["values"], state["values"], "the thread's values, compared with those of its state")
        status = "interrupted" if state["next"] else "idle"
        self.same(thread["status"], status, f"the status of a thread with {state['next']} to come")

    @rule(chance=CHANCE, place=CHANCE)
    def write_elsewhere(self, chance: int, place: int) -> None:
        # What the thread itself says afterwards is left open: it may still tell of where the branch began.
        self.fork(chance, place)
        self._agreed()

    def _agreed(self) -> JsonObject:
        state = self.state(self.thread_id)
        self.same(self.history(self.thread_id)[0], state, "the newest entry of the history, compared with the state")
        return state


class OldStateStands(StateLaw):
    """A thread is written to, forked and patched; what was seen of its states is asked for again."""

    name = "old-state-stands"
    sentence = "The state at a checkpoint stays as it was, whatever happens to the thread."
    section = AT
    operations = (AT, CREATE, UPDATE, STATE, PATCH, DESCRIBED)

    @initialize(chance=CHANCE)
    def create(self, chance: int) -> None:
        super().create(chance)
        self.seen: list[JsonObject] = []
        self._see()

    @rule(chance=CHANCE, place=CHANCE)
    def write(self, chance: int, place: int) -> None:
        self.write_state(self.thread_id, chance)
        self._see()
        self._look_at(place)

    @rule(chance=CHANCE, origin=CHANCE, place=CHANCE)
    def write_elsewhere(self, chance: int, origin: int, place: int) -> None:
        checkpoint = self.seen[origin % len(self.seen)]["checkpoint"]
        self.write_state(self.thread_id, chance, checkpoint={"checkpoint_id": checkpoint})
        self._see()
        self._look_at(place)

    @rule(metadata=METADATA, place=CHANCE)
    def patch(self, metadata: JsonObject, place: int) -> None:
        self.told(PATCH, {"metadata": metadata}, thread_id=self.thread_id)
        self._look_at(place)

    def _see(self) -> None:
        self.seen.append(lasting(self.state(self.thread_id)))

    def _look_at(self, place: int) -> None:
        seen = self.seen[place % len(self.seen)]
        checkpoint = seen["checkpoint"]
        told = self.told(AT, thread_id=self.thread_id, checkpoint_id=checkpoint)
        described = self.told(DESCRIBED, {"checkpoint": {"checkpoint_id": checkpoint}}, thread_id=self.thread_id)

        self.same(lasting(told), seen, f"the state at {checkpoint}, compared with what it was")
        self.same(described, told, f"the state at {checkpoint} when it is described in a body")


class ForkLeavesBranch(StateLaw):
    """A thread is updated at checkpoints of its history."""

    name = "fork-leaves-branch"
    sentence = (
        "An update at an old checkpoint starts a branch there, becomes the state, and leaves all that was before."
    )
    section = UPDATE
    operations = (UPDATE, CREATE, STATE, HISTORY)

    @rule(chance=CHANCE)
    def write(self, chance: int) -> None:
        self.write_state(self.thread_id, chance)

    @rule(chance=CHANCE, place=CHANCE)
    def write_elsewhere(self, chance: int, place: int) -> None:
        before = self.states()
        state, told = self.fork(chance, place)
        after = self.states()

        self.same(after[1:], before, f"the rest of the history after an update at {state['checkpoint']}")
        self.same(after[0]["checkpoint"], checkpoint_id(told), "the newest checkpoint, compared with the answer")
        self.same(after[0]["parent_checkpoint"], state["checkpoint"], "the parent of the new checkpoint")
        self.same(lasting(self.state(self.thread_id)), after[0], "the state, compared with the new checkpoint")

    @rule(chance=CHANCE, place=CHANCE)
    def write_nothing_elsewhere(self, chance: int, place: int) -> None:
        states = self.states()
        state = states[place % len(states)]
        nothing: JsonObject = {"values": None, "checkpoint": {"checkpoint_id": state["checkpoint"]}}
        self.write_state(self.thread_id, chance, **nothing)

        self.same(
            self.values(self.thread_id), state["values"], f"the values after writing none at {state['checkpoint']}"
        )


class SuperstepsMakeHistory(ThreadLaw):
    """A thread is created with supersteps, and another written to step by step."""

    name = "supersteps-make-history"
    sentence = "A thread created with supersteps has the history that writing them one by one would have made."
    section = CREATE
    operations = (CREATE, GET, UPDATE, STATE, HISTORY)
    steps = 2

    @rule(chances=st.lists(CHANCE, min_size=1, max_size=4))
    def create(self, chances: list[int]) -> None:
        by_steps = self.new_thread()
        for chance in chances:
            self.write_state(by_steps, chance)
        body = {
            "metadata": self.marked(graph_id=self.graph.graph_id),
            "supersteps": [{"updates": [self.update(chance)]} for chance in chances],
        }
        at_once = self.told(CREATE, body)["thread_id"]

        found, expected = ([_nameless(state) for state in self.history(made)] for made in (at_once, by_steps))
        self.same(found, expected, "the history of the thread with supersteps")
        newest = lasting(self.state(at_once))
        self.same(lasting(self.history(at_once)[0]), newest, "the newest entry of the history, compared with the state")
        status = self.thread(by_steps)["status"]
        self.same(self.thread(at_once)["status"], status, "the status of the thread with supersteps")


def _nameless(state: JsonObject) -> JsonObject:
    """Return what of a state is the same in another thread, where what is added has other ids."""
    metadata = state["metadata"]
    return {
        "values": _without_ids(state["values"]),
        "next": state["next"],
        "source": metadata["source"],
        "step": metadata["step"],
    }


def _without_ids(value: Json) -> Json:
    if isinstance(value, dict):
        return {name: _without_ids(inner) for name, inner in value.items() if name != "id"}
    if isinstance(value, list):
        return [_without_ids(inner) for inner in value]
    return value
