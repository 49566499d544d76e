"""Keep credentials out of what people and machines are told, whoever wrote it."""

from __future__ import annotations

import base64
import binascii
import html
import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from understudy.conformance.settings import Settings

HIDDEN = "[Filtered]"
"""What stands in the place of a credential, as Schemathesis has it."""

_TELLING = 6
"""Shorter values of headers, such as a number, occur everywhere and tell nothing."""


_ENCODED = re.compile(rb"[A-Za-z0-9+/]{8,}={0,2}")
"""What may be Base64: reports have bodies in it."""


def _written(value: str) -> set[str]:
    """Return a value as it is written in texts, in JSON, in JSON within JSON, and in HTML."""
    in_json = json.dumps(value, ensure_ascii=False)[1:-1]
    plain = {value, in_json, json.dumps(in_json, ensure_ascii=False)[1:-1]}
    return plain | {html.escape(each) for each in plain}


class Hiding:
    """Hides what a check sends along. A deployment may answer with it: some show runs the headers they came with."""

    def __init__(self, settings: Settings) -> None:
        words = {word for value in settings.headers.values() for word in (value, *value.split())}
        values = {written for word in words if len(word) >= _TELLING for written in _written(word)}
        # The longest first: one may be part of another.
        self._values = sorted(values, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """Return a text without credentials."""
        for value in self._values:
            text = text.replace(value, HIDDEN)
        return text

    def clean(self, files: Iterable[Path]) -> None:
        """Take credentials out of files that others have written."""
        for file in files:
            content = file.read_bytes()
            cleaned = self._cleaned(content)
            if self._values:
                cleaned = _ENCODED.sub(self._cleaned_within, cleaned)
            if cleaned != content:
                file.write_bytes(cleaned)

    def _cleaned(self, content: bytes) -> bytes:
        for value in self._values:
            content = content.replace(value.encode(), HIDDEN.encode())
        return content

    def _cleaned_within(self, found: re.Match[bytes]) -> bytes:
        try:
            content = base64.b64decode(found[0], validate=True)
        except binascii.Error:
            return found[0]
        cleaned = self._cleaned(content)
        return found[0] if cleaned == content else base64.b64encode(cleaned)
