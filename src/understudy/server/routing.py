"""Connexion's routing, looking only at the routes that a path can match."""

from __future__ import annotations

from collections import defaultdict
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from connexion.middleware.routing import RoutingMiddleware
from starlette.exceptions import HTTPException
from starlette.routing import Match, Mount, Route, Router

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.routing import BaseRoute
    from starlette.types import ASGIApp, Receive, Scope, Send

Shape = tuple[int, str]
"""How many segments a path has, and the first of them."""


class ShapedRouter:
    """Asks of a router's routes only those of a path's shape, in their order, and the router when none of them matches.

    Starlette tries one route after the other. Of the many routes of an API few begin like a given path and are as
    long, so this saves most of that work.
    """

    def __init__(self, router: Router, *, tells_all_methods: Callable[[str], bool]) -> None:
        """Take a router's place. `tells_all_methods` is whether a wrong method is told all that this path has.

        Else it is told those of the first route of that path.
        """
        self._router = router
        self._tells_all = tells_all_methods
        shapes: dict[Shape, list[Route]] = defaultdict(list)
        firsts = {_shape(route.path)[1] for route in router.routes if isinstance(route, Route)}
        for route in router.routes:
            assert isinstance(route, Route)
            length, first = _shape(route.path)
            for known in firsts if first.startswith("{") else (first,):
                shapes[length, known].append(route)
        self._shapes = {
            shape: Router(routes=list(routes), default=router, redirect_slashes=False)
            for shape, routes in shapes.items()
        }
        # Sends a path with a slash at its end to the one without, which is what becomes of a method it does not have.
        self._slashless = Router(routes=[route for route in router.routes if not _ends_with_slash(route)])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request to the first route that matches."""
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        try:
            await self._shapes.get(_shape(path), self._router)(scope, receive, send)
        except HTTPException as failure:
            if failure.status_code != HTTPStatus.METHOD_NOT_ALLOWED:
                raise
            if self._tells_all(path):
                told = {"Allow": ", ".join(self._methods(scope))}
                raise HTTPException(failure.status_code, headers=told) from None
            if not path.endswith("/") or path == "/":
                raise
            await self._slashless(scope, receive, send)

    def _methods(self, scope: Scope) -> set[str]:
        """Return the methods of all routes of a request's path."""
        routes = (route for route in self._router.routes if isinstance(route, Route))
        return {method for route in routes if route.matches(scope)[0] != Match.NONE for method in route.methods or ()}


class ShapedRoutingMiddleware(RoutingMiddleware):  # type: ignore[misc]  # Connexion has no types
    """Connexion's routing middleware with its routers replaced by shaped ones."""

    def add_api(self, *args: Any, tells_all_methods: Callable[[str], bool], **kwargs: Any) -> None:
        """Register the operations of a document; see `ShapedRouter` for what is told of methods."""
        super().add_api(*args, **kwargs)
        for mount in self.router.routes:
            if isinstance(mount, Mount) and isinstance(mount.app, Router):
                mount.app = ShapedRouter(mount.app, tells_all_methods=tells_all_methods)


def spelled_freely(app: ASGIApp, *, prefix: str = "", suffix: str = "") -> ASGIApp:
    """Return the app with its paths also answering without the prefix that all have, and with a suffix that none has.

    A path that has the prefix keeps it, so that nothing answers at it twice. The suffix is one character, which may
    come several times. Where neither is told, the app itself.
    """
    if not prefix and not suffix:
        return app

    async def spelled(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            path = asked = scope["path"]
            if prefix and not path.startswith(f"{prefix}/"):
                path = prefix + path
            if suffix:
                path = path.rstrip(suffix)
            if path is not asked:
                scope = {**scope, "path": path}
        await app(scope, receive, send)

    return spelled


def below(apps: Mapping[str, ASGIApp]) -> ASGIApp:
    """Return the app that hands each request to one of these by the prefix of its path; "" is that of all the others.

    The app itself where there is only one.
    """
    if len(apps) == 1:
        return next(iter(apps.values()))
    other = apps[""]
    prefixed = [(f"{prefix}/", app) for prefix, app in apps.items() if prefix]

    async def chosen(scope: Scope, receive: Receive, send: Send) -> None:
        path = f"{scope.get('path', '')}/"
        app = next((app for prefix, app in prefixed if path.startswith(prefix)), other)
        await app(scope, receive, send)

    return chosen


def _ends_with_slash(route: BaseRoute) -> bool:
    return isinstance(route, Route) and route.path.endswith("/")


def _shape(path: str) -> Shape:
    segments = path.split("/", 2)
    return path.count("/"), segments[1] if len(segments) > 1 else ""
