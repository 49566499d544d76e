"""`client.runs.stream` of the langgraph-sdk in every mode: which events come, in which order, and what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from langgraph_sdk.errors import ConflictError, NotFoundError, UnprocessableEntityError

from tests.clients.streams import names, told

if TYPE_CHECKING:
    from langgraph_sdk.client import SyncLangGraphClient
    from langgraph_sdk.schema import RunCreateMetadata, StreamMode

HI: Any = {"messages": [{"role": "user", "content": "hi"}]}

ASK: Any = {"messages": [{"role": "user", "content": "ask"}]}

MISSING = "33333333-3333-4333-8333-333333333333"


def streamed(client: SyncLangGraphClient, agent: str, given: Any, mode: Any, **options: Any) -> list[Any]:
    """Return the events of a run on a new thread after the first, which always tells the run."""
    thread_id = client.threads.create()["thread_id"]
    first, *parts = client.runs.stream(thread_id, agent, input=given, stream_mode=mode, **options)
    assert first.event == "metadata"
    assert (first.data["attempt"], first.data["run_id"]) == (1, client.runs.list(thread_id)[0]["run_id"])
    return parts


def test_values_are_the_state_after_the_input_and_after_each_step(client: SyncLangGraphClient) -> None:
    parts = streamed(client, "steps", {"n": 1}, "values")

    assert names(parts) == ["values"] * 3
    assert [part.data for part in parts] == [
        {"n": 1, "log": []},
        {"n": 2, "log": ["a"]},
        {"n": 3, "log": ["a", "b"]},
    ]


def test_updates_are_what_each_node_gives(client: SyncLangGraphClient) -> None:
    parts = streamed(client, "steps", {"n": 1}, "updates")

    assert names(parts) == ["updates"] * 2
    assert [part.data for part in parts] == [{"a": {"n": 1, "log": ["a"]}}, {"b": {"n": 1, "log": ["b"]}}]


def test_messages_grow_with_each_token(client: SyncLangGraphClient) -> None:
    parts = streamed(client, "chat", HI, "messages")

    assert names(parts)[0] == "messages/metadata"
    (described,) = [part for part in told(parts, "messages/metadata") if "ai-1" in part]
    assert described["ai-1"]["metadata"]["langgraph_node"] == "model"
    partial = [message["content"] for (message,) in told(parts, "messages/partial")]
    assert partial == ["Hello", "Hello ", "Hello big", "Hello big ", "Hello big world"]


def test_messages_that_are_not_tokens_come_whole(client: SyncLangGraphClient) -> None:
    parts = streamed(client, "agent", HI, "messages")

    assert names(parts)[-2:] == ["messages/metadata", "messages/complete"]
    ((message,),) = [part for part in told(parts, "messages/complete") if part[0]["type"] == "ai"]
    assert message["content"] == "echo hi"


def test_message_tuples_are_the_tokens_one_by_one(client: SyncLangGraphClient) -> None:
    parts = streamed(client, "chat", HI, "messages-tuple")

    chunks = [chunk for chunk, _ in told(parts, "messages") if chunk["type"] == "AIMessageChunk"]
    assert [chunk["content"] for chunk in chunks if chunk["content"]] == ["Hello", " ", "big", " ", "world"]
    assert {chunk["id"] for chunk in chunks} == {"ai-1"}
    assert chunks[-1]["chunk_position"] == "last"
    assert {about["langgraph_node"] for _, about in told(parts, "messages")} == {"model"}


def test_custom_events_are_what_a_node_writes(client: SyncLangGraphClient) -> None:
    parts = streamed(client, "custom", {"x": "go"}, "custom")

    assert names(parts) == ["custom"] * 3
    assert [part.data for part in parts] == [{"progress": 1}, "plain string", {"progress": 2}]


def test_tasks_begin_and_end(client: SyncLangGraphClient) -> None:
    parts = streamed(client, "steps", {"n": 1}, "tasks")

    assert names(parts) == ["tasks"] * 4
    begin, end = parts[0].data, parts[1].data
    assert begin["id"] == end["id"]
    assert (begin["name"], begin["input"], begin["triggers"]) == ("a", {"n": 1, "log": []}, ["branch:to:a"])
    assert (end["name"], end["error"], end["result"], end["interrupts"]) == ("a", None, {"n": 1, "log": ["a"]}, [])
    assert [part.data["name"] for part in parts] == ["a", "a", "b", "b"]


def test_checkpoints_are_told_as_they_are_made(client: SyncLangGraphClient) -> None:
    parts = streamed(client, "steps", {"n": 1}, "checkpoints")

    assert names(parts) == ["checkpoints"] * 4
    assert [(part.data["metadata"]["step"], part.data["next"]) for part in parts] == [
        (-1, ["__start__"]),
        (0, ["a"]),
        (1, ["b"]),
        (2, []),
    ]
    ids = [part.data["config"]["configurable"]["checkpoint_id"] for part in parts]
    parents = [part.data["parent_config"]["configurable"]["checkpoint_id"] for part in parts[1:]]
    assert parts[0].data["parent_config"] is None
    assert parents == ids[:-1]
    assert parts[-1].data["values"] == {"n": 3, "log": ["a", "b"]}


def test_debug_tells_checkpoints_and_tasks_in_turn(client: SyncLangGraphClient) -> None:
    parts = streamed(client, "steps", {"n": 1}, "debug")

    assert names(parts) == ["debug"] * 8
    assert [(part.data["step"], part.data["type"]) for part in parts] == [
        (-1, "checkpoint"),
        (0, "checkpoint"),
        (1, "task"),
        (1, "task_result"),
        (1, "checkpoint"),
        (2, "task"),
        (2, "task_result"),
        (2, "checkpoint"),
    ]


def test_events_are_those_of_langchain(client: SyncLangGraphClient) -> None:
    parts = streamed(client, "agent", HI, "events")

    told_of = [(part.data["event"], part.data["name"]) for part in parts if part.event == "events"]
    assert told_of[0] == ("on_chain_start", "agent")
    assert told_of[-1] == ("on_chain_end", "agent")
    assert "on_chain_stream" in {event for event, _ in told_of}
    last = told(parts, "events")[-1]["data"]["output"]
    assert [message["content"] for message in last["messages"]] == ["hi", "echo hi"]


def test_several_modes_come_in_the_order_of_what_happens(client: SyncLangGraphClient) -> None:
    parts = streamed(client, "custom", {"x": "go"}, ["values", "updates", "custom", "tasks"])

    assert names(parts) == ["values", "tasks", "custom", "custom", "custom", "updates", "tasks", "values"]


@pytest.mark.parametrize("mode", ["values", "updates", "custom", "tasks", "checkpoints", "debug", "messages", "events"])
def test_a_failure_ends_every_stream(client: SyncLangGraphClient, mode: StreamMode) -> None:
    parts = streamed(client, "steps", {"n": 1, "mode": "boom"}, mode)

    assert parts[-1].event == "error"
    assert parts[-1].data == {"error": "RuntimeError", "message": "kaboom"}


def test_an_interrupt_is_told_by_values_and_updates(client: SyncLangGraphClient) -> None:
    values = streamed(client, "agent", ASK, "values")
    updates = streamed(client, "agent", ASK, "updates")

    assert values[-1].data["__interrupt__"][0]["value"] == {"question": "ok?"}
    assert [part.data["__interrupt__"][0]["value"] for part in updates] == [{"question": "ok?"}]


def test_an_interrupt_is_answered_in_a_stream(client: SyncLangGraphClient) -> None:
    thread_id = client.threads.create()["thread_id"]
    client.runs.wait(thread_id, "agent", input=ASK)

    parts = list(client.runs.stream(thread_id, "agent", command={"resume": "sure"}, stream_mode=["values", "updates"]))

    assert names(parts) == ["metadata", "values", "updates", "values"]
    assert [message["content"] for message in parts[1].data["messages"]] == ["ask"]
    assert parts[2].data["agent"]["messages"][0]["content"] == "answer sure"
    assert [message["content"] for message in parts[3].data["messages"]] == ["ask", "answer sure"]


def test_a_stop_before_a_node_is_told_without_a_value(client: SyncLangGraphClient) -> None:
    parts = streamed(client, "steps", {"n": 1}, "updates", interrupt_before=["b"])

    assert [part.data for part in parts] == [{"a": {"n": 1, "log": ["a"]}}, {"__interrupt__": []}]


def test_subgraphs_speak_under_their_own_names(client: SyncLangGraphClient) -> None:
    parts = streamed(client, "parent", {"v": "x"}, ["values", "updates"], stream_subgraphs=True)

    inner = [part for part in parts if "|" in part.event]
    assert {part.event.split("|")[1].split(":")[0] for part in inner} == {"child"}
    assert [part.data for part in inner if part.event.startswith("updates|")] == [{"inner": {"v": "x-pre-inner"}}]
    assert told(parts, "updates") == [{"pre": {"v": "x-pre"}}, {"child": {"v": "x-pre-inner"}}]
    assert told(parts, "values")[-1] == {"v": "x-pre-inner"}


def test_the_second_version_of_the_stream_tells_type_namespace_and_interrupts(client: SyncLangGraphClient) -> None:
    thread_id = client.threads.create()["thread_id"]

    parts: list[Any] = list(
        client.runs.stream(thread_id, "parent", input={"v": "x", "ask": True}, stream_subgraphs=True, version="v2")
    )

    assert [part["type"] for part in parts][:2] == ["metadata", "values"]
    assert {tuple(name.split(":")[0] for name in part["ns"]) for part in parts} == {(), ("child",)}
    assert parts[-1]["ns"] == []
    assert [interrupt["value"] for interrupt in parts[-1]["interrupts"]] == [{"need": "input"}]


def test_a_stream_tells_where_its_run_is_before_the_first_event(client: SyncLangGraphClient) -> None:
    thread_id = client.threads.create()["thread_id"]
    places: list[RunCreateMetadata] = []

    first, *_ = client.runs.stream(thread_id, "steps", input={"n": 1}, on_run_created=places.append)

    assert places == [{"run_id": first.data["run_id"], "thread_id": thread_id}]


def test_only_resumable_streams_number_their_events(client: SyncLangGraphClient) -> None:
    plain = streamed(client, "steps", {"n": 1}, "values")
    resumable = streamed(client, "steps", {"n": 1}, "values", stream_resumable=True)

    assert [part.id for part in plain] == [None] * 3
    assert all(part.id for part in resumable)


def test_what_cannot_be_run_is_refused_before_the_stream_begins(client: SyncLangGraphClient) -> None:
    thread_id = client.threads.create()["thread_id"]
    bogus: Any = "bogus"
    run_id = client.runs.create(thread_id, "steps", input={"n": 1, "sleep": 0.2})["run_id"]

    with pytest.raises(ConflictError, match="Thread is already running a task"):
        list(client.runs.stream(thread_id, "steps", input={"n": 1}, multitask_strategy="reject"))
    with pytest.raises(NotFoundError, match=r"Thread or assistant not found\."):
        list(client.runs.stream(MISSING, "steps", input={"n": 1}))
    with pytest.raises(UnprocessableEntityError, match="bogus"):
        list(client.runs.stream(thread_id, "steps", input={"n": 1}, stream_mode=bogus))

    client.runs.join(thread_id, run_id)
