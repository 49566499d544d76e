"""Answers to commands: success, or what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from understudy.wire import Json, JsonObject

NOT_JSON = "Protocol commands must be valid JSON."
NO_COMMAND = "Protocol commands must include an integer id and string method."


class CommandRefused(Exception):
    """A command that is not carried out; `error` is the kind for programs, `more` what the answer has besides."""

    def __init__(self, error: str, message: str, **more: Json) -> None:
        super().__init__(message)
        self.error = error
        self.message = message
        self.more = more


def invalid(message: str) -> CommandRefused:
    """Return the refusal of a command that does not say what it has to."""
    return CommandRefused("invalid_argument", message)


def success(command_id: Json, result: JsonObject, meta: JsonObject) -> JsonObject:
    """Return the answer to a command that was carried out."""
    return {"type": "success", "id": command_id, "result": result, "meta": meta}


def failure(command_id: Json, refused: CommandRefused) -> JsonObject:
    """Return the answer to a command that was not."""
    return {"type": "error", "id": command_id, "error": refused.error, "message": refused.message, **refused.more}


def is_command(value: Json) -> bool:
    """Return whether this is a command, known or not.

    True and false count as ids, as on the real server, and so does 5.0, which the document calls an integer. What does
    not fit into 64 bits has become a float on its way here, and is none.
    """
    if not isinstance(value, dict) or not isinstance(value.get("method"), str):
        return False
    told = value.get("id")
    return isinstance(told, int) or (isinstance(told, float) and told.is_integer() and -(2**63) < told < 2**64)


def no_command(value: Json) -> JsonObject:
    """Return the answer to something that is none."""
    return failure(value.get("id") if isinstance(value, dict) else None, invalid(NO_COMMAND))
