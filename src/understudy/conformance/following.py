"""A stream that stays open while something else is asked: what it shows waits until it is read, within bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemathesis.core.transport import Response
from urllib3.exceptions import HTTPError

from understudy.conformance.streams import Reading, read
from understudy.contract.events import MEDIA_TYPE, NAMED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import requests

    from understudy.contract.events import Framing, SentEvent

SILENCE = 15.0
"""Seconds after which nothing more is expected of a stream that does not even send a heartbeat."""

_PIECE = 65_536


class Following:
    """An open stream. Nothing is read of it but by `read`."""

    def __init__(self, opened: requests.Response, framing: Framing = NAMED) -> None:
        self._opened = opened
        self._framing = framing
        self._content = bytearray()

    @property
    def is_stream(self) -> bool:
        """Whether what was answered is a stream of events."""
        return self._opened.ok and self._opened.headers.get("content-type", "").startswith(MEDIA_TYPE)

    def read(self, until: Callable[[SentEvent], bool]) -> Reading:
        """Return the events as far as one that is `until`, or as far as the bounds. Broken like `streams.read`."""
        return read(self._pieces(), framing=self._framing, until=until)

    def response(self) -> Response:
        """Return the answer with what has been read of it."""
        return Response(
            status_code=self._opened.status_code,
            headers={name: [value] for name, value in self._opened.headers.items()},
            content=bytes(self._content),
            request=self._opened.request,
            elapsed=self._opened.elapsed.total_seconds(),
            verify=True,
            message=self._opened.reason,
            stream_cut_short=True,
        )

    def _pieces(self) -> Iterator[bytes]:
        try:
            while piece := self._opened.raw.read1(_PIECE, decode_content=True):
                self._content += piece
                yield piece
        except HTTPError:
            return  # silent for too long, or torn off: whoever reads sees what is missing
