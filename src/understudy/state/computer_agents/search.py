"""Search: threads by what they are called and what is said in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from understudy.state.computer_agents.messages import PREVIEW

if TYPE_CHECKING:
    from collections.abc import Iterable

    from understudy.state.computer_agents.messages import Messages
    from understudy.wire import JsonObject

_SCORES = (("title", 1.0), ("task", 0.8))
_MESSAGES = 0.6


@dataclass(frozen=True, slots=True)
class Match:
    """A thread that has a text: how well, from 0 to 1, where the text stands, and the messages that have it."""

    thread: JsonObject
    score: float
    highlights: list[str]
    messages: list[JsonObject]


def search(threads: Iterable[JsonObject], messages: Messages, text: str) -> list[Match]:
    """Return the threads whose title, task or messages have a text, in any case, the best first.

    Equal ones stay in the order in which they come.
    """
    wanted = text.lower()
    matches = [_match(thread, messages.of(thread["id"]), wanted) for thread in threads]
    return sorted((match for match in matches if match.score), key=lambda match: -match.score)


def _match(thread: JsonObject, messages: Iterable[JsonObject], wanted: str) -> Match:
    fitting = [(score, thread[name]) for name, score in _SCORES if wanted in (thread[name] or "").lower()]
    said = [message for message in messages if wanted in message["content"].lower()]
    score = max([score for score, _ in fitting] + [_MESSAGES] * bool(said), default=0.0)
    highlights = [text for _, text in fitting] + [_around(message["content"], wanted) for message in said]
    return Match(thread, score, highlights, said)


def _around(text: str, wanted: str) -> str:
    """Return up to `PREVIEW` characters of a text that has the wanted one, with that in it."""
    at = text.lower().find(wanted)
    start = max(0, min(at - (PREVIEW - len(wanted)) // 2, len(text) - PREVIEW))
    return text[start : start + PREVIEW]
