"""The server as one ASGI app: documents, handlers and worlds put together."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from connexion.middleware import ConnexionMiddleware

from understudy.agents.scheduler import attend
from understudy.contract.adapter import routable
from understudy.contract.documents import APIS, load_contract
from understudy.contract.modes import stream_modes
from understudy.contract.operations import operations
from understudy.contract.operations import sockets as sockets_of
from understudy.contract.validators import left_to_the_server
from understudy.exchange import Service
from understudy.server.edge import Edge, nowhere
from understudy.server.faults.reading import FaultReader
from understudy.server.handlers import Handlers
from understudy.server.keys import Keys
from understudy.server.operations import BoundOperation, ById, OperationMiddleware, Surroundings
from understudy.server.routing import ShapedRoutingMiddleware, with_optional_prefix
from understudy.server.sockets import Sockets
from understudy.server.verdicts import Verdicts
from understudy.server.visits import Visits
from understudy.state.matching import Names

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from starlette.types import ASGIApp

    from understudy.config import Settings
    from understudy.server.dialect import Dialect
    from understudy.state.worlds import Worlds
    from understudy.wire import JsonObject

CONTROL = "control"
"""What steers a server, whatever API that imitates."""


def create_app(settings: Settings, worlds: Worlds) -> ASGIApp:
    """Return the app that serves an API, each request in its world, and what steers them unless that is switched off.

    SetupError when documents and handlers do not fit together.
    """
    contract = load_contract(settings.api)
    service = Service(settings.api, contract.observed)
    around = _surroundings(settings, service, {"service": service}, settings.api_keys)
    served = with_optional_prefix(_connexion(around), contract.observed.get("x-optional-prefix"))
    sockets = Sockets(contract.observed, around.handlers, around.keys, around.dialect.failure)
    steering = served
    if settings.control:
        steered_by = Service(CONTROL, load_contract(CONTROL).observed)
        names = Names([*operations(contract.observed), *sockets_of(contract.observed)])
        judge = Verdicts(contract.observed)
        offered = {
            "api": settings.api,
            "worlds": worlds,
            "names": names,
            "judge": judge,
            "stream_modes": stream_modes(contract.observed),
            "read_fault": FaultReader(names),
        }
        steering = _connexion(_surroundings(settings, steered_by, offered))

    visits = Visits(
        served,
        worlds,
        settings,
        around.keys,
        attend,
        sockets=sockets,
        steering=steering,
        told=_documented_headers(contract.observed),
    )
    return Edge(visits, around.dialect, _without_405(contract.observed))


def _connexion(around: Surroundings) -> ASGIApp:
    """Return the app that answers the operations of one document."""
    connexion = ConnexionMiddleware(
        nowhere, middlewares=[ShapedRoutingMiddleware, OperationMiddleware], resolver=ById()
    )
    bound = {operation.id: BoundOperation(operation, around) for operation in operations(around.document)}
    connexion.add_api(routable(around.document), bound=bound)
    return cast("ASGIApp", connexion)


def _surroundings(
    settings: Settings, service: Service, offered: Mapping[str, object], api_keys: Collection[str] = ()
) -> Surroundings:
    package = APIS[service.api]
    return Surroundings(
        document=service.document,
        checked=left_to_the_server(service.document),
        dialect=cast("Dialect", import_module(f"understudy.handlers.{package}.dialect")),
        handlers=Handlers(package),
        service=service,
        offered=offered,
        keys=Keys(service.document, api_keys),
        max_body=settings.max_body,
        strict=settings.strict,
        lenient=service.api != CONTROL,
        spoiled=service.api != CONTROL,
    )


def _documented_headers(document: JsonObject) -> frozenset[bytes]:
    """Return the names of the headers that the operations of a document read."""
    return frozenset(
        parameter.name.lower().encode()
        for operation in operations(document)
        for parameter in operation.parameters
        if parameter.location == "header"
    )


def _without_405(document: JsonObject) -> frozenset[str]:
    """Return the paths on which a wrong method is answered as if the path did not exist (`x-wrong-method: 404`)."""
    return frozenset(path for path, item in document["paths"].items() if item.get("x-wrong-method") == 404)
