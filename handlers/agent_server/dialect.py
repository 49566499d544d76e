"""How the Agent Server says no: a status for each kind of refusal, one body for nearly all of them."""

from __future__ import annotations

from understudy import errors
from understudy.exchange import Answer
from understudy.state.namespaces import InvalidLabel
from understudy.state.store import MissingKey

STATUS: dict[type[errors.Refusal], int] = {
    errors.Unacceptable: 400,
    errors.Unauthorized: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.MethodNotAllowed: 405,
    errors.Conflict: 409,
    errors.BodyTooLarge: 413,
    errors.Invalid: 422,
    errors.NotImitated: 501,
}

EXPOSED_HEADERS = "x-pagination-total, x-pagination-next, content-location"
"""What scripts of a web page may read of an answer."""


def refuse(refusal: errors.Refusal) -> Answer:
    """Return the answer that tells a client of a refusal."""
    if isinstance(refusal, InvalidLabel):
        return Answer(refusal.detail.encode(), status=422, media_type=None)
    status = next(STATUS[kind] for kind in type(refusal).__mro__ if kind in STATUS)
    headers = {}
    if isinstance(refusal, errors.MethodNotAllowed):
        headers["allow"] = ", ".join(refusal.allowed)
    elif isinstance(refusal, errors.BodyTooLarge):
        # What is left of the body is not waited for.
        headers["connection"] = "close"
    field = "error" if isinstance(refusal, MissingKey) else "detail"
    return Answer({field: refusal.detail}, status=status, headers=headers)
