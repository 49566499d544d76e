"""How the control plane says no."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from understudy.exchange import Answer, refused

from .given import Unusable

if TYPE_CHECKING:
    from understudy.errors import Refusal
    from understudy.wire import JsonObject

EXPOSED_HEADERS = ""
"""What scripts of a web page may read of an answer."""


def refuse(refusal: Refusal) -> Answer:
    """Return the answer that tells a client of a refusal, and of a scenario's problems one by one."""
    answer = refused(refusal)
    if isinstance(refusal, Unusable):
        return replace(answer, body={"detail": refusal.detail, "problems": refusal.problems})
    return answer


def failure(status: int, phrase: str) -> JsonObject:
    """Return the body of an answer that fails with a status for no reason that lies in the request."""
    return {"detail": phrase}


def crash(sentence: str) -> Answer:
    """Return the answer of a server that has failed by a mistake of its own."""
    return Answer({"detail": sentence}, status=500)
