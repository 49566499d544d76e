"""Channels: the kinds of events there are, and who wants which of them from where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from understudy.agents.protocol.namespaces import is_within

if TYPE_CHECKING:
    from understudy.wire import Json, JsonObject

CHANNELS = frozenset(
    {
        "values",
        "updates",
        "checkpoints",
        "messages",
        "tools",
        "custom",
        "lifecycle",
        "input",
        "tasks",
    }
)

_NAMED = "custom:"
_CHANNEL_OF = {"input.requested": "input"}


def is_channel(name: Json) -> bool:
    """Return whether this is the name of a channel; `custom:` with any name behind it is one."""
    return isinstance(name, str) and (name in CHANNELS or (name.startswith(_NAMED) and name != _NAMED))


@dataclass(frozen=True, slots=True)
class Subscription:
    """What somebody wants to be told: events of these channels, of these namespaces and so many levels below."""

    channels: frozenset[str]
    namespaces: tuple[tuple[str, ...], ...] = ()
    depth: int | None = None

    def wants(self, event: JsonObject) -> bool:
        """Return whether an event is wanted. Without namespaces, one of any depth is."""
        channel = _CHANNEL_OF.get(event["method"], event["method"])
        if channel not in self.channels and not (channel == "custom" and self._wants_named(event)):
            return False
        namespace = event["params"]["namespace"]
        return not self.namespaces or any(
            is_within(namespace, prefix) and (self.depth is None or len(namespace) - len(prefix) <= self.depth)
            for prefix in self.namespaces
        )

    def _wants_named(self, event: JsonObject) -> bool:
        return f"{_NAMED}{event['params']['data'].get('name', '')}" in self.channels


def whole(value: Json) -> int | None:
    """Return a whole number that is not negative, None for everything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def is_namespace(value: Json) -> bool:
    """Return whether this is a list of texts."""
    return isinstance(value, list) and all(isinstance(segment, str) for segment in value)
