"""Read the beginning of an answer that may have no end."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from schemathesis.core.transport import Response
from urllib3.exceptions import HTTPError

if TYPE_CHECKING:
    import requests

_PIECE = 65_536


def glance(session: requests.Session, request: dict[str, Any], seconds: float) -> Response:
    """Send a request and return its answer, with as much of the body as comes within some seconds or before a silence.

    Raises RequestException if not even the headers come.
    """
    until = time.monotonic() + seconds
    with session.request(**request, stream=True, timeout=seconds) as opened:
        content, ended = bytearray(), False
        with suppress(HTTPError, OSError):  # silent, or torn off: what has come is all there is
            while not ended and time.monotonic() < until:
                piece = opened.raw.read1(_PIECE, decode_content=True)
                content += piece
                ended = not piece
        return Response(
            status_code=opened.status_code,
            headers={name.lower(): [value] for name, value in opened.headers.items()},
            content=bytes(content),
            request=opened.request,
            elapsed=opened.elapsed.total_seconds(),
            verify=True,
            message=opened.reason,
            stream_cut_short=not ended,
        )
