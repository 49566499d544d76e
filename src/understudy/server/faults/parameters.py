"""What a fault, or the rule that it stands in, can be told: names, defaults and what values may be."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from understudy.errors import Invalid, did_you_mean
from understudy.paths import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from understudy.wire import Json, JsonObject

LONGEST = 3600
"""Seconds that a fault may let somebody wait."""

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, section 5.6.2
_FRAMING = ("connection", "content-length", "transfer-encoding")


@dataclass(frozen=True, slots=True)
class Parameter:
    """What can be told under one name. `read` returns the value; its ValueError says what the value must be."""

    default: Json
    read: Callable[[Json], Json]


def read(given: JsonObject, known: Mapping[str, Parameter], owner: str, place: str = "") -> JsonObject:
    """Return the value of each known parameter; one that is null counts as left out.

    Invalid names the place of what is unknown to its owner or has a wrong value, and says what would be right.
    """
    for name in given:
        if name not in known:
            raise Invalid(f"{place}{name}: {owner} has no such parameter.{did_you_mean(name, known)}")
    return {name: _value(given.get(name), parameter, f"{place}{name}") for name, parameter in known.items()}


def _value(value: Json, parameter: Parameter, place: str) -> Json:
    if value is None:
        return parameter.default
    try:
        return parameter.read(value)
    except ValueError as error:
        raise Invalid(f"{place}: must be {error}, not {quoted(value)}") from None


def whole(default: int | None = None, *, least: int = 0, most: int | None = None) -> Parameter:
    """Return the parameter for a whole number."""
    return Parameter(default, lambda value: _number(value, (int,), least, most))


def number(default: float | None = None, *, most: float) -> Parameter:
    """Return the parameter for a number from 0."""
    return Parameter(default, lambda value: _number(value, (int, float), 0, most))


def flag() -> Parameter:
    """Return the parameter for yes or no, which is no unless it is told."""

    def reading(value: Json) -> Json:
        if not isinstance(value, bool):
            raise ValueError("true or false")
        return value

    return Parameter(False, reading)


def word(*words: str) -> Parameter:
    """Return the parameter for one of some words; the first of them if nothing is told."""

    def reading(value: Json) -> Json:
        if value not in words:
            raise ValueError(f"one of {', '.join(map(quoted, words))}")
        return value

    return Parameter(words[0], reading)


def text(default: str | None = None, *, like: str = ".+", called: str = "a text that is not empty") -> Parameter:
    """Return the parameter for a text that matches a pattern."""
    pattern = re.compile(like, re.DOTALL)

    def reading(value: Json) -> Json:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise ValueError(called)
        return value

    return Parameter(default, reading)


def anything() -> Parameter:
    """Return the parameter for any JSON."""
    return Parameter(None, lambda value: value)


def mapping(called: str) -> Parameter:
    """Return the parameter for an object, empty if nothing is told."""

    def reading(value: Json) -> Json:
        if not isinstance(value, dict):
            raise ValueError(called)
        return value

    return Parameter({}, reading)


def headers() -> Parameter:
    """Return the parameter for headers of an answer, but for those that frame it."""

    def reading(value: Json) -> Json:
        if not isinstance(value, dict) or not all(_is_header(name, each) for name, each in value.items()):
            raise ValueError("an object of header names and their texts")
        if framing := _framing(value):
            raise ValueError(f"without {framing}, which says how an answer is framed")
        return value

    return Parameter({}, reading)


def _is_header(name: str, value: Json) -> bool:
    return bool(_TOKEN.fullmatch(name)) and isinstance(value, str) and value.isascii() and value.isprintable()


def _framing(names: Iterable[str]) -> str | None:
    return next((name for name in names if name.lower() in _FRAMING), None)


def _number(value: Json, types: tuple[type, ...], least: float, most: float | None) -> Json:
    is_one = type(value) in types
    if not is_one or value < least or (most is not None and value > most):
        kind = "a number" if float in types else "a whole number"
        raise ValueError(f"{kind} of at least {least}" if most is None else f"{kind} from {least} to {most}")
    return value
