"""What a node of an agent may do, step by step: the words in which scripts and Python callables speak to the player."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from understudy.state.store import Store
    from understudy.wire import Json, JsonObject


@dataclass(frozen=True, slots=True)
class Write:
    """Write into channels, as if the node returned this. Several writes of a node count together."""

    values: JsonObject


@dataclass(frozen=True, slots=True)
class Say:
    """Stream a message of a model, chunk by chunk, `pace` seconds before each; then it is the result of the step.

    `message` is a whole message: `content`, perhaps `id`, `name`, `tool_calls`. It is written to `channel`, if any.
    """

    message: JsonObject
    chunks: Sequence[str]
    pace: float = 0
    channel: str | None = "messages"


@dataclass(frozen=True, slots=True)
class Emit:
    """Stream data of the node's own (mode `custom`)."""

    data: Json


@dataclass(frozen=True, slots=True)
class Interrupt:
    """Stop until somebody answers; the answer is the result of the step when the node runs anew."""

    value: Json


@dataclass(frozen=True, slots=True)
class Fail:
    """Raise an error; `builtin` says whether its class is one of Python's own, whose messages clients may read."""

    error: str
    message: str
    builtin: bool = True


@dataclass(frozen=True, slots=True)
class Wait:
    """Take this many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Send:
    """A node to run with an input of its own."""

    node: str
    input: Json


@dataclass(frozen=True, slots=True)
class Goto:
    """Go on at these nodes, besides where the edges lead."""

    targets: tuple[str | Send, ...]


Step: TypeAlias = Write | Say | Emit | Interrupt | Fail | Wait | Goto


@dataclass(frozen=True, slots=True)
class Situation:
    """What a node has at hand while it runs. Nothing in it may be changed.

    `state` are the values of the channels; `input` is what the node got: the same, or what it was sent. `run_input`
    is what the run was started with. `visit` counts how often the node was begun on this thread, this time included;
    `run_visit` in this run. `config` has `configurable`, `metadata`, `tags`, `recursion_limit`. `resume` is the last
    answer that the run was resumed with, or None.
    """

    node: str
    input: Json
    state: JsonObject
    run_input: Json
    config: JsonObject
    context: JsonObject
    store: Store
    visit: int = 1
    run_visit: int = 1
    resume: Json = None


Script: TypeAlias = Generator[Step, Any, None] | AsyncGenerator[Step, Any]
"""A node at work: yields steps, and is sent the result of each (None for most)."""

Behaviour: TypeAlias = Callable[[Situation], Script]
"""Begins the work of a node; `Agent.behaviours` has one for each node that does anything."""

Route: TypeAlias = Callable[[Situation], Sequence[str | Send]]
"""Says where to go on from a node, given the state after it (END leads nowhere); `Agent.routes` has one for each node
that conditional edges leave. Edges without a condition are followed besides."""
