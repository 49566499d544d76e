"""How the langgraph-sdk reads what the fake refuses, and how it shows its credentials."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from langgraph_sdk.errors import (
    APIStatusError,
    AuthenticationError,
    BadRequestError,
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    UnprocessableEntityError,
)

from tests.conftest import Server
from understudy.config import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from langgraph_sdk.client import SyncLangGraphClient

    from tests.clients.conftest import Connect

MISSING = "33333333-3333-4333-8333-333333333333"

REFUSALS: list[tuple[type[APIStatusError], int, str, Callable[[Any], Any]]] = [
    (BadRequestError, 400, "Invalid thread ID x", lambda client: client.threads.search(ids=["x"])),
    (NotFoundError, 404, f"Thread with ID {MISSING} not found", lambda client: client.threads.get(MISSING)),
    (NotFoundError, 404, "Not Found", lambda client: client.assistants.get(MISSING)),
    (ConflictError, 409, "Conflict", lambda client: client.threads.copy(MISSING)),
    (
        UnprocessableEntityError,
        422,
        "Invalid thread ID: must be a UUID",
        lambda client: client.threads.get("x"),
    ),
]


@pytest.mark.parametrize(("kind", "status", "message", "ask"), REFUSALS)
def test_a_refusal_becomes_the_error_of_its_status(
    client: SyncLangGraphClient,
    kind: type[APIStatusError],
    status: int,
    message: str,
    ask: Callable[[Any], Any],
) -> None:
    with pytest.raises(kind) as failure:
        ask(client)

    assert type(failure.value) is kind
    assert failure.value.response.status_code == status
    assert failure.value.message == message
    assert failure.value.body == {"detail": message}


def test_a_violated_schema_says_what_is_wrong_with_what(client: SyncLangGraphClient) -> None:
    with pytest.raises(UnprocessableEntityError) as failure:
        client.threads.search(limit=0)

    assert failure.value.message.startswith("0 is less than the minimum of 1")
    assert 'On instance["limit"]' in failure.value.message


@pytest.fixture(scope="module")
def guarded() -> Iterator[str]:
    """The address of a server that wants an API key."""
    with closing(Server(Settings(api_keys=("secret", "other"), strict=True))) as server:
        yield server.url


def test_a_known_key_opens_the_server(guarded: str, connect: Connect) -> None:
    for key in ("secret", "other"):
        assert connect(url=guarded, api_key=key).threads.count() == 0


def test_a_wrong_key_is_forbidden(guarded: str, connect: Connect) -> None:
    with pytest.raises(PermissionDeniedError, match="Unknown API key"):
        connect(url=guarded, api_key="guess").threads.count()


def test_no_key_is_no_credentials(guarded: str, connect: Connect) -> None:
    with pytest.raises(AuthenticationError, match="Missing API key"):
        connect(url=guarded, api_key=None).threads.count()


def test_a_key_of_the_environment_is_used(guarded: str, connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGGRAPH_API_KEY", "secret")

    assert connect(url=guarded).threads.count() == 0


def test_a_server_without_keys_takes_any(server: Server, connect: Connect) -> None:
    assert connect(url=server.url, api_key="anything").threads.count() == 0
