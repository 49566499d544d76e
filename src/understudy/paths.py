"""Where something stands in a scenario, and how people are told of it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from understudy.wire import Json

Path: TypeAlias = tuple[str | int, ...]
"""Where a value stands in a scenario: `("threads", 2, "status")`."""

_PLAIN = re.compile(r"[A-Za-z_][\w-]*")
_LONGEST = 60


class TurnAt(int):
    """The place of a turn among the turns of a node; people count from 1."""


class StepAt(int):
    """The place of a step among the steps of a node or of a turn; people count from 1."""


def spelled(path: Path) -> str:
    """Return a path as people write it.

    `threads[2].history[0].values["two words"]`; in the script of a node `agents.bot.nodes.model turn 2, step 3: say.by`.
    """
    text = ""
    for at, part in enumerate(path):
        if isinstance(part, TurnAt):
            text += f" turn {part + 1}"
        elif isinstance(part, StepAt):
            text += f"{',' if isinstance(path[max(at - 2, 0)], TurnAt) else ''} step {part + 1}"
        elif part == "do" and at and isinstance(path[at - 1], TurnAt):
            continue
        elif isinstance(part, int):
            text += f"[{part}]"
        else:
            word = part if _PLAIN.fullmatch(part) else ""
            dot = ": " if at and isinstance(path[at - 1], (StepAt, TurnAt)) else "."
            text += (f"{dot}{word}" if text else word) if word else f"[{quoted(part)}]"
    return text


def quoted(value: Json) -> str:
    """Return a value as JSON text, cut short when it is long."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
