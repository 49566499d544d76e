"""Asking the control plane: one request, its answer, and the sentence with which it refuses."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any

from understudy.errors import UnderstudyError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx

    from understudy.wire import Json, JsonObject

__tracebackhide__ = True  # pytest shows the line of the test

PREFIX = "/_understudy"

WORLD, KEY = "X-Understudy-World", "X-Understudy-Key"
"""The headers that name a request's world, and show that it may steer the server."""

PATIENCE = 60.0
"""Seconds that an answer may take: time that is put forward by a year has a lot to do."""


class ControlError(UnderstudyError):
    """The server did not do as it was told; the message is its own sentence.

    `status` is that of its answer, None if there was none. `problems` are all that is wrong with a scenario, each with
    `path`, `what` and `line`.
    """

    def __init__(self, message: str, status: int | None = None, problems: list[JsonObject] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.problems = problems or []


class Asking:
    """Requests to the control plane of one server."""

    def __init__(self, url: str, key: str | None = None) -> None:
        self.url = url.rstrip("/")
        self.key_header: dict[str, str] = {} if key is None else {KEY: key}

    @cached_property
    def _client(self) -> httpx.Client:
        import httpx

        # Without TLS there is nothing to verify, and getting ready to verify takes longer than all else together.
        encrypted = self.url.startswith("https:")
        # No connection is kept, so nobody has to close anything.
        headers = {**self.key_header, "Connection": "close"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=PATIENCE, verify=encrypted)

    def answer(
        self,
        method: str,
        path: str,
        body: Json = None,
        *,
        world: str | None = None,
        query: Mapping[str, Any] | None = None,
    ) -> httpx.Response:
        """Return the answer to a request, made in a world if one is named. ControlError if it was refused."""
        import httpx

        headers = {} if world is None else {WORLD: world}
        params = {name: value for name, value in (query or {}).items() if value is not None}
        sent = {} if body is None else {"json": body}
        try:
            response = self._client.request(method, PREFIX + path, headers=headers, params=params, **sent)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ControlError(f"{self.url} does not answer: {error}") from None
        if response.is_error:
            raise _refused(response)
        return response

    def ask(
        self,
        method: str,
        path: str,
        body: Json = None,
        *,
        world: str | None = None,
        query: Mapping[str, Any] | None = None,
    ) -> Json:
        """Return the JSON with which a request is answered, None for an answer without a body."""
        response = self.answer(method, path, body, world=world, query=query)
        return response.json() if response.content else None


def _refused(response: httpx.Response) -> ControlError:
    status, text = response.status_code, f"{response.status_code} {response.text[:500]}".rstrip()
    try:
        told = response.json()
        detail, problems = str(told["detail"]), told.get("problems")
    except (ValueError, KeyError, TypeError):
        detail, problems = text, None
    # So says a server of a path that it does not know.
    if status == 404 and detail in ("Not Found", text):
        detail = f"{response.request.url}: not found. Is this an understudy, with its control plane switched on?"
    return ControlError(brief(detail), status, problems)


def brief(complaint: str) -> str:
    """Return a complaint without what a validator adds to it, but with the member of the body that it is about."""
    sentence, _, details = complaint.partition("\n\nFailed validating")
    member = re.search(r"^On instance(\[.+\]):$", details, re.MULTILINE)
    return f"{sentence}, at {member[1]}" if member else sentence
