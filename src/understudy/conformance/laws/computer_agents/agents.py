"""Laws of agents and projects: they are what was said of them, and gone when they are deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from understudy.conformance.laws.computer_agents.copies import OBSERVED
from understudy.conformance.laws.computer_agents.platform import (
    CREATE,
    GET,
    LIST,
    METADATA,
    UPDATE,
    PlatformLaw,
    ids,
    of,
    without,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from understudy.wire import JsonObject

AGENT, PROJECT = "/v1/agents/{agentId}", "/v1/projects/{projectId}"
GET_AGENT, UPDATE_AGENT, DELETE_AGENT = f"GET {AGENT}", f"PATCH {AGENT}", f"DELETE {AGENT}"
LIST_AGENTS, NEW_AGENT = "GET /v1/agents", "POST /v1/agents"
GET_PROJECT, UPDATE_PROJECT, DELETE_PROJECT = f"GET {PROJECT}", f"PATCH {PROJECT}", f"DELETE {PROJECT}"
LIST_PROJECTS, NEW_PROJECT = "GET /v1/projects", "POST /v1/projects"

OF_AGENTS = st.fixed_dictionaries(
    {},
    optional={
        "description": st.sampled_from(["Knows the seasons.", "☃"]),
        "instructions": st.sampled_from(["Answer in one sentence.", ""]),
        "reasoningEffort": st.sampled_from(["minimal", "low", "medium", "high"]),
        "enabledSkills": st.sampled_from([[], ["web_search"]]),
    },
)

OF_PROJECTS = st.fixed_dictionaries(
    {},
    optional={
        "description": st.sampled_from(["Trees and their dates.", "☃"]),
        "tags": st.sampled_from([[], ["garden"]]),
    },
)

_ALL = {"limit": 100}


class AgentReadsBack(PlatformLaw):
    """An agent is made, and changed bit by bit."""

    name = "agent-reads-back"
    sentence = "An agent is as it was said; changing it changes what is named, and nothing else."
    section = UPDATE_AGENT
    operations = (UPDATE_AGENT, NEW_AGENT, GET_AGENT)

    @initialize(given=OF_AGENTS)
    def begin(self, given: JsonObject) -> None:
        told = self.new_agent(**given)
        self.agent = str(told["id"])
        self.same(of(told, *given), given, "what is told of a new agent")
        self.same(self._read(), told, "a new agent as it is read")

    @rule(changes=OF_AGENTS, metadata=st.none() | METADATA)
    def change(self, changes: JsonObject, metadata: JsonObject | None) -> None:
        before = self._read()
        body = {**changes, **({} if metadata is None else {"metadata": {**before["metadata"], **metadata}})}
        told = self.told(UPDATE_AGENT, body, agentId=self.agent)["agent"]

        self.same(told, self._read(), "the answer to a change, compared with the agent")
        self.same(without(told, "updatedAt"), {**without(before, "updatedAt"), **body}, f"an agent after {body}")

    def _read(self) -> JsonObject:
        row: JsonObject = self.told(GET_AGENT, agentId=self.agent)["agent"]
        return row


class MetadataAreReplaced(PlatformLaw):
    """An agent and a thread get other metadata, one after the other."""

    name = "metadata-are-replaced"
    sentence = "New metadata of an agent or of a thread take the place of what was there, and are not merged with it."
    section = "metadata of PATCH /v1/threads/{threadId} and of PATCH /v1/agents/{agentId}"
    operations = (UPDATE_AGENT, UPDATE, NEW_AGENT, CREATE, GET_AGENT, GET)
    contracts: ClassVar[Collection[str]] = OBSERVED

    @initialize()
    def begin(self) -> None:
        self.agent, self.source = str(self.new_agent()["id"]), str(self.new_thread()["id"])

    @rule(metadata=METADATA)
    def change_agent(self, metadata: JsonObject) -> None:
        given = {"metadata": self.marked(**metadata)}
        self.told(UPDATE_AGENT, given, agentId=self.agent)
        row = self.told(GET_AGENT, agentId=self.agent)["agent"]
        self.same(of(row, "metadata"), given, "an agent with new metadata")

    @rule(metadata=METADATA)
    def change_thread(self, metadata: JsonObject) -> None:
        given = {"metadata": self.marked(**metadata)}
        self.told(UPDATE, given, threadId=self.source)
        self.same(of(self.thread(self.source), "metadata"), given, "a thread with new metadata")


class DeletedAgentIsGone(PlatformLaw):
    """Agents are made, listed, and deleted."""

    name = "deleted-agent-is-gone"
    sentence = "An agent is listed until it is deleted, and cannot be read any more then."
    section = DELETE_AGENT
    operations = (DELETE_AGENT, NEW_AGENT, GET_AGENT, LIST_AGENTS)
    examples = 0.2
    steps = 2

    @rule(hard=st.sampled_from([None, "true", "false"]))
    def delete(self, hard: str | None) -> None:
        agent_id = str(self.new_agent()["id"])
        self.hold(agent_id in self._listed(), f"the new agent {agent_id} is not listed")
        self.told(DELETE_AGENT, query={"hard": hard} if hard else None, agentId=agent_id)

        answer = self.ask(GET_AGENT, agentId=agent_id)
        self.hold(answer.status == 404, f"a deleted agent answered {answer.status}, not 404")
        self.hold(agent_id not in self._listed(), f"the deleted agent {agent_id} is still listed")

    def _listed(self) -> list[str]:
        found, total = list[str](), 1
        while len(found) < total:
            page = self.told(LIST_AGENTS, query={**_ALL, "offset": len(found)})
            found += ids(page["data"])
            total = page["total_count"] if page["data"] else 0
        return found


class TakenIdIsAConflict(PlatformLaw):
    """An agent and a project are made with an id that is taken."""

    name = "taken-id-is-a-conflict"
    sentence = "What is made with an id of the caller's has it, and a second one with the same id is refused."
    section = "id of POST /v1/agents and of POST /v1/projects"
    operations = (NEW_AGENT, NEW_PROJECT, GET_AGENT, GET_PROJECT)
    contracts: ClassVar[Collection[str]] = OBSERVED
    steps = 1

    @rule()
    def take(self) -> None:
        taken = "_".join(("own", self.stage.ledger.check_id, str(self.marks["understudy_example"])))
        made = [self.new_agent(id=taken)["id"], self.new_project(id=taken)["id"]]
        self.same(made, [taken, taken], "the ids of an agent and a project that were made with them")
        again = {"model": self.stage.model, "id": taken, "name": self.name_for("again")}
        for operation, body in ((NEW_AGENT, again), (NEW_PROJECT, without(again, "model"))):
            answer = self.ask(operation, body)
            self.hold(answer.status == 409, f"{operation} with an id that is taken answered {answer.status}, not 409")


class ProjectReadsBack(PlatformLaw):
    """A project is made, changed bit by bit, and deleted."""

    name = "project-reads-back"
    sentence = "A project is as it was said; changing it changes what is named, and nothing else."
    section = UPDATE_PROJECT
    operations = (UPDATE_PROJECT, NEW_PROJECT, GET_PROJECT)

    @initialize(given=OF_PROJECTS)
    def begin(self, given: JsonObject) -> None:
        told = self.new_project(**given)
        self.project = str(told["id"])
        self.same(of(told, *given), given, "what is told of a new project")

    @rule(changes=OF_PROJECTS)
    def change(self, changes: JsonObject) -> None:
        before = self._read()
        self.told(UPDATE_PROJECT, changes, projectId=self.project)

        expected = {**without(before, "updatedAt"), **changes}
        self.same(without(self._read(), "updatedAt"), expected, f"a project after {changes}")

    def _read(self) -> JsonObject:
        row: JsonObject = self.told(GET_PROJECT, projectId=self.project)["project"]
        return row


class DeletedProjectIsGone(PlatformLaw):
    """A project with a thread is listed and deleted."""

    name = "deleted-project-is-gone"
    sentence = "A project is listed with its threads until it is deleted, and cannot be read any more then."
    section = DELETE_PROJECT
    operations = (DELETE_PROJECT, NEW_PROJECT, GET_PROJECT, LIST_PROJECTS, CREATE, LIST)
    examples = 0.2
    steps = 2

    @rule(many=st.integers(0, 2))
    def delete(self, many: int) -> None:
        project = str(self.new_project()["id"])
        threads = [str(self.new_thread(projectId=project)["id"]) for _ in range(many)]
        detail = self.told(GET_PROJECT, projectId=project)
        self.same(sorted(ids(detail["recentThreads"])), sorted(threads), "the recent threads of a project")
        self.same(detail["summary"]["threadsCount"], many, "threadsCount of a project")
        self.same(sorted(ids(self.listed(projectId=project))), sorted(threads), "the threads that the project has")
        self.hold(project in self._listed(), f"the new project {project} is not listed")
        self.told(DELETE_PROJECT, projectId=project)

        answer = self.ask(GET_PROJECT, projectId=project)
        self.hold(answer.status == 404, f"a deleted project answered {answer.status}, not 404")
        self.hold(project not in self._listed(), f"the deleted project {project} is still listed")

    def _listed(self) -> list[str]:
        told = self.told(LIST_PROJECTS)
        return ids(told.get("projects", told.get("data")))
