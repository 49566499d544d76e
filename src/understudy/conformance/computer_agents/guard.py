"""Before a made-up request goes out: let it meet something of the check's own, and nothing of anybody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from understudy.conformance.computer_agents.marks import is_of, named
from understudy.conformance.computer_agents.places import (
    BY_PARAMETER,
    IDS,
    INNER,
    LISTS,
    PLACES,
    ROWS,
    SET_DEFAULT,
    reads,
)
from understudy.conformance.made_up import chance as chance_of
from understudy.conformance.made_up import has_right_path, has_right_query, is_left_to_us
from understudy.conformance.places import place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from schemathesis.core.transport import Response
    from schemathesis.generation.meta import CaseMetadata

    from understudy.conformance.computer_agents.ground import ComputerAgentsGround
    from understudy.conformance.made_up import Case
    from understudy.wire import Json, JsonObject

NOBODY = "understudy-check-nobody"
"""The id of nothing, for requests that must not touch what they name."""

_KEY = "Idempotency-Key"
_DATA = b"data: "


class Guard:
    """Prepares requests, and notes what their answers say was made.

    A request that Schemathesis made up is changed so that most of them meet something that is there. One that may
    change something never goes to what the check has not made: neither by its path nor by what its body names. What is
    made in a thread is made by an agent and in a computer of the check's own, and no default is moved. That holds
    whether or not the document is one of somebody's own (`is_own`): the bundled one has examples of ids as well.
    """

    def __init__(self, ground: ComputerAgentsGround, *, is_own: bool = False) -> None:
        self._ground = ground
        self._ledger = ground.ledger
        self._stage = ground.stage

    def prepare(self, case: Case) -> None:
        """Change a request that is about to be sent. One that a law asks stays as it is."""
        meta = case.meta  # asked for again after a change, it would validate the whole request anew
        if meta is None:
            return
        label = case.operation.label
        if not reads(label) and isinstance(case.body, dict):
            case.body = _BODIES.get(label, Guard.plain)(self, _offline(case.body))
        if case.headers and case.headers.get(_KEY):
            # Somebody may have used the same one, and would be the answer.
            case.headers[_KEY] = f"{self._ledger.label} {case.headers[_KEY]}"
        self._place(case, label, meta)

    def note(self, case: Case, response: Response) -> None:
        """Take down what an answer tells of."""
        if response.status_code >= 300:
            return
        label = case.operation.label
        if label in LISTS:
            for row in _listed(response):
                if not is_of(self._ledger, LISTS[label], row):
                    self._ledger.saw(LISTS[label], [str(row.get("id"))])
        elif label.startswith("DELETE "):
            self._forget(case)
        elif not reads(label):
            for kind, row in _rows(response):
                self._own(kind, row)

    def _own(self, kind: str, row: JsonObject) -> None:
        name = str(row.get("id"))
        if is_of(self._ledger, kind, row) and not self._ledger.is_off_limits(name):
            self._ledger.made(kind, name)

    def _forget(self, case: Case) -> None:
        names = {name: str(value) for name, value in case.path_parameters.items() if name in IDS}
        for name, value in names.items():
            self._ledger.gone(IDS[name], value)
        if names:
            self._ground.forget(names)

    def _place(self, case: Case, label: str, meta: CaseMetadata) -> None:
        path = case.path_parameters
        if not path:
            return
        # Without an id, a path is that of a list.
        strange = [name for name, value in path.items() if value == ""]
        if not reads(label):
            strange += [name for name in path if name not in INNER and not self._ours(name, path)]
        if label == SET_DEFAULT:
            strange = list(path)
        number = chance_of((label, path, case.query, case.body))
        if not (strange or is_left_to_us(meta, number)):
            return
        about = place(label, BY_PARAMETER, PLACES)
        # Some are to meet nothing; and what is wrong with the path of a request stays wrong.
        meets = about is not None and has_right_path(meta) and (not strange or number % 8 != 0)
        there = self._ground.some(about.kind, to_itself=about.ends) if meets and about is not None else None
        path.update({name: value for name, value in (there or dict.fromkeys(strange, NOBODY)).items() if name in path})
        if there and "path" in there and has_right_query(meta) and case.query:
            case.query["path"] = there["path"]

    def _ours(self, name: str, path: JsonObject) -> bool:
        """Return whether what a path names is, or was, of this check, and not needed for anything else."""
        value = str(path[name])
        return name in IDS and self._ledger.had(IDS[name], value) and not self._ledger.is_off_limits(value)

    # ------------------------------------------------------------------------------------------------------ bodies

    def plain(self, body: JsonObject) -> JsonObject:
        """Let a body name nothing of anybody else's."""
        return {name: self._free(name, value) if name in IDS else value for name, value in body.items()}

    def _free(self, name: str, value: Json) -> Json:
        """Return the id of something of the check's own, or of nothing, in the place of an id that may be anybody's."""
        if not isinstance(value, str) or (IDS[name] != "agents" and self._ledger.had(IDS[name], value)):
            return value
        if value in self._stage.agent_ids:
            return value
        number = chance_of(value)
        ours = {"agents": self._stage.agent_id(number), "environments": self._stage.computer_id}
        return ours.get(IDS[name], self._project(number)) if number % 8 else NOBODY

    def _project(self, number: int) -> str:
        there = self._ledger.of("projects")
        return there[number % len(there)] if there else NOBODY

    def thread(self, body: JsonObject) -> JsonObject:
        """Mark a new thread, and let it have an agent and a computer of the check's own."""
        own = {"environmentId": self._stage.computer_id, "agentId": self._stage.agent_id(chance_of(body))}
        # Null is wrong there, and so is 0; but no server takes that for the default one.
        given = {name: 0 if name in own and value is None else value for name, value in body.items()}
        return self.marked(self.plain({**own, **given, "metadata": body.get("metadata", {})}))

    def changed_thread(self, body: JsonObject) -> JsonObject:
        """Leave its mark to a thread, and let it not have the default agent."""
        if "agentId" in body and body["agentId"] is None:
            body = {**body, "agentId": self._stage.agent_id()}
        return self.marked(self.plain(body))

    def marked(self, body: JsonObject) -> JsonObject:
        """Give metadata the mark of this check, unless they are what is wrong with the request."""
        metadata = body.get("metadata", 0)
        if metadata is not None and not isinstance(metadata, dict):
            return body
        return {**body, "metadata": {**(metadata or {}), **self._ledger.mark}}

    def named(self, body: JsonObject) -> JsonObject:
        """Give a name the mark of this check, and let it not be the default one."""
        names: JsonObject = {
            name: named(self._ledger, body[name]) for name in ("name", "environmentName") if name in body
        }
        return self.plain(self.undefault({**body, **names}))

    def agent(self, body: JsonObject) -> JsonObject:
        """Mark a new agent."""
        return self.marked(self.undefault(self.fresh({"metadata": {}, **body})))

    def changed_agent(self, body: JsonObject) -> JsonObject:
        """Leave its mark to an agent."""
        return self.marked(self.undefault(body))

    def project(self, body: JsonObject) -> JsonObject:
        """Mark a new project."""
        return self.named(self.fresh(body))

    def fresh(self, body: JsonObject) -> JsonObject:
        """Let what is made not have the id of something that is somebody's."""
        given = body.get("id")
        return {**body, "id": self._ledger.label} if self._ledger.is_off_limits(str(given)) else body

    def undefault(self, body: JsonObject) -> JsonObject:
        """Let nothing become the default one, not even where a server takes what is wrong for what is meant."""
        given = body.get("isDefault")
        if given is True:
            return {name: value for name, value in body.items() if name != "isDefault"}
        return {**body, "isDefault": 0} if given and not isinstance(given, bool) else body


