"""A world's clock, from outside."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from understudy.control.asking import ControlError

if TYPE_CHECKING:
    from understudy.control.asking import Asking
    from understudy.wire import Json, JsonObject

__tracebackhide__ = True  # pytest shows the line of the test


class Clock:
    """A world's time. What becomes due when it is moved has happened when the method returns."""

    def __init__(self, asking: Asking, world: str) -> None:
        self._asking = asking
        self._world = world

    @property
    def now(self) -> datetime:
        """The world's time, in UTC."""
        return datetime.fromisoformat(self._ask("GET")["now"])

    @property
    def frozen(self) -> bool:
        """Whether it stands still."""
        frozen: bool = self._ask("GET")["frozen"]
        return frozen

    @property
    def due(self) -> datetime | None:
        """When something is to happen next: a cron, a delayed run, the end of a time to live. None if nothing waits."""
        due = self._ask("GET")["due"]
        return None if due is None else datetime.fromisoformat(due)

    def freeze(self, at: datetime | str | None = None) -> None:
        """Let time stand still, at this moment or now. Texts are written as in ISO 8601."""
        self._ask("PATCH", {"frozen": True} | ({} if at is None else {"now": moment(at)}))

    def unfreeze(self) -> None:
        """Let time go on from where it stands."""
        self._ask("PATCH", {"frozen": False})

    def set(self, now: datetime | str) -> None:
        """Set the time. What has happened stays, also when it is set back."""
        self._ask("PATCH", {"now": moment(now)})

    def advance(self, by: float | timedelta | None = None, *, to: datetime | str | None = None) -> datetime:
        """Put the time forward by seconds or a timedelta, or to a moment; return what time it is then.

        Crons fire, delayed runs start, agents that take their time go on, each at its moment and before this returns.
        ControlError if what has begun does not come to rest.
        """
        if (by is None) == (to is None):
            raise TypeError("advance by seconds, or to a moment")
        if by is None:
            assert to is not None
            body: JsonObject = {"to": moment(to)}
        else:
            body = {"seconds": by.total_seconds() if isinstance(by, timedelta) else by}
        clock = self._ask("POST", body, "/advance")
        if not clock["settled"]:
            raise ControlError(
                f"time was put forward to {clock['now']}, but what has begun by it does not come to rest"
            )
        return datetime.fromisoformat(clock["now"])

    def _ask(self, method: str, body: Json = None, below: str = "") -> JsonObject:
        clock: JsonObject = self._asking.ask(method, f"/clock{below}", body, world=self._world)
        return clock


def moment(when: datetime | str) -> str:
    """Return a moment as the control plane takes it; without a zone it is one in UTC."""
    if isinstance(when, str):
        return when
    return (when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)).isoformat()
