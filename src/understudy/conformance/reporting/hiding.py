"""Keep credentials out of what people and machines are told, whoever wrote it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from understudy.conformance.settings import Settings

HIDDEN = "[Filtered]"
"""What stands in the place of a credential, as Schemathesis has it."""

_TELLING = 6
"""Shorter values of headers, such as a number, occur everywhere and tell nothing."""


class Hiding:
    """Hides what a check sends along. A deployment may answer with it: some show runs the headers they came with."""

    def __init__(self, settings: Settings) -> None:
        values = {word for value in settings.headers.values() for word in (value, *value.split())}
        # The longest first: one may be part of another.
        self._values = sorted((value for value in values if len(value) >= _TELLING), key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """Return a text without credentials."""
        for value in self._values:
            text = text.replace(value, HIDDEN)
        return text

    def clean(self, files: Iterable[Path]) -> None:
        """Take credentials out of files that others have written."""
        for file in files:
            content = file.read_bytes()
            cleaned = content
            for value in self._values:
                cleaned = cleaned.replace(value.encode(), HIDDEN.encode())
            if cleaned != content:
                file.write_bytes(cleaned)
