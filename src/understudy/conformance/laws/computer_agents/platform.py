"""What the laws of the Computer Agents API have in common: how things are made, read, listed, and talked to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from understudy.conformance import streams
from understudy.conformance.asking import Unexamined
from understudy.conformance.computer_agents.workplace import Workplace
from understudy.conformance.laws.law import Law
from understudy.contract.events import Malformed

if TYPE_CHECKING:
    from understudy.conformance.asking import Answer
    from understudy.wire import Json, JsonObject

THREADS = "/v1/threads"
THREAD = f"{THREADS}/{{threadId}}"
LIST, CREATE, SEARCH = f"GET {THREADS}", f"POST {THREADS}", f"POST {THREADS}/search"
GET, UPDATE, DELETE = f"GET {THREAD}", f"PATCH {THREAD}", f"DELETE {THREAD}"
COPY, FORK = f"POST {THREAD}/copy", f"POST {THREAD}/fork-from-message"
MESSAGES, EXECUTE = f"GET {THREAD}/messages", f"POST {THREAD}/messages"
CANCEL, STATUS = f"POST {THREAD}/cancel", f"GET {THREAD}/status"
STEPS = f"GET {THREAD}/steps"
STEP_FORK, REVERT = f"POST {THREAD}/steps/{{stepId}}/fork", f"POST {THREAD}/steps/{{stepId}}/revert"
STEP_FILES = f"GET {THREAD}/steps/{{stepId}}/files"

COMPUTERS = "/v1/environments"
COMPUTER = f"{COMPUTERS}/{{environmentId}}"
NEW_COMPUTER, LIST_COMPUTERS = f"POST {COMPUTERS}", f"GET {COMPUTERS}"
GET_COMPUTER, PATCH_COMPUTER, PUT_COMPUTER = f"GET {COMPUTER}", f"PATCH {COMPUTER}", f"PUT {COMPUTER}"
DELETE_COMPUTER = f"DELETE {COMPUTER}"
SNAPSHOTS, INITIALIZE = f"GET {COMPUTER}/snapshots", f"POST {COMPUTER}/snapshots/initialize"
SNAPSHOT_FORK = f"POST {COMPUTER}/snapshots/{{snapshotId}}/fork"

NEW_FORKED = {"environmentTarget": "new_forked_environment"}

ALL = 200
"""More messages than an example has, and as many as a page can have."""

MOST = 100
"""More of all else than an example makes, and as many as a page can have."""

TEXT = st.sampled_from(["Hello.", "Name a color.", "Say yes.", "héllo ☃", "a b  c"])
"""What is said: something that any agent can answer in a word."""

CHANCE = st.integers(0, 11)
"""A number that laws map onto what there is at the moment."""

METADATA = st.dictionaries(st.sampled_from("abc"), st.sampled_from(["x", 1, None, {"k": "x"}]), max_size=2)


class PlatformLaw(Law):
    """A law of the Computer Agents API. What it makes is marked, works in computers and by agents of the check."""

    stage: Workplace
    examples = 0.5
    steps = 4

    # ------------------------------------------------------------------------------------------------------- threads

    def new_thread(self, **given: Json) -> JsonObject:
        """Make a thread in which nothing is said, and return it."""
        thread: JsonObject = self.told(CREATE, self.begun(**given))["thread"]
        return thread

    def begun(self, **given: Json) -> JsonObject:
        """Return the body that makes a thread with an agent and a computer of the check's own."""
        place = {"environmentId": self.stage.computer_id, "agentId": self.stage.agent_id()}
        return {**place, **given, "metadata": self.marked(**(given.get("metadata") or {}))}

    def talk(self, *texts: str, **given: Json) -> str:
        """Make a thread in which these are said and answered, one after the other, and return its id."""
        thread_id = str(self.new_thread(**given)["id"])
        for text in texts:
            self.say(thread_id, text)
        return thread_id

    def say(self, thread_id: str, content: str, **more: Json) -> list[JsonObject]:
        """Say something in a thread, and return the events of the answer to their end. Unexamined if it fails."""
        answer = self.ask(EXECUTE, {"content": content, **more}, threadId=thread_id)
        return self.executed(answer)

    def executed(self, answer: Answer) -> list[JsonObject]:
        """Return the events of an execution that has come to its end. Unexamined if it is refused, or the agent fails.

        A stream that is none breaks the law.
        """
        if not answer.ok:
            raise Unexamined(f"{answer.operation} answered {answer.status}: {answer.text[:300]}")
        try:
            events = [event.data for event in answer.events]
        except (streams.Broken, Malformed) as broken:
            self.fail(str(broken))
        if events and events[-1].get("type") == "stream.error":
            raise Unexamined(f"the agent failed: {events[-1].get('message')}")
        return events

    def thread(self, thread_id: str) -> JsonObject:
        """Return a thread as it is now, with its messages."""
        thread: JsonObject = self.told(GET, threadId=thread_id)["thread"]
        return thread

    def messages(self, thread_id: str, **query: Any) -> list[JsonObject]:
        """Return the messages of a thread, the first one first."""
        rows: list[JsonObject] = self.told(MESSAGES, query={"limit": ALL, **query}, threadId=thread_id)["data"]
        return rows

    def step_rows(self, thread_id: str, **query: Any) -> list[JsonObject]:
        """Return the steps of a thread, the first one first."""
        rows: list[JsonObject] = self.told(STEPS, query={"limit": MOST, **query}, threadId=thread_id)["data"]
        return rows

    def listed(self, **query: Any) -> list[JsonObject]:
        """Return the threads that are listed, as many as a page can have."""
        rows: list[JsonObject] = self.told(LIST, query={"limit": MOST, **query})["data"]
        return rows

    def forked(self, operation: str, body: Json, **path: Any) -> JsonObject:
        """Copy or fork a thread, and return what is told of it."""
        result: JsonObject = self.told(operation, body, **path)
        return result

    # ----------------------------------------------------------------------------------------------------- computers

    def new_computer(self, **given: Json) -> JsonObject:
        """Make a computer, and return it."""
        computer: JsonObject = self.told(NEW_COMPUTER, {**given, "name": self.name_for("computer")})["environment"]
        return computer

    def name_for(self, what: str) -> str:
        """Return a name that carries the mark of the check."""
        return f"{self.stage.ledger.label} {what}"

    def computer(self, environment_id: str) -> JsonObject:
        """Return a computer as it is now."""
        row: JsonObject = self.told(GET_COMPUTER, environmentId=environment_id)["environment"]
        return row

    def computers(self, **query: Any) -> list[JsonObject]:
        """Return the computers that are listed, on all pages."""
        found: dict[str, JsonObject] = {}
        while True:
            asked = {**query, "limit": MOST, "offset": len(found)}
            page = {str(row["id"]): row for row in self.told(LIST_COMPUTERS, query=asked)["data"]}
            new = page.keys() - found.keys()
            found |= page
            if len(page) < MOST or not new:
                return list(found.values())

    def snapshots(self, environment_id: str) -> list[JsonObject]:
        """Return the snapshots of a computer, as many as a page can have."""
        rows: list[JsonObject] = self.told(SNAPSHOTS, query={"limit": MOST}, environmentId=environment_id)["data"]
        return rows

    def new_project(self, **given: Json) -> JsonObject:
        """Make a project, and return it."""
        body = {"type": "cloud", **given, "name": self.name_for("project")}
        row: JsonObject = self.told("POST /v1/projects", body)["project"]
        return row

    def new_agent(self, **given: Json) -> JsonObject:
        """Make an agent that nothing is executed with, and return it."""
        body = {"name": "understudy check", "model": self.stage.model, **given, "metadata": self.marked()}
        row: JsonObject = self.told("POST /v1/agents", body)["agent"]
        return row

    def whole_list(self, pages: list[JsonObject], rows: list[str], limit: int, what: str) -> None:
        """Say that pages of a list are all of it, each as long as it can be, and tell how many there are."""
        found = [str(row["id"]) for page in pages for row in page["data"]]
        self.same(found, rows, f"the pages of {what} with limit={limit}, put together")
        for at, page in enumerate(pages):
            told = {"has_more": page["has_more"], "total_count": page["total_count"]}
            follow = (at + 1) * limit < len(rows)
            self.same(told, {"has_more": follow, "total_count": len(rows)}, f"page {at} of {what} with limit={limit}")


def ids(rows: list[JsonObject]) -> list[str]:
    """Return the ids of rows."""
    return [str(row["id"]) for row in rows]


def without(row: JsonObject, *names: str) -> JsonObject:
    """Return a row without some of its members."""
    return {name: value for name, value in row.items() if name not in names}


def of(row: JsonObject, *names: str) -> JsonObject:
    """Return some of the members of a row."""
    return {name: row.get(name) for name in names}


def spoken(messages: list[JsonObject]) -> list[JsonObject]:
    """Return who said what."""
    return [of(message, "role", "content") for message in messages]
