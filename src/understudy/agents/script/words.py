"""The words of the language: what stands behind each becomes what a node does."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any, TypeAlias

from understudy.agents.script.errors import ScriptError
from understudy.agents.script.saying import say
from understudy.agents.script.spots import shown
from understudy.agents.script.storing import RESULTS as STORED
from understudy.agents.script.storing import store
from understudy.agents.script.targets import goto
from understudy.agents.script.tools import answer
from understudy.agents.steps import Emit, Fail, Interrupt, Step, Wait, Write
from understudy.errors import did_you_mean
from understudy.paths import quoted

if TYPE_CHECKING:
    from understudy.agents.script.scopes import Scope
    from understudy.agents.script.spots import Spot
    from understudy.wire import Json

Action: TypeAlias = Callable[["Scope"], Generator[Step, Any, "Json"]]
"""Does what a step says, and returns its result."""

Word: TypeAlias = Callable[["Spot", "Json"], Action]
"""Makes an action of what stands behind a word, and tells the spot what is wrong with it."""

BESIDES = ("as", "when")
"""What may stand in a step besides its word."""


def step(spot: Spot, raw: Json) -> Action:
    """Return what a step does; `as` names its result, and with `when` it is left out where that does not hold."""
    word = _word(spot, raw)
    if word is None:
        return _nothing
    holds = spot.at("when").expression(raw["when"]) if "when" in raw else None
    act = WORDS[word](spot.at(word), raw[word])
    result = _result(word, raw[word])
    name = None
    if "as" in raw:
        if result is None:
            spot.at("as").wrong(f"{quoted(word)} has no result to name")
        name = spot.at("as").name(raw["as"])
    names = [given for given in (name or result, "resume" if word == "interrupt" else None) if given]
    spot.names.update(names)

    def taken(scope: Scope) -> Generator[Step, Any, Json]:
        if holds is not None and not holds(scope):
            return None
        value = yield from act(scope)
        for given in names:
            scope.set(given, value)
        return value

    return taken


def _word(spot: Spot, raw: Json) -> str | None:
    """Return the word of a step; tell if there is none, an unknown one, or more than one."""
    if not isinstance(raw, dict):
        spot.wrong(f"must be a step, such as {{say: hello}}, not {shown(raw)}")
        return None
    words = [key for key in raw if key not in BESIDES]
    unknown = [word for word in words if word not in WORDS]
    for word in unknown:
        spot.wrong(f"unknown step {quoted(word)}.{did_you_mean(word, WORDS)}")
    if unknown:
        return None
    if len(words) != 1:
        what = " and ".join(map(quoted, words or raw)) or "nothing"
        spot.wrong(f"a step says one thing, not {what}" + ("" if words else f".{did_you_mean('', WORDS)}"))
        return None
    return str(words[0])


def _result(word: str, raw: Json) -> str | None:
    """Return the name that the result of a step has if it is given no other."""
    if word == "store" and isinstance(raw, dict):
        return next((name for verb, name in STORED.items() if verb in raw), None)
    return {"interrupt": "resume", "say": "message"}.get(word)


def _nothing(_: Scope) -> Generator[Step, Any, None]:
    yield from ()


def emit(spot: Spot, raw: Json) -> Action:
    """Stream data of one's own."""
    data = spot.value(raw)

    def act(scope: Scope) -> Generator[Step, Any, None]:
        yield Emit(data(scope))

    return act


def wait(spot: Spot, raw: Json) -> Action:
    """Take some seconds."""
    seconds = spot.number(raw)

    def act(scope: Scope) -> Generator[Step, Any, None]:
        yield Wait(seconds(scope))

    return act


def write(spot: Spot, raw: Json) -> Action:
    """Write into channels."""
    channels = spot.graph.channels
    for name in raw if isinstance(raw, dict) else ():
        spot.at(name).known("channel", name, channels)
    values = spot.mapping(raw)

    def act(scope: Scope) -> Generator[Step, Any, None]:
        told = values(scope)
        for name in told:
            if name not in channels:
                raise ScriptError(f"no channel {quoted(name)}.{did_you_mean(name, channels)}")
        yield Write(told)

    return act


def interrupt(spot: Spot, raw: Json) -> Action:
    """Ask, and stop until there is an answer."""
    value = spot.value(raw)

    def act(scope: Scope) -> Generator[Step, Any, Json]:
        return (yield Interrupt(value(scope)))

    return act


def fail(spot: Spot, raw: Json) -> Action:
    """Raise an error."""
    if isinstance(raw, str):
        raw = {"message": raw}
    told = spot.fields(raw, ("error", "message"))
    if told is None:
        return _nothing
    error = spot.at("error").text(told.get("error", "RuntimeError"))
    message = spot.at("message").text(told.get("message", ""))

    def act(scope: Scope) -> Generator[Step, Any, None]:
        name = error(scope)
        yield Fail(name, message(scope), builtin=is_builtin(name))

    return act


def is_builtin(name: str) -> bool:
    """Return whether an error's class is one of Python's own."""
    found = getattr(builtins, name, None)
    return isinstance(found, type) and issubclass(found, BaseException)


def assign(spot: Spot, raw: Json) -> Action:
    """Give names to values."""
    if not isinstance(raw, dict):
        spot.wrong(f"must be an object, not {shown(raw)}")
        return _nothing
    values = {}
    for name, told in raw.items():
        if spot.at(name).name(name):
            values[name] = spot.at(name).value(told)
            spot.names.add(name)

    def act(scope: Scope) -> Generator[Step, Any, None]:
        for name, value in values.items():
            scope.set(name, value(scope))
        yield from ()

    return act


WORDS: dict[str, Word] = {
    "answer": answer,
    "emit": emit,
    "goto": goto,
    "interrupt": interrupt,
    "raise": fail,
    "say": say,
    "set": assign,
    "store": store,
    "wait": wait,
    "write": write,
}
"""Everything that a step can be."""
