"""The unmodified a2a-sdk: cards, messages, streams, tasks, questions and errors, in both versions of the protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from a2a.client.errors import AgentCardResolutionError
from a2a.utils.errors import (
    ContentTypeNotSupportedError,
    InvalidParamsError,
    MethodNotFoundError,
    TaskNotCancelableError,
    TaskNotFoundError,
    UnsupportedOperationError,
)

from tests.clients.a2a.talking import answered, state, texts

if TYPE_CHECKING:
    from tests.clients.a2a.conftest import Meet
    from tests.clients.a2a.talking import Agent
    from tests.conftest import Server

MISSING = "33333333-3333-4333-8333-333333333333"
PATIENT = {"sleep": 60}


def test_a_card_says_who_it_is_and_where_it_takes_messages(agent: Agent) -> None:
    assert (agent.card.name, agent.card.description) == ("agent", "agent assistant")
    assert [(each.url, each.protocol_binding) for each in agent.card.supported_interfaces] == [(agent.url, "JSONRPC")]
    assert agent.card.capabilities.streaming
    assert [skill.name for skill in agent.card.skills] == ["agent Capabilities"]


def test_a_card_is_found_by_the_id_of_its_assistant(agent: Agent, address: str) -> None:
    assistant_id = agent.url.rpartition("/")[2]

    card = agent.card_at(address, f".well-known/agent-card.json?assistant_id={assistant_id}")

    assert card.name == "agent"


def test_there_is_no_card_of_an_assistant_that_does_not_exist(agent: Agent, address: str) -> None:
    with pytest.raises(AgentCardResolutionError, match="HTTP 400"):
        agent.card_at(f"{address}/a2a/{MISSING}")


def test_the_extended_card_is_the_card(meet: Meet) -> None:
    agent = meet("agent", "1.0")
    agent.card.capabilities.extended_agent_card = True

    assert agent.extended_card().name == "agent"


def test_version_0_3_knows_no_extended_card(meet: Meet) -> None:
    agent = meet("agent", "0.3")
    agent.card.capabilities.extended_agent_card = True

    with pytest.raises(MethodNotFoundError):
        agent.extended_card()


def test_a_message_is_answered_by_a_task_that_is_done(agent: Agent) -> None:
    task = agent.send("hi")

    assert state(task) == "COMPLETED"
    assert answered(task) == ["echo hi"]
    assert texts(task) == ["hi", "echo hi"]
    assert task["id"].startswith(f"{task['contextId']}:")


def test_a_task_can_be_read_later(agent: Agent) -> None:
    task = agent.send("hi")

    read = agent.get(task["id"])

    assert state(read) == "COMPLETED"
    assert texts(read) == ["hi", "echo hi"]
    assert texts(read["status"]["message"]) == ["Task completed successfully"]


def test_a_history_is_as_long_as_is_asked_for(agent: Agent) -> None:
    task = agent.send("hi", history=1)

    assert texts({"history": task["history"]}) == ["echo hi"]
    assert "history" not in agent.get(task["id"], history=0)


def test_turns_in_one_context_remember_what_was_said(agent: Agent) -> None:
    first = agent.send("hi")
    second = agent.send("and again", message_id="m2", context_id=first["contextId"])

    assert second["contextId"] == first["contextId"]
    assert second["id"] != first["id"]
    assert texts(second) == ["hi", "echo hi", "and again", "echo and again"]
    assert [message["taskId"] for message in second["history"]] == [first["id"]] * 2 + [second["id"]] * 2
    assert texts(agent.get(first["id"])) == ["hi", "echo hi"]


def test_a_question_is_asked_and_answered_in_the_same_task(agent: Agent) -> None:
    asked = agent.send("ask")
    assert state(asked) == state(agent.get(asked["id"])) == "INPUT_REQUIRED"
    [artifact] = asked["artifacts"]
    assert (artifact["name"], artifact["parts"][0]["data"]["value"]) == ("Interrupt", {"question": "ok?"})

    done = agent.send("yes", message_id="m2", context_id=asked["contextId"], task_id=asked["id"])

    assert done["id"] == asked["id"]
    assert (state(done), answered(done)) == ("COMPLETED", ["answer yes"])


def test_a_question_is_answered_by_data(agent: Agent) -> None:
    asked = agent.send("ask")

    done = agent.send({"resume": "of course"}, message_id="m2", task_id=asked["id"])

    assert answered(done) == ["answer of course"]


def test_a_question_is_withdrawn_by_cancelling_its_task(agent: Agent) -> None:
    asked = agent.send("ask")

    assert state(agent.cancel(asked["id"])) == "CANCELED"

    assert state(agent.get(asked["id"])) == "CANCELED"
    with pytest.raises(UnsupportedOperationError):
        agent.send("yes", task_id=asked["id"])


def test_a_run_that_fails_is_a_task_that_failed(agent: Agent) -> None:
    task = agent.send("boom")

    assert state(task) == "FAILED"
    assert texts(task["status"]["message"]) == ["Error executing assistant: ValueError"]
    assert texts(agent.get(task["id"])["status"]["message"]) == ["Task failed with status: error"]


def test_data_is_input_for_the_agent(meet: Meet, version: str) -> None:
    task = meet("steps", version).send({"n": 5})

    [told] = answered(task)
    assert told.startswith("{'n': 7")


def test_a_task_at_work_is_cancelled(meet: Meet, version: str) -> None:
    steps = meet("steps", version)
    events = steps.stream(PATIENT)
    task = next(events)["task"]

    assert state(steps.get(task["id"])) == "WORKING"
    assert state(steps.cancel(task["id"])) == "CANCELED"

    assert state(steps.get(task["id"])) == "CANCELED"
    assert len(list(events)) == 2


def test_a_stream_tells_the_task_then_what_is_said_then_the_whole_answer(meet: Meet) -> None:
    first, *words, whole, last = meet("chat", "0.3").stream("hi")

    assert state(first["task"]) == "SUBMITTED"
    assert {state(one["statusUpdate"]) for one in words} == {"WORKING"}
    said = [text for one in words for text in texts(one["statusUpdate"]["status"]["message"])]
    assert (said[0], said[-1]) == ("Hello", "Hello big world")
    assert texts(whole["artifactUpdate"]["artifact"]) == ["Hello big world"]
    assert state(last["statusUpdate"]) == "COMPLETED"


def test_a_stream_tells_what_is_asked(meet: Meet) -> None:
    agent = meet("agent", "0.3")

    first, question, last = agent.stream("ask")

    assert question["artifactUpdate"]["artifact"]["name"] == "Interrupt"
    assert state(last["statusUpdate"]) == "INPUT_REQUIRED"
    *_, answer, _ = agent.stream("yes", message_id="m2", task_id=first["task"]["id"])
    assert texts(answer["artifactUpdate"]["artifact"]) == ["answer yes"]


def test_a_stream_tells_why_a_run_failed(meet: Meet) -> None:
    _, last = meet("agent", "0.3").stream("boom")

    assert state(last["statusUpdate"]) == "FAILED"
    assert texts(last["statusUpdate"]["status"]["message"]) == ["boom"]


def test_after_the_task_a_client_of_version_1_reads_no_event_of_a_stream(meet: Meet) -> None:
    """As the real server does, this one has its events in the form of version 0.3, whatever it is asked in."""
    agent = meet("agent", "1.0")

    first, *others = agent.stream("hi")

    assert state(first["task"]) == "SUBMITTED"
    assert others == [{}, {}, {}]
    assert state(agent.get(first["task"]["id"])) == "COMPLETED"


def test_tasks_are_listed_page_by_page_the_latest_first(meet: Meet) -> None:
    agent = meet("agent", "1.0")
    first = agent.send("one")
    context = first["contextId"]
    second = agent.send("two", message_id="m2", context_id=context)

    page = agent.list(context_id=context, page_size=1)
    rest = agent.list(context_id=context, page_token=page["nextPageToken"])

    assert [task["id"] for task in page["tasks"] + rest["tasks"]] == [second["id"], first["id"]]
    assert (page["totalSize"], page["nextPageToken"], rest.get("nextPageToken", "")) == (2, "1", "")


def test_a_task_that_does_not_exist_is_not_found(agent: Agent) -> None:
    with pytest.raises(TaskNotFoundError, match="Task not found: nope"):
        agent.get("nope")
    with pytest.raises(TaskNotFoundError):
        agent.cancel(f"{MISSING}:{MISSING}")


def test_a_task_that_is_over_is_neither_cancelled_nor_told_more(agent: Agent) -> None:
    task = agent.send("hi")

    with pytest.raises(TaskNotCancelableError):
        agent.cancel(task["id"])
    with pytest.raises(UnsupportedOperationError, match="A terminal task cannot accept another message"):
        agent.send("more", task_id=task["id"])


def test_an_agent_that_takes_no_messages_says_what_it_takes(meet: Meet, version: str) -> None:
    with pytest.raises(InvalidParamsError, match="Available input fields: \\['n', 'log', 'sleep', 'mode'\\]"):
        meet("steps", version).send("hi")


def test_data_has_to_be_an_object(meet: Meet) -> None:
    with pytest.raises(ContentTypeNotSupportedError):
        meet("agent", "1.0").send([1, 2])  # type: ignore[arg-type]  # what is told is wrong on purpose


def test_nothing_that_the_sdk_sends_breaks_the_contract(agent: Agent, server: Server) -> None:
    asked = agent.send("ask", {"k": 1}, history=2, metadata={"a": 1}, extensions=["https://example.com/x"])
    agent.send("yes", message_id="m2", task_id=asked["id"])
    list(agent.stream("hi", reference_task_ids=[asked["id"]]))
    agent.get(asked["id"], history=3)
    with pytest.raises(TaskNotCancelableError):
        agent.cancel(asked["id"])
    if agent.version == "1.0":
        agent.list(page_size=5, include_artifacts=True)

    broken = server.get("/_understudy/journal", params={"verdict": "broken"}).raise_for_status().json()

    assert [entry["request_verdict"] for entry in broken["entries"]] == []
