"""Graphs of assistants over HTTP: how they are drawn, which schemas they have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.conftest import Server

PARENT = "0b226d00-e4ec-5b58-8e33-88f4bd4debe7"
CTX = "cfeae00c-86fb-50ae-a21d-5ede1d995bbd"


def node(name: str) -> dict[str, Any]:
    return {"id": name, "type": "runnable", "data": {"name": name}}


def ways(*pairs: str) -> list[dict[str, str]]:
    return [dict(zip(("source", "target"), pair.split(" > "), strict=True)) for pair in pairs]


FLAT = {
    "nodes": [node("__start__"), node("pre"), node("child"), {"id": "__end__"}],
    "edges": ways("__start__ > pre", "pre > child", "child > __end__"),
}
DEEP = {
    "nodes": [node("__start__"), node("pre"), {"id": "__end__"}, node("child:inner")],
    "edges": ways("__start__ > pre", "pre > child:inner", "child:inner > __end__"),
}


def test_a_graph_is_drawn_for_its_name_and_for_its_assistant(server: Server) -> None:
    assert server.get("/assistants/parent/graph").json() == FLAT
    assert server.get(f"/assistants/{PARENT}/graph").json() == FLAT
    assert server.get(f"/assistants/{PARENT.upper()}/graph").json() == FLAT


def test_nodes_side_by_side_are_drawn_so(server: Server) -> None:
    assert server.get("/assistants/par/graph").json() == {
        "nodes": [node("__start__"), node("q1"), node("q2"), {"id": "__end__"}],
        "edges": ways("__start__ > q1", "__start__ > q2", "q1 > __end__", "q2 > __end__"),
    }


@pytest.mark.parametrize("xray", ["true", "True", "1", "2", "99999999999999999999"])
def test_subgraphs_are_drawn_in_place_of_their_nodes(server: Server, xray: str) -> None:
    assert server.get(f"/assistants/parent/graph?xray={xray}").json() == DEEP


@pytest.mark.parametrize("xray", ["false", "False", ""])
def test_subgraphs_stay_closed(server: Server, xray: str) -> None:
    assert server.get(f"/assistants/parent/graph?xray={xray}").json() == FLAT


@pytest.mark.parametrize("xray", ["0", "-1", "abc", "1.0", "TRUE", "null"])
def test_a_depth_that_is_none_is_refused(server: Server, xray: str) -> None:
    answer = server.get(f"/assistants/parent/graph?xray={xray}")

    assert (answer.status_code, answer.json()) == (422, {"detail": "Invalid xray value"})


def test_a_name_that_no_graph_has_is_refused(server: Server) -> None:
    answer = server.get("/assistants/Parent/graph")

    assert (answer.status_code, answer.json()) == (422, {"detail": "Invalid assistant ID: must be a UUID"})


def test_only_graphs_are_known_by_name(server: Server) -> None:
    for path in ("schemas", "subgraphs", "subgraphs/child"):
        answer = server.get(f"/assistants/parent/{path}")
        assert (answer.status_code, answer.json()) == (
            422,
            {"detail": "Invalid assistant ID: must be a UUID"},
        )


def test_the_schemas_of_a_graph_without_context(server: Server) -> None:
    schemas = server.get(f"/assistants/{PARENT}/schemas").json()

    fields = {"v": {"title": "V", "type": "string"}, "ask": {"title": "Ask", "type": "boolean"}}
    assert schemas == {
        "graph_id": "parent",
        "input_schema": {"properties": fields, "title": "P", "type": "object"},
        "output_schema": {"properties": fields, "title": "P", "type": "object"},
        "state_schema": {
            "properties": {name: {"default": None, **field} for name, field in fields.items()},
            "title": "parent_state",
            "type": "object",
        },
        "config_schema": {},
        "context_schema": None,
    }


def test_a_context_is_described_as_config_too(server: Server) -> None:
    schemas = server.get(f"/assistants/{CTX}/schemas").json()

    context = {
        "properties": {"color": {"title": "Color", "type": "string"}},
        "title": "Ctx",
        "type": "object",
    }
    assert schemas["context_schema"] == schemas["config_schema"] == context


@pytest.mark.parametrize("query", ["", "?recurse=true", "?recurse=no"])
def test_subgraphs_are_described_by_the_nodes_that_run_them(server: Server, query: str) -> None:
    subgraphs = server.get(f"/assistants/{PARENT}/subgraphs{query}").json()

    assert list(subgraphs) == ["child"]
    assert list(subgraphs["child"]) == [
        "input_schema",
        "output_schema",
        "state_schema",
        "config_schema",
        "context_schema",
    ]
    assert subgraphs["child"]["state_schema"]["title"] == "LangGraphState"
    assert server.get(f"/assistants/{PARENT}/subgraphs/child{query}").json() == subgraphs


def test_a_namespace_without_a_subgraph_has_none(server: Server) -> None:
    for namespace in ("pre", "nowhere", "child|inner"):
        assert server.get(f"/assistants/{PARENT}/subgraphs/{namespace}").json() == {}
