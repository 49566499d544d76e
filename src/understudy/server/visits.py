"""Requests on their way: which world each belongs to, and whether it may steer the server."""

from __future__ import annotations

from hashlib import sha256
from hmac import compare_digest
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from understudy.config import is_this_machine
from understudy.errors import Forbidden, NotFound, Unacceptable, Unauthorized, did_you_mean
from understudy.paths import quoted
from understudy.state.entries import SOCKET, Entry
from understudy.state.world import World
from understudy.state.worlds import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from starlette.types import ASGIApp, Receive, Scope, Send

    from understudy.config import Settings
    from understudy.server.keys import Keys
    from understudy.state.worlds import Hosted, Worlds

PREFIX = "/_understudy"
"""What the paths of the control plane begin with."""

_WORLDS = f"{PREFIX}/worlds"
"""Where worlds are steered from outside of them."""

_OURS = b"x-understudy-"
_WORLD, _FAULT, _KEY = _KNOWN = tuple(_OURS + name for name in (b"world", b"fault", b"key"))

_CREDENTIALS = frozenset({b"authorization", b"cookie", b"proxy-authorization", b"x-api-key"})

VISIT = "understudy.visit"
"""Where a request's visit stands in its scope."""


class Visit(Entry):
    """A request on its way: what the journal keeps of it, its world, and the fault that it asks for by a header.

    Once its operation is found, that is noted with what the path names and the body as far as it was read.
    """

    __slots__ = ("fault", "hosted", "world")

    def __init__(
        self, world: World, scope: Scope, headers: Iterable[tuple[bytes, bytes]] = (), fault: str | None = None
    ) -> None:
        method = scope.get("method", SOCKET)
        super().__init__(world.clock.now(), method, scope["path"], scope["query_string"], headers)
        self.world = world
        self.fault = fault
        self.hosted: Hosted | None = None


def visit_of(scope: Scope) -> Visit:
    """Return what `Visits` found out about a request."""
    visit: Visit = scope[VISIT]
    return visit


class Visits:
    """Finds the world of each request, before it reaches an operation.

    Headers that begin with `x-understudy-` and paths below `/_understudy` are the control plane: they are refused where
    it is switched off, and need its key where other machines can reach the server.
    """

    def __init__(
        self,
        served: ASGIApp,
        worlds: Worlds,
        settings: Settings,
        keys: Keys,
        attend: Callable[[World], None],
        *,
        sockets: ASGIApp,
        steering: ASGIApp,
        told: frozenset[bytes] = frozenset(),
    ) -> None:
        """Wrap what answers requests, what answers WebSockets, and what answers requests that steer the server.

        `attend` is told of the world of each request, before that goes on. `told` are the headers that the journal
        keeps. It never keeps credentials.
        """
        self._served = served
        self._sockets = sockets
        self._steering = steering
        self._told = told - _CREDENTIALS
        self._worlds = worlds
        self._settings = settings
        self._keys = keys
        self._outside = World()
        self._attend = attend
        self._key = settings.control_key.encode() if settings.control_key else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection's request."""
        if scope["type"] == "lifespan":
            # Crons that a scenario tells of are due from the start, before anybody asks for anything.
            self._attend(self._worlds.use())
            await self._served(scope, receive, send)
            return
        steers = scope["path"].startswith(PREFIX)
        scope[VISIT] = visit = self._visit(scope, steers=steers)
        app = self._steering if steers else self._served if scope["type"] == "http" else self._sockets
        try:
            await app(scope, receive, send)
        finally:
            # A connection that is kept open remembers the scope of its last request; that may not keep a world alive.
            del visit.world
            if visit.hosted is not None:
                visit.hosted.leave()
                visit.hosted = None

    def _visit(self, scope: Scope, *, steers: bool) -> Visit:
        """Return what is to be known of a request. A Refusal says why it may not steer the server."""
        marked = [header for header in scope["headers"] if header[0] in self._told or header[0].startswith(_OURS)]
        ours = {name: value.decode("latin-1") for name, value in marked if name not in self._told} if marked else {}
        if ours or steers:
            self._admit(scope, ours)
            if scope["path"].startswith(_WORLDS):
                return Visit(self._outside, scope)
        name = ours.get(_WORLD)
        hosted = self._worlds.of(self._name(scope) if name is None else name)
        self._attend(hosted.world)
        told = [header for header in marked if header[0] in self._told] if marked else ()
        visit = Visit(hosted.world, scope, told, ours.get(_FAULT))
        if not steers:
            hosted.enter()
            visit.hosted = hosted
            if self._settings.control:
                visit.world.journal.open(visit)
        return visit

    def _name(self, scope: Scope) -> str:
        """Return the name of the world of a request that names none."""
        if self._settings.world_per_key:
            # A key that is refused gets no world.
            key = self._keys.accepted(scope["headers"])
            if key is not None:
                return f"key-{sha256(key.encode('latin-1')).hexdigest()[:16]}"
        return DEFAULT

    def _admit(self, scope: Scope, ours: dict[bytes, str]) -> None:
        if not self._settings.control:
            if not ours:
                raise NotFound("Not Found")
            name = sorted(ours)[0].decode("latin-1")
            raise Unacceptable(f"{name} steers the server, which is switched off (--no-control)")
        for header in ours.keys() - set(_KNOWN):
            name = header.decode("latin-1")
            raise Unacceptable(f"{name} steers nothing.{did_you_mean(name, (known.decode() for known in _KNOWN))}")
        if self._key is None:
            if self._settings.is_public:
                raise Forbidden("a server that other machines can reach is steered with a key (--control-key)")
            self._admit_page(scope)
        elif _KEY not in ours:
            raise Unauthorized("missing control key: send it in the x-understudy-key header")
        elif not compare_digest(ours[_KEY].encode("latin-1"), self._key):
            raise Forbidden("another control key is in the x-understudy-key header")

    def _admit_page(self, scope: Scope) -> None:
        """Raise Forbidden for a page from elsewhere that somebody on this machine happens to look at."""
        for name, value in scope["headers"]:
            if name == b"origin" and not is_this_machine(_host(value.decode("latin-1"))):
                raise Forbidden(
                    f"a page from {quoted(value.decode('latin-1'))} steers this server with a key only (--control-key)"
                )


def _host(origin: str) -> str:
    try:
        return urlsplit(origin).hostname or ""
    except ValueError:
        return ""
