"""`client.runs` of the langgraph-sdk, but for streams: runs of threads are made, read, waited for and deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

import httpx
import pytest
from langgraph_sdk.errors import BadRequestError, ConflictError, NotFoundError, UnprocessableEntityError

if TYPE_CHECKING:
    from langgraph_sdk.client import SyncLangGraphClient
    from langgraph_sdk.schema import RunCreateMetadata

MISSING = "33333333-3333-4333-8333-333333333333"

STEPS = "01d10e59-d4b4-51ec-8e94-9b2716b34de8"


def asked(content: str) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": content}]}


def contents(values: Any) -> list[str]:
    return [message["content"] for message in values["messages"]]


def test_a_run_is_created_as_told(client: SyncLangGraphClient) -> None:
    thread_id = client.threads.create()["thread_id"]

    run: Any = client.runs.create(
        thread_id,
        "steps",
        input={"n": 1},
        metadata={"x": 1},
        config={"tags": ["t"], "recursion_limit": 9},
        stream_mode=["values", "updates"],
        stream_subgraphs=True,
        stream_resumable=True,
        interrupt_before=["b"],
        interrupt_after="*",
        multitask_strategy="enqueue",
        durability="sync",
    )

    assert UUID(run["run_id"]).version == 7
    assert (run["thread_id"], run["assistant_id"], run["status"]) == (thread_id, STEPS, "pending")
    assert run["multitask_strategy"] == "enqueue"
    assert run["metadata"] | {"x": 1, "graph_id": "steps", "assistant_id": STEPS} == run["metadata"]
    kwargs = run["kwargs"]
    assert kwargs["input"] == {"n": 1}
    assert kwargs["stream_mode"] == ["values", "updates"]
    assert (kwargs["subgraphs"], kwargs["resumable"], kwargs["temporary"]) == (True, True, False)
    assert (kwargs["interrupt_before"], kwargs["interrupt_after"]) == (["b"], "*")
    assert kwargs["durability"] == "sync"
    assert kwargs["config"]["tags"] == ["t"]
    assert kwargs["config"]["recursion_limit"] == 9
    assert kwargs["config"]["configurable"]["run_id"] == run["run_id"]
    client.runs.join(thread_id, run["run_id"])


def test_a_run_goes_on_behind_the_scenes_until_it_is_joined(client: SyncLangGraphClient) -> None:
    thread_id = client.threads.create()["thread_id"]
    run_id = client.runs.create(thread_id, "steps", input={"n": 1, "sleep": 0.2})["run_id"]

    assert client.threads.get(thread_id)["status"] == "busy"
    assert client.runs.join(thread_id, run_id) == {"n": 3, "log": ["a", "b"], "sleep": 0.2}

    assert client.runs.get(thread_id, run_id)["status"] == "success"
    thread = client.threads.get(thread_id)
    assert (thread["status"], thread["values"]) == ("idle", {"n": 3, "log": ["a", "b"], "sleep": 0.2})


def test_waiting_for_a_run_gives_its_last_values(client: SyncLangGraphClient) -> None:
    thread_id = client.threads.create()["thread_id"]

    first = client.runs.wait(thread_id, "agent", input=asked("hi"))
    second = client.runs.wait(thread_id, "agent", input=asked("again"))

    assert contents(first) == ["hi", "echo hi"]
    assert contents(second) == ["hi", "echo hi", "again", "echo again"]
    assert client.threads.get(thread_id)["values"] == second
    steps = [state["metadata"]["step"] for state in client.threads.get_history(thread_id) if state["metadata"]]
    assert steps == [4, 3, 2, 1, 0, -1]


def test_whoever_makes_a_run_is_told_where_it_is(client: SyncLangGraphClient) -> None:
    thread_id = client.threads.create()["thread_id"]
    told: list[RunCreateMetadata] = []

    client.runs.wait(thread_id, "steps", input={"n": 1}, on_run_created=told.append)
    run = client.runs.create(thread_id, "steps", input={"n": 1}, on_run_created=told.append)
    client.runs.join(thread_id, run["run_id"])

    assert [place.get("thread_id") for place in told] == [thread_id, thread_id]
    assert sorted(place["run_id"] for place in told) == sorted(r["run_id"] for r in client.runs.list(thread_id))


def test_a_failure_is_raised_or_returned_as_is_asked(client: SyncLangGraphClient) -> None:
    thread_id = client.threads.create()["thread_id"]

    with pytest.raises(Exception, match=r"^ValueError: boom$"):
        client.runs.wait(thread_id, "agent", input=asked("boom"))
    returned = client.runs.wait(thread_id, "agent", input=asked("boom"), raise_error=False)

    assert returned == {"__error__": {"error": "ValueError", "message": "boom"}}
    assert [run["status"] for run in client.runs.list(thread_id)] == ["error", "error"]
    thread: Any = client.threads.get(thread_id)
    assert (thread["status"], thread["error"]) == ("error", {"error": "ValueError", "message": "boom"})


def test_a_run_without_input_has_nothing_to_begin_with(client: SyncLangGraphClient) -> None:
    thread_id = client.threads.create()["thread_id"]

    with pytest.raises(Exception, match=r"^EmptyInputError: Received no input for __start__$"):
        client.runs.wait(thread_id, "agent")


def test_a_loop_that_takes_too_long_is_cut_off(client: SyncLangGraphClient) -> None:
    thread_id = client.threads.create()["thread_id"]

    with pytest.raises(Exception, match=r"^GraphRecursionError: Recursion limit of 1 reached"):
        client.runs.wait(thread_id, "steps", input={"n": 1}, config={"recursion_limit": 1})


def test_an_interrupt_waits_for_its_answer(client: SyncLangGraphClient) -> None:
    thread_id = client.threads.create()["thread_id"]

    paused: Any = client.runs.wait(thread_id, "agent", input=asked("ask"))

    assert contents(paused) == ["ask"]
    (waiting,) = paused["__interrupt__"]
    assert waiting["value"] == {"question": "ok?"}
    thread = client.threads.get(thread_id)
    assert thread["status"] == "interrupted"
    assert [[i["id"] for i in interrupts] for interrupts in thread["interrupts"].values()] == [[waiting["id"]]]

    answered = client.runs.wait(thread_id, "agent", command={"resume": "yes"})

    assert contents(answered) == ["ask", "answer yes"]
    assert client.threads.get(thread_id)["status"] == "idle"


def test_two_interrupts_are_answered_by_their_ids(client: SyncLangGraphClient) -> None:
    thread_id = client.threads.create()["thread_id"]

    paused: Any = client.runs.wait(thread_id, "par", input={"out": []})
    one, two = paused["__interrupt__"]
    assert (one["value"], two["value"]) == ("one", "two")
    with pytest.raises(Exception, match="you must specify the interrupt id when resuming"):
        client.runs.wait(thread_id, "par", command={"resume": "both"})
    client.runs.wait(thread_id, "par", command={"resume": {two["id"]: "B"}})
    left: Any = client.threads.get_state(thread_id)["interrupts"]
    assert [interrupt["value"] for interrupt in left] == ["one"]

    done = client.runs.wait(thread_id, "par", command={"resume": {one["id"]: "A"}})

    assert done == {"out": ["q1:A", "q2:B"]}


def test_a_run_stops_before_and_after_nodes(client: SyncLangGraphClient) -> None:
    thread_id = client.threads.create()["thread_id"]

    client.runs.wait(thread_id, "steps", input={"n": 0}, interrupt_before=["b"])
    assert client.threads.get_state(thread_id)["next"] == ["b"]
    assert client.runs.wait(thread_id, "steps") == {"n": 2, "log": ["a", "b"]}
    client.runs.wait(thread_id, "steps", input={"n": 0}, interrupt_after=["a"])

    assert client.threads.get_state(thread_id)["next"] == ["b"]
    assert client.threads.get(thread_id)["status"] == "interrupted"


def test_a_command_updates_state_and_goes_to_a_node(client: SyncLangGraphClient) -> None:
    thread_id = client.threads.create()["thread_id"]
    client.runs.wait(thread_id, "steps", input={"n": 0})

    values = client.runs.wait(thread_id, "steps", command={"update": {"n": 10}, "goto": "b"})

    assert values == {"n": 13, "log": ["a", "b", "b"]}


def test_a_run_forks_from_a_checkpoint(client: SyncLangGraphClient) -> None:
    thread_id = client.threads.create()["thread_id"]
    client.runs.wait(thread_id, "steps", input={"n": 0})
    after_a = client.threads.get_history(thread_id)[1]["checkpoint"]
    client.threads.update_state(thread_id, {"n": 100})

    forked = client.runs.wait(thread_id, "steps", checkpoint=after_a)
    again = client.runs.wait(thread_id, "steps", checkpoint_id=after_a["checkpoint_id"])

    assert forked == again == {"n": 2, "log": ["a", "b"]}
    parents = [state["parent_checkpoint"] for state in client.threads.get_history(thread_id)]
    assert len([parent for parent in parents if parent and parent["checkpoint_id"] == after_a["checkpoint_id"]]) == 3


@pytest.mark.parametrize(("durability", "kept"), [("sync", 4), ("async", 4), ("exit", 1)])
def test_durability_decides_what_is_kept(
    client: SyncLangGraphClient, durability: Literal["sync", "async", "exit"], kept: int
) -> None:
    thread_id = client.threads.create()["thread_id"]

    client.runs.wait(thread_id, "steps", input={"n": 0}, durability=durability)

    assert len(client.threads.get_history(thread_id)) == kept


def test_context_reaches_the_agent(client: SyncLangGraphClient) -> None:
    thread_id = client.threads.create()["thread_id"]

    assert client.runs.wait(thread_id, "ctx", input={"k": None}, context={"color": "red"}) == {"k": {"color": "red"}}
    with pytest.raises(httpx.HTTPStatusError, match="400"):
        client.runs.wait(thread_id, "ctx", input={}, context={"color": "a"}, config={"configurable": {"color": "b"}})


def test_a_thread_is_made_for_a_run_where_that_is_asked(client: SyncLangGraphClient) -> None:
    thread_id = "44444444-4444-4444-8444-444444444444"
    client.threads.create(thread_id=thread_id, if_exists="do_nothing")
    client.threads.delete(thread_id)

    with pytest.raises(NotFoundError, match=r"Thread or assistant not found\."):
        client.runs.create(thread_id, "steps", input={"n": 1})
    client.runs.wait(thread_id, "steps", input={"n": 1}, if_not_exists="create", metadata={"who": "me"})

    metadata = client.threads.get(thread_id)["metadata"]
    assert metadata == {"graph_id": "steps", "assistant_id": STEPS, "who": "me"}


def test_the_runs_of_a_thread_are_listed_newest_first(client: SyncLangGraphClient) -> None:
    thread_id = client.threads.create()["thread_id"]
    made = []
    for word in ("hi", "boom", "there"):
        made.append(client.runs.create(thread_id, "agent", input=asked(word))["run_id"])
        client.runs.join(thread_id, made[-1])
    newest = made[::-1]

    def listed(**options: Any) -> list[str]:
        return [run["run_id"] for run in client.runs.list(thread_id, **options)]

    assert listed() == newest
    assert listed(limit=2) == newest[:2]
    assert listed(limit=2, offset=1) == newest[1:]
    assert listed(status="error") == [made[1]]
    only: list[Any] = client.runs.list(thread_id, select=["run_id", "status"], limit=1)
    assert only == [{"run_id": made[2], "status": "success"}]
    with pytest.raises(NotFoundError, match=f"Thread with ID {MISSING} not found"):
        client.runs.list(MISSING)


def test_a_deleted_run_is_gone_and_so_are_its_checkpoints(client: SyncLangGraphClient) -> None:
    thread_id = client.threads.create()["thread_id"]
    client.runs.wait(thread_id, "steps", input={"n": 1})
    told: list[RunCreateMetadata] = []
    client.runs.wait(thread_id, "steps", input={"n": 1}, on_run_created=told.append)
    run_id = told[0]["run_id"]

    client.runs.delete(thread_id, run_id)

    assert client.threads.get_state(thread_id)["values"] == {"n": 3, "log": ["a", "b"]}
    with pytest.raises(NotFoundError):
        client.runs.get(thread_id, run_id)
    with pytest.raises(NotFoundError, match="Run not found"):
        client.runs.delete(thread_id, run_id)


def test_what_cannot_be_run_is_refused(client: SyncLangGraphClient) -> None:
    thread_id = client.threads.create()["thread_id"]

    with pytest.raises(UnprocessableEntityError, match="Invalid assistant: 'nope'"):
        client.runs.create(thread_id, "nope", input={})
    with pytest.raises(NotFoundError, match=r"Thread or assistant not found\."):
        client.runs.create(thread_id, MISSING, input={})
    with pytest.raises(UnprocessableEntityError, match="Invalid thread ID"):
        client.runs.create("x", "agent", input={})
    with pytest.raises(BadRequestError, match="Cannot specify both configurable and context"):
        client.runs.create(thread_id, "ctx", input={}, context={"color": "a"}, config={"configurable": {"b": 1}})


def test_a_second_run_can_be_rejected(client: SyncLangGraphClient) -> None:
    thread_id = client.threads.create()["thread_id"]
    run_id = client.runs.create(thread_id, "steps", input={"n": 1, "sleep": 0.2})["run_id"]

    with pytest.raises(ConflictError, match="Thread is already running a task"):
        client.runs.create(thread_id, "steps", input={"n": 1}, multitask_strategy="reject")

    assert client.runs.join(thread_id, run_id) == {"n": 3, "log": ["a", "b"], "sleep": 0.2}


def test_joining_a_run_that_does_not_exist_says_so(client: SyncLangGraphClient) -> None:
    thread_id = client.threads.create()["thread_id"]

    told = client.runs.join(thread_id, MISSING)

    assert told == {"__error__": {"error": "HTTPException", "message": "404: Run not found"}}
