"""Stream modes: which there are in a document, and which of them a request asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.contract.events import MEDIA_TYPE
from understudy.contract.members import members
from understudy.contract.operations import operations, resolve

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from understudy.contract.operations import Operation
    from understudy.wire import Json, JsonObject

_BODY = "stream_mode"
_QUERY = ("stream_mode", "stream_modes")


class Modes:
    """Where a request of an operation says which stream modes it wants, and what it gets where it says nothing."""

    def __init__(self, document: JsonObject, operation: Operation) -> None:
        known = members(document, operation.body or {}) or {}
        schemas = [*known.get(_BODY, [])]
        self._in_body = bool(schemas)
        self._arguments = tuple(p.argument for p in operation.parameters if p.name in _QUERY)
        schemas += [p.schema for p in operation.parameters if p.name in _QUERY]
        self.known = tuple(dict.fromkeys(mode for schema in schemas for mode in _enumerated(document, schema)))
        streams = any(MEDIA_TYPE in response.get("content", {}) for response in operation.responses.values())
        self._default = next((tuple(each["default"]) for each in schemas if "default" in each), ()) if streams else ()

    def __bool__(self) -> bool:
        """Return whether a request can say something of stream modes."""
        return self._in_body or bool(self._arguments)

    def asked(self, arguments: Mapping[str, Json]) -> tuple[str, ...]:
        """Return the modes that a request asks for, given what its handler gets; those of the default if none."""
        said: list[Json] = [arguments[name] for name in self._arguments]
        if self._in_body and isinstance(body := arguments.get("body"), dict):
            said.append(body.get(_BODY))
        return tuple(mode for each in said for mode in _several(each)) or self._default


def stream_modes(document: JsonObject) -> tuple[str, ...]:
    """Return the stream modes that a document knows, those of runs first."""
    every = (Modes(document, operation) for operation in operations(document))
    found = sorted({modes.known for modes in every}, key=len, reverse=True)
    return tuple(dict.fromkeys(mode for modes in found for mode in modes))


def _several(said: Json) -> Iterable[str]:
    if isinstance(said, str):
        return [mode.strip() for mode in said.split(",")]
    return [mode for mode in said if isinstance(mode, str)] if isinstance(said, list) else []


def _enumerated(document: JsonObject, schema: JsonObject) -> Iterable[str]:
    schema = resolve(document, schema)
    yield from schema.get("enum", [])
    for part in [*schema.get("anyOf", []), schema.get("items", {})]:
        if part:
            yield from _enumerated(document, part)
