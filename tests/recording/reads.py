"""Everything that can be read of a deployment, to be compared with another."""

from __future__ import annotations

from collections.abc import Iterator

from tests.conftest import Server
from understudy.wire import Json


def reads(server: Server) -> dict[str, Json]:
    """Return the answers of a deployment by what was asked."""
    return dict(_reads(server))


def _reads(server: Server) -> Iterator[tuple[str, Json]]:
    assistants = server.post("/assistants/search", {"limit": 1000}).json()
    yield "assistants", assistants
    for assistant in assistants:
        path = f"/assistants/{assistant['assistant_id']}"
        for below in ("", "/graph", "/graph?xray=true", "/schemas", "/subgraphs?recurse=true"):
            yield path + below, server.get(path + below).json()
        yield f"{path}/versions", server.post(f"{path}/versions", {"limit": 1000}).json()
    threads = server.post("/threads/search", {"limit": 1000}).json()
    yield "threads", threads
    for thread in threads:
        path = f"/threads/{thread['thread_id']}"
        for below in ("", "/state", "/state?subgraphs=true", "/history?limit=1000"):
            yield path + below, server.get(path + below).json()
        for state in server.get(f"{path}/history?limit=1000").json():
            at = f"{path}/state/{state['checkpoint']['checkpoint_id']}?subgraphs=true"
            yield at, server.get(at).json()
            for task in state["tasks"]:
                if task["checkpoint"]:
                    inside = {"limit": 1000, "checkpoint": task["checkpoint"]}
                    yield f"{path} {inside}", server.post(f"{path}/history", inside).json()
    yield "crons", server.post("/runs/crons/search", {"limit": 1000}).json()
    yield "items", server.post("/store/items/search", {"namespace_prefix": [], "limit": 1000}).json()
    yield "namespaces", server.post("/store/namespaces", {}).json()
