"""That the tests beside this one use every method of the SDK, and what becomes of those that are not imitated."""

from __future__ import annotations

import ast
import asyncio
import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from langgraph_sdk import get_client, get_sync_client
from langgraph_sdk.errors import InternalServerError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from langgraph_sdk.client import SyncLangGraphClient

    from tests.conftest import Server

RESOURCES = ("assistants", "threads", "store")

NOT_IMITATED = {
    "threads.join_stream": "reads the events of runs, and there are none yet",
    "threads.stream": "starts runs by commands and reads their events, and there are none yet",
}
"""Methods whose operations answer 501, and why."""

COMMANDS_REFUSED = {"detail": "POST /threads/{thread_id}/commands (protocol_thread_command_post) is not imitated yet"}


def public_methods(client: Any) -> set[str]:
    return {
        f"{resource}.{name}"
        for resource in RESOURCES
        for name, _ in inspect.getmembers(getattr(client, resource), inspect.isroutine)
        if not name.startswith("_")
    }


def called_methods(source: str) -> Iterator[str]:
    """Yield `threads.copy` for each call like `client.threads.copy(…)` in the source."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Attribute(attr=method, value=ast.Attribute(attr=resource, value=ast.Name()))):
                yield f"{resource}.{method}"


def methods_with_a_test() -> set[str]:
    files = [path for path in Path(__file__).parent.glob("test_sdk_*.py") if path != Path(__file__)]
    return {method for path in files for method in called_methods(path.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("make", [get_client, get_sync_client])
def test_every_method_of_the_sdk_has_a_test_or_a_reason_why_not(make: Any) -> None:
    public = public_methods(make(url="http://localhost", api_key=None))

    assert len(public) > 25
    assert public - methods_with_a_test() == set(NOT_IMITATED)


def test_the_search_for_calls_finds_those_of_clients_and_nothing_else() -> None:
    source = "client.threads.get(t); other.store.put_item; threads.copy(t); a.b.c.d()"

    assert list(called_methods(source)) == ["threads.get"]


def test_joining_the_stream_of_a_thread_names_the_operation_that_is_not_imitated(
    client: SyncLangGraphClient,
) -> None:
    thread_id = client.threads.create()["thread_id"]

    with pytest.raises(InternalServerError) as failure:
        list(client.threads.join_stream(thread_id))

    assert failure.value.response.status_code == 501
    assert failure.value.message == (
        "GET /threads/{thread_id}/stream (join_thread_stream_threads__thread_id__stream_get) is not imitated yet"
    )


def test_starting_a_run_by_a_command_is_not_imitated(server: Server) -> None:
    refusals: list[Any] = []

    def note(answer: httpx.Response) -> None:
        if answer.url.path.endswith("/commands"):
            answer.read()
            refusals.append(answer.json())

    with get_sync_client(url=server.url, api_key=None) as client:
        client.http.client.event_hooks["response"].append(note)
        with (
            pytest.raises(httpx.HTTPStatusError, match="501 Not Implemented"),
            client.threads.stream(assistant_id="agent") as stream,
        ):
            stream.run.start(input={})

    assert refusals == [COMMANDS_REFUSED]


def test_starting_a_run_by_a_command_is_not_imitated_for_the_asynchronous_client(server: Server) -> None:
    refusals: list[Any] = []

    async def note(answer: httpx.Response) -> None:
        if answer.url.path.endswith("/commands"):
            await answer.aread()
            refusals.append(answer.json())

    async def start() -> None:
        async with get_client(url=server.url, api_key=None) as client:
            client.http.client.event_hooks["response"].append(note)
            async with client.threads.stream(assistant_id="agent") as stream:
                await stream.run.start(input={})

    with pytest.raises(httpx.HTTPStatusError, match="501 Not Implemented"):
        asyncio.run(start())

    assert refusals == [COMMANDS_REFUSED]
