"""The support desk of a shop: what its website does with an agent that an Agent Server plays."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
from langgraph_sdk.client import LangGraphClient

TRIES = 3

Result = TypeVar("Result")


@dataclass(frozen=True)
class Approval:
    """What somebody at the desk has to decide before the agent goes on."""

    question: str
    amount: float


class Desk:
    """The desk, by way of a client of the Agent Server."""

    def __init__(self, client: LangGraphClient) -> None:
        self._client = client

    async def open(self) -> str:
        """Begin a conversation and return its id."""
        thread = await patiently(self._client.threads.create)
        return thread["thread_id"]

    async def ask(self, conversation: str, question: str) -> AsyncIterator[str]:
        """Yield the answer to a customer's question, word by word."""
        stream = self._client.runs.stream(
            conversation,
            "support",
            input=_said(question),
            stream_mode="messages-tuple",
            # The server keeps the events for a while: if the connection breaks, the client asks for those after the
            # last one it has seen.
            stream_resumable=True,
        )
        async for part in stream:
            if text := _text(part):
                yield text

    async def follow(self, conversation: str) -> AsyncIterator[str]:
        """Yield the whole answer that is being given, from its beginning: a customer has reloaded the page."""
        for run in await self._client.runs.list(conversation, limit=1):
            async for part in self._client.runs.join_stream(conversation, run["run_id"], last_event_id="-1"):
                if text := _text(part):
                    yield text

    async def complain(self, conversation: str, complaint: str) -> Approval | None:
        """Let the agent see to a complaint; return what has to be approved first, if anything."""
        state = await patiently(lambda: self._client.runs.wait(conversation, "support", input=_said(complaint)))
        for interrupt in state.get("__interrupt__", []):
            return Approval(**interrupt["value"])
        return None

    async def decide(self, conversation: str, *, approved: bool) -> str:
        """Let the agent go on with a decision; return what it tells the customer."""
        state = await self._client.runs.wait(conversation, "support", command={"resume": approved})
        return state["messages"][-1]["content"]

    async def summarize_daily(self) -> str:
        """Have a summary written every morning at eight; return the conversation that it is written into."""
        conversation = await self.open()
        await self._client.crons.create_for_thread(
            conversation, "summary", schedule="0 8 * * *", input=_said("What happened yesterday?")
        )
        return conversation

    async def told(self, conversation: str) -> list[str]:
        """Return all that the agent has said in a conversation."""
        state = await self._client.threads.get_state(conversation)
        return [message["content"] for message in state["values"]["messages"] if message["type"] == "ai"]


async def patiently(ask: Callable[[], Awaitable[Result]]) -> Result:
    """Return what is asked for; try again when the server is busy, as soon as it wants to be asked again."""
    for _ in range(TRIES - 1):
        try:
            return await ask()
        except httpx.HTTPStatusError as busy:
            if busy.response.status_code != httpx.codes.TOO_MANY_REQUESTS:
                raise
            await asyncio.sleep(float(busy.response.headers.get("Retry-After", 1)))
    return await ask()


def _said(text: str) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": text}]}


def _text(part: Any) -> str:
    """Return the words of the agent that an event of a stream brings, if it brings any."""
    if part.event != "messages" or part.data[0]["type"] != "AIMessageChunk":
        return ""
    return part.data[0]["content"]
