"""Recognise an Agent Server, find out which graphs it has, and make an assistant of the check's own for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from understudy import reached
from understudy.conformance.stage import Graph, Stage
from understudy.errors import SetupError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from understudy.conformance.asking import Asker
    from understudy.conformance.ledger import Ledger
    from understudy.conformance.reaching import Ask
    from understudy.wire import Json, JsonObject

KNOWN: dict[str, tuple[tuple[Json, ...], tuple[JsonObject, ...]]] = {
    "agent": (
        ({"messages": [{"role": "user", "content": "hi"}]},),
        ({"messages": [{"role": "user", "content": "so"}]},),
    ),
    "chat": (
        ({"messages": [{"role": "user", "content": "hi"}]},),
        ({"messages": [{"role": "user", "content": "so"}]},),
    ),
    "steps": (({"n": 1},), ({"n": 1}, {"n": 2})),
    "custom": (({"x": "x"},), ({"x": "y"},)),
    "parent": (({"v": "v"},), ({"v": "w"},)),
    "par": (({"out": []},), ({"out": ["x"]},)),
    "ctx": (({"k": None},), ({"k": "k"},)),
    "cfg": (({"k": None},), ({"k": "k"},)),
}
"""Inputs and updates that graphs of these names take, if they are those of understudy's own scenarios."""

_PLAIN = ("steps", "agent", "chat")
"""Which of them come first: those that say little and are over soon."""
_SOME = 50


def recognise(url: str, ask: Ask) -> str | None:
    """Return the version that an Agent Server tells, None if it tells none.

    SetupError if neither `GET /info` nor a search for assistants is answered as by one.
    """
    told = ask("GET", "/info").body
    found = ask("POST", "/assistants/search", {"limit": 1})
    if isinstance(told, dict) and "version" in told:
        return str(told["version"])
    reached.agent_server(url, found.response, found.body)
    return None


def survey(asker: Asker, ledger: Ledger, graph_ids: Sequence[str]) -> Stage:
    """Return what there is to play with. Unexamined if the deployment does not tell, SetupError for an unknown graph.

    What a graph can be started with is known of some, and asked of others by their schemas: a graph with a channel of
    messages gets one, all others an empty object.
    """
    wanted = list(graph_ids) or list(_graph_ids(asker))
    wanted.sort(key=lambda graph_id: _PLAIN.index(graph_id) if graph_id in _PLAIN else len(_PLAIN))
    graphs = {graph_id: _graph(asker, ledger, graph_id) for graph_id in wanted}
    for graph_id in graph_ids:
        if graphs[graph_id] is None:
            raise SetupError(f'the deployment has no graph "{graph_id}".{did_you_mean(graph_id, _graph_ids(asker))}')
    return Stage(ledger, [graph for graph in graphs.values() if graph is not None])


def words(stage: Stage) -> dict[str, list[str]]:
    """Return the names in a deployment that requests may be made up with, by what `checks.toml` calls them."""
    return {
        "<assistants>": [graph.assistant_id for graph in stage.graphs],
        "<graphs>": [graph.graph_id for graph in stage.graphs],
        "<nodes>": [node for graph in stage.graphs for node in graph.nodes],
    }


def _graph_ids(asker: Asker) -> Iterator[str]:
    told = asker.ask("POST /assistants/search", {"limit": _SOME, "metadata": {"created_by": "system"}})
    rows = told.body if told.ok else []
    yield from dict.fromkeys(row["graph_id"] for row in rows if isinstance(row.get("graph_id"), str))


def _graph(asker: Asker, ledger: Ledger, graph_id: str) -> Graph | None:
    made = asker.ask("POST /assistants", {"graph_id": graph_id, "name": "understudy check", "metadata": ledger.mark})
    if not made.ok:
        return None
    assistant_id = made.body["assistant_id"]
    ledger.made("assistants", assistant_id)
    ledger.keep(assistant_id)
    inputs, states = KNOWN.get(graph_id) or _fitting(asker, assistant_id)
    return Graph(graph_id, assistant_id, inputs, tuple(_nodes(asker, assistant_id)), states)


def _nodes(asker: Asker, assistant_id: str) -> Iterator[str]:
    told = asker.ask("GET /assistants/{assistant_id}/graph", path={"assistant_id": assistant_id})
    nodes: list[dict[str, Any]] = told.body.get("nodes", []) if told.ok else []
    yield from (str(node["id"]) for node in nodes if node["id"] not in ("__start__", "__end__"))


def _fitting(asker: Asker, assistant_id: str) -> tuple[tuple[Json, ...], tuple[JsonObject, ...]]:
    told = asker.ask("GET /assistants/{assistant_id}/schemas", path={"assistant_id": assistant_id})
    schema = (told.body.get("input_schema") if told.ok else None) or {}
    if "messages" in schema.get("properties", {}):
        return KNOWN["agent"]
    return ({},), ()
