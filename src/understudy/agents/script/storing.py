"""What scripts do with the store: put, get, search and delete items."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from understudy.agents.script.errors import ScriptError
from understudy.errors import Refusal
from understudy.paths import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from understudy.agents.script.expressions import Value
    from understudy.agents.script.scopes import Scope
    from understudy.agents.script.spots import Spot
    from understudy.agents.script.words import Action
    from understudy.agents.steps import Step
    from understudy.state.store import Store
    from understudy.wire import Json, JsonObject

RESULTS: dict[str, str] = {"get": "item", "search": "items"}
"""What the results are called if they are given no other name."""

_FIELDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "delete": (("namespace", "key"), ()),
    "get": (("namespace", "key"), ()),
    "put": (("namespace", "key", "value"), ("ttl",)),
    "search": (("namespace",), ("filter", "limit", "offset")),
}
"""By verb, the fields that must be told and those that may be."""


def store(spot: Spot, raw: Json) -> Action:
    """Do one thing with the store."""
    verb, told = _verb(spot, raw)
    inner = spot.at(verb)
    kinds: dict[str, Callable[[Spot], Callable[[Json], Value]]] = {
        "filter": lambda field: field.mapping,
        "key": lambda field: field.text,
        "limit": lambda field: field.number,
        "namespace": lambda field: field.labels,
        "offset": lambda field: field.number,
        "ttl": lambda field: field.number,
        "value": lambda field: field.mapping,
    }
    fields = {name: kinds[name](inner.at(name))(value) for name, value in told.items()}

    def act(scope: Scope) -> Generator[Step, Any, Json]:
        try:
            result = _VERBS[verb](scope.situation.store, {name: value(scope) for name, value in fields.items()})
        except Refusal as refusal:
            raise ScriptError(f"store: {refusal.detail}") from None
        yield from ()
        return result

    return act


def _verb(spot: Spot, raw: Json) -> tuple[str, JsonObject]:
    """Return what is to be done, and what is told of it; tell what is wrong with either."""
    asked = spot.fields(raw, _FIELDS) if isinstance(raw, dict) else None
    if asked is None or len(asked) != 1:
        if asked is not None or not isinstance(raw, dict):
            words = " or ".join(_FIELDS)
            spot.wrong(f"must say one of {words}, not {quoted(raw)}")
        return "get", {}
    ((verb, told),) = asked.items()
    required, optional = _FIELDS[verb]
    return verb, spot.at(verb).fields(told, (*required, *optional), required) or {}


def _put(store: Store, told: JsonObject) -> None:
    store.put(told["namespace"], told["key"], told["value"], ttl=told.get("ttl"))


def _get(store: Store, told: JsonObject) -> JsonObject | None:
    return store.get(told["namespace"], told["key"])


def _search(store: Store, told: JsonObject) -> list[JsonObject]:
    limit, offset = int(told.get("limit", 10)), int(told.get("offset", 0))
    return store.search(told["namespace"], wanted=told.get("filter"), limit=limit, offset=offset)


def _delete(store: Store, told: JsonObject) -> None:
    store.delete(told["namespace"], told["key"])


_VERBS: dict[str, Callable[[Store, JsonObject], Json]] = {
    "delete": _delete,
    "get": _get,
    "put": _put,
    "search": _search,
}
