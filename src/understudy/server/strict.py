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
    from collections.abc import AsyncGenerator

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


class ContractBroken(UnderstudyError):
    """An answer of this server is not what its document says."""


class AnswerCheck:
    """Checks the answers of one operation; everything is compiled at start."""

    def __init__(self, document: JsonObject, operation: Operation) -> None:
        self._operation = operation
        self._contents = {
            int(status): {
                media_type: Schema(document, content.get("schema", {}))
                for media_type, content in response.get("content", {}).items()
            }
            for status, response in operation.responses.items()
            if status.isdigit()
        }
        self._events = {
            int(status): EventSchema(document, response["content"][MEDIA_TYPE].get("schema", {}))
            for status, response in operation.responses.items()
            if status.isdigit() and MEDIA_TYPE in response.get("content", {})
        }
        self._headers = {
            int(status): {
                name.lower().encode()
                for name, header in response.get("headers", {}).items()
                if resolve(document, header).get("required", False)
            }
            for status, response in operation.responses.items()
            if status.isdigit()
        }

    def check(self, status: int, headers: list[tuple[bytes, bytes]], body: bytes | None) -> None:
        """Raise ContractBroken when status, required headers, content type or body are not as documented.

        A body that is sent piece by piece is None.
        """
        contents = self._contents.get(status)
        if contents is None:
            raise self._broken(f"status {status} is not documented", body)
        given = dict(headers)
        missing = self._headers[status] - set(given)
        if missing:
            raise self._broken(f"{status} lacks the header {sorted(missing)[0].decode()}", body)
        media_type = given.get(b"content-type", b"").decode().partition(";")[0]
        if not contents or (media_type == "" and None not in contents):
            return
        schema = contents.get(media_type)
        if schema is None:
            raise self._broken(f'{status} with content type "{media_type}" is not documented', body)
        if (
            body is not None
            and media_type == "application/json"
            and (complaint := schema.complaint(orjson.loads(body)))
        ):
            raise self._broken(f"{status} with a body that does not fit: {complaint}", body)

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
        frames = Frames()
        async with aclosing(pieces):
            async for piece in pieces:
                try:
                    for event in frames.take(piece):
                        if complaint := schema.complaint(event):
                            raise self._broken(f"an event {event.name} that does not fit: {complaint}", piece)
                except Malformed as malformed:
                    raise self._broken(str(malformed), piece) from None
                yield piece
        try:
            frames.end()
        except Malformed as malformed:
            raise self._broken(str(malformed), None) from None

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
