"""The server as one ASGI app: documents, handlers and worlds put together."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from connexion.middleware import ConnexionMiddleware
from starlette.routing import compile_path

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
from understudy.server.routing import ShapedRoutingMiddleware, below, spelled_freely
from understudy.server.sockets import Sockets
from understudy.server.verdicts import Verdicts
from understudy.server.visits import Visits
from understudy.state.matching import Names

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from starlette.types import ASGIApp

    from understudy.config import Settings
    from understudy.server.dialect import Dialect
    from understudy.state.worlds import Worlds
    from understudy.wire import JsonObject

CONTROL = "control"
"""What steers a server, whatever APIs that imitates."""

PREFIX = "x-optional-prefix"
"""Where a document says what all of its paths begin with; an API that is served alone answers without that as well."""


def create_app(settings: Settings, worlds: Worlds) -> ASGIApp:
    """Return the app that serves APIs, each request in its world, and what steers them unless that is switched off.

    An API that is served beside others answers only below its prefix (`x-optional-prefix`), and nothing else does; the
    one without a prefix answers everything else. SetupError when documents and handlers do not fit together.
    """
    documents = {api: load_contract(api).observed for api in settings.apis}
    steering = _steering(settings, worlds, documents) if settings.control else None
    alone = len(documents) == 1
    return below(
        {
            document.get(PREFIX, ""): _imitation(settings, worlds, Service(api, document), steering, alone=alone)
            for api, document in documents.items()
        }
    )


def _imitation(
    settings: Settings, worlds: Worlds, service: Service, steering: ASGIApp | None, *, alone: bool
) -> ASGIApp:
    """Return the app that answers for one API, and lets what steers the server answer at its paths."""
    document = service.document
    around = _surroundings(settings, service, {"service": service}, settings.api_keys)
    served = spelled_freely(
        _connexion(around),
        prefix=document.get(PREFIX, "") if alone else "",
        suffix=document.get("x-optional-suffix", ""),
    )
    visits = Visits(
        served,
        worlds,
        settings,
        around.keys,
        attend,
        sockets=Sockets(document, around.handlers, around.keys, around.dialect.failure),
        steering=steering or served,
        told=_documented_headers(document),
    )
    return Edge(visits, around.dialect, _without_405(document))


def _steering(settings: Settings, worlds: Worlds, documents: Mapping[str, JsonObject]) -> ASGIApp:
    """Return the app that steers a server of these documents."""
    names = Names(
        operation
        for api, document in documents.items()
        for operation in (*operations(document, api), *sockets_of(document, api))
    )
    offered = {
        "apis": settings.apis,
        "worlds": worlds,
        "names": names,
        "judge": Verdicts(documents),
        "stream_modes": tuple(dict.fromkeys(mode for each in documents.values() for mode in stream_modes(each))),
        "read_fault": FaultReader(names),
    }
    return _connexion(_surroundings(settings, Service(CONTROL, load_contract(CONTROL).observed), offered))


def _connexion(around: Surroundings) -> ASGIApp:
    """Return the app that answers the operations of one document."""
    connexion = ConnexionMiddleware(
        nowhere, middlewares=[ShapedRoutingMiddleware, OperationMiddleware], resolver=ById()
    )
    document = around.document
    bound = {each.id: BoundOperation(each, around) for each in operations(document, around.service.api)}
    connexion.add_api(routable(document), bound=bound, tells_all_methods=_tells_all_methods(document))
    return cast("ASGIApp", connexion)


def _tells_all_methods(document: JsonObject) -> Callable[[str], bool]:
    """Return what tells of a path whether a 405 there has all its methods in `Allow`, or those of its first operation.

    What the document says (`x-allow`), a path may say otherwise.
    """
    usual = document.get("x-allow", "all")
    said = [(compile_path(path)[0], item["x-allow"]) for path, item in document["paths"].items() if "x-allow" in item]
    return lambda path: next((which for pattern, which in said if pattern.match(path)), usual) == "all"


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
