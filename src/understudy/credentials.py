"""Where a deployment is, and what is sent along with each request to it. The latter is never shown."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit, urlunsplit

from understudy.errors import SetupError

if TYPE_CHECKING:
    from collections.abc import Iterable

_NAME = re.compile(r"[\w!#$%&'*+.^`|~-]+", re.ASCII)

_KEY_HEADERS = {"computer-agents": ("authorization", "Bearer ")}
"""Where an API wants its key, and after which word; `x-api-key` for all others."""


def headers(given: Iterable[str], api_key: str | None, of: str = "", *, api: str = "agent-server") -> dict[str, str]:
    """Return the headers that the options `--header` and `--api-key` say, names in lower case.

    The key goes where the API wants it. `of` is the end of the options' names where there are several of them, as in
    `-a`. SetupError for what no header can be; it may be a secret all the same, so the complaint does not repeat it.
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
        name, before = _KEY_HEADERS.get(api, ("x-api-key", ""))
        told[name] = f"{before}{api_key.strip()}"
    return told


def address(text: str) -> tuple[str, dict[str, str]]:
    """Return a URL without what must not be shown, and the headers that say it instead. SetupError if it is none."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise SetupError(f'"{_public(text)}" is no address: {error}') from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SetupError(f'"{_public(text)}" is no address of a server: it begins with http:// or https://')
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    bare = urlunsplit((parts.scheme, f"{host}:{port}" if port else host, parts.path.rstrip("/"), "", ""))
    if parts.username is None:
        return bare, {}
    told = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return bare, {"authorization": f"Basic {base64.b64encode(told.encode()).decode()}"}


def _can_be_sent(value: str) -> bool:
    return bool(value.strip()) and value.isascii() and value.isprintable()


def _public(text: str) -> str:
    """Return a would-be address without the user and the password it may name."""
    return text.rpartition("@")[2]
