"""Scripts behind a server: what only shows when a whole graph runs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conftest import Server
from understudy.scenarios import Source, build, find, read

NESTED = """\
agents:
  outer: {channels: {log: append}, nodes: {a: null}, subgraphs: {a: middle}}
  middle: {channels: {log: append}, nodes: {b: null}, subgraphs: {b: inner}}
  inner:
    channels: {log: append}
    nodes: {c: {write: {log: [c]}}, d: {write: {log: [d]}}}
    STOP
"""


def serve(server: Server, text: str) -> None:
    server.world = build([read(Source("f.yaml", text))])


def wait(server: Server, thread_id: str, agent: str, **body: Any) -> dict[str, Any]:
    answer = server.post(f"/threads/{thread_id}/runs/wait", {"assistant_id": agent, **body})
    told: dict[str, Any] = answer.raise_for_status().json()
    return told


def test_chat_streams_as_a_model_would(server: Server) -> None:
    body = {"assistant_id": "chat", "input": {"messages": "Hi"}, "stream_mode": "messages-tuple"}

    with server.client.stream("POST", "/runs/stream", json=body) as answer:
        lines = [line for line in answer.iter_lines() if line.startswith("data: [")]

    chunks = [json.loads(line.removeprefix("data: "))[0] for line in lines]
    assert [chunk["content"] for chunk in chunks] == ["Hello", " ", "big", " ", "world"]
    assert {chunk["id"] for chunk in chunks} == {"ai-1"}


@pytest.mark.parametrize(("stop", "log"), [("interrupt_before: [d]", ["c"]), ("interrupt_after: [c]", ["c"])])
def test_a_graph_stops_two_levels_down(server: Server, stop: str, log: list[str]) -> None:
    serve(server, NESTED.replace("STOP", stop))
    thread_id = server.create_thread()

    wait(server, thread_id, "outer", input={"log": []})
    thread = server.get(f"/threads/{thread_id}", params={}).json()
    assert thread["status"] == "interrupted"

    assert wait(server, thread_id, "outer", input=None) == {"log": ["c", "d"]}


def test_a_condition_without_a_value_is_the_error_of_the_run(server: Server) -> None:
    serve(server, "agents: {bot: {nodes: {a: null, b: null}, edges: [[__start__, a], {from: a, to: b, when: text.x}]}}")

    answer = server.post("/runs/wait", {"assistant_id": "bot", "input": {}}).json()

    assert answer["__error__"] == {
        "error": "ScriptError",
        "message": 'agents.bot.edges[1]: `text.x`: a text has no "x"',
    }


def test_what_is_sent_to_a_node_more_than_ten_times_comes_in_order(server: Server) -> None:
    serve(
        server,
        """\
agents:
  bot:
    channels: {log: append}
    nodes: {plan: null, work: {write: {log: ["{{ input }}"]}}}
    edges: [[__start__, plan], {from: plan, to: work, each: range(13) | list, as: n, input: "{{ n }}"}]
""",
    )

    assert wait(server, server.create_thread(), "bot", input={})["log"] == list(range(13))


def test_another_graph_can_go_on_from_a_checkpoint_whose_tasks_it_does_not_have(server: Server) -> None:
    serve(server, "agents: {asks: {nodes: {ask: {interrupt: ok?}}}, other: {nodes: {say: {say: Hi}}}}")
    thread_id = server.create_thread()
    wait(server, thread_id, "asks", input={"messages": []})
    here = server.get(f"/threads/{thread_id}/state").json()["checkpoint"]

    assert wait(server, thread_id, "other", input=None, checkpoint=here) == {"messages": []}
    assert server.get(f"/threads/{thread_id}/state").json()["next"] == []


def test_the_support_desk_of_the_demo_asks_for_approval(server: Server) -> None:
    server.world = build([read(find("demo"))])
    thread_id = server.create_thread()
    said = {"messages": [{"role": "user", "content": "The kettle leaks, I want my money back."}]}

    asked = wait(server, thread_id, "support", input=said)
    answered = wait(server, thread_id, "support", command={"resume": True})

    assert asked["__interrupt__"][0]["value"] == {"question": "Refund this order?", "order": "A-0917", "amount": 49.9}
    assert answered["refund"] == {"approved": True, "amount": 49.9}
    assert answered["messages"][-1]["content"] == "49.9 EUR are on their way to you."
