"""Laws of threads: how they are made and changed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from understudy.conformance.asking import Unexamined
from understudy.conformance.laws.law import Law

if TYPE_CHECKING:
    from understudy.conformance.stage import Graph
    from understudy.wire import Json, JsonObject

CREATE = "POST /threads"
GET = "GET /threads/{thread_id}"
PATCH = "PATCH /threads/{thread_id}"
DELETE = "DELETE /threads/{thread_id}"
SEARCH = "POST /threads/search"
COUNT = "POST /threads/count"
STATE = "GET /threads/{thread_id}/state"
UPDATE = "POST /threads/{thread_id}/state"
HISTORY = "POST /threads/{thread_id}/history"
START = "POST /threads/{thread_id}/runs"
RUNS = "GET /threads/{thread_id}/runs"
RUN = "GET /threads/{thread_id}/runs/{run_id}"

ALL = 100
"""More than an example makes of anything."""
LATER = 3600
"""In so many seconds a run begins that is not to begin at all."""

METADATA = st.dictionaries(
    st.sampled_from("abc"),
    st.sampled_from(["x", "y", 1, 2, None, {"k": "x"}, {"k": "x", "l": "y"}, {"l": {"k": 1}}]),
    max_size=2,
)
"""Metadata of few keys and values, so that what is drawn twice often meets."""
CHANCE = st.integers(0, 11)
"""A number that laws map onto what there is at the moment."""


class ThreadLaw(Law):
    """What laws of threads have in common: threads, with a graph or without, and values for their state."""

    @property
    def graph(self) -> Graph:
        """A graph whose state can be written to. Unexamined if there is none."""
        for graph in self.stage.graphs:
            if graph.states and graph.nodes:
                return graph
        raise Unexamined("no graph is known whose state can be updated")

    @property
    def has_graph(self) -> bool:
        """Whether there is a graph whose state can be written to."""
        return any(graph.states and graph.nodes for graph in self.stage.graphs)

    def new_thread(self, **metadata: Json) -> str:
        """Make a thread of the graph and return its id."""
        return self.bare_thread(graph_id=self.graph.graph_id, **metadata)

    def bare_thread(self, **metadata: Json) -> str:
        """Make a thread without a graph and return its id."""
        return str(self.told(CREATE, {"metadata": self.marked(**metadata)})["thread_id"])

    def any_thread(self, chance: int, **metadata: Json) -> str:
        """Make a thread: bare for one chance in three and where there is no graph, otherwise one with a state."""
        if chance % 3 == 0 or not self.has_graph:
            return self.bare_thread(**metadata)
        thread_id = self.new_thread(**metadata)
        self.write_state(thread_id, chance)
        return thread_id

    def update(self, chance: int) -> JsonObject:
        """Return one of the updates that the graph's state can take, as `values` and `as_node`."""
        states, nodes = self.graph.states, self.graph.nodes
        return {"values": states[chance % len(states)], "as_node": nodes[chance % len(nodes)]}

    def write_state(self, thread_id: str, chance: int, **more: Json) -> JsonObject:
        """Update the state of a thread, and return the answer: the checkpoint that there is now."""
        told: JsonObject = self.told(UPDATE, {**self.update(chance), **more}, thread_id=thread_id)
        return told

    def waiting_run(self, thread_id: str) -> str:
        """Make a run that does not begin in the time of a check, and return its id."""
        graph = self.graph
        body = {"assistant_id": graph.assistant_id, "input": graph.inputs[0], "after_seconds": LATER}
        return str(self.told(START, {**body, "metadata": self.marks}, thread_id=thread_id)["run_id"])

    def thread(self, thread_id: str) -> JsonObject:
        """Return a thread."""
        told: JsonObject = self.told(GET, thread_id=thread_id)
        return told

    def state(self, thread_id: str) -> JsonObject:
        """Return the state of a thread."""
        told: JsonObject = self.told(STATE, thread_id=thread_id)
        return told

    def values(self, thread_id: str) -> Json:
        """Return the values of a thread's state."""
        return self.state(thread_id)["values"]

    def history(self, thread_id: str) -> list[JsonObject]:
        """Return the states that a thread has passed through, the newest first."""
        told: list[JsonObject] = self.told(HISTORY, {"limit": ALL}, thread_id=thread_id)
        return told

    def found(self, **search: Json) -> list[JsonObject]:
        """Return those of the example's threads that a search finds."""
        told: list[JsonObject] = self.told(SEARCH, {"limit": ALL, **self._among_own(search)})
        return told

    def count(self, **search: Json) -> Json:
        """Return how many of the example's threads a count finds."""
        return self.told(COUNT, self._among_own(search))

    def _among_own(self, search: JsonObject) -> JsonObject:
        return {**search, "metadata": self.marked(**search.get("metadata", {}))}


