"""Where something stands in a scenario, and how people are told of it."""

from __future__ import annotations

import json
import re
from typing import TypeAlias

Path: TypeAlias = tuple[str | int, ...]
"""Where a value stands in a scenario: `("threads", 2, "status")`."""

_PLAIN = re.compile(r"[A-Za-z_][\w-]*")
_LONGEST = 60
_LONGEST_EXPRESSION = 160


class TurnAt(int):
    """The place of a turn among the turns of a node; people count from 1."""


class StepAt(int):
    """The place of a step among the steps of a node or of a turn; people count from 1."""


def spelled(path: Path) -> str:
    """Return a path as people write it.

    `threads[2].history[0].values["two words"]`; and in scripts `agents.bot.nodes.model turn 2, step 3: say.by`.
    """
    text = ""
    in_turn = in_step = False
    for at, part in enumerate(path):
        if isinstance(part, TurnAt):
            text, in_turn = f"{text} turn {part + 1}", True
        elif isinstance(part, StepAt):
            text, in_step = f"{text}{',' if in_turn else ''} step {part + 1}", True
        elif part == "do" and isinstance(path[at - 1], TurnAt):
            continue
        elif isinstance(part, int):
            text += f"[{part}]"
        elif not _PLAIN.fullmatch(part):
            text += f"[{quoted(part)}]"
        elif in_turn or in_step:
            text, in_turn, in_step = f"{text}: {part}", False, False
        else:
            text += f".{part}" if text else part
    return text


def quoted(value: object) -> str:
    """Return a value as JSON text, cut short when it is long."""
    return _cut(json.dumps(value, ensure_ascii=False, default=str), _LONGEST)


def quoted_expression(source: str) -> str:
    """Return an expression as it was written, on one line and cut short only when it is very long."""
    return f"`{_cut(' '.join(source.split()), _LONGEST_EXPRESSION)}`"


def shortened(sentence: str) -> str:
    """Return a sentence, cut short when it is very long: it may quote what somebody sent."""
    return _cut(sentence, _LONGEST_EXPRESSION)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
