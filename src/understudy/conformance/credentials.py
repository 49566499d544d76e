"""What is sent along with each request to a deployment, as command lines say it. It is never shown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from understudy.errors import SetupError

if TYPE_CHECKING:
    from collections.abc import Iterable

_NAME = re.compile(r"[\w!#$%&'*+.^`|~-]+", re.ASCII)


def headers(given: Iterable[str], api_key: str | None, of: str = "") -> dict[str, str]:
    """Return the headers that the options `--header` and `--api-key` say, names in lower case.

    `of` is the end of the options' names where there are several of them, as in `-a`. SetupError for what no header can
    be; it may be a secret all the same, so the complaint does not repeat it.
    """
    told = {}
    for number, text in enumerate(given, start=1):
        name, _, value = text.partition(":")
        if not _NAME.fullmatch(name.strip()) or not _can_be_sent(value):
            raise SetupError(f'--header{of} {number} is not of the form NAME:VALUE, as in "authorization: Bearer …"')
        told[name.strip().lower()] = value.strip()
    if api_key is not None:
        if not _can_be_sent(api_key):
            raise SetupError(f"--api-key{of} is empty, or has characters that no header may have")
        told["x-api-key"] = api_key.strip()
    return told


def _can_be_sent(value: str) -> bool:
    return bool(value.strip()) and value.isascii() and value.isprintable()
