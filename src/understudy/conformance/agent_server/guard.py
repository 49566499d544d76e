"""Before a made-up request goes out: let it meet something of the check's own, and nothing of anybody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson

from understudy.conformance.agent_server.places import (
    BY_PARAMETER,
    ENDS_WITH_A_RUN,
    FINDS,
    IDS,
    MAKES,
    PLACES,
    STARTS,
    reads,
)
from understudy.conformance.made_up import chance as _chance
from understudy.conformance.made_up import is_left_to_us, is_linked
from understudy.conformance.places import place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from schemathesis.core.transport import Response
    from schemathesis.generation.meta import CaseMetadata

    from understudy.conformance.agent_server.ground import AgentServerGround
    from understudy.conformance.made_up import Case
    from understudy.wire import Json, JsonObject

ABSOLUTE = ("http:", "https:")
NOBODY = "00000000-0000-4000-8000-000000000000"
"""The id of nothing, for requests that must not touch what they name, when there is nothing else to name."""
_STATUSES = ("all", "pending", "running")
"""What ends runs of everybody's."""
_SOONEST = 0
_BATCH = 3


class Guard:
    """Prepares requests, and notes what their answers say was made.

    A request that Schemathesis made up is changed so that most of them meet something that is there; a quarter stays as
    chance made it. Whatever names something of somebody else's is made to name something of the check's own; so is any
    id that the check did not make where a document of one's own (`is_own`) may have it from what is there.
    """

    def __init__(self, ground: AgentServerGround, *, is_own: bool = False) -> None:
        self._ground = ground
        self._ledger = ground.ledger
        self._is_own = is_own

    def prepare(self, case: Case) -> None:
        """Change a request that is about to be sent. One that a law asks stays as it is."""
        meta = case.meta  # asked for again after a change, it would validate the whole request anew
        if meta is None:
            return
        label = case.operation.label
        change = _BODIES.get(label)
        if change is not None:
            case.body = change(self, case.body)
        chance = _chance((label, case.path_parameters, case.query, case.body))
        self._place(case, label, meta, chance)

    def note(self, case: Case, response: Response) -> None:
        """Take down what an answer tells of."""
        if response.status_code >= 300:
            return
        label, asked = case.operation.label, case.body if isinstance(case.body, dict) else {}
        if label in STARTS and _is_id(case.path_parameters.get("thread_id")):
            self._ledger.made("threads", str(case.path_parameters["thread_id"]))
        for address in (*response.headers.get("location", []), *response.headers.get("content-location", [])):
            parts = address.split("/")
            if parts[1:2] == ["threads"] and len(parts) > 2:
                self._ledger.made("threads", parts[2])
        if label in MAKES:
            kind, own = MAKES[label]
            # Whoever asks for something by its id may be given what was there before.
            self._see(response, kind, own, new=own not in asked)
            if response.status_code == 201 and isinstance(asked.get(own), str):
                self._ledger.made(kind, str(asked[own]))
        elif label in FINDS:
            self._see(response, *FINDS[label], new=False)
        elif label == "PUT /store/items":
            self._ledger.made("items", orjson.dumps([asked.get("namespace"), asked.get("key")]).decode())
        if label.startswith("DELETE "):
            self._forget(case)

    def _see(self, response: Response, kind: str, own: str, *, new: bool) -> None:
        """Take down what the rows of an answer are about, and what else they name: that may be anybody's."""
        for row in _rows(response):
            ours = new or (row.get("metadata") or {}).items() >= self._ledger.mark.items()
            for member, other in IDS.items():
                if not isinstance(row.get(member), str):
                    continue
                if ours and member == own:
                    self._ledger.made(kind, row[member])
                else:
                    self._ledger.saw(other, [row[member]])

    def _forget(self, case: Case) -> None:
        names = {name: str(value) for name, value in case.path_parameters.items() if name in (*IDS, "run_id")}
        for name, kind in IDS.items():
            if name in names and "run_id" not in names:
                self._ledger.gone(kind, names[name])
        if names:
            self._ground.forget(names)

    def _place(self, case: Case, label: str, meta: CaseMetadata, chance: int) -> None:
        path = case.path_parameters
        if not path:
            return
        about = place(label, BY_PARAMETER, PLACES)
        blocked = label in ENDS_WITH_A_RUN and path.get("thread_id") in self._ground.waiting
        safe = is_linked(meta) or reads(label)
        off_limits = {
            name: NOBODY
            for name, value in path.items()
            if self._ledger.is_off_limits(str(value)) or not (safe or self._is_ours(IDS.get(name), value))
        }
        if not (off_limits or blocked or is_left_to_us(meta, chance)):
            return
        there = self._ground.some(about.kind, to_itself=about.ends) if about is not None else None
        path.update({name: value for name, value in (there or off_limits).items() if name in path})

    def _is_ours(self, kind: str | None, name: object) -> bool:
        """Return whether an id cannot be that of something of somebody's: a document may have examples of those."""
        return not (self._is_own and kind is not None and _is_id(name)) or self._ledger.has(kind, str(name))

    # ------------------------------------------------------------------------------------------------------ bodies

    def marked(self, body: Json) -> Json:
        """Give what is made the mark of this check, unless the metadata is what is wrong with the request."""
        if not isinstance(body, dict) or not isinstance(body.get("metadata", {}), dict):
            return body
        return {**body, "metadata": {**body.get("metadata", {}), **self._ledger.mark}}

    def made(self, body: Json) -> Json:
        """Mark what is made, and let it not be asked for by the id of something that is off limits."""
        if isinstance(body, dict):
            body = {name: value for name, value in body.items() if name not in IDS or self._is_free(value)}
        return self.marked(body)

    def _is_free(self, name: object) -> bool:
        return not (isinstance(name, str) and self._ledger.is_off_limits(name))

    def thread(self, body: Json) -> Json:
        """Give a new thread a graph: without one, its state cannot be updated. A few supersteps go without."""
        body = self.made(body)
        graph = self._ground.graph(_chance(body))
        if not isinstance(body, dict) or graph is None or not isinstance(body.get("metadata"), dict):
            return body
        if body.get("supersteps"):
            # They may be refused and still leave the thread behind: under an id that was in use before, a checker
            # would take it for the thread that it deleted.
            body = {name: value for name, value in body.items() if name != "thread_id"}
            if _chance(body) % 4 == 0:
                return body
        return {**body, "metadata": {"graph_id": graph.graph_id, **body["metadata"]}}

    def run(self, body: Json) -> Json:
        """Give a run an assistant and an input that fit, let it start now if ever, and call nobody."""
        if not isinstance(body, dict):
            return body
        body = self._offline(self.marked(body))
        after = body.get("after_seconds")
        if isinstance(after, int | float) and not isinstance(after, bool) and after > 0:
            body = {**body, "after_seconds": _SOONEST}
        return self._cast(body, _chance(body))

    def _cast(self, body: JsonObject, chance: int) -> JsonObject:
        """Name an assistant that there is, and mostly an input that it can take: chance finds none."""
        graph, named = self._ground.graph(chance), body.get("assistant_id")
        if not isinstance(named, str):
            return body
        # An id that chance made stays now and then, but no name: it may be that of a graph, whose assistant is
        # somebody else's.
        if chance % 8 == 0 and _is_id(named) and self._is_free(named):
            return body
        if graph is None:
            return {**body, "assistant_id": NOBODY}
        body = {**body, "assistant_id": graph.assistant_id}
        if "input" in body and chance % 5:
            body["input"] = graph.inputs[chance % len(graph.inputs)]
        return body

    def runs(self, body: Json) -> Json:
        """Do for a list of runs what is done for each; a few are enough."""
        return [self.run(each) for each in body[:_BATCH]] if isinstance(body, list) else body

    def command(self, body: Json) -> Json:
        """Let a command start a run of the check's own, if it starts one."""
        if isinstance(body, dict) and isinstance(body.get("params"), dict) and "assistant_id" in body["params"]:
            return {**body, "params": self._cast(self.marked(body["params"]), _chance(body))}
        return body

    def cron(self, body: Json) -> Json:
        """Give a cron an assistant of the check's own, and call nobody."""
        if not isinstance(body, dict):
            return body
        return self._cast(self._offline(self.marked(body)), _chance(body))

    def item(self, body: Json) -> Json:
        """Keep what is written to the store within a namespace of the check's own."""
        if not isinstance(body, dict):
            return body
        namespace = body.get("namespace")
        if not isinstance(namespace, list) or not namespace or not _is_label(namespace[0]):
            return body
        return {**body, "namespace": [self._ledger.label, *namespace[1:]]}

    def pruned(self, body: Json) -> Json:
        """Let only threads of the check's own be pruned, or such as there are none: never all, for want of a list."""
        if not isinstance(body, dict):
            return body
        told = body.get("thread_ids")
        named = told if isinstance(told, list) else []
        ours = [each for each in named if self._is_free(each) and self._is_ours("threads", each)]
        return {**body, "thread_ids": ours}

    def cancelled(self, body: Json) -> Json:
        """Let only runs on threads of the check's own be cancelled: never all there are."""
        if not isinstance(body, dict) or ("status" not in body and "run_ids" not in body):
            return body
        if str(body.get("status")).lower() in _STATUSES:
            # That a thread is named as well is a mistake, which not every server may notice.
            body = {name: value for name, value in body.items() if name != "status"}
        there = self._ground.some("pending run", to_itself=True)
        if there is None:
            return {name: value for name, value in body.items() if name not in ("status", "run_ids")}
        named = {"thread_id": there["thread_id"]}
        if body.keys() <= {"thread_id", "run_ids"}:
            return {**body, **named, "run_ids": [there["run_id"]]} if _chance(body) % 4 else {**body, **named}
        return {**body, **named}

    def _offline(self, body: Any) -> Any:
        """Take out addresses that would be called: they are made up, and may be somebody's."""
        if isinstance(body, dict) and str(body.get("webhook", "")).lower().startswith(ABSOLUTE):
            return {name: value for name, value in body.items() if name != "webhook"}
        return body


