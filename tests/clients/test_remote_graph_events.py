"""`RemoteGraph.stream_events` of langgraph in its third version: a session with a thread, told as a local run is."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from langgraph.pregel.remote import RemoteGraph
from langgraph.types import Command

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.conftest import Server


@pytest.fixture
def url(server: Server, address: str) -> str:
    """Where a new world is served."""
    return address


@pytest.fixture
def config() -> Any:
    """Names a thread that does not exist yet."""
    return {"configurable": {"thread_id": str(uuid4())}}


def asked(content: str) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": content}]}


@asynccontextmanager
async def opened(assistant: str, url: str) -> AsyncIterator[RemoteGraph]:
    """Yield a graph that runs there, and close its clients in the end."""
    graph = RemoteGraph(assistant, url=url, api_key=None)
    assert graph.client
    assert graph.sync_client
    graph.sync_client.close()
    async with graph.client:
        yield graph


def test_values_come_step_by_step_and_the_output_last(url: str, config: Any) -> None:
    async def tell() -> None:
        async with (
            opened("steps", url) as graph,
            await graph.astream_events({"n": 1}, config, version="v3") as run,
        ):
            values = [state.get("n") async for state in run.values]

            assert values[1:] == [1, 2, 3], "after the state that was found"
            assert await run.output() == {"n": 3, "log": ["a", "b"]}
            assert await run.interrupted() is False

    asyncio.run(tell())


def test_a_question_is_answered_by_a_command(url: str, config: Any) -> None:
    async def tell() -> None:
        async with opened("agent", url) as graph:
            assert graph.client
            async with await graph.astream_events(asked("ask"), config, version="v3") as run:
                assert [state async for state in run.values]
                (waiting,) = (await graph.aget_state(config)).interrupts
                assert await run.interrupted()
                assert [interrupt["interrupt_id"] for interrupt in await run.interrupts()] == [waiting.id]
            async with await graph.astream_events(Command(resume="yes"), config, version="v3"):
                thread_id = config["configurable"]["thread_id"]
                newest, _ = await graph.client.runs.list(thread_id)
                await graph.client.runs.join(thread_id, newest["run_id"])
            state = await graph.aget_state(config)

            assert waiting.value == {"question": "ok?"}
            assert [message["content"] for message in state.values["messages"]] == ["ask", "answer yes"]

    asyncio.run(tell())


def test_messages_come_token_by_token_to_those_who_wait(url: str, config: Any) -> None:
    graph = RemoteGraph("chat", url=url, api_key=None)
    assert graph.sync_client

    with graph.sync_client, graph.stream_events(asked("hi"), config, version="v3") as run:
        tokens = [list(message.text) for message in run.messages]

        assert "".join(tokens[-1]) == "Hello big world"
        assert len(tokens[-1]) >= 3
        assert [message["type"] for message in run.output["messages"]] == ["human", "ai"]
