"""How the Agent Server says no: a status for each kind of refusal, one body for nearly all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.exchange import Answer, refused
from understudy.state.namespaces import InvalidLabel
from understudy.state.store import MissingKey

if TYPE_CHECKING:
    from understudy.errors import Refusal
    from understudy.wire import JsonObject

EXPOSED_HEADERS = "x-pagination-total, x-pagination-next, content-location"
"""What scripts of a web page may read of an answer."""


def refuse(refusal: Refusal) -> Answer:
    """Return the answer that tells a client of a refusal."""
    if isinstance(refusal, InvalidLabel):
        return Answer(refusal.detail.encode(), status=422, media_type=None)
    return refused(refusal, "error" if isinstance(refusal, MissingKey) else "detail")


def failure(status: int, phrase: str) -> JsonObject:
    """Return the body of an answer that fails with a status for no reason that lies in the request."""
    return {"detail": phrase}


def crash(sentence: str) -> Answer:
    """Return the answer of a server that has failed by a mistake of its own: plain text."""
    return Answer(sentence.encode(), status=500, media_type="text/plain; charset=utf-8")
