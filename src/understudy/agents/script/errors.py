"""What can go wrong while a script is played."""

from __future__ import annotations

from understudy.errors import UnderstudyError


class ScriptError(UnderstudyError):
    """A script cannot go on: an expression has no value, or a value is of the wrong kind for its step."""
