"""What a client configures: `config` with its older `configurable`, and the newer `context`, which say the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.errors import Unacceptable
from understudy.state.threads import writable

if TYPE_CHECKING:
    from understudy.wire import JsonObject

# Keys by which the server tells a graph about the request; it drops them from what a client configures.
PRIVATE = frozenset(
    {
        "langgraph_auth_user",
        "langgraph_auth_user_id",
        "langgraph_auth_permissions",
        "langgraph_request_id",
        "__after_seconds__",
        "__request_start_time_ms__",
    }
)


def mirrored(config: JsonObject | None, context: JsonObject | None) -> tuple[JsonObject | None, JsonObject | None]:
    """Return config and context as they are kept: without private keys, and with the values of each other.

    Of `config.configurable` and `context`, the one that is told goes into the other. None stays None unless the other
    one says something. Unacceptable if both are told.
    """
    if config is not None:
        config = _public_config(config)
    if context is not None:
        context = _public(context)
    configurable = (config or {}).get("configurable")
    if configurable and context:
        raise Unacceptable(
            "Cannot specify both configurable and context. Prefer setting context alone. Context was introduced in "
            "LangGraph 0.6.0 and is the long term planned replacement for configurable."
        )
    if configurable:
        return config, configurable
    if context:
        return {**(config or {}), "configurable": context}, context
    return config, context


def public(body: JsonObject) -> JsonObject:
    """Return what a client sent without the keys that belong to the server: in its config, context and metadata."""
    kept = dict(body)
    for name, clean in (("config", _public_config), ("context", _public), ("metadata", writable)):
        if isinstance(kept.get(name), dict):
            kept[name] = clean(kept[name])
    return kept


def _public_config(config: JsonObject) -> JsonObject:
    kept = dict(config)
    if "configurable" in kept:
        kept["configurable"] = _public(kept["configurable"])
    if isinstance(kept.get("metadata"), dict):
        kept["metadata"] = writable(kept["metadata"])
    return kept


def _public(values: JsonObject) -> JsonObject:
    return {key: value for key, value in values.items() if key not in PRIVATE}
