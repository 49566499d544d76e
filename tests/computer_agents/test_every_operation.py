"""Every operation tells in the form of the document that a key is missing, and what faults say in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from understudy.contract.documents import load_contract
from understudy.contract.operations import Operation, operations
from understudy.server.strict import AnswerCheck

if TYPE_CHECKING:
    from tests.conftest import Server

DOCUMENT = load_contract("computer-agents").observed
OPERATIONS = [operation for operation in operations(DOCUMENT) if not operation.public]
FAULT = "x-understudy-fault"


@pytest.fixture(params=OPERATIONS, ids=lambda operation: operation.id)
def operation(request: pytest.FixtureRequest) -> Operation:
    """Each operation that needs a key."""
    operation: Operation = request.param
    return operation


def asked(server: Server, operation: Operation, **options: Any) -> httpx.Response:
    """Ask for an operation, and hold the answer to what the document says of this status."""
    path = operation.path
    for parameter in operation.parameters:
        path = path.replace(f"{{{parameter.name}}}", "thing_x")
    answer = server.client.request(operation.method, path, **options)
    AnswerCheck(DOCUMENT, operation).check(answer.status_code, answer.headers.raw, answer.content)
    return answer


def test_without_a_key_nothing_is_answered(server: Server, operation: Operation) -> None:
    refused = asked(server, operation, headers={"Authorization": ""})

    assert refused.status_code == 401
    assert refused.json()["error"] == "Unauthorized"


def test_a_fault_may_say_that_the_key_lacks_a_scope(server: Server, operation: Operation) -> None:
    refused = asked(server, operation, headers={FAULT: "status; status=403"})

    assert refused.status_code == 403
    assert refused.json()["error"] == "Forbidden"


def test_a_fault_may_say_that_there_are_too_many_requests(server: Server, operation: Operation) -> None:
    refused = asked(server, operation, headers={FAULT: "rate_limit; retry_after=7"})

    assert refused.status_code == 429
    assert refused.json()["error"] == "Too Many Requests"
    assert refused.headers["retry-after"] == "7"


@pytest.mark.parametrize("by", [operation for operation in OPERATIONS if "402" in operation.responses], ids=str)
def test_a_fault_may_say_that_the_budget_is_used_up(server: Server, by: Operation) -> None:
    refused = asked(server, by, headers={FAULT: "status; status=402"})

    assert refused.status_code == 402
    assert refused.json()["code"] == "INSUFFICIENT_BUDGET"
