"""How a channel of an agent's state takes in what is written to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.agents import messages
from understudy.agents.failures import WrongType
from understudy.agents.message_fields import abridged
from understudy.errors import Unacceptable

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from understudy.state.agents import ReducerName
    from understudy.state.ids import Ids
    from understudy.wire import Json

    Rule: TypeAlias = Callable[[Json, Json, Ids], Json]

OVERWRITE = "__overwrite__"


def initial(reducer: ReducerName) -> Json:
    """Return what a channel holds before anything is written; KeyError for `last`, which then holds nothing."""
    return _EMPTY[reducer]()


def merge(reducer: ReducerName, old: Json, new: Json, ids: Ids) -> Json:
    """Return what a channel that holds `old` holds after `new` is written; None stands for a channel not yet written.

    `{"__overwrite__": value}` and `{"type": "__overwrite__", "value": value}` put the value there as it is, save in
    `last`, which keeps whatever comes. Unacceptable when the values do not fit the rule.
    """
    if reducer == "last":
        return new
    if overwrites(reducer, new):
        return new[OVERWRITE] if OVERWRITE in new else new["value"]
    return _RULES[reducer](initial(reducer) if old is None else old, new, ids)


def overwrites(reducer: ReducerName, new: Json) -> bool:
    """Return whether writing `new` puts a value in the place of what the channel holds, instead of merging the two."""
    return (
        reducer != "last"
        and isinstance(new, dict)
        and ((OVERWRITE in new and len(new) == 1) or (new.get("type") == OVERWRITE and "value" in new))
    )


def _append(old: Json, new: Json, _: Ids) -> Json:
    for value in (old, new):
        if not isinstance(value, list):
            complaint = f'A channel with the reducer "append" takes lists, not {abridged(value)}'
            raise WrongType(complaint, f'can only concatenate list (not "{type(value).__name__}") to list')
    return old + new


def _sum(old: Json, new: Json, _: Ids) -> Json:
    for value in (old, new):
        if not isinstance(value, (int, float)):
            complaint = f'A channel with the reducer "sum" takes numbers, not {abridged(value)}'
            raise WrongType(complaint, f"unsupported operand type(s) for +: {_types(old, new)}")
    total = old + new
    if isinstance(total, int) and not -(2**63) <= total < 2**64:
        raise Unacceptable(f'A channel with the reducer "sum" holds at most 64 bits, too few for {total}')
    return total


def _types(*values: Json) -> str:
    return " and ".join(f"'{type(value).__name__}'" for value in values)


_RULES: dict[str, Rule] = {"append": _append, "sum": _sum, "messages": messages.add}

_EMPTY: dict[str, Callable[[], Json]] = {"append": list, "sum": int, "messages": list}
