"""The deployment that a command line names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.credentials import address, headers
from understudy.recording.deployment import AT_ONCE, TIMEOUT, Deployment
from understudy.recording.selection import number

if TYPE_CHECKING:
    import argparse


def reached(options: argparse.Namespace) -> Deployment:
    """Return the deployment that options name. SetupError for what cannot be meant."""
    url, credentials = address(options.url)
    return Deployment(
        url,
        {**credentials, **headers(options.header, options.api_key)},
        timeout=number("--timeout", options.timeout) or TIMEOUT,
        at_once=number("--at-once", options.at_once) or AT_ONCE,
    )
