"""Faults: rules by which requests are answered wrongly, late or not at all."""

from __future__ import annotations


class Faults:
    """The faults of a world, in the order in which they are tried."""
