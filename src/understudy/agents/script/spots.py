"""Spots in a script: what stands there, what it may refer to, and whom to tell that it is wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from understudy.agents.script import expressions
from understudy.agents.script.conversations import channel_of
from understudy.agents.script.errors import ScriptError
from understudy.agents.script.expressions import InvalidExpression, is_template, without_omitted
from understudy.agents.script.scopes import NAMES
from understudy.errors import did_you_mean
from understudy.paths import quoted, spelled
from understudy.state.agents import END

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from understudy.agents.script.expressions import Value
    from understudy.agents.script.scopes import Scope
    from understudy.paths import Path
    from understudy.wire import Json, JsonObject


@dataclass(frozen=True)
class Graph:
    """The agent that a script belongs to."""

    channels: Mapping[str, str]
    nodes: tuple[str, ...]
    settings: tuple[str, ...] = ()
    """What the agent declares that its context or its configuration may have."""
    leaping: set[str] = field(default_factory=set)
    """Nodes that say themselves where to go on."""

    @property
    def conversation(self) -> str | None:
        """The channel that holds its chat messages."""
        return channel_of(self.channels)


@dataclass(frozen=True)
class Spot:
    """A place in a script. `names` are those of its own that are at hand there, besides the ones that always are.

    In a `literal` script texts are what they say, and nothing in them is evaluated.
    """

    graph: Graph
    path: Path
    complain: Callable[[Path, str], None]
    node: str = ""
    names: set[str] = field(default_factory=set)
    literal: bool = False

    def __str__(self) -> str:
        return spelled(self.path)

    def at(self, *parts: str | int) -> Spot:
        """Return the spot that is reached by these keys."""
        return replace(self, path=(*self.path, *parts))

    def knowing(self, *names: str) -> Spot:
        """Return the same spot with further names at hand there."""
        return replace(self, names={*self.names, *names})

    def wrong(self, what: str) -> None:
        """Tell that something is wrong here."""
        self.complain(self.path, what)

    def value(self, raw: Json) -> Value:
        """Return what gives the value that stands here; texts in it may be templates."""
        if isinstance(raw, str) and not self.literal and is_template(raw):
            return self._compiled(expressions.template, raw)
        if isinstance(raw, dict):
            fields = {key: self.at(key).value(inner) for key, inner in raw.items()}
            if any(_varies(value) for value in fields.values()):
                return lambda scope: without_omitted({key: value(scope) for key, value in fields.items()})
        elif isinstance(raw, list):
            items = [self.at(at).value(inner) for at, inner in enumerate(raw)]
            if any(_varies(value) for value in items):
                return lambda scope: without_omitted([value(scope) for value in items])
        return Constant(raw)

    def expression(self, raw: Json) -> Value:
        """Return what gives the value of the expression that stands here."""
        if isinstance(raw, str) and not self.literal:
            return self._compiled(expressions.expression, raw)
        if not isinstance(raw, bool) and not self.literal:
            self.wrong(f'must be an expression, such as text == "hi", not {shown(raw)}')
        return Constant(raw)

    def text(self, raw: Json) -> Value:
        """Return what gives the text that stands here."""
        return self._of_kind(raw, (str,), "text")

    def number(self, raw: Json) -> Value:
        """Return what gives the number, 0 or more, that stands here; none counts as 0."""
        if isinstance(raw, (int, float)) and not isinstance(raw, bool) and raw < 0:
            self.wrong(f"must be at least 0, not {raw}")
        value = self._of_kind(raw, (int, float, type(None)), "a number")
        return lambda scope: max(value(scope) or 0, 0)

    def mapping(self, raw: Json) -> Value:
        """Return what gives the object that stands here."""
        return self._of_kind(raw, (dict,), "an object")

    def labels(self, raw: Json) -> Value:
        """Return what gives the list of texts that stands here."""
        if isinstance(raw, list):
            for at, label in enumerate(raw):
                if not isinstance(label, str):
                    self.at(at).wrong(f"must be text, not {shown(label)}")
        value = self._of_kind(raw, (list,), "a list")
        return lambda scope: [str(label) for label in value(scope)]

    def known(self, kind: str, name: Json, names: Iterable[str]) -> bool:
        """Return whether one of `names` stands here, and tell if not."""
        names = list(names)
        if name not in names:
            self.wrong(f"no {kind} {quoted(name)}.{did_you_mean(str(name), names)}")
        return name in names

    def target(self, raw: Json) -> Value:
        """Return what gives the name of the node that stands here, or the end."""
        value = self.text(raw)
        if not _varies(value):
            if isinstance(raw, str):
                self.known("node", raw, [*self.graph.nodes, END])
            return value
        return lambda scope: self.node_named(value(scope))

    def node_named(self, name: Json) -> str:
        """Return the name if a node, or the end, is called so. ScriptError otherwise."""
        names = [*self.graph.nodes, END]
        if name not in names:
            raise ScriptError(f"no node {quoted(name)}.{did_you_mean(str(name), names)}")
        return str(name)

    def fields(self, raw: Json, known: Iterable[str], required: Iterable[str] = ()) -> JsonObject | None:
        """Return the object that stands here if it has keys it may have, and all it must; tell if not."""
        known = list(known)
        if not isinstance(raw, dict):
            self.wrong(f"must be an object, not {shown(raw)}")
            return None
        unknown = [key for key in raw if key not in known]
        for key in unknown:
            self.wrong(f"unknown key {quoted(key)}.{did_you_mean(key, known)}")
        missing = [key for key in required if key not in raw] if not unknown else []
        for key in missing:
            self.wrong(f"{key} is missing")
        return None if unknown or missing else raw

    def name(self, raw: Json) -> str | None:
        """Return the name that is given here to something; tell if none can be."""
        if not isinstance(raw, str) or not raw.isidentifier():
            self.wrong(f"must be a name of letters, digits and _, not {shown(raw)}")
            return None
        return raw

    def _compiled(self, compiler: Callable[..., Value], raw: str) -> Value:
        try:
            return compiler(raw, {*NAMES, *self.names}, self._keys)
        except InvalidExpression as error:
            self.wrong(str(error))
            return Constant(None)

    def _keys(self, name: str) -> list[str] | None:
        """Return what a name may be asked for, None where that is not known."""
        return list(self.graph.channels) if name == "state" else None

    def _of_kind(self, raw: Json, kinds: tuple[type, ...], kind: str) -> Value:
        value = self.value(raw)
        if not _varies(value):
            if not _fits(raw, kinds):
                self.wrong(f"must be {kind}, not {shown(raw)}")
            return value

        def checked(scope: Scope) -> Json:
            result = value(scope)
            if not _fits(result, kinds):
                raise ScriptError(f"{self.path[-1]} must be {kind}, not {shown(result)}")
            return result

        return checked


class Constant:
    """A value that is the same in every scope."""

    def __init__(self, value: Json) -> None:
        self.value = value

    def __call__(self, scope: Scope) -> Json:
        """Return it."""
        return self.value


def shown(value: Json) -> str:
    """Return a value in words: short ones themselves, others by their kind."""
    if isinstance(value, dict):
        return "an object" if value else "{}"
    if isinstance(value, list):
        return "a list" if value else "[]"
    return quoted(value)


def _fits(value: Any, kinds: tuple[type, ...]) -> bool:
    return isinstance(value, kinds) and (not isinstance(value, bool) or bool in kinds)


def _varies(value: Value) -> bool:
    return not isinstance(value, Constant)
