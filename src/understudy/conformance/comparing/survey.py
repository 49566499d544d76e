"""What both servers have: the graphs, what they can be started with, and who they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from understudy.conformance.comparing.inputs import inputs
from understudy.conformance.comparing.sequences import Graph
from understudy.errors import SetupError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from understudy.conformance.comparing.deployment import Answer, Deployment

_PAGE = 1000
_ENDS = ("__start__", "__end__")


def graphs_of(deployment: Deployment) -> dict[str, str]:
    """Return the graphs of a server, each with the id of an assistant that runs it.

    SetupError, or Unreachable, if it does not tell.
    """
    answer = deployment.ask("POST", "/assistants/search", b'{"limit": %d}' % _PAGE)
    if not answer.ok or not isinstance(answer.body, list):
        raise SetupError(f"{deployment.address.shown} does not list its assistants: {_said(answer)}")
    rows = [row for row in answer.body if isinstance(row, dict) and "graph_id" in row]
    rows.sort(key=lambda row: (row.get("metadata") or {}).get("created_by") != "system")
    found: dict[str, str] = {}
    for row in rows:
        found.setdefault(str(row["graph_id"]), str(row["assistant_id"]))
    return found


def in_common(one: Deployment, other: Deployment, wanted: Sequence[str]) -> list[Graph]:
    """Return the graphs that both have, in the order of their names; only the wanted ones if any are.

    SetupError where there is none, or one that is wanted is missing.
    """
    ours, theirs = graphs_of(one), graphs_of(other)
    for deployment, there in ((one, ours), (other, theirs)):
        for graph_id in wanted:
            if graph_id not in there:
                near = did_you_mean(graph_id, there)
                raise SetupError(f'{deployment.address.shown} has no graph "{graph_id}".{near}')
    both = [graph_id for graph_id in sorted(ours) if graph_id in theirs and (not wanted or graph_id in wanted)]
    if not both:
        raise SetupError(
            f"{one.address.shown} and {other.address.shown} have no graph in common: "
            f"{', '.join(sorted(ours)) or 'none'} in the one, {', '.join(sorted(theirs)) or 'none'} in the other"
        )
    return [_graph(one, graph_id, ours[graph_id], both) for graph_id in both]


def version(deployment: Deployment) -> str | None:
    """Return the version of an Agent Server; None if it does not say."""
    info = deployment.json("GET", "/info")
    found = info.get("version") if isinstance(info, dict) else None
    return found if isinstance(found, str) else None


def is_understudy(deployment: Deployment) -> bool:
    """Return whether a server is an understudy: its document says which handlers answer."""
    document = deployment.json("GET", "/openapi.json")
    paths: dict[str, Any] = document.get("paths", {}) if isinstance(document, dict) else {}
    return any("x-handler" in entry for item in paths.values() for entry in item.values() if isinstance(entry, dict))


def _graph(deployment: Deployment, graph_id: str, assistant_id: str, both: list[str]) -> Graph:
    schemas = deployment.json("GET", f"/assistants/{assistant_id}/schemas") or {}
    drawn = deployment.json("GET", f"/assistants/{assistant_id}/graph") or {}
    nodes = tuple(str(node["id"]) for node in drawn.get("nodes", ()) if node.get("id") not in _ENDS)
    others = tuple(other for other in both if other != graph_id)
    return Graph(graph_id, inputs(schemas.get("input_schema")), nodes, others)


def _said(answer: Answer) -> str:
    body = answer.body if answer.text is None else answer.text
    return f"{answer.status or 'no answer'}, {str(body)[:200]}"
