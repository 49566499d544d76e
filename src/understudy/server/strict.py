"""Holding the server's own answers to the observed contract."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

import orjson

from understudy.contract.events import MEDIA_TYPE, EventSchema, Frames, Malformed
from understudy.contract.operations import resolve
from understudy.contract.validators import Schema
from understudy.errors import BodyTooLarge, Forbidden, NotImitated, Refusal, Unauthorized, UnderstudyError
from understudy.server.bodies import NestedTooDeeply

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from understudy.contract.operations import Operation
    from understudy.wire import JsonObject

UNDOCUMENTED: tuple[type[Refusal], ...] = (
    BodyTooLarge,
    Forbidden,
    NestedTooDeeply,
    NotImitated,
    Unauthorized,
)
"""What any operation may be refused with, although its document need not say so: the server has limits of its own."""


_DEFAULT = 0
"""Where the response stands that a document has for all other statuses."""


class ContractBroken(UnderstudyError):
    """An answer of this server is not what its document says."""


class AnswerCheck:
    """Checks the answers of one operation; everything is compiled at start."""

    def __init__(self, document: JsonObject, operation: Operation) -> None:
        self._operation = operation
        self._contents = {
            _key(status): {
                media_type: Schema(document, content.get("schema", {}))
                for media_type, content in response.get("content", {}).items()
            }
            for status, response in operation.responses.items()
        }
        self._events = {
            int(status): EventSchema(document, response["content"][MEDIA_TYPE].get("schema", {}))
            for status, response in operation.responses.items()
            if status.isdigit() and MEDIA_TYPE in response.get("content", {})
        }
        self._headers = {
            _key(status): {
                name.lower().encode()
                for name, header in response.get("headers", {}).items()
                if resolve(document, header).get("required", False)
            }
            for status, response in operation.responses.items()
        }

    def check(self, status: int, headers: list[tuple[bytes, bytes]], body: bytes | None) -> None:
        """Raise ContractBroken when an answer is not as documented. A body that is sent piece by piece is None."""
        complaint = self.complaint(status, headers, body)
        if complaint is not None:
            raise self._broken(complaint, body)

    def complaint(self, status: int, headers: Sequence[tuple[bytes, bytes]], body: bytes | None) -> str | None:
        """Return what is wrong first with an answer: its status, a header, its content type, its body or its events.

        None if nothing is. A body that is not known yet is None.
        """
        documented = status if status in self._contents else _DEFAULT
        contents = self._contents.get(documented)
        if contents is None:
            return f"status {status} is not documented"
        given = dict(headers)
        missing = self._headers[documented] - set(given)
        if missing:
            return f"{status} lacks the header {sorted(missing)[0].decode()}"
        media_type = given.get(b"content-type", b"").decode().partition(";")[0]
        if not contents or (media_type == "" and None not in contents):
            return None
        schema = contents.get(media_type)
        if schema is None:
            return f'{status} with content type "{media_type}" is not documented'
        if body is None:
            return None
        if media_type == MEDIA_TYPE and status in self._events:
            frames = Frames(self._events[status].framing)
            return _wrong(frames, self._events[status], body) or _unfinished(frames)
        return _unfit(status, schema, body) if media_type == "application/json" else None

    def watch(
        self, status: int, headers: list[tuple[bytes, bytes]], pieces: AsyncGenerator[bytes, None]
    ) -> AsyncGenerator[bytes, None]:
        """Return the pieces of an answer as far as they keep the contract; ContractBroken says where they do not."""
        self.check(status, headers, None)
        media_type = dict(headers).get(b"content-type", b"").decode().partition(";")[0]
        if media_type == MEDIA_TYPE and status in self._events:
            return self._events_of(pieces, self._events[status])
        return self._body_of(status, headers, pieces) if media_type == "application/json" else pieces

    async def _events_of(self, pieces: AsyncGenerator[bytes, None], schema: EventSchema) -> AsyncGenerator[bytes, None]:
        frames = Frames(schema.framing)
        async with aclosing(pieces):
            async for piece in pieces:
                if complaint := _wrong(frames, schema, piece):
                    raise self._broken(complaint, piece)
                yield piece
        if complaint := _unfinished(frames):
            raise self._broken(complaint, None)

    async def _body_of(
        self, status: int, headers: list[tuple[bytes, bytes]], pieces: AsyncGenerator[bytes, None]
    ) -> AsyncGenerator[bytes, None]:
        """Yield line breaks at once, and all else in one when it is complete."""
        body = b""
        async with aclosing(pieces):
            async for piece in pieces:
                if not body and piece.isspace():
                    yield piece
                else:
                    body += piece
        self.check(status, headers, body)
        yield body

    def _broken(self, what: str, body: bytes | None) -> ContractBroken:
        shown = (body or b"")[:2000].decode(errors="replace")
        return ContractBroken(f"{self._operation} broke its contract: {what}\n{shown}")


def _unfit(status: int, schema: Schema, body: bytes) -> str | None:
    try:
        complaint = schema.complaint(orjson.loads(body))
    except ValueError:
        return f"{status} with a body that is no JSON"
    return complaint and f"{status} with a body that does not fit: {complaint}"


def _wrong(frames: Frames, schema: EventSchema, piece: bytes) -> str | None:
    """Return what is wrong first with the events that are complete with this piece of a stream."""
    try:
        for event in frames.take(piece):
            if complaint := schema.complaint(event):
                return f"an event {event.name} that does not fit: {complaint}"
    except ValueError as broken:  # Malformed, or a name that is no UTF-8
        return str(broken)
    return None


def _unfinished(frames: Frames) -> str | None:
    """Return what is wrong with the end of a stream."""
    try:
        frames.end()
    except Malformed as malformed:
        return str(malformed)
    return None


def _key(status: str) -> int:
    return int(status) if status.isdigit() else _DEFAULT
