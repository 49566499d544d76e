"""Laws of what is refused, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule
from schemathesis.core import NOT_SET

from understudy.conformance.laws.computer_agents.agents import (
    DELETE_AGENT,
    DELETE_PROJECT,
    GET_AGENT,
    GET_PROJECT,
    NEW_AGENT,
    UPDATE_AGENT,
    UPDATE_PROJECT,
)
from understudy.conformance.laws.computer_agents.copies import OBSERVED
from understudy.conformance.laws.computer_agents.platform import (
    CANCEL,
    COPY,
    CREATE,
    DELETE,
    DELETE_COMPUTER,
    EXECUTE,
    FORK,
    GET,
    GET_COMPUTER,
    MESSAGES,
    NEW_COMPUTER,
    PATCH_COMPUTER,
    SEARCH,
    SNAPSHOTS,
    STATUS,
    STEPS,
    UPDATE,
    PlatformLaw,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from understudy.wire import Json, JsonObject

_NAMING = {
    "threadId": "thread_understudyCheckNobody",
    "environmentId": "env_understudyCheckNobody",
    "agentId": "agent_understudyCheckNobody",
    "projectId": "project_understudyCheckNobody",
}
"""Ids of nothing."""

_ON_NOTHING: dict[str, Json] = {
    GET: NOT_SET,
    UPDATE: {"title": "x"},
    DELETE: NOT_SET,
    COPY: {},
    FORK: {},
    MESSAGES: NOT_SET,
    EXECUTE: {"content": "x"},
    CANCEL: NOT_SET,
    STATUS: NOT_SET,
    STEPS: NOT_SET,
    GET_COMPUTER: NOT_SET,
    PATCH_COMPUTER: {"description": "x"},
    DELETE_COMPUTER: NOT_SET,
    SNAPSHOTS: NOT_SET,
    GET_AGENT: NOT_SET,
    UPDATE_AGENT: {"description": "x"},
    DELETE_AGENT: NOT_SET,
    GET_PROJECT: NOT_SET,
    UPDATE_PROJECT: {"description": "x"},
    DELETE_PROJECT: NOT_SET,
}
"""Operations on something that is not there, each with what is asked of it."""

_INVALID: list[tuple[str, JsonObject, str]] = [
    (EXECUTE, {}, "content"),
    (EXECUTE, {"content": 1}, "content"),
    (COPY, {"truncateAtMessageIndex": -1}, "truncateAtMessageIndex"),
    (COPY, {"truncateAtMessageIndex": "two"}, "truncateAtMessageIndex"),
    (COPY, {"environmentTarget": "elsewhere"}, "environmentTarget"),
    (COPY, {"fileCopyMode": "all"}, "fileCopyMode"),
    (UPDATE, {"title": 1}, "title"),
    (SEARCH, {}, "query"),
    (NEW_AGENT, {"name": "understudy check"}, "model"),
    (NEW_COMPUTER, {}, "name"),
]
"""Requests that are wrong, each with the field that is."""


class MissingIs404(PlatformLaw):
    """Something is asked of what is not there."""

    name = "missing-is-404"
    sentence = "What is asked of something that is not there is a 404, which says so in the vendor's words."
    section = "404"
    operations = tuple(_ON_NOTHING)

    @rule(operation=st.sampled_from(sorted(_ON_NOTHING)))
    def ask_of_nothing(self, operation: str) -> None:
        named: dict[str, Any] = {name: nobody for name, nobody in _NAMING.items() if f"{{{name}}}" in operation}
        answer = self.ask(operation, _ON_NOTHING[operation], **named)
        [nobody] = named.values()

        self.hold(answer.status == 404, f"{operation} of nothing answered {answer.status}, not 404")
        told = answer.body if isinstance(answer.body, dict) else {}
        self.same(told.get("error"), "Not Found", f"the error of {operation} of nothing")
        self.hold(nobody in str(told.get("message")), f"{operation} of nothing says {told.get('message')!r}")


class UnknownTargetIs404(PlatformLaw):
    """Threads are made, changed and copied with what is not there."""

    name = "unknown-target-is-404"
    sentence = (
        "A thread that is to have an agent, a computer or a project that is not there is a 404, and stays as it was."
    )
    section = "404"
    operations = (CREATE, UPDATE, COPY, GET)
    contracts: ClassVar[Collection[str]] = OBSERVED

    @initialize()
    def begin(self) -> None:
        self.source = str(self.new_thread()["id"])

    @rule(name=st.sampled_from(["environmentId", "agentId", "projectId"]), operation=st.sampled_from([CREATE, UPDATE]))
    def name_nothing(self, name: str, operation: str) -> None:
        before = self.thread(self.source)
        given = {name: _NAMING[name]}
        path: dict[str, Any] = {"threadId": self.source} if operation == UPDATE else {}
        answer = self.ask(operation, self.begun(**given) if operation == CREATE else given, **path)

        self.hold(answer.status == 404, f"{operation} with an unknown {name} answered {answer.status}, not 404")
        self.same(self.thread(self.source), before, "the thread after what was refused")

    @rule()
    def copy_into_nothing(self) -> None:
        body = {"environmentTarget": "existing_environment", "targetEnvironmentId": _NAMING["environmentId"]}
        answer = self.ask(COPY, body, threadId=self.source)
        self.hold(answer.status == 404, f"a copy into an unknown computer answered {answer.status}, not 404")


class MistakesAreTold(PlatformLaw):
    """Requests are sent that are wrong in one field."""

    name = "mistakes-are-told"
    sentence = "A request that is wrong is a 400 that names the field, and changes nothing."
    section = "ValidationError"
    operations = (COPY, EXECUTE, UPDATE, SEARCH, NEW_AGENT, NEW_COMPUTER, CREATE, GET)
    contracts: ClassVar[Collection[str]] = OBSERVED

    @initialize()
    def begin(self) -> None:
        self.source = str(self.new_thread()["id"])

    @rule(mistake=st.sampled_from(_INVALID))
    def err(self, mistake: tuple[str, JsonObject, str]) -> None:
        operation, body, field = mistake
        before = self.thread(self.source)
        path: dict[str, Any] = {"threadId": self.source} if "{threadId}" in operation else {}
        answer = self.ask(operation, body, **path)

        self.hold(answer.status == 400, f"{operation} with {body} answered {answer.status}, not 400")
        told = answer.body if isinstance(answer.body, dict) else {}
        self.same(told.get("code"), "VALIDATION_FAILED", f"the code of {operation} with {body}")
        fields = [each.get("field") for each in told.get("details", [])]
        self.hold(field in fields, f"{operation} with {body} names {fields}, not {field}")
        self.same(self.thread(self.source), before, "the thread after what was refused")
