"""JSON values as the language of scripts writes them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from understudy.agents.script.expressions import is_template

if TYPE_CHECKING:
    from understudy.wire import Json


def literal(value: Json) -> str:
    """Return a value as it stands in an expression."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{literal(key)}: {literal(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(literal, value)) + "]"
    return "none" if value is None else json.dumps(value, ensure_ascii=False)


def template(value: Json) -> Json:
    """Return a value as it stands in a step: texts that would be read as templates say that they are none."""
    if isinstance(value, dict):
        return {key: template(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [template(inner) for inner in value]
    return f"{{{{ {literal(value)} }}}}" if isinstance(value, str) and is_template(value) else value


def key_of(value: Json) -> str:
    """Return a text that is the same for equal values only: true is not 1."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