def without(value: JsonObject, *names: str) -> JsonObject:
    """Return an object without some of its members."""
    return {name: inner for name, inner in value.items() if name not in names}


def ids(rows: list[JsonObject]) -> list[Json]:
    """Return the ids of threads, in their order."""
    return [row["thread_id"] for row in rows]


class ThreadPatchMerges(ThreadLaw):
    """A thread is patched again and again."""

    name = "thread-patch-merges"
    sentence = "A patch adds its metadata to the thread's, key by key, and changes nothing else."
    section = PATCH
    operations = (PATCH, CREATE, GET, UPDATE)

    @initialize(metadata=METADATA, chance=CHANCE)
    def create(self, metadata: JsonObject, chance: int) -> None:
        self.thread_id = self.any_thread(chance, **metadata)

    @rule(metadata=METADATA)
    def patch(self, metadata: JsonObject) -> None:
        before = self.thread(self.thread_id)
        told = self.told(PATCH, {"metadata": metadata}, thread_id=self.thread_id)
        after = self.thread(self.thread_id)

        self.same(told, after, "the answer to the patch, compared with the thread")
        self.same(after["metadata"], {**before["metadata"], **metadata}, f"the metadata after adding {metadata}")
        changed = ("metadata", "updated_at")
        self.same(without(after, *changed), without(before, *changed), "the rest of the thread after a patch")
        older, newer = (datetime.fromisoformat(thread["updated_at"]) for thread in (before, after))
        self.hold(newer >= older, f"updated_at went back from {older} to {newer}")


class ThreadIfExists(ThreadLaw):
    """A thread is created a second time, by its id."""

    name = "thread-if-exists"
    sentence = "Creating a thread that exists is a conflict, or gives the stored one, and never changes it."
    section = CREATE
    operations = (CREATE, GET, UPDATE)

    @initialize(metadata=METADATA, chance=CHANCE)
    def create(self, metadata: JsonObject, chance: int) -> None:
        self.thread_id = self.any_thread(chance, **metadata)
        self.stored = self.thread(self.thread_id)

    @rule(metadata=METADATA, raises=st.sampled_from([{}, {"if_exists": "raise"}]))
    def refuse(self, metadata: JsonObject, raises: JsonObject) -> None:
        again = self.ask(CREATE, {"thread_id": self.thread_id, "metadata": self.marked(**metadata), **raises})

        self.hold(again.status == 409, f"creating it with {raises or 'no if_exists'} answered {again.status}, not 409")
        self.same(self.thread(self.thread_id), self.stored, "the thread after the conflict")

    @rule(metadata=METADATA)
    def do_nothing(self, metadata: JsonObject) -> None:
        body = {"thread_id": self.thread_id, "metadata": self.marked(**metadata), "if_exists": "do_nothing"}
        again = self.ask(CREATE, body)

        self.hold(again.ok, f"creating it with do_nothing answered {again.status}: {again.text[:200]}")
        self.same(again.body, self.stored, "the thread that do_nothing gives")
        self.same(self.thread(self.thread_id), self.stored, "the thread after do_nothing")


class ThreadTellsTtl(ThreadLaw):
    """Threads are created that live for some time."""

    name = "thread-tells-ttl"
    sentence = "A thread that was given a time to live tells it to whoever asks for it."
    section = "include=ttl of GET /threads/{thread_id}"
    operations = (GET, CREATE)
    steps = 2

    @rule(minutes=st.integers(60, 600), strategy=st.sampled_from(["delete", "keep_latest"]))
    def create(self, minutes: int, strategy: str) -> None:
        given: JsonObject = {"ttl": minutes, "strategy": strategy}
        thread_id = self.told(CREATE, {"metadata": self.marked(), "ttl": given})["thread_id"]
        told = self.told(GET, query={"include": "ttl"}, thread_id=thread_id).get("ttl")

        self.hold(isinstance(told, dict), f"a thread with ttl {given} tells {told}")
        self.same(
            {"ttl": told.get("ttl_minutes"), "strategy": told.get("strategy")}, given, f"what {told} tells of the ttl"
        )
