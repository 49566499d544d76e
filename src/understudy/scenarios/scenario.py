"""A scenario as it was written, its shape checked."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path as FilePath
from typing import TYPE_CHECKING

from understudy.scenarios import structure
from understudy.scenarios.core_yaml import Text
from understudy.scenarios.problems import Problem
from understudy.scenarios.sources import Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from understudy.paths import Path
    from understudy.wire import Json, JsonObject

THREADS = 100
"""How many threads are generated where nothing is said about their number."""

_NUMBER = re.compile(r"[-+]?[0-9]+")


@dataclass(frozen=True)
class Scenario:
    """What a scenario says. `problems` are the faults of its shape; one that has any cannot be built or loaded."""

    file: str
    """What problems with it are told of."""
    value: JsonObject
    problems: tuple[Problem, ...] = ()
    text: Text | None = field(default=None, repr=False)
    """The text that it was read from, if it was one."""

    @property
    def name(self) -> str:
        """What the scenario is called."""
        return FilePath(self.file).stem

    @property
    def description(self) -> str:
        """What the scenario is for; empty if it does not say."""
        description: str = self.value.get("description") or ""
        return description

    @property
    def agents(self) -> JsonObject:
        """The agents by graph id, as they were written."""
        agents: JsonObject = self.value.get("agents") or {}
        return agents

    @property
    def generate(self) -> JsonObject:
        """What is to be generated; empty for nothing."""
        generate: JsonObject = self.value.get("generate") or {}
        return generate

    def rows(self, *section: str) -> Iterator[tuple[Path, JsonObject]]:
        """Yield the rows of a list such as `threads` whose shape is right, with the path of each.

        Lists of the Computer Agents API are named by two words: `computer_agents` and `threads`.
        """
        for at, row in enumerate(self._list(*section)):
            path: Path = (*section, at)
            if self.is_sound(path):
                yield path, row

    def count(self, section: str) -> int:
        """Return how many `agents`, `threads` and so on there are for both APIs, with what is to be generated.

        An agent of both is one.
        """
        generated = self.generate.get("threads", THREADS) if section == "threads" and self.generate else 0
        ours = self._list("computer_agents", section)
        if section == "agents":
            return len({*self.agents, *(row.get("id", at) for at, row in enumerate(ours) if not row.get("deleted"))})
        return len(self._list(section)) + len(ours) + (generated if isinstance(generated, int) else 0)

    def _list(self, *section: str) -> list[JsonObject]:
        """Return the rows of a list, none where there is something else."""
        value: Json = self.value
        for name in section:
            value = value.get(name) if isinstance(value, dict) else None
        return value if isinstance(value, list) else []

    def is_sound(self, path: Path) -> bool:
        """Return whether nothing is wrong with the shape of what stands at `path`."""
        return path not in self._unsound

    @cached_property
    def _unsound(self) -> frozenset[Path]:
        """The places at or inside of which something is wrong."""
        return frozenset(p.path[:length] for p in self.problems for length in range(len(p.path) + 1))

    def problem(self, path: Path, what: str, *, at: Path | None = None) -> Problem:
        """Return a problem with what stands at `path`, told with its line, or with that of `at`."""
        return Problem(self.file, path, what, self.text.line(at or path) if self.text else None)


def read(
    source: Source | JsonObject, options: Mapping[str, str] | None = None, *, called: str = "scenario"
) -> Scenario:
    """Return the scenario that a text or data tells; `options` override what it generates, as those of the source do.

    Problems with data are told of what it is `called`.

    Nothing is raised: what is wrong with its shape is in `problems`, and whoever builds or loads it is told then,
    together with whatever else is wrong.
    """
    if not isinstance(source, Source):
        return _checked(Scenario(called, source), options or {})
    text = source.content
    problems = tuple(Problem(source.file, *fault) for fault in text.faults)
    return _checked(Scenario(source.file, text.value, problems, text), {**source.options, **(options or {})})


def _checked(scenario: Scenario, options: Mapping[str, str]) -> Scenario:
    """Return the scenario with the options in it, and with the problems that its shape has."""
    value: Json = scenario.value
    if value is None:
        value = {}
    problems = [*scenario.problems]
    if options and isinstance(value, dict):
        if not isinstance(value.get("generate"), dict):
            problems.append(
                scenario.problem(
                    (), f"takes no options: it generates nothing to which {', '.join(options)} could apply"
                )
            )
        else:
            value = {**value, "generate": {**value["generate"], **{key: _typed(word) for key, word in options.items()}}}
    problems += [scenario.problem(path, what, at=at) for path, what, at in structure.faults(value)]
    problems.sort(key=lambda problem: problem.line or 0)
    if not isinstance(value, dict):
        value = {}
    sound = {name: part for name, part in value.items() if (name,) not in {problem.path for problem in problems}}
    return Scenario(scenario.file, sound, tuple(problems), scenario.text)


def _typed(word: str) -> Json:
    return int(word) if _NUMBER.fullmatch(word) else word
