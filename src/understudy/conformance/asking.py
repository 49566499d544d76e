"""Ask a deployment by the operations of its document; every request is kept as a case that reports can show."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import orjson
from schemathesis.checks import not_a_server_error
from schemathesis.core import NOT_SET
from schemathesis.core.failures import FailureGroup
from schemathesis.engine.recorder import ReproductionStep
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from understudy.contract.events import MEDIA_TYPE, Frames

if TYPE_CHECKING:
    import requests
    from schemathesis.core.failures import Failure
    from schemathesis.core.transport import Response
    from schemathesis.engine.recorder import ScenarioRecorder
    from schemathesis.generation.case import Case
    from schemathesis.specs.openapi.schemas import OpenApiSchema
    from schemathesis.schemas import APIOperation

    from understudy.contract.events import SentEvent
    from understudy.wire import Json


_OF_ANSWERS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
"""The checks that say something of every answer, whatever was asked."""


class Unexamined(Exception):
    """Something could not be looked at: what comes before it did not work, or is not to be asked."""


@dataclass(frozen=True)
class Answer:
    """What came back. `case_id` names the request in the recording."""

    operation: str
    response: Response
    case_id: str

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.response.status_code

    @property
    def ok(self) -> bool:
        """Whether the status is one of success."""
        return 200 <= self.status < 300

    @property
    def headers(self) -> dict[str, str]:
        """The headers, names in lower case, the first value of each."""
        return {name.lower(): values[0] for name, values in self.response.headers.items()}

    @property
    def text(self) -> str:
        """The body as text."""
        return self.response.content.decode(errors="replace")

    @cached_property
    def body(self) -> Json:
        """The JSON value of the body; None where it is empty. Unexamined if it is no JSON."""
        if not self.response.content:
            return None
        try:
            return orjson.loads(self.response.content)
        except ValueError:
            raise Unexamined(f"{self.operation} answered {self.status} with no JSON: {self.text[:200]}") from None

    @cached_property
    def events(self) -> list[SentEvent]:
        """The events of a stream. Unexamined if it is none, Malformed if it is framed wrongly."""
        kind = self.headers.get("content-type", "").partition(";")[0]
        if kind != MEDIA_TYPE:
            raise Unexamined(f"{self.operation} answered {self.status} with {kind}, which is no stream")
        frames = Frames()
        events = list(frames.take(self.response.content))
        frames.end()
        return events


class Asker:
    """Sends requests one after the other, and keeps them in a recording as a chain of cases."""

    def __init__(self, schema: OpenApiSchema, session: requests.Session, recorder: ScenarioRecorder) -> None:
        self.recorder = recorder
        self._schema = schema
        self._session = session
        self._last: str | None = None

    def begin(self) -> None:
        """Begin a new chain: what follows does not depend on what was before."""
        self._last = None

    @property
    def last(self) -> str | None:
        """The case of the request that was sent last in this chain."""
        return self._last

    def ask(
        self,
        operation: str,
        body: Json = NOT_SET,
        *,
        path: dict[str, str] | None = None,
        query: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Send one request, as in `ask("POST /threads/{thread_id}/copy", path={"thread_id": …})`.

        Unexamined if the document has no such operation, or when the deployment cannot be reached.
        """
        import requests

        found = self._operation(operation)
        case = self._schema.make_case(
            operation=found,
            path_parameters=path,
            query=query,
            headers=headers,
            body=body,
            media_type=None if body is NOT_SET else "application/json",
        )
        self.recorder.record_case(case=case, parent_id=self._last)
        try:
            response = case.call(base_url=found.schema.get_base_url(), session=self._session)
        except requests.RequestException as error:
            self.recorder.record_network_error(case_id=case.id, error=error)
            raise Unexamined(f"{operation} got no answer: {error}") from None
        self.recorder.record_response(case_id=case.id, response=response)
        self._last = case.id
        self._check(case, response)
        return Answer(operation, response, case.id)

    def steps(self) -> list[ReproductionStep]:
        """Return the requests of this chain, for somebody who wants to send them again."""
        nodes, case_id = [], self._last
        while case_id is not None:
            node = self.recorder.cases[case_id]
            nodes.append(node.value)
            case_id = node.parent_id
        return [self._step(case) for case in reversed(nodes)]

    def _check(self, case: Case[Any], response: Response) -> None:
        """Hold an answer to what the document says of it."""
        try:
            case.validate_response(response, checks=_OF_ANSWERS)
        except FailureGroup as group:
            for failure in group.exceptions:
                self._record(case, failure)
        else:
            self.recorder.record_check_success(name=_OF_ANSWERS[-1].__name__, case_id=case.id)

    def _record(self, case: Case[Any], failure: Failure) -> None:
        steps = [self._step(case)]
        name = failure.checks[0]
        self.recorder.record_check_failure(
            name=name, case_id=case.id, code_sample=steps[0].curl, failure=failure, steps=steps
        )

    def _step(self, case: Case[Any]) -> ReproductionStep:
        headers = self.recorder.find_request_headers(case_id=case.id)
        return ReproductionStep.from_case(case, headers=headers, verify=True, roles={})

    def _operation(self, name: str) -> APIOperation[Any, Any, Any, Any]:
        method, _, path = name.partition(" ")
        try:
            return self._schema[path][method]
        except LookupError:
            raise Unexamined(f"the document has no {name}") from None
