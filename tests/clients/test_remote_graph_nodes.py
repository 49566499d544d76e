"""`RemoteGraph` of langgraph as a node of a graph that runs here, with and without a checkpointer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph
from langgraph.pregel.remote import RemoteException
from langgraph.types import Command
from typing_extensions import TypedDict

if TYPE_CHECKING:
    from tests.clients.conftest import Far, Spoken


class State(TypedDict, total=False):
    """What the graph here shares with `parent` and, but for the numbers, with `steps`."""

    v: str
    ask: bool


def near(state: State) -> State:
    return {"v": state["v"] + "-near"}


def around(node: Any, *, checkpointer: Any = None) -> Any:
    """Return a graph of two nodes: one of its own, then one that runs elsewhere."""
    graph = StateGraph(State)
    graph.add_node("near", near)
    graph.add_node("far", node)
    graph.add_edge(START, "near")
    graph.add_edge("near", "far")
    graph.add_edge("far", END)
    return graph.compile(checkpointer=checkpointer)


@pytest.fixture
def config() -> Any:
    """Names a thread that does not exist yet, neither here nor there."""
    return {"configurable": {"thread_id": str(uuid4())}}


def test_a_remote_node_adds_to_the_state_here(far: Far, spoken: Spoken) -> None:
    graph = spoken(around(far("parent")))

    assert graph.invoke({"v": "x"}) == {"v": "x-near-pre-inner"}


def test_a_remote_node_runs_on_the_thread_of_the_graph_around_it(far: Far, spoken: Spoken, config: Any) -> None:
    remote = far("parent")
    graph = spoken(around(remote, checkpointer=InMemorySaver()))

    graph.invoke({"v": "x"}, config)

    assert graph.get_state(config).values == {"v": "x-near-pre-inner"}
    assert spoken(remote).get_state(config).values == {"v": "x-near-pre-inner"}
    assert spoken(remote).get_state(config).metadata["langgraph_node"] == "far"


def test_the_stream_of_a_remote_node_runs_through_that_of_the_graph_here(far: Far, spoken: Spoken, config: Any) -> None:
    graph = spoken(around(far("parent"), checkpointer=InMemorySaver()))

    parts = list(graph.stream({"v": "x"}, config, stream_mode="updates", subgraphs=True))

    assert [(tuple(name.split(":")[0] for name in namespace), update) for namespace, update in parts] == [
        ((), {"near": {"v": "x-near"}}),
        (("far",), {"pre": {"v": "x-near-pre"}}),
        (("far", "child"), {"inner": {"v": "x-near-pre-inner"}}),
        (("far",), {"child": {"v": "x-near-pre-inner"}}),
        ((), {"far": {"v": "x-near-pre-inner"}}),
    ]


def test_an_interrupt_there_interrupts_the_graph_here(far: Far, spoken: Spoken, config: Any) -> None:
    remote = far("parent")
    graph = spoken(around(remote, checkpointer=InMemorySaver()))

    paused = graph.invoke({"v": "x", "ask": True}, config)

    (interrupt,) = paused["__interrupt__"]
    assert interrupt.value == {"need": "input"}
    assert (graph.get_state(config).next, graph.get_state(config).interrupts) == (("far",), (interrupt,))
    assert spoken(remote).get_state(config).interrupts == (interrupt,)


def test_an_interrupt_is_asked_again_until_it_is_answered_there(far: Far, spoken: Spoken, config: Any) -> None:
    remote = far("parent")
    graph = spoken(around(remote, checkpointer=InMemorySaver()))
    paused = graph.invoke({"v": "x", "ask": True}, config)

    again = graph.invoke(Command(resume="nobody hears this"), config)
    assert again["__interrupt__"] == paused["__interrupt__"]
    assert [task.name for task in spoken(remote).get_state(config).tasks] == ["child"]
    spoken(remote).invoke(Command(resume="yes"), config)

    assert graph.invoke(Command(resume="done"), config) == {"v": "got yes", "ask": True}
    assert graph.get_state(config).next == ()


def test_a_node_can_pass_the_answer_on(far: Far, spoken: Spoken, config: Any) -> None:
    from langgraph.types import interrupt

    remote = spoken(far("parent"))
    thread = {"configurable": {"thread_id": str(uuid4())}}

    def asking(state: State) -> Any:
        values = remote.invoke(state, thread)
        if questions := values.pop("__interrupt__", None):
            values = remote.invoke(Command(resume=interrupt(questions[0]["value"])), thread)
        return values

    graph = around(asking, checkpointer=InMemorySaver())

    (waiting,) = graph.invoke({"v": "x", "ask": True}, config)["__interrupt__"]
    assert waiting.value == {"need": "input"}

    assert graph.invoke(Command(resume="yes"), config) == {"v": "got yes", "ask": True}


def test_a_failure_there_fails_the_graph_here(far: Far, spoken: Spoken, config: Any) -> None:
    class Steps(TypedDict, total=False):
        n: int
        mode: str

    graph = StateGraph(Steps)
    graph.add_node("far", far("steps"))
    graph.add_edge(START, "far")

    with pytest.raises(RemoteException, match="kaboom"):
        spoken(graph.compile()).invoke({"n": 1, "mode": "boom"}, config)
