"""What an update from outside writes into a state, and which nodes it leads to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from understudy.agents.failures import BAD_RETURN, HELP, InvalidUpdate
from understudy.agents.steps import Send
from understudy.errors import Unacceptable

if TYPE_CHECKING:
    from understudy.wire import Json, JsonObject


@dataclass(frozen=True, slots=True)
class Update:
    """What one node is to have returned: values or, where there is one, a command with `update` and `goto`.

    Without `as_node`, the likeliest node.
    """

    values: Json = None
    command: JsonObject | None = None
    as_node: str | None = None


def update_from(body: JsonObject) -> Update:
    """Return the update that a ThreadStateUpdate or ThreadSuperstepUpdate asks for; an empty command is none."""
    return Update(values=body.get("values"), command=body.get("command") or None, as_node=body.get("as_node"))


def writes(update: Update) -> list[tuple[str, Json]]:
    """Return what an update writes, channel by channel."""
    if update.command is None:
        if update.values is None:
            return []
        expect_dict(update.values)
        return list(update.values.items())
    if update.command.get("resume") is not None:
        raise Unacceptable("A command that updates the state cannot resume an interrupt")
    return pairs(update.command.get("update") or {})


def targets(command: JsonObject | None) -> list[str | Send]:
    """Return where a command goes: nodes, and nodes that it sends an input of their own."""
    goto = (command or {}).get("goto") or []
    return [
        target if isinstance(target, str) else Send(target["node"], target.get("input"))
        for target in (goto if isinstance(goto, list) else [goto])
    ]


def expect_dict(values: Json) -> None:
    """Raise Unacceptable unless the values are an object."""
    if not isinstance(values, dict):
        raise InvalidUpdate(f"Expected dict, got {values}{HELP}{BAD_RETURN}")


def pairs(update: Json) -> list[tuple[str, Json]]:
    """Return the writes of a command's `update`: an object, or a list of pairs. InvalidUpdate for anything else."""
    if isinstance(update, dict):
        return list(update.items())
    if all(isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], str) for pair in update):
        return [(name, value) for name, value in update]
    raise InvalidUpdate(f"Expected dict or a list of [channel, value] pairs, got {update}")
