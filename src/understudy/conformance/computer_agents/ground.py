"""What made-up requests meet in a deployment: conversations with steps, computers with snapshots, agents, projects."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from urllib.parse import quote

from understudy.conformance.computer_agents.workplace import Workplace
from understudy.conformance.ground import Ground

if TYPE_CHECKING:
    from understudy.conformance.ground import Makers
    from understudy.wire import JsonObject

HELLO = "Say hello."

LONG = "/understudy wait 60"
"""What an agent of understudy takes long to answer, and any other one answers somehow."""


class ComputerAgentsGround(Ground[Workplace]):
    """Makes threads, computers, agents and projects."""

    def thread(self) -> dict[str, str] | None:
        """Make a thread in which nothing was said."""
        return self._made("threads", "threadId", self._place())

    def conversation(self) -> dict[str, str] | None:
        """Make a thread in which something was said and answered."""
        thread = self.thread()
        said = thread and self._asked("POST", f"/v1/threads/{thread['threadId']}/messages", {"content": HELLO})
        return thread if said else None

    def execution(self) -> dict[str, str] | None:
        """Make a thread in which something is executed, if it takes a while."""
        return self._made("threads", "threadId", {**self._place(), "content": LONG, "stream": False})

    def step(self) -> dict[str, str] | None:
        """Make a thread with steps, and name the last one."""
        thread = self.conversation()
        listed = thread and self._asked("GET", f"/v1/threads/{thread['threadId']}/steps")
        steps = listed.json()["data"] if listed else []
        return {**thread, "stepId": str(steps[-1]["id"])} if thread and steps else None

    def file(self) -> dict[str, str] | None:
        """Make a thread with steps, and name one of the files after the last one, if there are any."""
        step = self.step()
        if step is None:
            return None
        place, folder = f"/v1/threads/{step['threadId']}/steps/{step['stepId']}/files", ""
        while listed := self._asked("GET", f"{place}?prefix={quote(folder)}"):
            rows = listed.json()["data"]
            found = next((row for row in rows if row["type"] == "file"), None)
            if found is not None:
                return {**step, "path": str(found["path"])}
            inner = next((str(row["path"]) for row in rows if len(row["path"]) > len(folder)), None)
            if inner is None:
                break
            folder = inner
        return step

    def computer(self) -> dict[str, str] | None:
        """Make a computer."""
        return self._made("environments", "environmentId", {"name": self.ledger.label})

    def default_computer(self) -> dict[str, str] | None:
        """Return the default computer if it is the check's own."""
        return {"environmentId": self.stage.default_id} if self.stage.default_id else None

    def snapshot(self) -> dict[str, str] | None:
        """Make a computer with a snapshot."""
        computer = self.computer()
        begun = computer and self._asked("POST", f"/v1/environments/{computer['environmentId']}/snapshots/initialize")
        return {**computer, "snapshotId": str(begun.json()["snapshot"]["id"])} if computer and begun else None

    def agent(self) -> dict[str, str] | None:
        """Make an agent that works on nothing."""
        body = {"name": self.ledger.label, "model": self.stage.model, "metadata": self.ledger.mark}
        return self._made("agents", "agentId", body)

    def project(self) -> dict[str, str] | None:
        """Make a project."""
        return self._made("projects", "projectId", {"name": self.ledger.label, "type": "cloud"})

    def _place(self) -> JsonObject:
        agent_id = self.stage.agent_id(len(self.ledger.of("threads")))
        return {"environmentId": self.stage.computer_id, "agentId": agent_id, "metadata": self.ledger.mark}

    def _made(self, kind: str, name: str, body: JsonObject) -> dict[str, str] | None:
        answer = self._asked("POST", f"/v1/{kind}", body)
        if answer is None:
            return None
        made = str(answer.json()[kind.removesuffix("s")]["id"])
        self.ledger.made(kind, made)
        return {name: made}

    makers: ClassVar[Makers] = {
        "thread": thread,
        "conversation": conversation,
        "execution": execution,
        "step": step,
        "file": file,
        "computer": computer,
        "default computer": default_computer,
        "snapshot": snapshot,
        "agent": agent,
        "project": project,
    }
