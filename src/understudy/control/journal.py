"""A world's journal, from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from understudy.control.asking import Asking
    from understudy.wire import Json, JsonObject

__tracebackhide__ = True  # pytest shows the line of the test


class Journal:
    """What was asked of a world, and what it answered. An entry is a dict as `specs/control.yaml` describes it."""

    def __init__(self, asking: Asking, world: str) -> None:
        self._asking = asking
        self._world = world

    def entries(
        self,
        operation: str | None = None,
        *,
        path: str | None = None,
        status: int | None = None,
        thread_id: str | None = None,
        verdict: Literal["kept", "broken"] | None = None,
        after: int | None = None,
        limit: int | None = None,
    ) -> list[JsonObject]:
        """Return the entries that fit all that is given, the oldest first.

        `operation` is an operation's id, or a method and path such as `POST /threads`; `path` a pattern with `*` for
        one segment and `**` for any; `after` the number of an entry.
        """
        query = {
            "operation": operation,
            "path": path,
            "status": status,
            "thread_id": thread_id,
            "verdict": verdict,
            "after": after,
            "limit": limit,
        }
        entries: list[JsonObject] = self._asking.ask("GET", "/journal", world=self._world, query=query)["entries"]
        return entries

    def violations(self) -> list[JsonObject]:
        """Return the entries of requests that break the contract: `request_verdict` has the complaint of each."""
        return [entry for entry in self.entries(verdict="broken") if _breaks(entry)]

    def verify(self, *calls: JsonObject, in_order: bool = False, only: bool = False) -> None:
        """Say what should have been asked; AssertionError with all complaints if it was not so.

        A call is a dict: `operation`, `path`, `thread_id`, `status` and `body` say which requests are meant - members
        of a body that are not named may be anything -, and `times`, `at_least` or `at_most` how many; once at least,
        if neither is there. With `in_order` they were asked one after the other, with `only` nothing else was asked.
        """
        body = {"calls": list(calls), "in_order": in_order, "only": only}
        told = self._asking.ask("POST", "/journal/verify", body, world=self._world)
        if not told["met"]:
            raise AssertionError("\n".join(told["complaints"]))

    def expect(
        self,
        operation: str,
        *,
        times: int | None = None,
        at_least: int | None = None,
        at_most: int | None = None,
        path: str | None = None,
        thread_id: str | None = None,
        status: int | None = None,
        body: Json = None,
    ) -> None:
        """Say how often something should have been asked; AssertionError says how often it was. See `verify`."""
        call = {
            "operation": operation,
            "path": path,
            "thread_id": thread_id,
            "status": status,
            "body": body,
            "times": times,
            "at_least": at_least,
            "at_most": at_most,
        }
        self.verify({name: value for name, value in call.items() if value is not None})

    def clear(self) -> None:
        """Begin the journal anew."""
        self._asking.ask("DELETE", "/journal", world=self._world)


def _breaks(entry: JsonObject) -> bool:
    return (entry.get("request_verdict") or {}).get("kept") is False
