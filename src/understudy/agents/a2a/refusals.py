"""Why nothing comes of an A2A message, where that is more than a parameter that is wrong."""

from __future__ import annotations

from understudy.errors import Refusal


class TaskNotFound(Refusal):
    """There is no such task, or it is of another assistant."""


class NotCancelable(Refusal):
    """The task is over."""


class TaskOver(Refusal):
    """The task is over, and takes no more messages."""


class WrongContent(Refusal):
    """A part of the message is of no kind that agents take."""


class InvalidAnswer(Refusal):
    """What the agent said cannot be told in A2A."""


class Broken(Refusal):
    """Something that the real server does not foresee, and calls its own fault."""

    def __init__(self, detail: str = "Internal server error") -> None:
        super().__init__(detail)
