"""Assistants and their versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from understudy.conformance.comparing.agent_server.words import (
    CONFIGS,
    CONTEXTS,
    LIMITS,
    MARKED,
    METADATA,
    OFFSETS,
    ORDERS,
    SMALL,
    columns,
    found,
    seldom,
    some,
)
from understudy.conformance.comparing.sequences import Graph, Row

if TYPE_CHECKING:
    from understudy.wire import Json, JsonObject

_NAMES = st.sampled_from(["Ada", "ada", "Bob", ""])
_IDS = st.sampled_from(["made#3", "made#4", "assistant@0"])


def _graphs(graph: Graph) -> st.SearchStrategy[str]:
    usual = st.sampled_from([graph.graph_id] * 4 + list(graph.others[:2]))
    return seldom(st.just("no such graph"), usual)


def _described() -> dict[str, st.SearchStrategy[Json]]:
    return {
        "name": seldom(st.just(7), _NAMES),
        "description": st.sampled_from(["one", "", None]),
        "config": seldom(st.just({"recursion_limit": "x"}), CONFIGS),
        "context": CONTEXTS,
    }


def _created(graph: Graph) -> st.SearchStrategy[Json]:
    ids = seldom(st.just("notauuid"), _IDS)
    known = st.sampled_from(["raise", "do_nothing", "bogus"])
    first: dict[str, st.SearchStrategy[Json]] = {"graph_id": _graphs(graph), "metadata": METADATA}
    return some(first, **_described(), assistant_id=ids, if_exists=known)


def _patched(graph: Graph) -> st.SearchStrategy[Json]:
    return some({}, **_described(), graph_id=_graphs(graph), metadata=seldom(st.none(), SMALL))


def _searched(graph: Graph) -> st.SearchStrategy[Json]:
    return found(
        graph_id=_graphs(graph),
        name=_NAMES,
        sort_by=st.sampled_from(["created_at", "updated_at", "name", "graph_id"]),
        sort_order=ORDERS,
        select=columns("assistant_id", "name", "metadata", "version", "config"),
    )


def _plain(graph: Graph) -> JsonObject:
    return {"graph_id": graph.graph_id, "metadata": MARKED}


CREATE = Row("POST /assistants", 8, _created, makes=(("assistant", "body/assistant_id"),), plain=_plain)

ROWS = (
    CREATE,
    Row("GET /assistants/{assistant_id}", 3),
    Row("PATCH /assistants/{assistant_id}", 6, _patched),
    Row("POST /assistants/search", 5, _searched),
    Row("POST /assistants/count", 2, lambda graph: found(limits=False, graph_id=_graphs(graph), name=_NAMES)),
    Row(
        "POST /assistants/{assistant_id}/versions",
        4,
        lambda graph: some({}, limit=LIMITS, offset=OFFSETS, metadata=SMALL),
    ),
    Row(
        "POST /assistants/{assistant_id}/latest",
        4,
        lambda graph: st.builds(lambda version: {"version": version}, st.sampled_from([1, 2, 3, 99, "1"])),
    ),
    Row(
        "GET /assistants/{assistant_id}/graph",
        1,
        query=st.sampled_from([{}, {"xray": "true"}, {"xray": "1"}, {"xray": "abc"}]),
    ),
    Row("GET /assistants/{assistant_id}/schemas", 1),
    Row("GET /assistants/{assistant_id}/subgraphs", 1, query=st.sampled_from([{}, {"recurse": "true"}])),
    Row(
        "GET /assistants/{assistant_id}/subgraphs/{namespace}",
        1,
        path={"namespace": st.sampled_from(["child", "nosuch"])},
    ),
    Row("DELETE /assistants/{assistant_id}", 2, query=st.sampled_from([{}, {"delete_threads": "true"}])),
)
