"""Talking to an assistant with the unmodified a2a-sdk, in either version of the protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from a2a.client import A2ACardResolver, ClientConfig, ClientFactory
from a2a.types.a2a_pb2 import (
    ROLE_USER,
    AgentCard,
    CancelTaskRequest,
    GetExtendedAgentCardRequest,
    GetTaskRequest,
    ListTasksRequest,
    Message,
    Part,
    SendMessageConfiguration,
    SendMessageRequest,
    Task,
)
from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.struct_pb2 import Value

if TYPE_CHECKING:
    from asyncio import Runner
    from collections.abc import AsyncIterator, Iterator

    import httpx
    from google.protobuf.message import Message as Proto

Json = dict[str, Any]


class Agent:
    """An assistant as a client knows it that speaks one version of the protocol; what it answers is plain JSON."""

    def __init__(self, runner: Runner, http: httpx.AsyncClient, url: str, version: str) -> None:
        self._runner = runner
        self._http = http
        self.url = url
        self.version = version
        self.card = self.card_at(url)
        for interface in self.card.supported_interfaces:
            interface.protocol_version = version
        self._waiting = ClientFactory(ClientConfig(httpx_client=http, streaming=False)).create(self.card)
        self._streaming = ClientFactory(ClientConfig(httpx_client=http, streaming=True)).create(self.card)

    def card_at(self, base: str, path: str | None = None) -> AgentCard:
        """Fetch a card as a client does that looks for an agent."""
        return self._runner.run(A2ACardResolver(self._http, base).get_agent_card(relative_card_path=path))

    def send(self, *said: str | Json, history: int | None = None, **message: Any) -> Json:
        """Send a message and return the task when its run is over."""
        [answer] = self._pulled(self._waiting.send_message(_request(said, history, message)))
        task: Json = answer["task"]
        return task

    def stream(self, *said: str | Json, **message: Any) -> Iterator[Json]:
        """Send a message and yield what is told of its run."""
        return self._pulled(self._streaming.send_message(_request(said, None, message)))

    def get(self, task_id: str, history: int | None = None) -> Json:
        """Return a task."""
        return _plain(self._runner.run(self._waiting.get_task(GetTaskRequest(id=task_id, history_length=history))))

    def cancel(self, task_id: str) -> Json:
        """Cancel a task and return it."""
        return _plain(self._runner.run(self._waiting.cancel_task(CancelTaskRequest(id=task_id))))

    def list(self, **asked: Any) -> Json:
        """Return a page of tasks."""
        return _plain(self._runner.run(self._waiting.list_tasks(ListTasksRequest(**asked))))

    def extended_card(self) -> AgentCard:
        """Return the card for those who are known."""
        return self._runner.run(self._waiting.get_extended_agent_card(GetExtendedAgentCardRequest()))

    def _pulled(self, events: AsyncIterator[Any]) -> Iterator[Json]:
        async def pull() -> Any:
            return await anext(events, None)

        while (event := self._runner.run(pull())) is not None:
            yield _plain(event)


def texts(told: Json) -> list[str]:
    """Return what is said in a task's history, in what it has answered, or in a message."""
    messages = told.get("history") or told.get("artifacts") or [told]
    return [part["text"] for message in messages for part in message["parts"]]


def answered(task: Json) -> list[str]:
    """Return the texts that the agent has answered."""
    return [part["text"] for artifact in task["artifacts"] for part in artifact["parts"]]


def _request(said: tuple[str | Json, ...], history: int | None, message: Json) -> SendMessageRequest:
    parts = [Part(text=one) if isinstance(one, str) else Part(data=ParseDict(one, Value())) for one in said]
    told = Message(role=ROLE_USER, parts=parts, **{"message_id": "m1", **message})
    return SendMessageRequest(message=told, configuration=SendMessageConfiguration(history_length=history))


def _plain(told: Proto) -> Json:
    plain: Json = MessageToDict(told)
    return plain


def state(task: Json | Task) -> str:
    """Return the state of a task."""
    plain = _plain(task) if isinstance(task, Task) else task
    return str(plain["status"]["state"]).removeprefix("TASK_STATE_")