_BODIES: dict[str, Callable[[Guard, JsonObject], JsonObject]] = {
    "POST /v1/threads": Guard.thread,
    "PATCH /v1/threads/{threadId}": Guard.changed_thread,
    "POST /v1/threads/{threadId}/copy": Guard.named,
    "POST /v1/threads/{threadId}/fork-from-message": Guard.named,
    "POST /v1/threads/{threadId}/steps/{stepId}/fork": Guard.named,
    "POST /v1/environments": Guard.named,
    "PATCH /v1/environments/{environmentId}": Guard.named,
    "PUT /v1/environments/{environmentId}": Guard.named,
    "POST /v1/environments/{environmentId}/snapshots/{snapshotId}/fork": Guard.named,
    "POST /v1/agents": Guard.agent,
    "PATCH /v1/agents/{agentId}": Guard.changed_agent,
    "POST /v1/projects": Guard.project,
    "PATCH /v1/projects/{projectId}": Guard.named,
}
"""How the body of an operation is changed before it is sent."""


def _offline(body: Any) -> Any:
    """Take out addresses that an agent would ask: they are made up, and may be somebody's."""
    if isinstance(body, dict):
        return {name: _offline(value) for name, value in body.items() if not _is_address(value)}
    return [_offline(value) for value in body] if isinstance(body, list) else body


def _is_address(value: object) -> bool:
    return isinstance(value, str) and value.lower().startswith(("http:", "https:"))


def _listed(response: Response) -> Iterator[JsonObject]:
    """Yield the rows of a list, of a search, or of an answer that is one row."""
    told = _json(response.content)
    if not isinstance(told, dict):
        return
    found = [told.get("data"), told.get("projects"), [each.get("thread") for each in _dicts(told.get("results"))]]
    yield from (row for rows in [*found, [told.get("environment")]] for row in _dicts(rows))


def _rows(response: Response) -> Iterator[tuple[str, JsonObject]]:
    """Yield what an answer, or the first event of a stream, says was made or changed: its kind, and its row."""
    content = response.content
    told = _json(content.partition(b"\n")[0].removeprefix(_DATA) if content.startswith(_DATA) else content)
    for member, kind in ROWS.items():
        if isinstance(told, dict) and isinstance(told.get(member), dict):
            yield kind, told[member]
    if isinstance(told, dict) and isinstance(told.get("forkMode"), str):
        # What a fork tells of its computer.
        yield "environments", {"id": told.get("environmentId"), "name": told.get("environmentName")}


def _dicts(rows: Json) -> list[JsonObject]:
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _json(content: bytes) -> Json:
    try:
        return orjson.loads(content)
    except ValueError:
        return None
