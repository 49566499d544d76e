"""Holding the server's own answers to the observed contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from understudy.contract.operations import resolve
from understudy.contract.validators import Schema
from understudy.errors import BodyTooLarge, Forbidden, NotImitated, Refusal, Unauthorized, UnderstudyError
from understudy.server.bodies import NestedTooDeeply

if TYPE_CHECKING:
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

    def _broken(self, what: str, body: bytes | None) -> ContractBroken:
        shown = (body or b"")[:2000].decode(errors="replace")
        return ContractBroken(f"{self._operation} broke its contract: {what}\n{shown}")
