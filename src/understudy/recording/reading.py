"""What a deployment has, read by its API: rows as they are answered, nothing left out and nothing made up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.errors import SetupError, did_you_mean
from understudy.recording.deployment import PAGE, Deployment, Failed, Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from understudy.recording.selection import Selection
    from understudy.wire import Json, JsonObject

_SCHEMAS = ("input", "output", "state", "config", "context")


async def assistants(deployment: Deployment, selection: Selection) -> list[JsonObject]:
    """Return the assistants meant, the oldest first, each with its `versions`, the newest first.

    SetupError if one is selected that is not there, or a graph.
    """
    rows = [row async for row in deployment.rows("/assistants/search", {}, "assistant_id", "graph_id")]
    for noun, name, wanted in (
        ("graph", "graph_id", selection.graphs),
        ("assistant", "assistant_id", selection.assistants),
    ):
        known = {row[name] for row in rows}
        for each in (each for each in wanted if each not in known):
            raise SetupError(f'{deployment.url} has no {noun} "{each}".{did_you_mean(each, known)}')
    found = [row for row in reversed(rows) if selection.has_assistant(row)]

    async def read(row: JsonObject) -> None:
        path = f"/assistants/{row['assistant_id']}/versions"
        try:
            row["versions"] = [each async for each in deployment.rows(path, {}, "version", "graph_id")]
        except Refused as refused:
            # A page behind the last one is refused as if there were no assistant.
            if refused.status != 404:
                raise
            row.setdefault("versions", [])

    await deployment.each(found, read)
    return found


async def graph(deployment: Deployment, assistant_id: str) -> JsonObject:
    """Return what is told of the graph of an assistant: `drawing`, `schemas`, `subgraphs`; None for what is not."""
    path = f"/assistants/{assistant_id}"
    return {
        "drawing": await _drawing(deployment, f"{path}/graph"),
        "inside": await _drawing(deployment, f"{path}/graph", xray="true"),
        "schemas": _schemas(await _told(deployment, f"{path}/schemas")),
        "subgraphs": {
            namespace: _schemas(schemas)
            for namespace, schemas in (await _told(deployment, f"{path}/subgraphs", recurse="true")).items()
        },
    }


def _schemas(told: Json) -> JsonObject:
    schemas = {name: told.get(f"{name}_schema") for name in _SCHEMAS} if isinstance(told, dict) else {}
    return {name: schema if isinstance(schema, dict) else None for name, schema in schemas.items()}


async def _drawing(deployment: Deployment, path: str, **query: str) -> JsonObject | None:
    told = await _told(deployment, path, **query)
    try:
        nodes = deployment.checked(told.get("nodes"), f"GET {path}", "id")
        return {"nodes": nodes, "edges": deployment.checked(told.get("edges"), f"GET {path}", "source", "target")}
    except SetupError:
        return None


async def _told(deployment: Deployment, path: str, **query: str) -> JsonObject:
    """Return an answer, nothing where the deployment cannot tell, as of graphs that it cannot draw."""
    try:
        told = await deployment.get(path, **query)
    except (Failed, Refused):
        return {}
    return told if isinstance(told, dict) else {}


async def thread_ids(deployment: Deployment, selection: Selection) -> dict[str, str]:
    """Return the ids of the threads meant and when each was changed last, the one changed first before the others."""
    found: dict[str, str] = {}
    fields = ("thread_id", "updated_at")
    for thread_id in selection.thread_ids:
        try:
            row = await deployment.get(f"/threads/{thread_id}")
        except Refused as refused:
            raise SetupError(f"{deployment.url} has no thread {thread_id}: {refused}") from None
        found[thread_id] = deployment.checked([row], "GET /threads/{id}", *fields)[0]["updated_at"]
    for body in selection.thread_searches() if not found else ():
        async for row in deployment.rows("/threads/search", {**body, "select": [*fields]}, *fields):
            if selection.since and row["updated_at"] < selection.since:
                break
            found[row["thread_id"]] = row["updated_at"]
    newest = sorted(found.items(), key=lambda pair: pair[1], reverse=True)[: selection.limit]
    return dict(reversed(newest))


async def thread(deployment: Deployment, thread_id: str) -> JsonObject | None:
    """Return a thread with its `history`, oldest state first, those of subgraphs last; None if it is gone."""
    path = f"/threads/{thread_id}"
    try:
        told = [await deployment.get(path, include="ttl")]
    except Refused as refused:
        if refused.status == 404:
            return None
        raise
    (row,) = deployment.checked(told, f"GET {path}", "thread_id")
    _check_parts(deployment, f"GET {path}", row, {"metadata": dict, "interrupts": dict, "ttl": dict})
    row["metadata"] = row.get("metadata") or {}
    for waits in (row.get("interrupts") or {}).values():
        deployment.checked(waits, f"GET {path}", "value")
    try:
        history = await _history(deployment, path)
    except Refused:
        # Of a graph that the deployment does not have any more no state can be read.
        return {**row, "history": None}
    ahead = _namespaces(history)
    for namespace in ahead:
        inner = await _history(deployment, path, namespace)
        ahead += [each for each in _namespaces(inner) if each not in ahead]
        history += inner
    return {**row, "history": history}


async def _history(deployment: Deployment, path: str, namespace: str = "") -> list[JsonObject]:
    """Return the states of a namespace, oldest first."""
    states: dict[str, JsonObject] = {}
    body: JsonObject = {"limit": PAGE, "checkpoint": {"checkpoint_ns": namespace}} if namespace else {"limit": PAGE}
    while True:
        asked = f"POST {path}/history"
        names = ("values", "next", "tasks", "metadata", "created_at", "checkpoint")
        page = deployment.checked(await deployment.post(f"{path}/history", body), asked, *names)
        deployment.checked([state["checkpoint"] for state in page], asked, "checkpoint_id")
        for state in page:
            _check_parts(deployment, asked, state, {"metadata": dict, "parent_checkpoint": dict})
            for task in deployment.checked(state["tasks"], asked, "id", "name"):
                _check_parts(deployment, asked, task, {"checkpoint": dict, "interrupts": list})
                deployment.checked(task.get("interrupts") or [], asked, "value")
        new = {state["checkpoint"]["checkpoint_id"]: state for state in page}
        if new.keys() <= states.keys():
            break
        states |= new
        if len(page) < PAGE:
            break
        # Documented is a checkpoint; what the server reads is the configuration that has one.
        last = page[-1]["checkpoint"]["checkpoint_id"]
        body["before"] = {"checkpoint_id": last, "configurable": {"checkpoint_id": last}}
    return list(reversed(states.values()))


def _check_parts(deployment: Deployment, asked: str, row: JsonObject, kinds: Mapping[str, type]) -> None:
    """Raise SetupError if something that may be there is of another kind."""
    for name, kind in kinds.items():
        if row.get(name) is not None and not isinstance(row[name], kind):
            raise SetupError(f"{deployment.url} answered {asked} with something else than an Agent Server's {name}")


def _namespaces(history: Iterable[JsonObject]) -> list[str]:
    """Return the namespaces of the subgraphs that the tasks of states ran."""
    places = [task.get("checkpoint") or {} for state in history for task in state["tasks"]]
    return list(dict.fromkeys(place["checkpoint_ns"] for place in places if place.get("checkpoint_ns")))


async def runs(deployment: Deployment, thread_id: str) -> list[JsonObject]:
    """Return the runs of a thread, oldest first."""
    found: list[JsonObject] = []
    while True:
        path = f"/threads/{thread_id}/runs"
        page = deployment.checked(
            await deployment.get(path, limit=PAGE, offset=len(found)), f"GET {path}", "run_id", "kwargs", "created_at"
        )
        known = {row["run_id"] for row in found}
        new = [row for row in page if row["run_id"] not in known]
        found += new
        if len(page) < PAGE or not new:
            return sorted(found, key=lambda row: str(row["created_at"]))


async def crons(deployment: Deployment, selection: Selection, assistants: Iterable[str]) -> list[JsonObject]:
    """Return the crons meant, the oldest first; where assistants are selected, those of these `assistants`."""
    owners = set(assistants) if selection.assistants or selection.graphs else None
    found = [row async for row in deployment.rows("/runs/crons/search", {}, "cron_id", "assistant_id")]
    return [
        row
        for row in reversed(found)
        if (owners is None or row["assistant_id"] in owners)
        and (not selection.thread_ids or row.get("thread_id") in selection.thread_ids)
    ]


async def items(deployment: Deployment, selection: Selection) -> list[JsonObject]:
    """Return the items of the store below the namespace meant; reading them makes none live longer."""
    body: JsonObject = {"namespace_prefix": [*selection.namespace], "refresh_ttl": False}
    return [row async for row in deployment.rows("/store/items/search", body, "namespace", "key", "value")]
