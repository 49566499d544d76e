"""The agent that needs no script: it repeats what it is told, and does strange things when asked to in magic words.

`fixtures/agents.md` lists the magic words.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from understudy.agents.script.conversations import conversation, text_of
from understudy.agents.script.words import is_builtin
from understudy.agents.steps import Behaviour, Emit, Fail, Interrupt, Say, Situation, Step, Wait, Write
from understudy.errors import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from typing import TypeAlias

    from understudy.wire import Json, JsonObject

    Played: TypeAlias = Generator[Step, Any, None]

MAGIC = "/understudy"
"""What a text begins with that asks for more than its echo."""

_ERROR = re.compile(r"(?P<error>[A-Za-z_]\w*)\s*(?::\s*(?P<message>.*))?", re.DOTALL)
_PIECES = re.compile(r"\s|[^\s]+")
_MAX_TOKENS = 1_000_000


def echo(channel: str) -> Behaviour:
    """Return what a node does that answers the last message of a channel."""

    def behave(situation: Situation) -> Played:
        messages = conversation(situation.state, channel)
        content = messages[-1].get("content") if messages else ""
        words = text_of(content).split(maxsplit=1)
        if words and words[0] == MAGIC:
            yield from _magic(words[1] if len(words) > 1 else "help", _Conversation(channel, messages))
        else:
            yield _answer(channel, f"echo {content}")

    return behave


class _Conversation:
    """A channel, and the messages in it."""

    def __init__(self, channel: str, messages: list[JsonObject]) -> None:
        self.channel = channel
        self.messages = messages

    def times(self) -> int:
        """Return how often the last message was said."""
        last = text_of(self.messages[-1])
        return sum(message.get("type") == "human" and text_of(message) == last for message in self.messages)


def _magic(asked: str, told: _Conversation) -> Played:
    word, _, rest = asked.strip().partition(" ")
    if word not in WORDS:
        yield Fail("ValueError", f'unknown magic word "{word}".{did_you_mean(word, WORDS)}')
        return
    try:
        yield from WORDS[word](rest.strip(), told)
    except ValueError as error:
        yield Fail("ValueError", f"{MAGIC} {word}: {error}")


def _answer(channel: str, text: str, **fields: Json) -> Write:
    return Write({channel: [{"role": "ai", "content": text, **fields}]})


def _say(channel: str, text: str) -> Say:
    return Say({"content": text}, tuple(_PIECES.findall(text)) or ("",), channel=channel)


def _raise(rest: str, _: _Conversation) -> Played:
    told = _ERROR.fullmatch(rest)
    error = told["error"] if told else "RuntimeError"
    message = (told["message"] or "") if told else rest
    yield Fail(error, message, builtin=is_builtin(error))


def _raise_once(rest: str, told: _Conversation) -> Played:
    if told.times() == 1:
        yield from _raise(rest, told)
    else:
        yield _answer(told.channel, f"echo {rest}")


def _interrupt(rest: str, told: _Conversation) -> Played:
    answer = yield Interrupt(_json_or_text(rest) if rest else "Go on?")
    yield _answer(told.channel, f"answer {answer}")


def _wait(rest: str, told: _Conversation) -> Played:
    seconds = _number(rest, "seconds")
    yield Wait(seconds)
    yield _answer(told.channel, f"waited {rest} seconds")


def _tokens(rest: str, told: _Conversation) -> Played:
    count = int(_number(rest, "tokens", most=_MAX_TOKENS))
    chunks = tuple(f"{number} " for number in range(1, count + 1))
    yield Say({"content": "".join(chunks)}, chunks or ("",), channel=told.channel)


def _stream(rest: str, told: _Conversation) -> Played:
    yield _say(told.channel, rest)


def _emit(rest: str, told: _Conversation) -> Played:
    yield Emit(_json_or_text(rest))
    yield _answer(told.channel, f"emitted {rest}")


def _call(rest: str, told: _Conversation) -> Played:
    name, _, text = rest.partition(" ")
    if not name:
        raise ValueError("which tool?")
    args = json.loads(text) if text.strip() else {}
    if not isinstance(args, dict):
        raise ValueError("the arguments of a tool are a JSON object")
    call = {"name": name, "args": args, "id": f"call_{len(told.messages)}"}
    yield _answer(told.channel, "", tool_calls=[call])


def _help(_: str, told: _Conversation) -> Played:
    yield _answer(told.channel, "\n".join(f"{MAGIC} {word}" for word in sorted(WORDS)))


def _number(text: str, what: str, most: float = 86_400) -> float:
    number = float(text) if re.fullmatch(r"\d+(\.\d+)?", text) else -1
    if not 0 <= number <= most:
        raise ValueError(f"how many {what}? From 0 to {most:g}, not {text!r}")
    return number


def _json_or_text(text: str) -> Json:
    try:
        return json.loads(text)
    except ValueError:
        return text


WORDS: dict[str, Callable[[str, _Conversation], Played]] = {
    "call": _call,
    "emit": _emit,
    "help": _help,
    "interrupt": _interrupt,
    "raise": _raise,
    "raise-once": _raise_once,
    "stream": _stream,
    "tokens": _tokens,
    "wait": _wait,
}
"""What can be asked for in magic words."""
