"""Errors of nodes, as histories show them: in the words of Python."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from understudy.recording.scripts.literals import template

if TYPE_CHECKING:
    from understudy.wire import JsonObject

_REPR = re.compile(r"([A-Za-z_]\w*)\((.*)\)", re.DOTALL)


def failing(error: str) -> JsonObject:
    """Return the step that fails with an error, such as `ValueError('boom')`."""
    found = _REPR.fullmatch(error)
    if not found:
        return {"raise": {"error": "RuntimeError", "message": template(error)}}
    name, arguments = found.groups()
    return {"raise": {"error": name, "message": template(_message(arguments))}}


def _message(arguments: str) -> str:
    """Return the message of an error that was made with these arguments."""
    try:
        told: tuple[object, ...] = ast.literal_eval(f"({arguments},)") if arguments.strip() else ()
    except (SyntaxError, ValueError):
        return arguments
    return str(told[0]) if len(told) == 1 else str(told) if told else ""
