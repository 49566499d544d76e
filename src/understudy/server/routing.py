"""Connexion's routing, looking only at the routes that a path can match."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from connexion.middleware.routing import RoutingMiddleware
from starlette.routing import Mount, Route, Router

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

Shape = tuple[int, str]
"""How many segments a path has, and the first of them."""


class ShapedRouter:
    """Asks of a router's routes only those of a path's shape, in their order, and the router when none of them matches.

    Starlette tries one route after the other. Of the many routes of an API few begin like a given path and are as
    long, so this saves most of that work, and changes nothing else.
    """

    def __init__(self, router: Router) -> None:
        self._router = router
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

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request to the first route that matches."""
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        await self._shapes.get(_shape(path), self._router)(scope, receive, send)


class ShapedRoutingMiddleware(RoutingMiddleware):  # type: ignore[misc]  # Connexion has no types
    """Connexion's routing middleware with its routers replaced by shaped ones."""

    def add_api(self, *args: Any, **kwargs: Any) -> None:
        """Register the operations of a document."""
        super().add_api(*args, **kwargs)
        for mount in self.router.routes:
            if isinstance(mount, Mount) and isinstance(mount.app, Router):
                mount.app = ShapedRouter(mount.app)


def with_optional_prefix(app: ASGIApp, prefix: str | None) -> ASGIApp:
    """Return the app with its paths also answering without what all of them begin with; the app itself if None.

    A path that has the prefix keeps it, so that nothing answers at it twice.
    """
    if prefix is None:
        return app

    async def prefixed(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not scope["path"].startswith(f"{prefix}/"):
            scope = {**scope, "path": prefix + scope["path"], "raw_path": prefix.encode() + scope["raw_path"]}
        await app(scope, receive, send)

    return prefixed


def _shape(path: str) -> Shape:
    segments = path.split("/", 2)
    return path.count("/"), segments[1] if len(segments) > 1 else ""
