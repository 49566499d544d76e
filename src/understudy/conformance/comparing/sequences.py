"""Sequences made up by Hypothesis: drafts that are independent of one another, made into steps that fit together."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from understudy.conformance.comparing.steps import NOTHING, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from understudy.wire import Json

_EARLIER = re.compile(r"\b(thread|assistant|run|checkpoint|cron|interrupt)@(\d)")
_IN_PATH = re.compile(r"\{(\w+?)_id\}")

_MISSING = 9
"""How far back is what was never made."""

BACK = st.sampled_from([0] * 12 + [1] * 4 + [2, _MISSING])
"""How far back the thing is that a step is about: mostly it is the latest."""

_NOTHINGS: st.SearchStrategy[Json] = st.just(NOTHING)


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """An operation that steps can name: how often, and with what.

    `body` and `query` are made up for a graph; a text in them may name what earlier steps made: `thread@0` is the
    latest thread, `thread@1` the one before. `makes` says what its answer gives and where.
    """

    operation: str
    weight: int
    body: Callable[[Graph], st.SearchStrategy[Json]] = lambda graph: _NOTHINGS
    query: st.SearchStrategy[dict[str, str]] = field(default_factory=lambda: st.just({}))
    headers: st.SearchStrategy[dict[str, str]] = field(default_factory=lambda: st.just({}))
    path: Mapping[str, st.SearchStrategy[str]] = field(default_factory=dict)
    makes: tuple[tuple[str, str], ...] = ()
    settles: bool = False
    plain: Callable[[Graph], Json] = lambda graph: NOTHING
    """The simplest body, for when the step is needed by another one."""


@dataclass(frozen=True, slots=True)
class Graph:
    """A graph that both servers have: what a run of it can be started with, and its nodes."""

    graph_id: str
    inputs: st.SearchStrategy[Json]
    nodes: tuple[str, ...]
    others: tuple[str, ...] = ()
    """The other graphs that both have."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A step that does not know yet what there is when its turn comes."""

    row: Row
    graph: Graph
    back: int
    body: Json
    query: Mapping[str, str]
    headers: Mapping[str, str]
    path: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What sequences are made of: rows by theme, how often a theme is taken, and which row makes what is needed."""

    themes: Mapping[str, tuple[Row, ...]]
    weights: Mapping[str, int]
    makers: Mapping[str, Row]

    @property
    def operations(self) -> set[str]:
        """The operations that sequences can name."""
        return {row.operation for rows in self.themes.values() for row in rows}

    def only(self, operations: set[str]) -> Vocabulary:
        """Return the vocabulary without rows of other operations, but for those that make what is needed."""
        themes = {
            theme: tuple(row for row in rows if row.operation in operations) for theme, rows in self.themes.items()
        }
        return Vocabulary({theme: rows for theme, rows in themes.items() if rows}, self.weights, self.makers)


def sequences(vocabulary: Vocabulary, graphs: Sequence[Graph], *, max_steps: int) -> st.SearchStrategy[list[Step]]:
    """Return a strategy of sequences of 1 to `max_steps` steps, each about one graph and one theme."""
    themes = [name for name, rows in vocabulary.themes.items() for _ in range(vocabulary.weights[name]) if rows]

    def drafted(chosen: tuple[str, Graph]) -> st.SearchStrategy[list[Draft]]:
        theme, graph = chosen
        few = st.lists(_drafts(vocabulary.themes[theme], graph), min_size=1, max_size=4)  # lists of lists are longer
        return st.lists(few, min_size=1, max_size=max_steps).map(lambda lists: list(chain(*lists))[:max_steps])

    chosen = st.tuples(st.sampled_from(themes), st.sampled_from(list(graphs)))
    return chosen.flatmap(drafted).map(lambda drafts: resolved(drafts, vocabulary.makers))


def _drafts(rows: Sequence[Row], graph: Graph) -> st.SearchStrategy[Draft]:
    weighted = [row for row in rows for _ in range(row.weight)]
    bodies = {row: row.body(graph) for row in rows}

    def drafted(row: Row) -> st.SearchStrategy[Draft]:
        path = st.fixed_dictionaries(dict(row.path))
        return st.builds(Draft, st.just(row), st.just(graph), BACK, bodies[row], row.query, row.headers, path)

    return st.sampled_from(weighted).flatmap(drafted)


def resolved(drafts: Sequence[Draft], makers: Mapping[str, Row]) -> list[Step]:
    """Return the steps of drafts. One that is about something of which there is nothing yet makes it instead."""
    cast = _Cast()
    return [cast.step(draft, makers) for draft in drafts]


class _Cast:
    """What the steps so far have made."""

    def __init__(self) -> None:
        self._made: defaultdict[str, list[str]] = defaultdict(list)
        self._thread_of: dict[str, str] = {}

    def step(self, draft: Draft, makers: Mapping[str, Row]) -> Step:
        row = draft.row
        needed = _IN_PATH.findall(row.operation)
        for kind in needed:
            if kind in makers and not self._made[kind]:
                return self._maker(makers[kind], draft.graph, makers)
        path: dict[str, str] = dict(draft.path)
        for kind in reversed(needed):  # the run says which thread it is of
            path[f"{kind}_id"] = self._found(kind, draft.back, path)
        return self._finished(row, path, draft)

    def _maker(self, row: Row, graph: Graph, makers: Mapping[str, Row]) -> Step:
        return self.step(Draft(row, graph, 0, row.plain(graph), {}, {}, {}), makers)

    def _finished(self, row: Row, path: dict[str, str], draft: Draft) -> Step:
        thread = path.get("thread_id")
        body, query = self._named(draft.body, thread), self._named(dict(draft.query), thread)
        headers = self._named(dict(draft.headers), thread)
        makes = []
        for kind, place in row.makes:
            symbol = f"{kind}#{len(self._made[kind]) + 1}"
            self._made[kind].append(symbol)
            if kind != "thread" and thread is not None:
                self._thread_of[symbol] = thread
            makes.append((symbol, place))
        return Step(row.operation, path, query, headers, body, tuple(makes), row.settles)

    def _found(self, kind: str, back: int, path: Mapping[str, str]) -> str:
        made = self._made[kind]
        thread = path.get("thread_id")
        if kind == "thread" and (known := self._thread_of.get(path.get("run_id") or path.get("checkpoint_id") or "")):
            return known
        if thread is not None and kind != "thread":
            made = [symbol for symbol in made if self._thread_of.get(symbol) == thread]
        if not made or back == _MISSING:
            return "missing#1"
        return made[-1 - back % len(made)]

    def _named(self, value: Any, thread: str | None) -> Any:
        if isinstance(value, str):
            path = {} if thread is None else {"thread_id": thread}
            return _EARLIER.sub(lambda found: self._found(found[1], int(found[2]), path), value)
        if isinstance(value, list):
            return [self._named(item, thread) for item in value]
        if isinstance(value, dict):
            return {self._named(key, thread): self._named(item, thread) for key, item in value.items()}
        return value
