"""The deployment that a command line names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.credentials import address, headers
from understudy.errors import SetupError
from understudy.recording.deployment import AT_ONCE, Deployment

if TYPE_CHECKING:
    import argparse


def reached(options: argparse.Namespace) -> Deployment:
    """Return the deployment that options name. SetupError for what cannot be meant."""
    url, credentials = address(options.url)
    return Deployment(
        url,
        {**credentials, **headers(options.header, options.api_key)},
        timeout=_number("--timeout", options.timeout, 30),
        at_once=_number("--at-once", options.at_once, AT_ONCE),
    )


def _number(option: str, text: str | None, default: int) -> int:
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and int(text)):
        raise SetupError(f'{option} is a whole number, at least 1, not "{text}"')
    return int(text)
