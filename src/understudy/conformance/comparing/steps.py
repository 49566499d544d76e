"""A step of a sequence: a request in which symbols such as `thread#1` stand for what earlier steps made."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import orjson

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from understudy.wire import Json

CHECK, EXAMPLE = "<check>", "<example>"
"""What stands in a step for the name of the run, and for the mark of a sequence on one server."""

SYMBOL = re.compile(r"\b(?:thread|assistant|run|checkpoint|cron|interrupt|made|missing)#\d+\b")

_VARIABLE = re.compile(r"~(\w+_\d+)~")
"""A symbol in a command that is to become a variable of the shell."""

MADE_UP = ("made", "missing")
"""Symbols that no answer gives a value to: an id that a client chooses, and one that nothing has."""


class _Nothing:
    """No body at all, which is another thing than null."""

    def __repr__(self) -> str:
        return "nothing"


NOTHING = _Nothing()


@dataclass(frozen=True, slots=True)
class Step:
    """A request, and where its answer has what later steps refer to.

    `operation` is that of the document, as in `GET /threads/{thread_id}`; `path` has what stands in its braces.
    `makes` says which symbol gets its value from which place of the answer, as in `("thread#1", "body/thread_id")`.
    `settles` says that something may go on after the answer, and is to be over before the next step.
    """

    operation: str
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Json = NOTHING
    makes: tuple[tuple[str, str], ...] = ()
    settles: bool = False

    @property
    def method(self) -> str:
        """The HTTP method."""
        return self.operation.partition(" ")[0]

    def target(self, fill: Callable[[Json], Json] = lambda value: value) -> str:
        """Return path and query, with symbols in the form that `fill` gives them."""
        values = {name: _quoted(fill(value)) for name, value in self.path.items()}
        path = self.operation.partition(" ")[2].format(**values)
        query = urlencode({name: fill(value) for name, value in self.query.items()}, safe="#:+,*", quote_via=quote)
        return f"{path}?{query}" if query else path

    def symbols(self) -> set[str]:
        """Return the symbols that the request refers to."""
        return set(SYMBOL.findall(f"{self.target()} {dict(self.headers)} {self.body!r}"))

    def __str__(self) -> str:
        words = [self.method, self.target(), *(f"{name}: {value}" for name, value in self.headers.items())]
        if self.body is not NOTHING:
            words.append(orjson.dumps(self.body).decode())
        return " ".join(words)


def filled(value: Json, values: Mapping[str, str]) -> Json:
    """Return a copy with what symbols and marks stand for; those without a value stay."""
    if isinstance(value, str):
        for mark in (CHECK, EXAMPLE):
            if mark in value and mark in values:
                value = value.replace(mark, values[mark])
        return SYMBOL.sub(lambda found: values.get(found[0], found[0]), value)
    if isinstance(value, list | tuple):
        return [filled(item, values) for item in value]
    if isinstance(value, dict):
        return {filled(key, values): filled(item, values) for key, item in value.items()}
    return value


def curl(steps: Sequence[Step], number: int, url: str, headers: Sequence[str], values: Mapping[str, str]) -> str:
    """Return a shell command that takes a step, with what it makes in shell variables if later steps need it.

    `headers` are names of headers whose values are not to be shown; `values` are for marks and made-up ids.
    """
    step = steps[number]
    needed = set[str]().union(*(later.symbols() for later in steps[number + 1 :]))
    known = {mark: value for mark, value in values.items() if mark in (CHECK, EXAMPLE) or mark.startswith(MADE_UP)}

    def fill(value: Json) -> Json:
        return SYMBOL.sub(lambda found: f"~{_variable(found[0])}~", str(filled(value, known)))

    words = ["curl", "-s", "-X", step.method, _word(url + step.target(fill))]
    for name in headers:
        words += ["-H", _word(f"{name}: [hidden]")]
    for name, value in step.headers.items():
        words += ["-H", _word(f"{name}: {fill(value)}")]
    if step.body is not NOTHING:
        words += ["-H", "content-type:application/json", "-d", _word(fill(orjson.dumps(step.body).decode()))]
    command = " ".join(words)
    kept = [(symbol, place) for symbol, place in step.makes if symbol in needed]
    if not kept:
        return command
    if len(kept) == 1 and kept[0][1].startswith("body/"):
        return f"{_variable(kept[0][0])}=$({command} | jq -r {_jq(kept[0][1])})"
    head = f"answer=$({command.replace('curl -s', 'curl -si', 1)})"
    return "; ".join([head, *(f"{_variable(symbol)}=$({_taken(place)})" for symbol, place in kept)])


def _taken(place: str) -> str:
    """Return the command that takes a value out of an answer with its head."""
    if place.startswith("body/"):
        return f'tail -n 1 <<<"$answer" | jq -r {_jq(place)}'
    return 'sed -nE "s|^content-location: .*/runs/([0-9a-f-]+).*|\\1|ip" <<<"$answer"'


def _jq(place: str) -> str:
    keys = place.split("/")[1:]
    return shlex.quote("." + ".".join(f"[{key}]" if key.isdigit() else key for key in keys).replace(".[", "["))


def _variable(symbol: str) -> str:
    return symbol.replace("#", "_")


def _word(text: str) -> str:
    """Return a word for the shell in which variables are filled in, and nothing else is."""
    if not _VARIABLE.search(text):
        return shlex.quote(text)
    escaped = re.sub(r'(["\\`$])', r"\\\1", text)
    return '"' + _VARIABLE.sub(r"$\1", escaped) + '"'


def _quoted(value: Json) -> str:
    return quote(str(value), safe="#")
