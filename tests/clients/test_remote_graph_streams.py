"""`RemoteGraph` of langgraph: streaming in every mode, alone and together, from subgraphs too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from langgraph.pregel.remote import RemoteException
from langgraph.types import Command

if TYPE_CHECKING:
    from tests.clients.conftest import Far, Spoken

HI = {"messages": [{"role": "user", "content": "hi"}]}

ASK = {"messages": [{"role": "user", "content": "ask"}]}


@pytest.fixture
def config() -> Any:
    """Names a thread that does not exist yet."""
    return {"configurable": {"thread_id": str(uuid4())}}


def test_values(far: Far, spoken: Spoken, config: Any) -> None:
    assert list(spoken(far("steps")).stream({"n": 1}, config, stream_mode="values")) == [
        {"n": 1, "log": []},
        {"n": 2, "log": ["a"]},
        {"n": 3, "log": ["a", "b"]},
    ]


def test_updates_are_what_is_streamed_if_nothing_is_said(far: Far, spoken: Spoken, config: Any) -> None:
    graph = spoken(far("steps"))

    updates = list(graph.stream({"n": 1}, config))

    assert updates == [{"a": {"n": 1, "log": ["a"]}}, {"b": {"n": 1, "log": ["b"]}}]
    assert updates == list(graph.stream({"n": 1}, config, stream_mode="updates"))


def test_messages(far: Far, spoken: Spoken, config: Any) -> None:
    parts = list(spoken(far("chat")).stream(HI, config, stream_mode="messages"))

    assert "".join(chunk["content"] for chunk, _ in parts) == "Hello big world"
    assert {about["langgraph_node"] for _, about in parts} == {"model"}
    assert all(isinstance(part, tuple) for part in parts)


def test_custom(far: Far, spoken: Spoken, config: Any) -> None:
    parts = list(spoken(far("custom")).stream({"x": "go"}, config, stream_mode="custom"))

    assert parts == [{"progress": 1}, "plain string", {"progress": 2}]


def test_tasks(far: Far, spoken: Spoken, config: Any) -> None:
    parts = list(spoken(far("steps")).stream({"n": 1}, config, stream_mode="tasks"))

    assert [part["name"] for part in parts] == ["a", "a", "b", "b"]
    assert parts[0]["input"] == {"n": 1, "log": []}
    assert parts[1]["result"] == {"n": 1, "log": ["a"]}


def test_checkpoints(far: Far, spoken: Spoken, config: Any) -> None:
    graph = spoken(far("steps"))

    parts = list(graph.stream({"n": 1}, config, stream_mode="checkpoints"))

    kept = [state.config["configurable"]["checkpoint_id"] for state in graph.get_state_history(config)]
    assert [part["config"]["configurable"]["checkpoint_id"] for part in parts] == kept[::-1]
    assert [part["next"] for part in parts] == [["__start__"], ["a"], ["b"], []]


def test_debug(far: Far, spoken: Spoken, config: Any) -> None:
    parts = list(spoken(far("agent")).stream(HI, config, stream_mode="debug"))

    assert [part["type"] for part in parts] == ["checkpoint", "checkpoint", "task", "task_result", "checkpoint"]
    assert [part["step"] for part in parts] == [-1, 0, 1, 1, 1]


def test_several_modes_at_once_are_told_apart(far: Far, spoken: Spoken, config: Any) -> None:
    modes = ["values", "custom", "tasks"]

    parts = list(spoken(far("custom")).stream({"x": "go"}, config, stream_mode=modes))

    assert [event for event, *_ in parts] == [
        "values",
        "tasks",
        "custom",
        "custom",
        "custom",
        "tasks",
        "values",
    ]


def test_subgraphs_come_with_their_namespace(far: Far, spoken: Spoken, config: Any) -> None:
    parts = list(spoken(far("parent")).stream({"v": "x"}, config, stream_mode="updates", subgraphs=True))

    assert [(tuple(name.split(":")[0] for name in namespace), update) for namespace, update in parts] == [
        ((), {"pre": {"v": "x-pre"}}),
        (("child",), {"inner": {"v": "x-pre-inner"}}),
        ((), {"child": {"v": "x-pre-inner"}}),
    ]


def test_several_modes_of_subgraphs_come_with_both(far: Far, spoken: Spoken, config: Any) -> None:
    modes = ["values", "updates"]

    parts = list(spoken(far("parent")).stream({"v": "x"}, config, stream_mode=modes, subgraphs=True))

    assert [(len(namespace), mode) for namespace, mode, _ in parts] == [
        (0, "values"),
        (0, "updates"),
        (0, "values"),
        (1, "values"),
        (1, "updates"),
        (1, "values"),
        (0, "updates"),
        (0, "values"),
    ]


def test_the_second_version_of_the_stream_is_typed(far: Far, spoken: Spoken, config: Any) -> None:
    graph = spoken(far("agent"))

    *_, paused = graph.stream(ASK, config, stream_mode="values", version="v2")
    *_, done = graph.stream(Command(resume="yes"), config, stream_mode="values", version="v2")

    assert (paused["type"], paused["ns"]) == ("values", ())
    assert [interrupt.value for interrupt in paused["interrupts"]] == [{"question": "ok?"}]
    assert [message["content"] for message in done["data"]["messages"]] == ["ask", "answer yes"]
    assert done["interrupts"] == ()


def test_an_interrupt_is_an_update(far: Far, spoken: Spoken, config: Any) -> None:
    (update,) = spoken(far("agent")).stream(ASK, config, stream_mode="updates")

    assert [interrupt["value"] for interrupt in update["__interrupt__"]] == [{"question": "ok?"}]


@pytest.mark.parametrize("mode", ["values", "updates", "messages", "custom", "tasks", "checkpoints", "debug"])
def test_a_failure_is_raised_where_the_stream_ends(far: Far, spoken: Spoken, config: Any, mode: str) -> None:
    stream = spoken(far("steps")).stream({"n": 1, "mode": "boom"}, config, stream_mode=mode)

    with pytest.raises(RemoteException, match="kaboom"):
        list(stream)
