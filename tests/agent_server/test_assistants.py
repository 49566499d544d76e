"""Assistants over HTTP: create, patch, delete. Versions and searches have files of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.agent_server.changes import create, patch

if TYPE_CHECKING:
    from tests.conftest import Server

AGENT = "fe096781-5601-53d2-b2f6-0d3403f7e9ca"  # the assistant that comes with the graph `agent`
MISSING = "33333333-3333-4333-8333-333333333333"
BOTH = (
    "Cannot specify both configurable and context. Prefer setting context alone. Context was introduced in "
    "LangGraph 0.6.0 and is the long term planned replacement for configurable."
)


def test_every_graph_has_an_assistant_from_the_start(server: Server) -> None:
    assistant = server.get(f"/assistants/{AGENT}").json()

    created = assistant.pop("created_at")
    assert assistant.pop("updated_at") == created
    assert assistant == {
        "assistant_id": AGENT,
        "graph_id": "agent",
        "config": {},
        "context": {},
        "metadata": {"created_by": "system"},
        "name": "agent",
        "version": 1,
        "description": None,
    }
    assert server.post("/assistants/count", {"metadata": {"created_by": "system"}}).json() == 8


def test_a_new_assistant_is_untitled_and_in_version_1(server: Server) -> None:
    assistant = create(server)

    assert list(assistant) == [
        "assistant_id",
        "graph_id",
        "config",
        "context",
        "metadata",
        "name",
        "created_at",
        "updated_at",
        "version",
        "description",
    ]
    assert (assistant["name"], assistant["version"]) == ("Untitled", 1)
    assert create(server, name="")["name"] == "Untitled"
    assert server.get(f"/assistants/{assistant['assistant_id']}").json() == assistant


def test_an_id_may_be_chosen_in_any_dress_and_only_once(server: Server) -> None:
    wanted = "44444444-4444-4111-8444-444444444444"

    assistant = create(server, assistant_id="{44444444444441118444444444444444}", name="first")
    again = server.post("/assistants", {"graph_id": "agent", "assistant_id": wanted})
    kept = server.post(
        "/assistants",
        {"graph_id": "agent", "assistant_id": wanted, "if_exists": "do_nothing", "name": "second"},
    )

    assert assistant["assistant_id"] == wanted
    assert (again.status_code, again.json()) == (409, {"detail": f"Assistant {wanted} already exists"})
    assert (kept.status_code, kept.json()) == (200, assistant)


def test_an_id_that_is_no_uuid_is_refused_and_an_empty_one_is_none(server: Server) -> None:
    refused = server.post("/assistants", {"graph_id": "nope", "assistant_id": "bad"})

    assert (refused.status_code, refused.json()) == (422, {"detail": "Invalid assistant ID: must be a UUID"})
    assert len(create(server, assistant_id="")["assistant_id"]) == 36


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("post", "/assistants", {"graph_id": "nope"}),
        ("post", "/assistants/search", {"graph_id": "nope"}),
        ("post", "/assistants/count", {"graph_id": "nope"}),
        ("patch", f"/assistants/{MISSING}", {"graph_id": "nope"}),
    ],
)
def test_an_unknown_graph_is_not_found(server: Server, method: str, path: str, body: dict[str, Any]) -> None:
    answer = getattr(server, method)(path, body)

    expected = "['agent', 'cfg', 'chat', 'ctx', 'custom', 'par', 'parent', 'steps']"
    assert answer.status_code == 404
    assert answer.json() == {"detail": f"Graph 'nope' not found. Expected one of: {expected}"}


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "detail"),
    [
        ("get", "", None, 404, "Not Found"),
        ("get", "/graph", None, 404, "Not Found"),
        ("get", "/schemas", None, 404, "Not Found"),
        ("get", "/subgraphs", None, 404, "Not Found"),
        ("get", "/subgraphs/child", None, 404, "Not Found"),
        ("patch", "", {}, 404, f"Assistant {MISSING} not found"),
        ("delete", "", None, 404, f"Assistant with ID {MISSING} not found"),
        ("post", "/versions", {}, 404, f"Assistant {MISSING} not found"),
        ("post", "/latest", {"version": 1}, 404, f"Assistant {MISSING} not found"),
    ],
)
def test_a_missing_assistant_is_not_found(
    server: Server, method: str, path: str, body: Any, status: int, detail: str
) -> None:
    options = {} if body is None else {"json": body}
    answer = getattr(server, method)(f"/assistants/{MISSING}{path}", **options)

    assert (answer.status_code, answer.json()) == (status, {"detail": detail})


def test_config_and_context_say_the_same(server: Server) -> None:
    by_config = create(server, config={"configurable": {"k": 1}, "tags": ["t"]})
    by_context = create(server, context={"k": 1}, config={"tags": ["t"]})

    assert by_config["context"] == by_context["context"] == {"k": 1}
    assert by_config["config"] == by_context["config"] == {"configurable": {"k": 1}, "tags": ["t"]}


@pytest.mark.parametrize("method", ["post", "patch"])
def test_config_and_context_are_not_told_both(server: Server, method: str) -> None:
    path = "/assistants" if method == "post" else f"/assistants/{AGENT}"
    body = {"graph_id": "agent", "config": {"configurable": {"a": 1}}, "context": {"b": 1}}

    answer = getattr(server, method)(path, body)

    assert (answer.status_code, answer.json()) == (400, {"detail": BOTH})


def test_keys_that_belong_to_the_server_are_dropped(server: Server) -> None:
    assistant = create(
        server,
        metadata={
            "thread_id": 1,
            "assistant_id": 2,
            "run_id": 3,
            "cron_id": 4,
            "graph_id": 5,
            "deep": {"run_id": 6},
        },
        config={
            "configurable": {"langgraph_auth_user": 1, "__after_seconds__": 2, "thread_id": 3},
            "metadata": {"run_id": 4, "kept": 5},
        },
    )

    assert assistant["metadata"] == {"graph_id": 5, "deep": {"run_id": 6}}
    assert assistant["config"] == {"configurable": {"thread_id": 3}, "metadata": {"kept": 5}}
    assert assistant["context"] == {"thread_id": 3}


def test_a_patch_merges_metadata_and_replaces_everything_else(server: Server) -> None:
    assistant = create(server, metadata={"a": 1, "n": {"x": 1}}, context={"k": 1}, name="old", description="D")

    patched = patch(server, assistant, metadata={"n": {"y": 2}, "b": None}, name="", graph_id="steps")

    assert patched["metadata"] == {"a": 1, "n": {"y": 2}, "b": None}
    assert (patched["name"], patched["description"], patched["graph_id"]) == ("", "D", "steps")
    assert patched["context"] == {"k": 1}
    assert (patched["version"], patched["created_at"]) == (2, assistant["created_at"])
    assert patched["updated_at"] > assistant["updated_at"]


@pytest.mark.parametrize(
    ("change", "config", "context"),
    [
        ({}, {"configurable": {"k": 1}, "tags": ["t"]}, {"k": 1}),
        ({"config": {}}, {"configurable": {"k": 1}, "tags": ["t"]}, {"k": 1}),
        ({"config": {"tags": ["u"]}}, {"tags": ["u"]}, {"k": 1}),
        ({"config": {"configurable": {}}}, {"configurable": {}}, {"k": 1}),
        ({"config": {"configurable": {"c": 1}}}, {"configurable": {"c": 1}}, {"c": 1}),
        ({"context": {"z": 9}}, {"configurable": {"z": 9}}, {"z": 9}),
        ({"context": {}}, {"configurable": {"k": 1}, "tags": ["t"]}, {}),
        (
            {"config": {"tags": ["u"]}, "context": {"z": 9}},
            {"tags": ["u"], "configurable": {"z": 9}},
            {"z": 9},
        ),
    ],
)
def test_a_patched_config_and_context_follow_each_other(
    server: Server, change: dict[str, Any], config: Any, context: Any
) -> None:
    assistant = create(server, config={"configurable": {"k": 1}, "tags": ["t"]})

    patched = patch(server, assistant, **change)

    assert (patched["config"], patched["context"]) == (config, context)


def test_a_deleted_assistant_takes_its_versions_with_it(server: Server) -> None:
    assistant = create(server)
    path = f"/assistants/{assistant['assistant_id']}"

    answer = server.delete(path)

    assert (answer.status_code, answer.content) == (204, b"")
    assert server.get(path).status_code == 404
    assert server.post(f"{path}/versions", {}).status_code == 404


def test_threads_of_a_deleted_assistant_go_only_if_asked(server: Server) -> None:
    kept, gone = create(server)["assistant_id"], create(server)["assistant_id"]
    threads = {}
    for assistant_id in (kept, gone):
        threads[assistant_id] = server.create_thread()
        # A run leaves the assistant's id in the metadata; clients may not write it.
        row = server.world.threads.get(threads[assistant_id])
        server.world.threads.restore({**row, "metadata": {"assistant_id": assistant_id}})

    server.delete(f"/assistants/{kept}")
    server.delete(f"/assistants/{gone}?delete_threads=true")

    assert server.get(f"/threads/{threads[kept]}").status_code == 200
    assert server.get(f"/threads/{threads[gone]}").status_code == 404


def test_a_deleted_assistant_of_a_graph_can_be_made_again(server: Server) -> None:
    server.delete(f"/assistants/{AGENT}")
    assert server.get("/assistants/agent/graph").status_code == 404

    create(server, assistant_id=AGENT, graph_id="steps")

    assert server.get("/assistants/agent/graph").json() == server.get("/assistants/steps/graph").json()
