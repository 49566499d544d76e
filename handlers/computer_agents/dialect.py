"""How the Computer Agents API says no: what kind of error it is, and a sentence for people."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING

from understudy.errors import Invalid, UnknownKey
from understudy.exchange import Answer, refused

if TYPE_CHECKING:
    from understudy.errors import Refusal
    from understudy.wire import JsonObject

EXPOSED_HEADERS = "retry-after"
"""What scripts of a web page may read of an answer."""

_BUDGET = {"balance": 0, "dailyLimit": 10, "dailySpent": 10, "monthlyLimit": 100, "monthlySpent": 42.5}

_BESIDES: dict[int, JsonObject] = {
    HTTPStatus.PAYMENT_REQUIRED: {"code": "INSUFFICIENT_BUDGET", "budgetStatus": _BUDGET},
}
"""What the body of a failure has besides, by its status."""


def refuse(refusal: Refusal) -> Answer:
    """Return the answer that tells a client of a refusal; of a request that does not fit, with the field that does not.

    A key that is not known is told like a missing one.
    """
    answer = refused(refusal)
    assert answer.status is not None
    if isinstance(refusal, Invalid):
        return replace(answer, status=HTTPStatus.BAD_REQUEST, body=_misfit(refusal))
    status = HTTPStatus.UNAUTHORIZED if isinstance(refusal, UnknownKey) else answer.status
    return replace(answer, status=status, body={"error": HTTPStatus(status).phrase, "message": refusal.detail})


def failure(status: int, phrase: str) -> JsonObject:
    """Return the body of an answer that fails with a status for no reason that lies in the request."""
    return {"error": phrase, "message": phrase, **_BESIDES.get(status, {})}


def crash(sentence: str) -> Answer:
    """Return the answer of a server that has failed by a mistake of its own."""
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    return Answer({"error": status.phrase, "message": sentence}, status=status)


def _misfit(refusal: Invalid) -> JsonObject:
    # A validator says on further lines where it is in the schema, which helps nobody here.
    sentence = refusal.detail.partition("\n")[0]
    return {
        "error": "Validation Error",
        "message": "The request is not valid",
        "code": "VALIDATION_FAILED",
        "details": [{"field": refusal.field or "body", "message": sentence}],
    }
