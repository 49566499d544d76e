"""What scenarios tell of the Computer Agents API, complete, and how it is put into a world."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from understudy.agents.computer_agents.playing import forget
from understudy.agents.computer_agents.staging import stage_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from understudy.scenarios import store
    from understudy.scenarios.computer_agents.environments import Computer
    from understudy.scenarios.computer_agents.threads import Conversation
    from understudy.state.world import World
    from understudy.wire import JsonObject


@dataclass(frozen=True, slots=True)
class Kept:
    """What an agent remembers of a conversation: a thread of the stage, its states, how often nodes were begun."""

    thread: JsonObject
    history: list[JsonObject]
    visits: JsonObject


@dataclass(slots=True)
class Told:
    """The rows that are to be put into a world. `gone` are the ids of agents that are not to be there."""

    projects: list[JsonObject] = field(default_factory=list)
    agents: list[JsonObject] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    computers: list[Computer] = field(default_factory=list)
    conversations: list[Conversation] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    items: list[store.Told] = field(default_factory=list)

    def ids(self) -> list[str]:
        """Return the ids of all rows."""
        return [row["id"] for row in self._rows()]

    def make_way(self, world: World) -> None:
        """Remove the agents that are told: in a new world they come to be where the scenarios tell of them."""
        agents = world.computer_agents.agents
        for row in self.agents:
            if row["id"] in agents:
                agents.delete(row["id"])

    def fill(self, world: World) -> None:
        """Put everything into a world; what has the same id there is replaced, with all that belongs to it."""
        platform = world.computer_agents
        for row in self.projects:
            platform.projects.restore(row)
        for row in self.agents:
            platform.agents.restore(row)
        for agent_id in self.gone:
            if agent_id in platform.agents:
                platform.agents.delete(agent_id)
        for computer in self.computers:
            _put_computer(world, computer)
        for conversation in self.conversations:
            _put_conversation(world, conversation)
        for kept in self.kept:
            _put_kept(stage_of(world), kept)
        for told in self.items:
            stage_of(world).store.restore(told.item, ttl=told.ttl, expires_at=told.expires_at)

    def _rows(self) -> Iterator[JsonObject]:
        yield from self.projects
        yield from self.agents
        for computer in self.computers:
            yield computer.row
            yield from (snapshot.row for snapshot in computer.snapshots)
        for conversation in self.conversations:
            yield conversation.row
            yield from conversation.messages
            yield from conversation.steps


def _put_computer(world: World, computer: Computer) -> None:
    environments, snapshots = world.computer_agents.environments, world.computer_agents.snapshots
    environment_id = computer.row["id"]
    if computer.deleted == "hard":
        environments.forget(environment_id)
    elif computer.deleted == "soft":
        environments.restore_deleted(computer.row)
    else:
        environments.restore(computer.row, computer.container)
    snapshots.forget(environment_id)
    for snapshot in computer.snapshots:
        snapshots.restore(snapshot.row, snapshot.tree)


def _put_conversation(world: World, conversation: Conversation) -> None:
    platform, thread_id = world.computer_agents, conversation.row["id"]
    if thread_id in platform.threads:
        forget(world, thread_id)
    platform.threads.restore(conversation.row)
    platform.messages.restore(thread_id, conversation.messages)
    platform.steps.restore(thread_id, conversation.steps)


def _put_kept(stage: World, kept: Kept) -> None:
    thread_id = kept.thread["thread_id"]
    stage.threads.restore(kept.thread, kept.history)
    for state in kept.history:
        stage.ids.outgrow(state["checkpoint_id"])
    if kept.visits:
        stage.runs.visits[thread_id] = Counter(kept.visits)
