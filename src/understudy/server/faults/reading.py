"""Faults as people tell them: rules in JSON, and the header of a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.contract.events import MEDIA_TYPE
from understudy.errors import Invalid, Unacceptable, did_you_mean
from understudy.paths import quoted
from understudy.server.faults.kinds import KINDS, acts_before
from understudy.server.faults.parameters import mapping, number, read, text, whole
from understudy.state.faults import Fault, Rule, When
from understudy.state.matching import Which
from understudy.wire import loads

if TYPE_CHECKING:
    from understudy.contract.operations import Operation
    from understudy.state.matching import Names
    from understudy.wire import Json, JsonObject

HEADER = "x-understudy-fault"

_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "WEBSOCKET")

_RULE = {"when": mapping('an object such as {"operation": "threads.create"}'), "times": whole(least=1)}
_WHEN = {
    "operation": text(),
    "path": text(like=r"[/*].*", called='a path that begins with "/" or "*"'),
    "method": text(like="|".join(_METHODS), called=f"one of {', '.join(_METHODS)}"),
    "thread_id": text(),
    "nth": whole(least=1),
    "after": whole(0),
    "probability": number(most=1),
    "seed": whole(),
}


class FaultReader:
    """Reads the rules of an API, whose operations have these names."""

    def __init__(self, names: Names) -> None:
        self._names = names

    def __call__(self, told: Json) -> Rule:
        """Return a rule. Invalid names the place that is wrong, its value, and what would be right."""
        if not isinstance(told, dict):
            raise Invalid('a fault is an object such as {"kind": "status", "status": 503}')
        kind, given = _kind(told)
        values = read(given, {**KINDS[kind].parameters, **_RULE}, quoted(kind))
        when, times = values.pop("when"), values.pop("times")
        fault = Fault(kind, values, KINDS[kind].of_streams)
        return Rule(fault, self._when(when, fault), times, {"kind": kind, **values, "when": when, "times": times})

    def _when(self, told: JsonObject, fault: Fault) -> When:
        said = {**told}
        if isinstance(said.get("method"), str):
            said["method"] = said["method"].upper()
        given = read(said, _WHEN, "a rule", "when.")
        operation = self._operation(given.pop("operation"), fault)
        if given["nth"] is not None and given["nth"] <= given["after"]:
            raise Invalid(f"when.nth: must be greater than when.after ({given['after']}), not {given['nth']}")
        which = Which(operation=operation, **{name: given.pop(name) for name in ("path", "method", "thread_id")})
        return When(which=which, **given)

    def _operation(self, name: str | None, fault: Fault) -> Operation | None:
        """Return the operation that is called so. Invalid if there is none, or the fault can't befall it."""
        if name is None:
            return None
        try:
            operation = self._names.find(name)
            _befall(operation, fault)
        except Invalid as invalid:
            raise Invalid(f"when.operation: {invalid.detail}") from None
        return operation


def of_header(value: str | None) -> list[Fault]:
    """Return the faults that a request asks for; none if it has no such header.

    `drop_stream; after=2`, several with commas between them; or JSON, an object with `kind` and parameters, or an array
    of such. Unacceptable says what is wrong.
    """
    if value is None:
        return []
    try:
        return [_fault(told) for told in _told(value.encode("latin-1").decode(errors="replace"))]
    except Invalid as invalid:
        raise Unacceptable(f"{HEADER}: {invalid.detail}") from None


def streams(operation: Operation) -> bool:
    """Return whether an operation may answer with a stream of events."""
    return any(MEDIA_TYPE in response.get("content", {}) for response in operation.responses.values())


def _told(value: str) -> list[JsonObject]:
    if value.lstrip()[:1] in ("{", "["):
        try:
            told = loads(value.encode())
        except ValueError as error:
            raise Invalid(f"no JSON: {error}") from None
        several = told if isinstance(told, list) else [told]
        if not all(isinstance(each, dict) for each in several):
            raise Invalid('a fault is an object such as {"kind": "drop_stream", "after": 2}')
        return several
    return [_spelled(part) for part in value.split(",")]


def _spelled(text: str) -> JsonObject:
    """Return what `drop_stream; after=2` says. A name without a value is true; a value that is no JSON is a text."""
    kind, *parameters = (part.strip() for part in text.split(";"))
    told: JsonObject = {"kind": kind}
    for parameter in filter(None, parameters):
        name, equals, value = (part.strip() for part in parameter.partition("="))
        try:
            told[name] = loads(value.encode()) if equals else True
        except ValueError:
            told[name] = value
    return told


def _fault(told: JsonObject) -> Fault:
    kind, given = _kind(told)
    return Fault(kind, read(given, KINDS[kind].parameters, quoted(kind)), KINDS[kind].of_streams)


def _kind(told: JsonObject) -> tuple[str, JsonObject]:
    """Return the kind of a fault, and what else is told of it."""
    given = {**told}
    kind = given.pop("kind", None)
    if not isinstance(kind, str) or kind not in KINDS:
        near = did_you_mean(kind if isinstance(kind, str) else "", KINDS)
        raise Invalid(f"kind: {'there has to be one' if kind is None else f'no kind {quoted(kind)}'}.{near}")
    return kind, given


def _befall(operation: Operation, fault: Fault) -> None:
    """Invalid if a fault can't befall an operation, so that no rule waits for what never comes."""
    if operation.method == "websocket":
        if not acts_before(fault):
            raise Invalid(
                f"{operation} is a WebSocket, of which only the handshake can be spoiled, and not by "
                f"{quoted(fault.kind)}{' when it is carried out' if 'carried_out' in fault.parameters else ''}"
            )
    elif fault.of_streams and not streams(operation):
        raise Invalid(f"{operation} has no stream of events, so {quoted(fault.kind)} can't befall it")
