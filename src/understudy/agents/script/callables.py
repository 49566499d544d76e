"""Python callables that stand for a node: what they yield and return, in the words of scripts or as steps."""

from __future__ import annotations

import inspect
from dataclasses import replace
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

from understudy.agents.message_fields import abridged
from understudy.agents.script.errors import ScriptError
from understudy.agents.script.scopes import Scope
from understudy.agents.script.spots import shown
from understudy.agents.script.words import is_builtin, step
from understudy.agents.steps import Behaviour, Emit, Fail, Goto, Interrupt, Say, Send, Step, Wait, Write
from understudy.errors import did_you_mean
from understudy.paths import quoted
from understudy.wire import dumps, loads

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Generator
    from types import ModuleType

    from understudy.agents.script.spots import Spot
    from understudy.agents.steps import Situation
    from understudy.paths import Path
    from understudy.wire import Json, JsonObject

_STEPS = (Write, Say, Emit, Interrupt, Fail, Wait, Goto)

_HANDED_ON = {Write: "values", Say: "message", Emit: "data", Interrupt: "value"}
"""The fields of steps whose values leave the callable."""


def behaviour(spot: Spot, raw: JsonObject) -> Behaviour | None:
    """Return what the callable under `python` does; it may go on wherever it wants."""
    spot.graph.leaping.add(spot.node)
    told = spot.fields(raw, ("python",))
    found = _found(spot.at("python"), raw["python"])
    if told is None or found is None:
        return None
    return _Called(spot, found).behave


def _found(spot: Spot, name: Json) -> Callable[[Situation], Any] | None:
    """Return the callable of this name; tell if there is none."""
    module_name, _, attribute = name.partition(":") if isinstance(name, str) else ("", "", "")
    if not module_name or not attribute:
        spot.wrong(f'must be the name of a callable, such as "package.module:function", not {shown(name)}')
        return None
    module = _module(spot, module_name)
    if module is None:
        return None
    found: Any = module
    for part in attribute.split("."):
        if not hasattr(found, part):
            public = [word for word in dir(found) if not word.startswith("_") and callable(getattr(found, word))]
            spot.wrong(f"no {quoted(part)} in {module_name}.{did_you_mean(part, public)}")
            return None
        found = getattr(found, part)
    if not callable(found):
        spot.wrong(f"{quoted(attribute)} in {module_name} is not callable, but {_shown(found)}")
        return None
    return found  # type: ignore[no-any-return] # which is callable


def _module(spot: Spot, name: str) -> ModuleType | None:
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not (name == error.name or name.startswith(f"{error.name}.")):
            spot.wrong(f"{name} cannot be imported: ModuleNotFoundError: {error}")
            return None
        around, _, last = error.name.rpartition(".")
        there = [module.name for module in iter_modules(import_module(around).__path__ if around else None)]
        hint = did_you_mean(last, there)
        near = hint if hint.startswith(" Did") else ""
        spot.wrong(f"no module {quoted(error.name)}.{near} It is looked for where Python looks: see PYTHONPATH.")
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a module does when it is imported
        spot.wrong(f"{name} cannot be imported: {type(error).__name__}: {error}")
    return None


class _Called:
    """A node that a callable plays."""

    def __init__(self, spot: Spot, called: Callable[[Situation], Any]) -> None:
        self._spot = spot
        self._called = called

    async def behave(self, situation: Situation) -> AsyncGenerator[Step, Any]:
        """Yield the steps of the callable; what it raises becomes the last one."""
        left = False
        try:
            returned = self._called(_own(situation))
            if inspect.isawaitable(returned):
                returned = await returned
            running = returned if inspect.isasyncgen(returned) else self._to_the_end(returned)
            try:
                result: Any = None
                while True:
                    try:
                        taking = self._taking(await running.asend(result), situation)
                    except StopAsyncIteration:
                        break
                    result = None
                    while True:
                        try:
                            taken = taking.send(result)
                        except StopIteration as stop:
                            result = stop.value
                            break
                        try:
                            result = yield as_json(taken)
                        except GeneratorExit:
                            left = True
                            raise
            finally:
                await running.aclose()
        except (Exception, SystemExit) as error:  # whatever it raises is the error of the run
            if left:
                raise  # nobody takes another step
            yield self._failure(error)

    def _failure(self, error: Exception | SystemExit) -> Fail:
        name = type(error).__name__
        if isinstance(error, ScriptError):
            return Fail(name, f"{self._spot}: {error}")
        return Fail(name, str(error), builtin=is_builtin(name) and type(error).__module__ == "builtins")

    async def _to_the_end(self, told: Any) -> AsyncGenerator[Any, Any]:
        """Yield what a generator yields and then what it returned: values to write, a step, several, or nothing."""
        if inspect.isgenerator(told):
            try:
                result: Any = None
                while True:
                    try:
                        one = told.send(result)
                    except StopIteration as stop:
                        told = stop.value
                        break
                    result = yield one
            finally:
                if inspect.isgenerator(told):
                    told.close()
        if isinstance(told, dict):
            yield _written(told, self._spot)
        elif told is not None:
            for one in told if isinstance(told, (list, tuple)) else [told]:
                yield one

    def _taking(self, one: Any, situation: Situation) -> Generator[Step, Any, Any]:
        """Return what takes a step that a callable yielded; a dict is one in the words of a script."""
        if isinstance(one, _STEPS):
            return _as_it_is(one)
        if isinstance(one, Send):
            return _as_it_is(Goto((one,)))
        if isinstance(one, dict):
            literal = replace(self._spot, complain=_refuse, literal=True, names=set())
            return step(literal, one)(Scope(situation, self._spot.graph))
        raise ScriptError(f"a callable yields steps, not {_shown(one)}")


def _own(situation: Situation) -> Situation:
    """Return the situation with copies of all values: what a callable does to them is nobody else's affair."""
    names = ("input", "state", "run_input", "config", "context", "resume")
    return replace(situation, **{name: loads(dumps(getattr(situation, name))) for name in names})


def as_json(one: Step) -> Step:
    """Return a step with copies of what it hands on, as JSON has them. ScriptError for what JSON cannot say."""
    if isinstance(one, Goto):
        told = [replace(to, input=_plain("goto", to.input)) if isinstance(to, Send) else to for to in one.targets]
        return replace(one, targets=tuple(told))
    for kind, field in _HANDED_ON.items():
        if isinstance(one, kind):
            return replace(one, **{field: _plain(kind.__name__.lower(), getattr(one, field))})
    return one


def _plain(word: str, value: Any) -> Json:
    try:
        return loads(dumps(value))
    except (TypeError, ValueError) as error:
        raise ScriptError(f"{word}: no JSON can be made of {abridged(value)}: {error}") from None


def _as_it_is(one: Step) -> Generator[Step, Any, Any]:
    return (yield one)


def _written(values: JsonObject, spot: Spot) -> Write:
    for name in values:
        if name not in spot.graph.channels:
            raise ScriptError(f"no channel {quoted(name)}.{did_you_mean(str(name), spot.graph.channels)}")
    return Write(values)


def _refuse(_: Path, what: str) -> None:
    raise ScriptError(what)


def _shown(value: Any) -> str:
    return shown(value) if isinstance(value, (str, int, float, bool, list, dict, type(None))) else repr(value)
