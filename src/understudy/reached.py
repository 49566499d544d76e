"""What has answered at an address: an Agent Server, or something else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from understudy.errors import SetupError

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from understudy.wire import Json

_OF_KEYS = ("authorization", "x-api-key")
"""The headers that keys are sent in."""


class Request(Protocol):
    """What is answered."""

    @property
    def headers(self) -> Container[str]:
        """The names of its headers, in any case."""


class Response(Protocol):
    """An answer, as `httpx` and `requests` both have it."""

    @property
    def status_code(self) -> int:
        """Its status."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Its headers, by names in any case."""

    @property
    def request(self) -> Request:
        """What was asked."""

    @property
    def is_redirect(self) -> bool:
        """Whether it names another address."""


def admitted(url: str, answer: Response) -> None:
    """Return if the answer lets one in. SetupError if the server is elsewhere, or wants credentials."""
    if answer.is_redirect:
        raise SetupError(f"{url} answers {answer.status_code}: it is elsewhere. Give that address.")
    if answer.status_code in (401, 403):
        given = any(name in answer.request.headers for name in _OF_KEYS)
        told = "it refuses the key of" if given else "give a key with"
        raise SetupError(f"{url} answers {answer.status_code}: {told} --api-key or --header")


def agent_server(url: str, found: Response, rows: Json) -> None:
    """Return if a search for assistants found rows, as an Agent Server's does. SetupError if it did not."""
    if not isinstance(rows, list):
        kind = found.headers.get("content-type", "no content").partition(";")[0]
        raise SetupError(f"{url} is no Agent Server: POST /assistants/search answered {found.status_code} with {kind}")
