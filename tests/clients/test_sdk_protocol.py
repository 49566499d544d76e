"""`threads.stream` of the unmodified langgraph-sdk: sessions on a thread, over server-sent events and WebSockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Literal
from uuid import uuid4

import pytest
from langgraph_sdk import get_client, get_sync_client

if TYPE_CHECKING:
    from langgraph_sdk._async.stream import AsyncThreadStream
    from langgraph_sdk.client import SyncLangGraphClient

    from tests.conftest import Server

Transport = Literal["sse", "websocket"]
Json = dict[str, Any]

PATIENCE = 8


class Sessions:
    """Opens sessions of the asynchronous client; a test's story is told in one coroutine."""

    def __init__(self, url: str, transport: Transport) -> None:
        self._url = url
        self._transport = transport

    @asynccontextmanager
    async def on(self, assistant: str, thread_id: str | None = None) -> AsyncIterator[AsyncThreadStream]:
        client = get_client(url=self._url, api_key=None)
        try:
            async with client.threads.stream(thread_id, assistant_id=assistant, transport=self._transport) as thread:
                yield thread
        finally:
            await client.aclose()

    def play(self, story: Callable[[Sessions], Coroutine[Any, Any, Any]]) -> Any:
        return asyncio.run(asyncio.wait_for(story(self), PATIENCE))


@pytest.fixture(params=["sse", "websocket"])
def transport(request: pytest.FixtureRequest) -> Transport:
    told: Transport = request.param
    return told


@pytest.fixture
def sessions(server: Server, address: str, transport: Transport) -> Sessions:
    return Sessions(address, transport)