_BODIES: dict[str, Callable[[Guard, Any], Any]] = {
    "POST /assistants": Guard.made,
    "POST /threads": Guard.thread,
    "POST /threads/prune": Guard.pruned,
    "POST /threads/{thread_id}/runs": Guard.run,
    "POST /threads/{thread_id}/runs/stream": Guard.run,
    "POST /threads/{thread_id}/runs/wait": Guard.run,
    "POST /threads/{thread_id}/commands": Guard.command,
    "POST /runs": Guard.run,
    "POST /runs/stream": Guard.run,
    "POST /runs/wait": Guard.run,
    "POST /runs/batch": Guard.runs,
    "POST /runs/cancel": Guard.cancelled,
    "POST /runs/crons": Guard.cron,
    "POST /threads/{thread_id}/runs/crons": Guard.cron,
    "PATCH /runs/crons/{cron_id}": Guard.cron,
    "PUT /store/items": Guard.item,
    "DELETE /store/items": Guard.item,
}
"""How the body of an operation is changed before it is sent."""


def _rows(response: Response) -> Iterator[JsonObject]:
    """Yield the objects of an answer: a list of them, or one."""
    try:
        told = orjson.loads(response.content)
    except ValueError:
        return
    yield from (row for row in (told if isinstance(told, list) else [told]) if isinstance(row, dict))


def _is_label(label: object) -> bool:
    """Return whether a label may begin a namespace: one that may not is what is wrong with a request."""
    return isinstance(label, str) and label != "" and "." not in label


def _is_id(value: object) -> bool:
    try:
        UUID(str(value))
    except ValueError:
        return False
    return True
