"""Threads made up by the number, always the same ones for the same seed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from understudy.scenarios import values
from understudy.scenarios.references import known
from understudy.scenarios.scenario import THREADS
from understudy.state.agents import END, START, Agent
from understudy.state.checkpoints import ROOT
from understudy.state.clock import Clock, timestamp
from understudy.state.ids import Ids, assistant_of

if TYPE_CHECKING:
    from understudy.scenarios.references import Around, Complain
    from understudy.scenarios.scenario import Scenario
    from understudy.state.world import World
    from understudy.wire import JsonObject

FIRST = datetime(2025, 1, 1, tzinfo=UTC)
"""When the first thread was created; each of the others was one minute after the one before."""

MOST = 5_000_000
"""How many states there is room for, and time to make them."""

_MINUTE = timedelta(minutes=1)
_SECOND = timedelta(seconds=1)

# What the conversations are about; threads of one topic share their messages.
_TOPICS = (
    ("billing", "Why was I charged twice this month?", "The second charge is a reservation and expires in three days."),
    ("delivery", "Where is my parcel?", "It left the depot this morning and arrives before six."),
    ("login", "I cannot sign in any more.", "Your password expired; I have sent you a link for a new one."),
    ("refund", "I want to send this back.", "I have made out a label; the money comes once we have the parcel."),
    ("travel", "Which train gets me to Basel by noon?", "The 9:12, with one change in Olten."),
)
_STATUSES = ("idle", "idle", "idle", "interrupted", "idle", "idle", "error", "idle", "idle", "idle")


_INTERRUPT = {"question": "Shall I go on?"}
_ERROR = {"error": "TimeoutError", "message": "the model did not answer in time"}
_TASK_ERROR = "TimeoutError('the model did not answer in time')"


class Generator:
    """Makes the threads that one scenario asks for."""

    def __init__(self, scenario: Scenario, around: Around, complain: Complain) -> None:
        wanted = scenario.generate
        # 3.0 is a whole number too.
        self._threads = int(wanted.get("threads", THREADS))
        self._checkpoints = int(wanted.get("checkpoints", 3))
        self._users = int(wanted.get("users", 100))
        states = self._threads * self._checkpoints
        if states > MOST:
            complain(("generate",), f"makes {states} states in all, and may make {MOST} at most")
        graph_id = wanted.get("agent") or next(iter(scenario.agents or around.graphs), "agent")
        known("agent", graph_id, around.graphs, ("generate", "agent"), complain)
        self._agent = around.agents.get(graph_id, Agent(graph_id))
        self._phases = [(START,), *((node,) for node in _chain(self._agent)), ()]
        self._clock = Clock(FIRST)
        self._ids = Ids(self._clock, seed=int(wanted.get("seed", 0)))
        self._metadata: dict[tuple[str, int], JsonObject] = {}
        self._values: dict[tuple[str, int], JsonObject] = {}
        self._results: dict[tuple[str, int, int], JsonObject] = {}

    def fill(self, world: World) -> None:
        """Put the threads into a world."""
        for at in range(self._threads):
            world.threads.restore(*self._thread(at))

    def _thread(self, at: int) -> tuple[JsonObject, list[JsonObject]]:
        created = FIRST + at * _MINUTE
        self._clock.set(created)
        thread_id = self._ids.time_ordered()
        topic = _TOPICS[at % len(_TOPICS)][0]
        status = _STATUSES[at % len(_STATUSES)] if self._checkpoints else "idle"
        metadata = self._metadata_of(topic, at % self._users)
        history = self._history(thread_id, metadata, topic, status)
        created_at = timestamp(created)
        updated_at = history[-1]["created_at"] if history else created_at
        row: JsonObject = {
            "thread_id": thread_id,
            "created_at": created_at,
            "updated_at": updated_at,
            "state_updated_at": updated_at,
            "metadata": metadata,
            "status": status,
            "config": {},
            "values": None,
        }
        if history:
            last = history[-1]
            row["values"] = last["values"]
            row["error"] = _ERROR if status == "error" else None
            row["interrupts"] = {task["id"]: task["interrupts"] for task in last["tasks"] if task["interrupts"]}
        return row, history

    def _history(self, thread_id: str, metadata: JsonObject, topic: str, status: str) -> list[JsonObject]:
        """Return the last states of a conversation; one that did not finish is a step short of its end."""
        length = len(self._phases)
        # Places are counted over all turns; the last is the first one with the right phase that leaves room for all.
        phase = length - (1 if status == "idle" else 2)
        last = phase + length * max(0, -((phase + 1 - self._checkpoints) // length))
        run: JsonObject = {**metadata, "run_attempt": 1, "thread_id": thread_id, "run_id": self._ids.time_ordered()}
        history: list[JsonObject] = []
        parent: str | None = None
        for place in range(last - self._checkpoints + 1, last + 1):
            messages, following = self._at(place)
            checkpoint_id = self._ids.checkpoint(place - 1)
            created_at = timestamp(self._clock.now())
            self._clock.advance(_SECOND)
            written = None if place == last else self._written(topic, messages, self._at(place + 1)[0])
            source = "input" if following == (START,) else "loop"
            history.append(
                {
                    "values": self._values_of(topic, messages),
                    "next": following,
                    "tasks": [self._task(node, status if place == last else "idle", written) for node in following],
                    "metadata": {**run, "source": source, "step": place - 1, "parents": {}},
                    "created_at": created_at,
                    "checkpoint": {"checkpoint_id": checkpoint_id, "thread_id": thread_id, "checkpoint_ns": ROOT},
                    "parent_checkpoint_id": parent,
                }
            )
            parent = checkpoint_id
        return history

    def _at(self, place: int) -> tuple[int, tuple[str, ...]]:
        """Return how many messages there are at a place in a conversation, and what comes next."""
        turn, phase = divmod(place, len(self._phases))
        said = 0 if phase == 0 else 2 if phase == len(self._phases) - 1 else 1
        return 2 * turn + said, self._phases[phase]

    def _task(self, node: str, status: str, result: JsonObject | None) -> JsonObject:
        interrupt = [{"id": self._ids.interrupt(), "value": _INTERRUPT}] if status == "interrupted" else []
        return {
            "id": self._ids.digest(),
            "name": node,
            "path": ["__pregel_pull", node],
            "error": _TASK_ERROR if status == "error" else None,
            "interrupts": interrupt,
            "checkpoint": None,
            "state": None,
            "result": result,
        }

    def _written(self, topic: str, before: int, after: int) -> JsonObject:
        """Return what was written between so many messages and so many."""
        if (topic, before, after) not in self._results:
            self._results[topic, before, after] = values.written(
                self._values_of(topic, before), self._values_of(topic, after), self._agent.channels
            )
        return self._results[topic, before, after]

    def _metadata_of(self, topic: str, user: int) -> JsonObject:
        if (topic, user) not in self._metadata:
            graph_id = self._agent.graph_id
            self._metadata[topic, user] = {
                "user": f"user-{user:04}",
                "topic": topic,
                "graph_id": graph_id,
                "assistant_id": assistant_of(graph_id),
            }
        return self._metadata[topic, user]

    def _values_of(self, topic: str, messages: int) -> JsonObject:
        """Return the values after so many messages; they are the same object for all threads of the topic."""
        if (topic, messages) not in self._values:
            _, *said = next(told for told in _TOPICS if told[0] == topic)
            said += ["Is there anything else I should know?", "No, that is all."] * (messages // 2)
            channel = next((name for name, kind in self._agent.channels.items() if kind == "messages"), None)
            told = [{"role": "ai" if at % 2 else "human", "content": said[at]} for at in range(messages)]
            self._values[topic, messages] = values.complete(
                {channel: told} if channel else {}, self._agent, topic, (), lambda *_: None
            )
        return self._values[topic, messages]


def _chain(agent: Agent) -> list[str]:
    """Return the nodes in the order in which they run, each once; of several that follow one, the first."""
    chain: list[str] = []
    node = START
    while following := [name for name in _successors(agent, node) if name not in chain]:
        node = following[0]
        chain.append(node)
    return chain


def _successors(agent: Agent, node: str) -> list[str]:
    """Return the nodes that run after a node, by name; of conditional edges alone, where the first leads."""
    leaving = [edge for edge in agent.edges if edge.source == node]
    targets = {edge.target for edge in leaving if not edge.conditional} or {edge.target for edge in leaving[:1]}
    return sorted(targets - {END})
