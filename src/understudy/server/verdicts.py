"""Verdicts: what passed, held to the observed contract when somebody wants to know."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from understudy.contract.members import unknown
from understudy.contract.parameters import reader
from understudy.contract.validators import Schema
from understudy.errors import Invalid, MethodNotAllowed, NotFound, did_you_mean
from understudy.exchange import STATUS
from understudy.paths import spelled
from understudy.server.strict import AnswerCheck
from understudy.state.entries import SOCKET
from understudy.state.journal import Verdict
from understudy.wire import loads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from understudy.contract.operations import Operation
    from understudy.contract.parameters import Reader
    from understudy.state.entries import Entry
    from understudy.wire import JsonObject

KEPT = Verdict(kept=True)
UNEXAMINED = Verdict(kept=None)

_NOWHERE = (STATUS[NotFound], STATUS[MethodNotAllowed])
"""How a request is answered that reaches no operation; refused otherwise, it has not been looked at."""


class Verdicts:
    """Judges the requests of clients and the answers to them. What that takes is compiled when it is first needed."""

    def __init__(self, documents: Mapping[str, JsonObject]) -> None:
        """Judge by the document of an operation's API; `documents` are those of the APIs."""
        self._documents = documents
        self._request_checks: dict[str, RequestCheck] = {}
        self._answer_checks: dict[str, AnswerCheck] = {}

    def request(self, entry: Entry) -> Verdict:
        """Return whether a client asked for what the document has, in its words.

        Stricter than the server, as the real one is lenient: a parameter or a member of the body that the document
        does not know changes nothing, and so it is likely to be a slip.
        """
        if entry.operation is None and entry.status in _NOWHERE:
            return Verdict(False, f"the document has no operation {entry.method} {entry.path}")
        if entry.operation is None or entry.method == SOCKET or "body" in entry.cut:
            return UNEXAMINED
        operation = entry.operation
        if operation.id not in self._request_checks:
            self._request_checks[operation.id] = RequestCheck(self._documents[operation.api], operation)
        complaint = self._request_checks[operation.id].complaint(entry)
        return KEPT if complaint is None else Verdict(False, complaint)

    def answer(self, entry: Entry) -> Verdict:
        """Return whether an answer is one that the document describes; not examined is what has not all been kept."""
        if entry.operation is None or entry.method == SOCKET or entry.excused:
            return UNEXAMINED
        if entry.ended == "dropped":
            return Verdict(False, "the server let the connection drop before the answer was complete")
        if entry.status is None or entry.cut or entry.ended != "complete":
            return UNEXAMINED
        operation = entry.operation
        if operation.id not in self._answer_checks:
            self._answer_checks[operation.id] = AnswerCheck(self._documents[operation.api], operation)
        check = self._answer_checks[operation.id]
        complaint = check.complaint(entry.status, entry.answer_headers, b"".join(entry.answer))
        return KEPT if complaint is None else Verdict(False, complaint)


class RequestCheck:
    """Checks the requests of one operation: path, query, headers, body, in this order."""

    def __init__(self, document: JsonObject, operation: Operation) -> None:
        self._document = document
        self._operation = operation
        self._readers: dict[str, list[tuple[str, Reader]]] = {"path": [], "query": [], "header": [], "cookie": []}
        for parameter in operation.parameters:
            self._readers[parameter.location].append((parameter.name, reader(document, parameter)))
        self._known = {name for name, _ in self._readers["query"]}
        self._body = None if operation.body is None else Schema(document, operation.body)

    def complaint(self, entry: Entry) -> str | None:
        """Return what is wrong first with a request, None if nothing is."""
        return next(self._complaints(entry), None)

    def _complaints(self, entry: Entry) -> Iterator[str]:
        query = parse_qs(entry.query.decode("latin-1"), keep_blank_values=True, errors="replace")
        headers = entry.described_headers()
        given: dict[str, Callable[[str], list[str]]] = {
            "path": lambda name: [entry.parameters[name.replace("-", "_")]],
            "query": lambda name: query.get(name, []),
            "header": lambda name: headers.get(name.lower(), []),
        }
        for location, texts in given.items():
            for name, read in self._readers[location]:
                try:
                    read(texts(name))
                except Invalid as invalid:
                    yield invalid.detail
        for name in query.keys() - self._known - self._operation.tolerated:
            yield f'unknown query parameter "{name}".{did_you_mean(name, self._known)}'
        if self._body is not None:
            yield from self._complaints_of_body(entry, self._body)
        if entry.misfit is not None and not entry.faults:
            # Some rules are the handlers' own.
            yield f"refused: {entry.misfit}"

    def _complaints_of_body(self, entry: Entry, schema: Schema) -> Iterator[str]:
        if not entry.body:
            # The body of a request that was refused for its path or query has not been read.
            if self._operation.body_required and entry.body is not None:
                yield "no body"
            return
        try:
            body = loads(entry.body)
        except ValueError as error:
            yield f"a body that cannot be read: {error}"
            return
        if complaint := schema.complaint(body):
            yield f"a body that does not fit: {complaint}"
        assert self._operation.body is not None
        for path, known in unknown(self._document, self._operation.body, body):
            if path[-1] in self._operation.tolerated:
                continue
            yield f'unknown member "{spelled(path)}" of the body.{did_you_mean(str(path[-1]), known)}'
