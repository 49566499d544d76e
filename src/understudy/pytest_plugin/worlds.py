"""The world of a test: how it is made, what is wrong when the test is over, and the story of what happened in it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING

import pytest

from understudy.control import Control, World
from understudy.control.given import path_of
from understudy.errors import UnderstudyError

if TYPE_CHECKING:
    from understudy.control.given import Given
    from understudy.wire import JsonObject

SHOWN = 30
"""How many of the last requests a story tells."""

_NUMBERS = count(1)
_SESSION = os.urandom(3).hex()  # tests of several processes, of several people perhaps, may share a server


class AgentServer(World):
    """A test's world, and whether what did not go as it was meant to makes the test fail."""

    def __init__(self, world: World, *, strict_faults: bool, strict_contract: bool) -> None:
        super().__init__(world.asking, world.name)
        self._strict_faults = strict_faults
        self._strict_contract = strict_contract

    def allow_unfired_faults(self) -> None:
        """Let this test pass also when not all of its faults have fired."""
        self._strict_faults = False

    def allow_violations(self) -> None:
        """Let this test pass also when it has sent what breaks the contract."""
        self._strict_contract = False

    def complaints(self) -> list[str]:
        """Return what makes a test fail that has passed otherwise, nothing if nothing does."""
        complaints = []
        if self._strict_faults and (unfired := self.faults.unfired()):
            complaints.append("Faults that did not fire (agent_server.allow_unfired_faults() lets that pass):")
            complaints += [f"  {fault}" for fault in unfired]
        if self._strict_contract and (violations := self.journal.violations()):
            complaints.append("Requests that break the contract (agent_server.allow_violations() lets that pass):")
            complaints += [f"  {_asked(entry)}: {entry['request_verdict']['complaint']}" for entry in violations]
        return complaints

    def story(self) -> str:
        """Return what was asked of it and answered, a line for each request; only the last ones of many."""
        try:
            entries = self.journal.entries()
        except UnderstudyError as error:
            return f"There is none: {error}"
        left_out = [f"… {len(entries) - SHOWN} earlier requests"] if len(entries) > SHOWN else []
        lines = [_line(entry) for entry in entries[-SHOWN:]]
        return "\n".join([f"world {self.name} at {self.url}", *left_out, *lines])


@contextmanager
def serving(config: pytest.Config) -> Iterator[Control]:
    """Give the server that the tests of this process use."""
    from understudy.pytest_plugin import url_of

    if url := url_of(config):
        yield Control(url, key=os.environ.get("UNDERSTUDY_CONTROL_KEY"))
        return
    from understudy.starting import start

    with start(*_of_ini(config)) as server:
        yield server


def made_for(item: pytest.Item, server: Control, scenario: Given | list[Given] | None) -> AgentServer:
    """Return a new world for a test, as its markers say."""
    folder = item.path.parent
    marked = item.get_closest_marker("scenario")
    given: list[Given] = [*marked.args] if marked else scenario if isinstance(scenario, list) else [scenario or ""]
    frozen, seed = item.get_closest_marker("frozen_time"), item.get_closest_marker("seed")
    world = server.create_world(
        _name(item),
        *(path_of(one, folder) or one for one in given if one),
        clock=frozen and frozen.args[0],
        seed=seed and seed.args[0],
    )
    strict = {name: bool(item.config.getini(f"understudy_{name}")) for name in ("strict_faults", "strict_contract")}
    made = AgentServer(world, **strict)
    # Those of the module come before those of its tests, and of several above a test the first one comes first.
    for mark in reversed(list(item.iter_markers("fault"))):
        made.faults.add(*mark.args, **mark.kwargs)
    return made


@contextmanager
def told_briefly() -> Iterator[None]:
    """Let what a person can mend be told by its sentence alone."""
    try:
        yield
    except UnderstudyError as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None


def _of_ini(config: pytest.Config) -> list[Given]:
    """Return the scenarios that the ini option names; paths are relative to the file that it stands in."""
    from understudy.config import settings

    written = config.getini("understudy_scenario")
    if not written:
        return []
    folder = config.inipath.parent if config.inipath else config.rootpath
    return [path_of(name, folder) or name for name in settings({"scenarios": written}, {}).scenarios]


def _name(item: pytest.Item) -> str:
    """Return a name for a test's world: that of the test, and what no other has."""
    words = re.sub(r"[^A-Za-z0-9._-]+", "-", item.name).strip("-._")[:90]
    return f"{words or 'test'}~{_SESSION}-{next(_NUMBERS)}"


def _asked(entry: JsonObject) -> str:
    query = f"?{entry['query']}" if entry.get("query") else ""
    return f"{entry['method']} {entry['path']}{query}"


def _line(entry: JsonObject) -> str:
    """Return a request and its answer on one line."""
    parts = [f"{entry['number']:4}  {entry['status'] or '---'}  {_asked(entry)}"]
    if stream := entry.get("stream"):
        events = ", ".join(f"{number} {name}" for name, number in stream["events"].items())
        parts.append(f"stream {stream['ended']}: {events or 'no events'}")
    if faults := entry.get("faults"):
        parts.append(f"faults: {', '.join(faults)}")
    # An answer that a fault has spoiled need not be said to be spoiled.
    for which in ("request",) if faults else ("request", "answer"):
        verdict = entry.get(f"{which}_verdict") or {}
        if verdict.get("kept") is False:
            parts.append(f"the {which} breaks the contract: {verdict['complaint']}")
    return "  | ".join(parts)
