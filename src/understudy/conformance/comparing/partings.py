"""Where two servers part in a sequence: step, operation, place, and what each said there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Literal, TypeAlias

import orjson

from understudy.conformance.comparing.canonical import shown
from understudy.conformance.comparing.differences import ABSENT, ID, Difference, Twins, of_answers
from understudy.conformance.comparing.steps import SYMBOL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from understudy.conformance.comparing.steps import Step
    from understudy.wire import Json, JsonObject

_STATUS = "status"
_WORDS = re.compile(r"[^A-Za-z ]+")
_MOST_WORDS = 60
_MOST_SHOWN = 300


Known: TypeAlias = Literal["new", "known", "diverges"]


@dataclass(frozen=True, slots=True)
class Group:
    """What differences have in common that probably have one cause: found once, it is shown once."""

    operation: str
    place: str
    """With `*` for numbers and ids."""
    kind: str
    """Which of the two has nothing there, or another type, or another value; of a status, which ones."""


@dataclass(frozen=True, slots=True)
class Parting:
    """One place where the answers to a step part. `step` counts from 1; `place` is as in `body.values.n`."""

    step: int
    operation: str
    place: str
    one: str
    other: str
    group: Group

    def __str__(self) -> str:
        return f"step {self.step} {self.operation}: {self.place}: {self.one} | {self.other}"


def partings(
    steps: Sequence[Step],
    ones: Sequence[JsonObject],
    others: Sequence[JsonObject],
    known: Callable[[Parting], Known],
) -> list[Parting]:
    """Return the differences of the first step that has any which are not `known`.

    What comes after that step may follow from it and is not looked at, nor what comes after another status, or after
    what `diverges`.
    """
    twins = Twins()
    for number, (step, one, other) in enumerate(zip(steps, ones, others, strict=False), 1):
        found = [_parting(number, step.operation, each) for each in _of_step(one, other, twins)]
        judged = [known(parting) for parting in found]
        if any(each == "diverges" for each in judged):
            break
        new = [parting for parting, each in zip(found, judged, strict=True) if each == "new"]
        if new:
            return new
        if any(parting.place == _STATUS for parting in found):
            break
    return []


def _of_step(one: JsonObject, other: JsonObject, twins: Twins) -> Iterator[Difference]:
    if one["status"] != other["status"]:
        yield Difference(f"/{_STATUS}", _outcome(one), _outcome(other))
    else:
        yield from of_answers(one, other, twins)


def _outcome(answer: JsonObject) -> str:
    """Return a status, and of a refusal its reason."""
    if 200 <= answer["status"] < 300:
        return str(answer["status"])
    body = answer.get("body", answer.get("text"))
    reason = body.get("detail", body.get("error", body)) if isinstance(body, dict) else body
    said = reason if isinstance(reason, str) else orjson.dumps(reason).decode()
    return f"{answer['status']} {said.partition(chr(10))[0]}".rstrip()


def _parting(number: int, operation: str, difference: Difference) -> Parting:
    keys = [key.replace("~1", "/").replace("~0", "~") for key in difference.pointer.split("/")[1:]]
    place = shown(".".join(keys)) or "the whole"
    pattern = ".".join("*" if key.isdigit() or ID.search(key) or SYMBOL.search(key) else key for key in keys)
    group = Group(operation, pattern, _kind(keys, difference))
    bare = keys in ([_STATUS], ["events"])
    return Parting(number, operation, place, _told(difference.one, bare), _told(difference.other, bare), group)


def _kind(keys: list[str], difference: Difference) -> str:
    one, other = difference.one, difference.other
    if keys == [_STATUS]:
        return " | ".join(_gist(outcome) for outcome in (one, other))
    if one is ABSENT or other is ABSENT:
        return f"nothing in {'A' if one is ABSENT else 'B'}"
    if keys == ["events"]:
        pairs = zip_longest(one.split(", "), other.split(", "), fillvalue="nothing")
        return next((" | ".join(pair) for pair in pairs if pair[0] != pair[1]), "value")
    if type(one) is not type(other):
        return f"{type(one).__name__} | {type(other).__name__}"
    return "value"


def _gist(outcome: str) -> str:
    """Return a status with what is said of it, without the particulars."""
    status, _, said = outcome.partition(" ")
    return f"{status} {_WORDS.sub('*', said)[:_MOST_WORDS]}".rstrip()


def _told(value: Json, bare: bool) -> str:
    if value is ABSENT:
        return "nothing"
    text = shown(value if bare and isinstance(value, str) else orjson.dumps(value).decode())
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}… ({len(text)} characters)"
