"""Operations at work: each is compiled at start into one callable that reads, checks, calls and answers."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from connexion.middleware.abstract import RoutedAPI, RoutedMiddleware
from connexion.resolver import Resolution, Resolver

from understudy.contract.events import MEDIA_TYPE
from understudy.contract.modes import Modes
from understudy.contract.parameters import reader
from understudy.contract.validators import Schema
from understudy.errors import Invalid, Refusal, did_you_mean
from understudy.exchange import Caller, Stream
from understudy.server import bodies
from understudy.server.answers import encoded, respond
from understudy.server.faults.reading import streams
from understudy.server.faults.sent import Sent
from understudy.server.faults.spoiling import Spoiling
from understudy.server.handlers import bind
from understudy.server.noting import noting
from understudy.server.strict import UNDOCUMENTED, AnswerCheck
from understudy.server.visits import visit_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from connexion.operations import AbstractOperation
    from starlette.types import Receive, Scope, Send

    from understudy.contract.operations import Operation
    from understudy.contract.parameters import Reader
    from understudy.exchange import Service
    from understudy.server.dialect import Dialect
    from understudy.server.handlers import Handlers
    from understudy.server.keys import Keys
    from understudy.server.visits import Visit
    from understudy.wire import Json, JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What all operations of an API share.

    `document` is the observed contract, `checked` the same without the rules that handlers enforce themselves.
    `offered` is what its handlers may ask for by name, besides what belongs to the request.
    """

    document: JsonObject
    checked: JsonObject
    dialect: Dialect
    handlers: Handlers
    service: Service
    offered: Mapping[str, object]
    keys: Keys
    max_body: int
    strict: bool
    lenient: bool
    """Whether parameters of a query that the document does not know are passed over; else they are refused."""
    spoiled: bool
    """Whether faults befall them; else there would be no way to remove those of what steers the server."""


