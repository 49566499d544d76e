"""The names that a script has at hand, and what they stand for in a situation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.agents.script.conversations import (
    answers_in,
    asked_in,
    calls_in,
    conversation,
    text_in,
)
from understudy.agents.script.errors import ScriptError
from understudy.agents.script.expressions import OMIT
from understudy.agents.script.sandbox import Declared

if TYPE_CHECKING:
    from collections.abc import Callable

    from understudy.agents.script.spots import Graph
    from understudy.agents.steps import Situation
    from understudy.wire import Json, JsonObject


class Scope:
    """Names and values of one node at work."""

    def __init__(self, situation: Situation, graph: Graph) -> None:
        self.situation = situation
        self.graph = graph
        self.said = 0
        self._values: JsonObject = {}

    def __getitem__(self, name: str) -> Json:
        if name not in self._values:
            if name not in NAMES:
                raise ScriptError(f'"{name}" has no value here')
            self._values[name] = NAMES[name](self)
        return self._values[name]

    def set(self, name: str, value: Json) -> None:
        """Let a name stand for a value from now on."""
        self._values[name] = value

    def within(self, **values: Json) -> Scope:
        """Return a scope in which these names stand for something else."""
        inner = Scope(self.situation, self.graph)
        inner._values = {**self._values, **values}
        return inner

    def settings(self, given: JsonObject | None) -> Declared:
        """Return the context or the configuration that was given."""
        return Declared(given or {}, self.graph.settings)

    def messages(self) -> list[JsonObject]:
        """Return the conversation, oldest message first."""
        return conversation(self.situation.state, self.graph.conversation)


def _state(scope: Scope) -> Declared:
    return Declared(scope.situation.state, scope.graph.channels)


def _input(scope: Scope) -> Json:
    given = scope.situation.input
    return scope["state"] if given is scope.situation.state or given == scope.situation.state else given


NAMES: dict[str, Callable[[Scope], Json]] = {
    "answers": lambda scope: answers_in(scope.messages()),
    "asked": lambda scope: (asked_in(scope.messages()) or [""])[-1],
    "calls": lambda scope: calls_in(scope.messages()),
    "config": lambda scope: scope.situation.config,
    "configurable": lambda scope: scope.settings(scope.situation.config.get("configurable")),
    "context": lambda scope: scope.settings(scope.situation.context),
    "input": _input,
    "node": lambda scope: scope.situation.node,
    "omit": lambda _: OMIT,
    "resume": lambda scope: scope.situation.resume,
    "run_input": lambda scope: scope.situation.run_input,
    "run_visit": lambda scope: scope.situation.run_visit,
    "state": _state,
    "text": lambda scope: text_in(scope.messages()),
    "times": lambda scope: asked_in(scope.messages()).count(scope["asked"]),
    "visit": lambda scope: scope.situation.visit,
}
"""What is at hand everywhere in a script."""
