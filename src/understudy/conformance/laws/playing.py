"""What laws of runs have in common: how runs are made up, started, waited for, and their streams read."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, NamedTuple

from hypothesis import strategies as st
from hypothesis.stateful import initialize

from understudy.conformance import streams
from understudy.conformance.asking import Unexamined
from understudy.conformance.laws.law import Law
from understudy.contract.events import Malformed

if TYPE_CHECKING:
    from collections.abc import Callable

    from understudy.conformance.asking import Answer
    from understudy.conformance.stage import Graph
    from understudy.contract.events import SentEvent
    from understudy.wire import Json, JsonObject

RUNS = "/threads/{thread_id}/runs"
CREATE = f"POST {RUNS}"
STREAM = f"POST {RUNS}/stream"
WAIT = f"POST {RUNS}/wait"
LIST = f"GET {RUNS}"
GET = f"GET {RUNS}/{{run_id}}"
DELETE = f"DELETE {RUNS}/{{run_id}}"
JOIN = f"GET {RUNS}/{{run_id}}/join"
JOIN_STREAM = f"GET {RUNS}/{{run_id}}/stream"
CANCEL = f"POST {RUNS}/{{run_id}}/cancel"
THREAD = "GET /threads/{thread_id}"
NEW_THREAD = "POST /threads"
STATE = "GET /threads/{thread_id}/state"
HISTORY = "POST /threads/{thread_id}/history"

ACTIVE = ("pending", "running")
"""The statuses of a run that is not over."""

PLAYED = ("success", "error")
"""The statuses of a run that nobody has stopped."""

DAYS = 1e6
"""Seconds after which a run starts that is to be waiting."""

PATIENCE = 5.0
"""Seconds in which something has to show that is so already."""

LONGEST = 60.0
"""Seconds after which a run is not waited for any longer."""

_NODES = ("interrupt_before", "interrupt_after", "goto")
_PAUSE, _LONG_PAUSE = 0.02, 0.5

MODES = ("values", "updates", "messages", "messages-tuple", "custom", "tasks", "checkpoints", "debug", "events")
"""What a run can show of itself."""

modes = st.sampled_from(MODES) | st.lists(st.sampled_from(MODES), unique=True, max_size=4) | st.just(list(MODES))

ways = st.fixed_dictionaries(
    {},
    optional={
        "durability": st.sampled_from(["sync", "async", "exit"]),
        "input": st.just(None),
        "config": st.fixed_dictionaries(
            {},
            optional={
                "recursion_limit": st.sampled_from([1, 2, 25]),
                "tags": st.lists(st.text(max_size=3), max_size=2),
            },
        ),
    },
)
"""How a run is started: some of them fail, for want of an input or because they may take no more than a step."""

anything = st.none() | st.text(max_size=3) | st.lists(st.integers(), max_size=2) | st.dictionaries(st.text(), st.none())

nodes = st.just("*") | st.lists(st.integers(0, 9), max_size=2, unique=True)

oddities = st.fixed_dictionaries(
    {},
    optional={
        "input": anything,
        "interrupt_before": nodes,
        "interrupt_after": nodes,
        "context": st.fixed_dictionaries({"color": anything}),
        "command": st.fixed_dictionaries({}, optional={"goto": nodes, "update": anything}),
    },
)
"""What a run may be refused for, or fail with; nodes are numbers, since graphs name them differently."""

chances = st.integers(0, 99)
"""What picks one of the graphs, inputs, nodes that a deployment has, however many there are."""


class Over(NamedTuple):
    """A run that was waited for."""

    run_id: str
    told: Json
    """What was answered: the values, or what went wrong."""


class RunLaw(Law):
    """A law of runs."""

    examples = 0.3
    steps = 2
    graph: Graph
    """The one that is run in an example; a thread is not made for runs of several graphs."""

    def pick(self, chance: int) -> None:
        """Pick one of the deployment's graphs. Unexamined if it has none."""
        if not self.stage.graphs:
            raise Unexamined("the deployment has no graph that could be run")
        self.graph = self.stage.graphs[chance % len(self.stage.graphs)]

    def started(self, chance: int = 0, **options: Json) -> JsonObject:
        """Return the body that starts a run of the graph with one of its inputs."""
        told = self.graph.inputs[chance % len(self.graph.inputs)]
        return {"assistant_id": self.graph.assistant_id, "input": told, "metadata": self.marked(), **options}

    def named(self, odd: Json) -> Json:
        """Return what was made up with nodes of the graph in the place of their numbers; where it has none, nothing."""
        if isinstance(odd, dict):
            return {name: self._nodes(value) if name in _NODES else self.named(value) for name, value in odd.items()}
        return odd

    def _nodes(self, numbers: Json) -> Json:
        if numbers == "*":
            return numbers
        named = [self.graph.nodes[number % len(self.graph.nodes)] for number in numbers if self.graph.nodes]
        return list(dict.fromkeys(named))

    def new_thread(self) -> str:
        """Make a thread and return its id."""
        return str(self.told(NEW_THREAD, {"metadata": self.marked()})["thread_id"])

    def thread(self, thread_id: str) -> JsonObject:
        """Return a thread as it is now."""
        row: JsonObject = self.told(THREAD, thread_id=thread_id)
        return row

    def run_of(self, thread_id: str, run_id: str) -> JsonObject:
        """Return a run as it is now."""
        row: JsonObject = self.told(GET, thread_id=thread_id, run_id=run_id)
        return row

    def runs(self, thread_id: str, **query: Any) -> list[JsonObject]:
        """Return the runs of a thread."""
        rows: list[JsonObject] = self.told(LIST, query={"limit": 100, **query}, thread_id=thread_id)
        return rows

    def history(self, thread_id: str) -> list[JsonObject]:
        """Return the checkpoints of a thread, the newest first."""
        states: list[JsonObject] = self.told(HISTORY, {"limit": 1000}, thread_id=thread_id)
        return states

    def create(self, thread_id: str, body: JsonObject) -> JsonObject:
        """Start a run in the background and return it as it is told of."""
        row: JsonObject = self.told(CREATE, body, thread_id=thread_id)
        return row

    def waited(self, thread_id: str, body: JsonObject) -> Over:
        """Start a run, wait for it and return what it ends with."""
        answer = self.accepted(self.ask(WAIT, body, thread_id=thread_id))
        return Over(run_named(answer), answer.body)

    def accepted(self, answer: Answer) -> Answer:
        """Return an answer of success. Unexamined if it is none."""
        if not answer.ok:
            raise Unexamined(f"{answer.operation} answered {answer.status}: {answer.text[:300]}")
        return answer

    def over(self, thread_id: str, run_id: str) -> JsonObject:
        """Return a run in the background as soon as it is over. Unexamined if that takes too long."""
        row: JsonObject = self.again(lambda: self.run_of(thread_id, run_id), is_over, f"run {run_id} is waited for")
        return row

    def settled(self, thread_id: str, run_id: str) -> JsonObject:
        """Return a run whose answer, or whose stream, has come to its end: it has to be over."""
        row: JsonObject = self.soon(
            lambda: self.run_of(thread_id, run_id),
            is_over,
            lambda row: f"run {run_id} is {row['status']}, but its answer has come to its end",
        )
        return row

    def soon(self, ask: Callable[[], Any], holds: Callable[[Any], bool], otherwise: Callable[[Any], str]) -> Any:
        """Ask again until what has to hold does, and return the answer. Broken if it still doesn't after a while."""
        found = self._again(ask, holds, time.monotonic() + PATIENCE)
        self.hold(holds(found), otherwise(found))
        return found

    def again(self, ask: Callable[[], Any], holds: Callable[[Any], bool], what: str) -> Any:
        """Ask again until what is waited for is so, and return the answer. Unexamined if that takes too long."""
        found = self._again(ask, holds, time.monotonic() + LONGEST)
        if not holds(found):
            raise Unexamined(f"{what}, and that takes longer than {LONGEST:.0f} seconds")
        return found

    def _again(self, ask: Callable[[], Any], holds: Callable[[Any], bool], last: float) -> Any:
        before, pause = self._asker.last, _PAUSE
        while not holds(found := ask()) and time.monotonic() < last:
            time.sleep(pause)
            pause = min(pause * 2, _LONG_PAUSE)
            self._asker.back_to(before)
        return found

    def events(self, answer: Answer, thread_id: str | None = None) -> list[SentEvent]:
        """Return the events of a run's stream, which has to end, each as the document describes one.

        Unexamined if the run itself takes too long, or says more than is read.
        """
        events: list[SentEvent] = self.checked(lambda: self.accepted(answer).events)
        if answer.response.stream_cut_short:
            run_id, many = run_named(answer), len(events) >= self._asker.longest
            if many or (thread_id and self.run_of(thread_id, run_id)["status"] in ACTIVE):
                raise Unexamined(f"{answer.operation} streams more than the {len(events)} events that were read of it")
            self.hold(False, f"the stream of run {run_id} does not end, though the run has: {len(events)} events")
        self.checked(streams.check_each, events, self.event_schema(answer.operation))
        return events

    def checked(self, check: Callable[..., Any], *args: Any, **options: Any) -> Any:
        """Make a check of a stream; what it complains about breaks the law."""
        try:
            return check(*args, **options)
        except (streams.Broken, Malformed) as broken:
            self.hold(False, str(broken))


class ThreadRunLaw(RunLaw):
    """A law of runs on one thread: an example picks a graph, and begins with a thread for it."""

    @initialize(chance=chances)
    def begin(self, chance: int) -> None:
        self.pick(chance)
        self.thread_id = self.new_thread()


def is_over(row: JsonObject) -> bool:
    """Return whether a run is over."""
    return row["status"] not in ACTIVE


def run_named(answer: Answer) -> str:
    """Return the id of the run that an answer says it has started. Unexamined if it says none."""
    location = answer.headers.get("content-location", "")
    if not location:
        raise Unexamined(f"{answer.operation} names no run: it has no Content-Location")
    return location.rpartition("/")[2]


def without_interrupts(values: Json) -> Json:
    """Return values as a state has them, without what a stream or an answer adds when a run stops to ask."""
    if not isinstance(values, dict):
        return values
    return {name: value for name, value in values.items() if name != "__interrupt__"}
