"""The stage: a world of its own in which agents are played for the Computer Agents API, and what they are asked there.

Each agent has a thread there for each conversation, in which it keeps what it knows besides what was said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid5

from understudy.agents.computer_agents.items import MODES
from understudy.agents.echo import echo
from understudy.agents.script.conversations import channel_of
from understudy.state.agents import END, START, Agent, Edge
from understudy.state.ids import GRAPHS
from understudy.state.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from understudy.state.computer_agents.executions import Execution
    from understudy.wire import Json, JsonObject

CONTEXT = (
    "attachments",
    "enabledSkills",
    "envVars",
    "githubRepo",
    "knowledgeContext",
    "mcpServers",
    "persistFileChanges",
    "quotedSelection",
    "reasoningEffort",
    "researchModeEnabled",
)
"""What a request says that only the agent reads: a script finds it in its context."""

_ROLES = {"user": "human", "assistant": "ai", "system": "system"}

_FORGET_ALL: JsonObject = {"role": "remove", "id": "__remove_all__", "content": ""}


def staged(world: World, agent_id: str) -> World:
    """Return the world in which the agents of a world are played for this API, with the one that is to be played.

    It has the time of the world around it. What no script plays repeats what it is told.
    """
    stage = stage_of(world)
    stage.pause = world.pause
    agent = world.agents.get(agent_id) if agent_id in world.agents else echo_of(agent_id)
    stage.agents.put(agent)
    stage.assistants.welcome(agent)
    return stage


def stage_of(world: World) -> World:
    """Return the world in which the agents of a world are played for this API; it is made if there is none."""
    platform = world.computer_agents
    if platform.stage is None:
        platform.stage = World(clock=world.clock, seed=world.ids.seed())
        platform.stage.runs.held = world.runs.held
    return platform.stage


def place_id(thread_id: str, agent_id: str) -> str:
    """Return the id of the thread on a stage where an agent answers a conversation."""
    return str(uuid5(GRAPHS, f"{thread_id}/{agent_id}"))


def place_of(stage: World, thread_id: str, agent_id: str) -> str:
    """Return the id of the thread on a stage where an agent answers a conversation; it is made if there is none."""
    place = place_id(thread_id, agent_id)
    stage.threads.create(place, metadata={"conversation": thread_id}, if_exists="do_nothing")
    return place


def places(stage: World, thread_id: str) -> list[str]:
    """Return the ids of the threads on a stage where a conversation was answered."""
    return [row["thread_id"] for row in stage.threads.rows_with(conversation=thread_id)]


def executed(world: World) -> Iterator[tuple[Execution, str]]:
    """Yield what is being executed, each with the id of the run on the stage that plays it."""
    stage, executions = world.computer_agents.stage, world.computer_agents.executions
    if stage is None:
        return
    for run_id, playing in stage.runs.playing.items():
        row = stage.threads.seek(playing.thread_id)
        execution = None if row is None else executions.at_work(row["metadata"]["conversation"])
        if execution is not None:
            yield execution, run_id


def beginning(agent: Agent, request: JsonObject, conversation: Sequence[JsonObject]) -> JsonObject:
    """Return the order of a run that answers the last message of a conversation.

    The agent sees what was said, and nothing that was taken back since. One that keeps no messages gets the text of the
    last one into its first channel.
    """
    content = _told(request, conversation)
    channel = channel_of(agent.channels)
    if channel is None:
        return _order(agent.graph_id, request) | {"input": dict.fromkeys([*agent.channels][:1], content)}
    said = [
        {"role": _ROLES[message["role"]], "content": message["content"]}
        for message in conversation[:-1]
        if message["role"] in _ROLES
    ]
    messages = [_FORGET_ALL, *said, {"role": "human", "content": content}]
    return _order(agent.graph_id, request) | {"input": {channel: messages}}


def resuming(agent_id: str, request: JsonObject, conversation: Sequence[JsonObject], left: JsonObject) -> JsonObject:
    """Return the order of a run that goes on where an agent waits, as the thread tells that it left on the stage.

    The last message is the answer, if it has asked something.
    """
    answer = {"command": {"resume": _told(request, conversation)}} if questions(left) else {}
    return _order(agent_id, request) | answer


def _told(request: JsonObject, conversation: Sequence[JsonObject]) -> str:
    return str(request.get("executionContent") or conversation[-1]["content"])


def _order(agent_id: str, request: JsonObject) -> JsonObject:
    return {
        "assistant_id": agent_id,
        "stream_mode": list(MODES),
        "stream_subgraphs": True,
        "durability": "exit",
        "context": {name: request[name] for name in CONTEXT if name in request},
    }


def questions(left: JsonObject) -> list[Json]:
    """Return what the agent asks that waits on a thread of the stage."""
    return [asked["value"] for interrupts in (left.get("interrupts") or {}).values() for asked in interrupts]


def echo_of(agent_id: str) -> Agent:
    """Return the agent that plays what no script does: it repeats what it is told."""
    return Agent(
        agent_id,
        channels={"messages": "messages"},
        nodes=("agent",),
        edges=(Edge(START, "agent"), Edge("agent", END)),
        behaviours={"agent": echo("messages")},
    )
