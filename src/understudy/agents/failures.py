"""How a run ends other than by coming to its end: it fails, or it waits for an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from understudy.errors import Unacceptable

if TYPE_CHECKING:
    from understudy.wire import JsonObject

HELP = "\nFor troubleshooting, visit: https://docs.langchain.com/oss/python/langgraph/errors/"
"""What LangGraph puts behind the complaints that it has a page for, before the name of the page."""

BAD_RETURN = "INVALID_GRAPH_NODE_RETURN_VALUE"

HIDDEN = "An internal error occurred"
"""What clients read in place of the message of an error whose class is not one of Python's own or LangGraph's."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An error of an agent: the name of its class, its message, and whether clients may read the message."""

    error: str
    message: str
    public: bool = True

    def to_json(self) -> JsonObject:
        """Return what clients are told."""
        return {"error": self.error, "message": self.message if self.public else HIDDEN}

    def __repr__(self) -> str:
        return f"{self.error}({self.message!r})"


class Failed(Exception):
    """The agent failed."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(repr(failure))
        self.failure = failure


class Paused(Exception):
    """The agent waits: for answers to these interrupts or, if there are none, to be told to go on."""

    def __init__(self, interrupts: list[JsonObject]) -> None:
        super().__init__(interrupts)
        self.interrupts = interrupts


class InvalidUpdate(Unacceptable):
    """A node wrote what its graph cannot take."""


class BadValue(Unacceptable):
    """Something was written that its channel cannot take; `python` is how a node in Python would have failed."""

    def __init__(self, detail: str, python: str) -> None:
        super().__init__(detail)
        self.python = python


class WrongType(BadValue):
    """A value was written to a channel that takes others."""


class Unsupported(BadValue):
    """Something is taken for a message that is none."""


class WrongField(Unacceptable):
    """A field of a message holds what it cannot; said in the words of Pydantic."""


_CLASSES: dict[type[Unacceptable], str] = {
    InvalidUpdate: "InvalidUpdateError",
    Unsupported: "NotImplementedError",
    WrongField: "ValidationError",
    WrongType: "TypeError",
}


def failure_of(refusal: Unacceptable) -> Failure:
    """Return the failure of a run whose writes were refused."""
    told = refusal.python if isinstance(refusal, BadValue) else refusal.detail
    return Failure(_CLASSES.get(type(refusal), "ValueError"), told)


def out_of_steps(limit: int) -> Failed:
    """Return what ends a run after too many supersteps."""
    return Failed(
        Failure(
            "GraphRecursionError",
            f"Recursion limit of {limit} reached without hitting a stop condition. You can increase the limit by "
            f"setting the `recursion_limit` config key.{HELP}GRAPH_RECURSION_LIMIT",
        )
    )


def no_input(what: str = "Received no input for __start__") -> Failed:
    """Return what ends a run that has nothing to start from."""
    return Failed(Failure("EmptyInputError", what))
