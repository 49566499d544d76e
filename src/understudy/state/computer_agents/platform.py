"""Everything that one world remembers for the Computer Agents API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.state.computer_agents.agents import Agents
from understudy.state.computer_agents.environments import Environments
from understudy.state.computer_agents.executions import Executions
from understudy.state.computer_agents.messages import Messages
from understudy.state.computer_agents.projects import Projects
from understudy.state.computer_agents.snapshots import Snapshots
from understudy.state.computer_agents.steps import Steps
from understudy.state.computer_agents.threads import Threads

if TYPE_CHECKING:
    from understudy.state import agents
    from understudy.state.clock import Clock
    from understudy.state.ids import Ids
    from understudy.state.world import World


class ComputerAgents:
    """The tables of a world that belong to the Computer Agents API. Rows are what the API answers.

    `scripts` are the agents that can be played; each is an agent of this API, too. `began` is when all this came to be.
    `stage` is the world in which agents are played for this API, once one is.
    """

    def __init__(self, scripts: agents.Agents, *, clock: Clock, ids: Ids) -> None:
        self.began = clock.now()
        self.projects = Projects(clock=clock, ids=ids)
        self.agents = Agents(scripts, clock=clock, ids=ids)
        self.environments = Environments(self.projects, clock=clock, ids=ids)
        self.snapshots = Snapshots(clock=clock, ids=ids)
        self.messages = Messages(clock=clock, ids=ids)
        self.threads = Threads(
            self.messages,
            clock=clock,
            ids=ids,
            environment_name=self.environments.name_of,
            agent_name=self.agents.name_of,
        )
        self.steps = Steps(clock=clock, ids=ids)
        self.executions = Executions(clock=clock, ids=ids)
        self.stage: World | None = None

    def adopt(self, other: ComputerAgents) -> None:
        """Hold what another world holds. Rows are shared, as none is ever edited; what comes later is not."""
        self.projects.adopt(other.projects)
        self.agents.adopt(other.agents)
        self.environments.adopt(other.environments)
        self.snapshots.adopt(other.snapshots)
        self.messages.adopt(other.messages)
        self.threads.adopt(other.threads)
        self.steps.adopt(other.steps)

    def close(self) -> None:
        """Let everything end that goes on."""
        self.executions.close()
        if self.stage is not None:
            self.stage.close()
