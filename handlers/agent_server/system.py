"""The server itself: its health, its version, its figures, and its document for programs and for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.errors import Unacceptable
from understudy.exchange import Answer
from understudy.wire import loads

from .manual import manual
from .metrics import as_json, as_text

if TYPE_CHECKING:
    from understudy.exchange import Caller, Service
    from understudy.state.world import World
    from understudy.wire import Json, JsonObject

# The server that the document was published with. Clients read these to tell what it can do, so the fake says what
# that server says, not what it is itself.
VERSION = "0.16.7"
LANGGRAPH_VERSION = "1.2.22"

_FLAGS = {
    "assistants": True,
    "crons": True,
    "langsmith": False,
    "langsmith_tracing_replicas": True,
    "langsmith_tracing_session_on_runs": True,
}
_HOST = {
    "kind": "self-hosted",
    "project_id": None,
    "host_revision_id": None,
    "revision_id": None,
    "tenant_id": None,
}


async def ok(world: World, check_db: Json) -> JsonObject:
    """Say that the server is well. There is no database to check, but what is asked has to be a number."""
    try:
        int(0 if check_db is None else check_db)
    except ValueError as error:
        raise Unacceptable(str(error)) from None
    return await root(world)


async def root(world: World) -> JsonObject:
    """Say that the server is well."""
    return {"ok": True, "services": {}}


async def info(world: World) -> JsonObject:
    """Return which version this is an imitation of, and what that one can do."""
    return {
        "version": VERSION,
        "langgraph_py_version": LANGGRAPH_VERSION,
        "flags": _FLAGS,
        "host": _HOST,
    }


async def metrics(world: World, service: Service, format: str | None) -> Answer:
    """Return what was counted; as text for Prometheus unless JSON is asked for."""
    if format == "json":
        return Answer(as_json(service))
    return Answer(as_text(service, VERSION), media_type="text/plain; version=1.0.0; charset=utf-8")


async def docs(world: World, service: Service, caller: Caller) -> Answer:
    """Return the document for people: one page that needs nothing else."""
    page = manual(loads(service.document(caller.base_url)))
    return Answer(page.encode(), media_type="text/html; charset=utf-8")


async def openapi(world: World, service: Service, caller: Caller) -> Answer:
    """Return the document for programs."""
    return Answer(service.document(caller.base_url))
