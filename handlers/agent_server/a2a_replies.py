"""Answers to A2A requests, in the version of the protocol that a request is in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from understudy.agents.a2a.refusals import (
    Broken,
    InvalidAnswer,
    NotCancelable,
    TaskNotFound,
    TaskOver,
    WrongContent,
)
from understudy.agents.a2a.states import older
from understudy.errors import Refusal
from understudy.wire import dumps, without_nul

from . import jsonrpc

if TYPE_CHECKING:
    from understudy.wire import Json, JsonObject

CODES: dict[type[Refusal], int] = {
    TaskNotFound: -32001,
    NotCancelable: -32002,
    TaskOver: -32004,
    WrongContent: -32005,
    InvalidAnswer: -32006,
    Broken: jsonrpc.INTERNAL_ERROR,
    Refusal: jsonrpc.INVALID_PARAMS,
}
"""The code of each kind of refusal."""

_LINE_BREAKS = {"\u0085": b"\\u0085", "\u2028": b"\\u2028", "\u2029": b"\\u2029"}
"""Characters that some readers of events take for the end of a line."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to the request with this id, to be; `old` if it was asked in version 0.3 of the protocol."""

    id: Json
    old: bool

    def result(self, value: JsonObject) -> JsonObject:
        """Return the answer that something has come of the request."""
        answer = jsonrpc.result(self.id, value)
        return older(answer) if self.old else answer

    def refusal(self, refusal: Refusal) -> JsonObject:
        """Return the answer that says why nothing has come of it."""
        code = next(CODES[kind] for kind in type(refusal).__mro__ if kind in CODES)
        return jsonrpc.error(self.id, code, refusal.detail)


def framed(answer: JsonObject) -> bytes:
    """Return an answer as a server-sent event."""
    text = without_nul(dumps(answer))
    for character, escaped in _LINE_BREAKS.items():
        text = text.replace(character.encode(), escaped)
    return b"event: message\r\ndata: %b\r\n\r\n" % text
