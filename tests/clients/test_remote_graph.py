"""`RemoteGraph` of langgraph: invoking, answering interrupts, and state that is read, changed and forked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from langgraph.pregel.remote import RemoteException
from langgraph.types import Command, Interrupt
from langgraph_sdk.errors import NotFoundError, UnprocessableEntityError

if TYPE_CHECKING:
    from tests.clients.conftest import Far, Spoken

ASSISTANT = "01d10e59-d4b4-51ec-8e94-9b2716b34de8"


def asked(content: str) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": content}]}


def contents(values: Any) -> list[str]:
    return [message["content"] for message in values["messages"]]


@pytest.fixture
def config() -> Any:
    """Names a thread that does not exist yet."""
    return {"configurable": {"thread_id": str(uuid4())}}


def test_a_graph_is_invoked_and_remembers(far: Far, spoken: Spoken, config: Any) -> None:
    graph = spoken(far("agent"))

    assert contents(graph.invoke(asked("hi"), config)) == ["hi", "echo hi"]
    assert contents(graph.invoke(asked("you"), config)) == ["hi", "echo hi", "you", "echo you"]


def test_a_graph_without_a_thread_remembers_nothing(far: Far, spoken: Spoken) -> None:
    graph = spoken(far("steps"))

    assert [graph.invoke({"n": 1})["n"] for _ in range(2)] == [3, 3]


def test_a_graph_is_named_by_its_assistant_as_well(far: Far, spoken: Spoken, config: Any) -> None:
    assert spoken(far(ASSISTANT)).invoke({"n": 5}, config) == {"n": 7, "log": ["a", "b"]}


def test_configuration_and_context_go_along(far: Far, spoken: Spoken) -> None:
    assert spoken(far("ctx")).invoke({"k": None}, context={"color": "red"}) == {"k": {"color": "red"}}

    seen = spoken(far("cfg").with_config({"tags": ["t"], "metadata": {"m": 1}})).invoke({"k": None})["k"]

    assert seen["tags"] == "['t']"
    assert "'m': 1" in seen["metadata"]


def test_a_failure_of_the_graph_is_an_exception_here(far: Far, spoken: Spoken, config: Any) -> None:
    graph = spoken(far("agent"))

    with pytest.raises(RemoteException) as failure:
        graph.invoke(asked("boom"), config)

    assert failure.value.args == ({"error": "ValueError", "message": "boom"},)
    assert graph.get_state(config).next == ("agent",)
    (task,) = graph.get_state(config).tasks
    assert str(task.error) == "ValueError('boom')"


def test_a_graph_that_is_not_there_is_refused(far: Far, spoken: Spoken, config: Any) -> None:
    with pytest.raises(UnprocessableEntityError, match="Invalid assistant: 'nope'"):
        spoken(far("nope")).invoke({}, config)
    with pytest.raises(NotFoundError):
        spoken(far("agent")).get_state(config)


def test_an_interrupt_is_answered_by_a_command(far: Far, spoken: Spoken, config: Any) -> None:
    graph = spoken(far("agent"))

    paused = graph.invoke(asked("ask"), config)
    state = graph.get_state(config)
    assert [interrupt["value"] for interrupt in paused["__interrupt__"]] == [{"question": "ok?"}]
    assert state.next == ("agent",)
    assert state.interrupts == state.tasks[0].interrupts
    assert state.interrupts == (Interrupt({"question": "ok?"}, id=paused["__interrupt__"][0]["id"]),)

    assert contents(graph.invoke(Command(resume="yes"), config)) == ["ask", "answer yes"]
    assert graph.get_state(config).next == ()


def test_the_second_version_of_invoke_tells_interrupts_apart_from_values(far: Far, spoken: Spoken, config: Any) -> None:
    graph = spoken(far("par"))

    paused = graph.invoke({"out": ["begin"]}, config, version="v2")
    answers = {interrupt.id: interrupt.value.upper() for interrupt in graph.get_state(config).interrupts}
    done = graph.invoke(Command(resume=answers), config, version="v2")

    assert [interrupt.value for interrupt in paused.interrupts] == ["two"]
    assert (done.value, done.interrupts) == ({"out": ["begin", "q1:ONE", "q2:TWO"]}, ())


def test_a_command_updates_and_goes_elsewhere(far: Far, spoken: Spoken, config: Any) -> None:
    graph = spoken(far("steps"))
    graph.invoke({"n": 0}, config)

    assert graph.invoke(Command(update={"n": 10}, goto="b"), config) == {"n": 13, "log": ["a", "b", "b"]}


def test_a_graph_stops_before_and_after_nodes_and_goes_on(far: Far, spoken: Spoken, config: Any) -> None:
    graph = spoken(far("steps"))

    assert graph.invoke({"n": 0}, config, interrupt_before=["b"]) == {"n": 1, "log": ["a"]}
    assert graph.get_state(config).next == ("b",)
    assert graph.invoke(None, config) == {"n": 2, "log": ["a", "b"]}
    assert graph.invoke({"n": 0}, config, interrupt_after=["a"])["log"] == ["a", "b", "a"]


def test_the_history_is_read_from_its_end(far: Far, spoken: Spoken, config: Any) -> None:
    graph = spoken(far("steps"))
    graph.invoke({"n": 1}, config)

    states = list(graph.get_state_history(config))

    assert [(state.metadata["step"], state.next) for state in states] == [
        (2, ()),
        (1, ("b",)),
        (0, ("a",)),
        (-1, ("__start__",)),
    ]
    assert [state.parent_config for state in states[:-1]] == [state.config for state in states[1:]]
    assert states[-1].parent_config is None
    assert [task.result for state in states[1:3] for task in state.tasks] == [
        {"n": 1, "log": ["b"]},
        {"n": 1, "log": ["a"]},
    ]
    assert len(list(graph.get_state_history(config, limit=2))) == 2
    (beginning,) = graph.get_state_history(config, filter={"source": "input"})
    assert beginning == states[-1]
    assert graph.get_state(states[1].config) == states[1]


def test_state_is_updated_in_the_name_of_a_node(far: Far, spoken: Spoken, config: Any) -> None:
    graph = spoken(far("steps"))
    graph.invoke({"n": 1}, config)

    made = graph.update_state(config, {"n": 10, "log": ["me"]}, as_node="a")

    state = graph.get_state(config)
    assert state.config == made
    assert (state.values, state.next) == ({"n": 13, "log": ["a", "b", "me"]}, ("b",))
    assert state.metadata["source"] == "update"
    assert graph.invoke(None, config) == {"n": 14, "log": ["a", "b", "me", "b"]}


def test_a_past_state_is_forked_and_played_on(far: Far, spoken: Spoken, config: Any) -> None:
    graph = spoken(far("steps"))
    graph.invoke({"n": 1}, config)
    after_a = next(state for state in graph.get_state_history(config) if state.next == ("b",))

    fork = graph.update_state(after_a.config, {"n": 40}, as_node="a")
    values = graph.invoke(None, config)

    assert graph.get_state(fork).parent_config == after_a.config
    assert values == {"n": 43, "log": ["a", "b"]}
    assert graph.get_state(config).parent_config == fork
    assert len(list(graph.get_state_history(config))) == 6


def test_a_state_shows_that_of_its_subgraphs(far: Far, spoken: Spoken, config: Any) -> None:
    graph = spoken(far("parent"))
    graph.invoke({"v": "x", "ask": True}, config)

    (task,) = graph.get_state(config, subgraphs=True).tasks

    assert task.name == "child"
    assert (task.state.values, task.state.next) == ({"v": "x-pre", "ask": True}, ("inner",))
    assert task.state.config["configurable"]["checkpoint_ns"] == f"child:{task.id}"
    assert graph.get_state(task.state.config).values == {"v": "x-pre", "ask": True}


def test_a_graph_is_drawn_from_afar(far: Far, spoken: Spoken) -> None:
    drawing = spoken(far("parent")).get_graph(xray=True)

    assert list(drawing.nodes) == ["__start__", "pre", "__end__", "child:inner"]
    assert {(edge.source, edge.target) for edge in drawing.edges} == {
        ("__start__", "pre"),
        ("pre", "child:inner"),
        ("child:inner", "__end__"),
    }
    assert "child" in drawing.draw_mermaid()
