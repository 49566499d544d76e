"""Requests on their way: which world each belongs to, and whether it may steer the server."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from hmac import compare_digest
from typing import TYPE_CHECKING

from understudy.errors import Forbidden, NotFound, Unacceptable, Unauthorized
from understudy.state.worlds import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.types import ASGIApp, Receive, Scope, Send

    from understudy.config import Settings
    from understudy.contract.operations import Operation
    from understudy.state.world import World
    from understudy.state.worlds import Worlds

PREFIX = "/_understudy"
"""What the paths of the control plane begin with."""

_OURS = b"x-understudy-"
_WORLD, _FAULT, _KEY = (_OURS + name for name in (b"world", b"fault", b"key"))

VISIT = "understudy.visit"
"""Where a request's visit stands in its scope."""


@dataclass(slots=True)
class Visit:
    """What is known of a request besides HTTP: its world, and the fault that it asks for by a header.

    Once its operation is found, that is noted with what the path names and the body as far as it was read.
    """

    world: World
    fault: str | None = None
    operation: Operation | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


def visit_of(scope: Scope) -> Visit:
    """Return what `Visits` found out about a request."""
    visit: Visit = scope[VISIT]
    return visit


class Visits:
    """Finds the world of each request, before it reaches an operation.

    Headers that begin with `x-understudy-` and paths below `/_understudy` are the control plane: they are refused where
    it is switched off, and need its key where other machines can reach the server.
    """

    def __init__(self, app: ASGIApp, worlds: Worlds, settings: Settings, attend: Callable[[World], None]) -> None:
        """Wrap an app; `attend` is told of the world of each request, before that goes on."""
        self._app = app
        self._worlds = worlds
        self._settings = settings
        self._attend = attend
        self._key = settings.control_key.encode() if settings.control_key else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection's request."""
        if scope["type"] == "lifespan":
            # Crons that a scenario tells of are due from the start, before anybody asks for anything.
            self._attend(self._worlds.use())
            await self._app(scope, receive, send)
            return
        scope[VISIT] = visit = self._visit(scope)
        try:
            await self._app(scope, receive, send)
        finally:
            # A connection that is kept open remembers the scope of its last request; that may not keep a world alive.
            del visit.world

    def _visit(self, scope: Scope) -> Visit:
        """Return what is to be known of a request. A Refusal says why it may not steer the server."""
        ours = {name: value.decode("latin-1") for name, value in scope["headers"] if name.startswith(_OURS)}
        if ours or scope["path"].startswith(PREFIX):
            self._admit(scope["path"], ours)
        name = ours.get(_WORLD) or self._name(scope)
        world = self._worlds.use(name)
        self._attend(world)
        return Visit(world, ours.get(_FAULT))

    def _name(self, scope: Scope) -> str:
        """Return the name of the world of a request that names none."""
        if self._settings.world_per_key:
            for header, value in scope["headers"]:
                if header == b"x-api-key":
                    return f"key-{sha256(value).hexdigest()[:16]}"
        return DEFAULT

    def _admit(self, path: str, ours: dict[bytes, str]) -> None:
        if not self._settings.control:
            if not ours:
                raise NotFound("Not Found")
            name = sorted(ours)[0].decode("latin-1")
            raise Unacceptable(f"{name} steers the server, which is switched off (--no-control)")
        if self._key is None:
            if self._settings.is_public:
                raise Forbidden(f"{path}: a server that other machines can reach is steered with a key (--control-key)")
        elif _KEY not in ours:
            raise Unauthorized("missing control key: send it in the x-understudy-key header")
        elif not compare_digest(ours[_KEY].encode("latin-1"), self._key):
            raise Forbidden("another control key is in the x-understudy-key header")