class BoundOperation:
    """One operation, ready to be called as an ASGI app."""

    def __init__(self, operation: Operation, around: Surroundings) -> None:
        self._operation = operation
        self._around = around
        self._handler, asked = bind(operation, around.handlers, around.offered)
        self._success = operation.success
        self._offered = {name: value for name, value in around.offered.items() if name in asked}
        self._asks_caller = "caller" in asked
        self._asks_world = "world" in asked
        readers: dict[str, list[tuple[str, str, Reader]]] = defaultdict(list)
        for parameter in operation.parameters:
            if parameter.argument in asked:
                read = reader(around.checked, parameter)
                readers[parameter.location].append((parameter.name, parameter.argument, read))
        self._path = [(name.replace("-", "_"), argument, read) for name, argument, read in readers["path"]]
        self._query = readers["query"]
        self._known = None if around.lenient else {name for name, _, _ in self._query}
        self._header = [(name.lower().encode(), argument, read) for name, argument, read in readers["header"]]
        self._body = None
        if operation.body is not None and "body" in asked:
            self._body = Schema(around.checked, operation.body)
        self._modes = Modes(around.document, operation)
        self._check = AnswerCheck(around.document, operation) if around.strict else None
        self._keys = around.keys if around.keys.are_asked_for and not operation.public else None
        self._streams = streams(operation)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        begun = perf_counter()
        visit = visit_of(scope)
        visit.operation, visit.parameters = self._operation, scope["path_params"]
        if (visit.world.faults or visit.fault is not None) and self._around.spoiled:
            sent = await self._spoiled(scope, receive, visit)
        else:
            sent = await self._sent(scope, receive, visit)
        self._count(scope["method"], sent.status, 0 if sent.pieces else perf_counter() - begun)
        if sent.is_whole:
            visit.answers(sent.status, sent.headers, sent.body)
            await respond(send, sent.status, sent.headers, sent.body)
        else:
            await sent.go(receive, noting(scope, send))

    async def _sent(self, scope: Scope, receive: Receive, visit: Visit) -> Sent:
        """Carry out a request and return the answer. ContractBroken if that is not as documented."""
        result: Any
        check = self._check
        try:
            if self._keys is not None:
                self._keys.admit(scope["headers"])
            result = await self._handler(**await self._arguments(scope, receive, visit))
        except Refusal as refusal:
            result = self._around.dialect.refuse(refusal)
            if isinstance(refusal, UNDOCUMENTED):
                check, visit.excused = None, True
            elif isinstance(refusal, Invalid):
                visit.misfit = refusal.detail
        if isinstance(result, Stream):
            headers = [(b"content-type", result.media_type.encode())]
            headers += [(name.encode(), value.encode()) for name, value in result.headers.items()]
            pieces = result.pieces if check is None else check.watch(self._success, headers, result.pieces)
            return Sent(self._success, headers, pieces=pieces, is_stream=result.media_type.startswith(MEDIA_TYPE))
        sent = Sent(*encoded(result, self._success))
        if check is not None:
            check.check(sent.status, sent.headers, sent.body)
        return sent

    async def _spoiled(self, scope: Scope, receive: Receive, visit: Visit) -> Sent:
        """Return the answer to a request that faults may befall: whatever they do, they do to one that was read."""
        try:
            spoiling = Spoiling(visit, self._operation, self._around.dialect.failure, streams=self._streams)
            if self._body is not None:
                visit.body = await bodies.read(scope, receive, self._around.max_body)
        except Refusal as refusal:
            visit.excused = True
            return Sent(*encoded(self._around.dialect.refuse(refusal)))
        sent = await spoiling.before(receive)
        return await spoiling.after(sent or await self._sent(scope, receive, visit), receive)

    def _count(self, method: str, status: int, seconds: float) -> None:
        service = self._around.service
        service.requests[method, self._operation.path, status] += 1
        service.seconds[method, self._operation.path] += seconds

    async def _arguments(self, scope: Scope, receive: Receive, visit: Visit) -> dict[str, Json]:
        """Return what the handler gets by name. A Refusal says what does not fit: path first, then query, then body."""
        around = self._around
        arguments: dict[str, Any] = {**self._offered}
        if self._asks_world:
            arguments["world"] = visit.world
        for name, argument, read in self._path:
            arguments[argument] = read([scope["path_params"][name]])
        if self._known is not None:
            self._refuse_unknown(_query(scope))
        if self._query:
            given = _query(scope)
            for name, argument, read in self._query:
                arguments[argument] = read(given.get(name, []))
        for header, argument, read in self._header:
            arguments[argument] = read([v.decode("latin-1") for n, v in scope["headers"] if n == header])
        if self._asks_caller:
            arguments["caller"] = _caller(scope)
        if self._body is not None:
            raw = visit.body
            if raw is None:
                visit.body = raw = await bodies.read(scope, receive, around.max_body)
            arguments["body"] = raw if self._operation.body_checked_by_handler else self._checked_body(raw)
        if self._modes:
            visit.modes = self._modes.asked(arguments)
        return arguments

    def _refuse_unknown(self, given: Iterable[str]) -> None:
        assert self._known is not None
        for name in given:
            if name not in self._known:
                raise Invalid(f'unknown query parameter "{name}".{did_you_mean(name, self._known)}', name)

    def _checked_body(self, raw: bytes) -> Json:
        if not raw and not self._operation.body_required:
            return None
        body = bodies.parsed(raw)
        assert self._body is not None
        self._body.check(body)
        return body


class ById(Resolver):  # type: ignore[misc]  # Connexion has no types
    """Lets Connexion know operations by their ids alone; what answers them is compiled here."""

    def resolve(self, operation: AbstractOperation) -> Resolution:
        """Return the id of Connexion's operation."""
        return Resolution(None, operation.operation_id)


class BoundAPI(RoutedAPI[BoundOperation]):  # type: ignore[misc]  # Connexion has no types
    """The operations of one document, registered with Connexion's routing."""

    def __init__(self, *args: Any, bound: dict[str, BoundOperation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._bound = bound
        self.add_paths()

    def make_operation(self, operation: AbstractOperation) -> BoundOperation:
        """Return the compiled operation that Connexion is to call."""
        return self._bound[operation.operation_id]


class OperationMiddleware(RoutedMiddleware[BoundAPI]):  # type: ignore[misc]  # Connexion has no types
    """Calls the operation that Connexion's router found."""

    api_cls = BoundAPI


def _query(scope: Scope) -> dict[str, list[str]]:
    given: dict[str, list[str]] = {}
    text = scope["query_string"].decode("latin-1")
    if text:
        for name, value in parse_qsl(text, keep_blank_values=True, errors="replace"):
            given.setdefault(name, []).append(value)
    return given


def _caller(scope: Scope) -> Caller:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    host = headers.get("host") or "{}:{}".format(*(scope.get("server") or ("localhost", 80)))
    return Caller(f"{scope['scheme']}://{host}", headers, scope["query_string"].decode("latin-1"))
