"""Ask a deployment by the operations of its document; every request is kept as a case that reports can show."""

from __future__ import annotations

from contextlib import contextmanager
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

from understudy.conformance.following import SILENCE, Following
from understudy.conformance.glancing import glance
from understudy.contract.events import MEDIA_TYPE, NAMED, Frames, event_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    import requests
    from schemathesis.core.failures import Failure
    from schemathesis.core.transport import Response
    from schemathesis.engine.recorder import ScenarioRecorder
    from schemathesis.generation.case import Case
    from schemathesis.schemas import APIOperation
    from schemathesis.specs.openapi.schemas import OpenApiSchema

    from understudy.contract.events import EventSchema, Framing, SentEvent
    from understudy.wire import Json, JsonObject


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
    framing: Framing = NAMED
    """How the events are sent, if it is a stream."""

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
        frames = Frames(self.framing)
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
        self._event_schemas: dict[str, EventSchema | None] = {}

    def begin(self) -> None:
        """Begin a new chain: what follows does not depend on what was before."""
        self._last = None

    @property
    def document(self) -> JsonObject:
        """The document whose operations are asked; not to be changed."""
        return self._schema.raw_schema

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
        within: float | None = None,
    ) -> Answer:
        """Send one request, as in `ask("POST /threads/{thread_id}/copy", path={"thread_id": …})`.

        Of an answer that may have no end, only what comes `within` so many seconds is read. Unexamined if the document
        has no such operation, or when the deployment cannot be reached.
        """
        case = self._case(operation, body, path, query, headers)
        base_url = self._schema.get_base_url()
        with self._reached(case):
            if within is None:
                response = case.call(base_url=base_url, session=self._session)
            else:
                response = glance(self._session, case.as_transport_kwargs(base_url=base_url), within)
        self._record_response(case, response)
        self._check(case, response)
        return Answer(operation, response, case.id, self._framing(operation))

    @contextmanager
    def follow(
        self,
        operation: str,
        body: Json = NOT_SET,
        *,
        path: dict[str, str] | None = None,
        query: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Iterator[Following]:
        """Open a stream and hold it open while other things are asked; what it shows waits to be read.

        Unexamined like `ask`, and if what is answered is no stream.
        """
        case = self._case(operation, body, path, query, headers)
        sent = case.as_transport_kwargs(base_url=self._schema.get_base_url())
        with self._reached(case):
            response = self._session.request(**sent, stream=True, timeout=SILENCE)
        following = Following(response, self._framing(operation))
        self._record_response(case, following.response())
        try:
            if not following.is_stream:
                raise Unexamined(f"{operation} answered {response.status_code}, which is no stream")
            yield following
        finally:
            response.close()
            self.recorder.record_response(case_id=case.id, response=following.response())

    def back_to(self, case_id: str | None) -> None:
        """Go on from a former request: those since then changed nothing, and are no steps that lead to what follows."""
        self._last = case_id

    @property
    def longest(self) -> int:
        """The number of events after which `ask` leaves a stream."""
        return self._schema.config.max_stream_events_for()

    def event_schema(self, operation: str) -> EventSchema | None:
        """Return the schema of a stream's events; None where the document says no more than that they are text."""
        if operation not in self._event_schemas:
            method, _, path = operation.partition(" ")
            self._event_schemas[operation] = event_schema(self._schema.raw_schema, path, method)
        return self._event_schemas[operation]

    def _framing(self, operation: str) -> Framing:
        schema = self.event_schema(operation)
        return NAMED if schema is None else schema.framing

    def steps(self) -> list[ReproductionStep]:
        """Return the requests of this chain, for somebody who wants to send them again."""
        nodes, case_id = [], self._last
        while case_id is not None:
            node = self.recorder.cases[case_id]
            nodes.append(node.value)
            case_id = node.parent_id
        return [self._step(case) for case in reversed(nodes)]

    def _case(
        self,
        operation: str,
        body: Json,
        path: dict[str, str] | None,
        query: dict[str, Any] | None,
        headers: dict[str, str] | None,
    ) -> Case[Any]:
        case: Case[Any] = self._schema.make_case(
            operation=self._operation(operation),
            path_parameters=path,
            query=query,
            headers=headers,
            body=body,
            media_type=None if body is NOT_SET else "application/json",
        )
        self.recorder.record_case(case=case, parent_id=self._last)
        return case

    @contextmanager
    def _reached(self, case: Case[Any]) -> Iterator[None]:
        import requests

        try:
            yield
        except requests.RequestException as error:
            self.recorder.record_network_error(case_id=case.id, error=error)
            raise Unexamined(f"{case.operation.label} got no answer: {error}") from None

    def _record_response(self, case: Case[Any], response: Response) -> None:
        self.recorder.record_response(case_id=case.id, response=response)
        self._last = case.id

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
