"""The server as one ASGI app: documents, handlers and a world put together."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from connexion.middleware import ConnexionMiddleware

from understudy.agents.scheduler import attend
from understudy.contract.adapter import routable
from understudy.contract.documents import APIS, load_contract
from understudy.contract.operations import operations
from understudy.contract.validators import left_to_the_server
from understudy.exchange import Service
from understudy.server.edge import Edge, nowhere
from understudy.server.handlers import Handlers
from understudy.server.operations import BoundOperation, ById, OperationMiddleware, Surroundings
from understudy.server.routing import ShapedRoutingMiddleware
from understudy.server.sockets import Sockets

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Receive, Scope, Send

    from understudy.config import Settings
    from understudy.server.dialect import Dialect
    from understudy.state.world import World
    from understudy.wire import JsonObject


def create_app(settings: Settings, world_for: Callable[[Scope], World], *, api: str = "agent-server") -> ASGIApp:
    """Return the app that serves an API; `world_for` names the world of a request.

    SetupError when documents and handlers do not fit together.
    """

    def living(scope: Scope) -> World:
        world = world_for(scope)
        attend(world)
        return world

    contract = load_contract(api)
    package = APIS[api]
    dialect = cast("Dialect", import_module(f"understudy.handlers.{package}.dialect"))
    around = Surroundings(
        document=contract.observed,
        checked=left_to_the_server(contract.observed),
        dialect=dialect,
        handlers=Handlers(package),
        service=Service(api, contract.observed),
        world_for=living,
        api_keys=frozenset(settings.api_keys),
        max_body=settings.max_body,
        strict=settings.strict,
    )
    known = list(operations(contract.observed))
    bound = {operation.id: BoundOperation(operation, around) for operation in known}
    connexion = ConnexionMiddleware(
        nowhere, middlewares=[ShapedRoutingMiddleware, OperationMiddleware], resolver=ById()
    )
    connexion.add_api(routable(contract.observed), bound=bound)
    sockets = Sockets(contract.observed, around.handlers, living, around.api_keys)
    edge = Edge(connexion, sockets, dialect, _without_405(contract.observed))

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            living(scope)  # crons that a scenario tells of are due from the start, before anybody asks for anything
        await edge(scope, receive, send)

    return app


def _without_405(document: JsonObject) -> frozenset[str]:
    """Return the paths on which a wrong method is answered as if the path did not exist (`x-wrong-method: 404`)."""
    return frozenset(path for path, item in document["paths"].items() if item.get("x-wrong-method") == 404)