@pytest.fixture
def sync_client(server: Server, address: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[SyncLangGraphClient]:
    """The blocking client. It notices only at the next heartbeat that it is to stop reading."""
    monkeypatch.setattr("understudy.handlers.agent_server.protocol.BEAT", 0.05)
    client = get_sync_client(url=address, api_key=None)
    yield client
    client.close()


def said(text: str) -> Json:
    return {"messages": [{"role": "user", "content": text}]}


def test_a_run_is_started_and_its_output_awaited(sessions: Sessions) -> None:
    async def story(sessions: Sessions) -> Json:
        async with sessions.on("agent") as thread:
            started = await thread.run.start(input=said("hi"), metadata={"who": "ada"})
            assert started["run_id"]
            output: Json = await thread.output
            return output

    assert [message["content"] for message in sessions.play(story)["messages"]] == ["hi", "echo hi"]


def test_the_values_are_followed_to_the_end(sessions: Sessions) -> None:
    async def story(sessions: Sessions) -> list[Json]:
        async with sessions.on("steps") as thread:
            await thread.run.start(input={"n": 1, "sleep": 0.1})
            return [values async for values in thread.values]

    values = sessions.play(story)

    assert values[-3:] == [
        {"n": 1, "log": [], "sleep": 0.1},
        {"n": 2, "log": ["a"], "sleep": 0.1},
        {"n": 3, "log": ["a", "b"], "sleep": 0.1},
    ]


def test_a_message_is_heard_as_it_is_spoken(sessions: Sessions) -> None:
    async def pieces(message: Any) -> list[str]:
        return [piece async for piece in message.text]

    async def story(sessions: Sessions) -> list[str]:
        async with sessions.on("chat") as thread:
            await thread.run.start(input=said("hi"))
            messages = aiter(thread.messages)
            heard = asyncio.ensure_future(pieces(await anext(messages)))
            reading = asyncio.ensure_future(anext(messages))  # whoever asks for the next message hears this one out
            await heard
            reading.cancel()
            return heard.result()

    assert sessions.play(story) == ["Hello", " ", "big", " ", "world"]


def test_a_question_is_answered(sessions: Sessions) -> None:
    async def story(sessions: Sessions) -> Json:
        async with sessions.on("agent") as thread:
            await thread.run.start(input=said("ask"))
            async for _ in thread.values:
                pass
            assert thread.interrupted
            (question,) = thread.interrupts
            assert question["namespace"] == []
            await thread.run.respond("yes")
            output: Json = await thread.output
            return output

    assert sessions.play(story)["messages"][-1]["content"] == "answer yes"


def test_a_question_in_a_subgraph_is_answered_where_it_was_asked(sessions: Sessions) -> None:
    async def story(sessions: Sessions) -> Json:
        async with sessions.on("parent") as thread:
            await thread.run.start(input={"v": "x", "ask": True})
            async for _ in thread.values:
                pass
            (question,) = thread.interrupts
            assert question["namespace"][0].startswith("child:")
            await thread.run.respond("me", interrupt_id=question["interrupt_id"])
            output: Json = await thread.output
            return output

    assert sessions.play(story) == {"v": "got me", "ask": True}


def test_a_run_that_fails_raises_what_it_failed_with(sessions: Sessions) -> None:
    async def story(sessions: Sessions) -> None:
        async with sessions.on("steps", str(uuid4())) as thread:
            await thread.run.start(input={"n": 1, "mode": "boom", "sleep": 0.3})
            await thread.output

    with pytest.raises(RuntimeError, match="Run errored"):
        sessions.play(story)


def test_a_command_that_is_refused_raises(sessions: Sessions) -> None:
    async def story(sessions: Sessions) -> None:
        async with sessions.on("nope") as thread:
            await thread.run.start(input={})

    with pytest.raises(RuntimeError, match="Invalid assistant: 'nope'"):
        sessions.play(story)


def test_subgraphs_are_met_as_they_run(sessions: Sessions) -> None:
    async def story(sessions: Sessions) -> list[tuple[str | None, str]]:
        async with sessions.on("parent") as thread:
            await thread.run.start(input={"v": "x"})
            met = [handle async for handle in thread.subgraphs]
            return [(handle.graph_name, handle.status) for handle in met]

    assert sessions.play(story) == [("child", "completed")]


def test_events_are_subscribed_to_by_channel_and_namespace(sessions: Sessions) -> None:
    async def story(sessions: Sessions) -> list[Json]:
        async with sessions.on("parent") as thread:
            await thread.run.start(input={"v": "x"})
            heard = thread.subscribe(["values"], namespaces=[["child"]])
            return [dict(await anext(heard)) for _ in range(2)]

    values = sessions.play(story)

    assert [event["params"]["data"] for event in values] == [{"v": "x-pre"}, {"v": "x-pre-inner"}]


def test_projections_are_read_interleaved(sessions: Sessions) -> None:
    async def story(sessions: Sessions) -> list[str]:
        async with sessions.on("chat") as thread:
            await thread.run.start(input=said("hi"))
            return [name async for name, _ in thread.interleave_projections(["values", "messages"])]

    assert sessions.play(story) == ["values", "messages", "values"]


def test_a_thread_is_joined_after_its_run(sessions: Sessions) -> None:
    async def story(sessions: Sessions) -> tuple[Json, list[str]]:
        async with sessions.on("agent") as first:
            await first.run.start(input=said("hi"))
            await first.output
        async with sessions.on("agent", first.thread_id) as second:
            output: Json = await second.output
            return output, [event["method"] for event in await up_to(second, 4)]

    output, methods = sessions.play(story)

    assert output["messages"][-1]["content"] == "echo hi"
    assert methods == ["lifecycle", "values", "values", "lifecycle"]


def test_runs_follow_one_another_in_a_session(sessions: Sessions) -> None:
    async def story(sessions: Sessions) -> list[Json]:
        async with sessions.on("agent") as thread:
            await thread.run.start(input=said("one"))
            await thread.output
            await thread.run.start(input=said("two"), config={"tags": ["second"]})
            return await up_to(thread, 8)

    assert [event["seq"] for event in sessions.play(story)[-4:]] == [5, 6, 7, 8]


async def up_to(thread: AsyncThreadStream, seq: int) -> list[Json]:
    """Return all events up to this one; what else goes over the connection is passed over."""
    events: list[Json] = []
    async for event in thread.events:
        if "method" in event:
            events.append(dict(event))
        if event.get("seq") == seq:
            break
    return events


def test_the_graph_is_drawn(sessions: Sessions) -> None:
    async def story(sessions: Sessions) -> Json:
        async with sessions.on("steps") as thread:
            return await thread.agent.get_tree()

    assert [node["id"] for node in sessions.play(story)["nodes"]] == ["__start__", "a", "b", "__end__"]


def test_the_blocking_client_starts_a_run_and_follows_its_values(
    sync_client: SyncLangGraphClient, transport: Transport
) -> None:
    with sync_client.threads.stream(assistant_id="steps", transport=transport) as thread:
        thread.run.start(input={"n": 1, "sleep": 0.1})

        values = list(thread.values)

        assert values[-1] == {"n": 3, "log": ["a", "b"], "sleep": 0.1}
        assert thread.output == values[-1]


def test_the_blocking_client_answers_a_question(sync_client: SyncLangGraphClient, transport: Transport) -> None:
    with sync_client.threads.stream(assistant_id="agent", transport=transport) as thread:
        thread.run.start(input=said("ask"))
        list(thread.values)

        thread.run.respond("yes", interrupt_id=thread.interrupts[0]["interrupt_id"])

        assert thread.output["messages"][-1]["content"] == "answer yes"


def test_the_blocking_client_hears_a_message(sync_client: SyncLangGraphClient, transport: Transport) -> None:
    with sync_client.threads.stream(assistant_id="chat", transport=transport) as thread:
        thread.run.start(input=said("hi"))

        message = next(iter(thread.messages))

        assert "".join(message.text) == "Hello big world"


def test_the_blocking_client_meets_subgraphs(sync_client: SyncLangGraphClient, transport: Transport) -> None:
    with sync_client.threads.stream(assistant_id="parent", transport=transport) as thread:
        thread.run.start(input={"v": "x"})

        met = list(thread.subgraphs)

        assert [(handle.graph_name, handle.status) for handle in met] == [("child", "completed")]
