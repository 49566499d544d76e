"""Texts that stand for something else: ids, times, the names of agents and nodes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from understudy.errors import did_you_mean
from understudy.paths import quoted
from understudy.state.clock import moment, timestamp
from understudy.state.ids import assistant_of
from understudy.wire import canonical

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from understudy.paths import Path
    from understudy.state.agents import Agent
    from understudy.state.world import World
    from understudy.wire import Json, JsonObject

FIRST_YEAR, LAST_YEAR = 1970, 5000
"""The years that ids can tell."""

Complain: TypeAlias = "Callable[[Path, str], None]"
"""Is told where something is wrong in a scenario, and what."""


@dataclass(frozen=True)
class Around:
    """What rows of a scenario may refer to."""

    world: World
    agents: Mapping[str, Agent]
    graphs: Collection[str]
    """The names of all agents, also of those that are told wrongly and are not in `agents`."""
    assistants: Mapping[str, JsonObject] = field(default_factory=dict)
    """The rows of the assistants, by id."""


def uuid(text: str, path: Path, complain: Complain) -> str:
    """Return an id in its canonical dress."""
    try:
        return canonical(text)
    except ValueError:
        complain(path, f"{quoted(text)} is no UUID, like 11111111-1111-4111-8111-111111111111")
        return text


def assistant(told: str, path: Path, around: Around, complain: Complain) -> str:
    """Return the id of the assistant that an id or the name of an agent stands for."""
    if told in around.graphs:
        return assistant_of(told)
    with suppress(ValueError):
        told = canonical(told)
    if told not in around.assistants:
        known("assistant", told, around.graphs, path, complain)
    return told


def time(row: JsonObject, name: str, path: Path, complain: Complain, *, last: int = LAST_YEAR) -> str | None:
    """Return the time under `name` as the API writes it, None where there is none; without an offset it is UTC."""
    text = row.get(name)
    if text is None:
        return None
    try:
        told = moment(text)
    except (OverflowError, ValueError):
        complain((*path, name), f"{quoted(text)} is no time, like 2026-01-31T08:00:00Z")
        return None
    if not FIRST_YEAR <= told.year <= last:
        complain((*path, name), f"{quoted(text)} is not from {FIRST_YEAR} to {last}")
        return None
    return timestamp(told)


def known(kind: str, name: Json, names: Iterable[str], path: Path, complain: Complain) -> None:
    """Complain when no `kind` has this name."""
    names = list(names)
    if name not in names:
        complain(path, f"no {kind} {quoted(name)}.{did_you_mean(str(name), names)}")
