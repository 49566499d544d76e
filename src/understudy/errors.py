"""What can go wrong, said in the words of the domain; each API turns it into its own status and body."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class UnderstudyError(Exception):
    """Base of everything this package raises on purpose; `str(error)` is meant for people."""


class SetupError(UnderstudyError):
    """The server cannot start: a document, a handler, a scenario or an option is wrong."""


class Refusal(UnderstudyError):
    """A request that is answered with an error; `detail` is the sentence the client reads."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class Invalid(Refusal):
    """The request does not fit the document: a wrong type, a missing field, a malformed id.

    `field` is what is wrong, where that is known: a parameter, or the place in the body, such as `messages[0].role`.
    """

    def __init__(self, detail: str, field: str | None = None) -> None:
        super().__init__(detail)
        self.field = field


class Unacceptable(Refusal):
    """The request fits the document, but what it asks for makes no sense here."""


class NotFound(Refusal):
    """What the request names does not exist."""


class MethodNotAllowed(Refusal):
    """The path exists, but not with this method; `allowed` are the methods it has."""

    def __init__(self, allowed: tuple[str, ...] = ()) -> None:
        super().__init__("Method Not Allowed")
        self.allowed = allowed


class Conflict(Refusal):
    """What the request asks for collides with what is there already."""


class Unauthorized(Refusal):
    """The request carries no credentials."""


class Forbidden(Refusal):
    """The request carries credentials that do not allow what it asks for."""


class UnknownKey(Forbidden):
    """The request carries an API key that this server does not know."""


class BodyTooLarge(Refusal):
    """The body is larger than the server was told to read."""


class NotImitated(Refusal):
    """The operation is in the document, but this server does not play it."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ` Did you mean "…"?` for the known word nearest to `word`, or the words there are."""
    words = sorted(known)
    near = get_close_matches(word, words, n=1)
    if near:
        return f' Did you mean "{near[0]}"?'
    return f" Known: {', '.join(words)}." if words else ""
