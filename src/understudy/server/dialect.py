"""What differs between APIs in how they answer, beyond their documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from understudy.errors import Refusal
    from understudy.exchange import Answer
    from understudy.wire import Json


class Dialect(Protocol):
    """An API's way of saying no; the module `dialect` of its handlers is one."""

    EXPOSED_HEADERS: str
    """The value of `access-control-expose-headers`."""

    def refuse(self, refusal: Refusal) -> Answer:
        """Return the answer that tells a client of a refusal."""

    def failure(self, status: int, phrase: str) -> Json:
        """Return the body of an answer that fails with a status for no reason that lies in the request."""

    def crash(self, sentence: str) -> Answer:
        """Return the answer of a server that has failed by a mistake of its own."""
