"""The world of a test: how it is made, what is wrong when the test is over, and the story of what happened in it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from understudy.control import Control, World
from understudy.control.asking import brief
from understudy.control.given import path_of
from understudy.control.server import DEFAULT
from understudy.errors import SetupError, UnderstudyError

if TYPE_CHECKING:
    from understudy.control.given import Given
    from understudy.wire import JsonObject

SHOWN = 30
"""How many of the last requests a story tells."""

_NUMBERS = count(1)
_SESSION = os.urandom(3).hex()  # tests of several processes, of several people perhaps, may share a server


class AgentServer(World):
    """A test's world, and whether what did not go as it was meant to makes the test fail."""

    def __init__(self, world: World, folder: Path, *, strict_faults: bool, strict_contract: bool) -> None:
        super().__init__(world.asking, world.name, folder)
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
            complaints += [f"  {fault}: it was for {fault.fitted or 'none'} of the requests" for fault in unfired]
        if self._strict_contract and (violations := self.journal.violations()):
            complaints.append("Requests that break the contract (agent_server.allow_violations() lets that pass):")
            complaints += [f"  {_asked(entry)}: {_said(entry['request_verdict'])}" for entry in violations]
        return complaints

    def story(self) -> str:
        """Return what was asked of it and answered, a line for each request; only the last ones of many."""
        try:
            entries = self.journal.entries()
            elsewhere = World(self.asking, DEFAULT).journal.entries()
        except UnderstudyError as error:
            return f"There is none: {error}"
        lines = [f"world {self.name} at {self.url}"]
        if len(entries) > SHOWN:
            lines.append(f"… {len(entries) - SHOWN} earlier requests")
        lines += [_line(entry) for entry in entries[-SHOWN:]]
        if elsewhere:
            lines.append(
                f"Requests without agent_server.headers go to another world, such as {_asked(elsewhere[-1])} of this "
                "test or one before it."
            )
        return "\n".join(lines)


def url_of(config: pytest.Config) -> str | None:
    """Return where the server is that tests share, None if each process starts one."""
    return config.getoption("--understudy-url") or os.environ.get("UNDERSTUDY_URL") or None


@contextmanager
def serving(config: pytest.Config) -> Iterator[Control]:
    """Give the server that the tests of this process use. What is wrong is told of the ini option that says it."""
    if url := url_of(config):
        yield Control(url, key=os.environ.get("UNDERSTUDY_CONTROL_KEY"))
        return
    from understudy.config import Settings, apis_named
    from understudy.starting import start

    with told_briefly("understudy_api"):
        written = config.getini("understudy_api")
        apis = apis_named(written) if written else Settings().apis
    with told_briefly("understudy_scenario"), start(*_of_ini(config), api=apis) as server:
        yield server


def made_for(item: pytest.Item, server: Control, scenario: Given | Sequence[Given] | None) -> AgentServer:
    """Return a new world for a test, as its markers say. UnderstudyError if one of them is wrong."""
    clock, seed = _argument(item, "frozen_time"), _argument(item, "seed")
    world = server.create_world(_name(item), *_begins_with(item, scenario), clock=clock, seed=seed)
    strict = {name: bool(item.config.getini(f"understudy_{name}")) for name in ("strict_faults", "strict_contract")}
    made = AgentServer(world, item.path.parent, **strict)
    try:
        # Those of the module come before those of its tests, and of several above a test the first one comes first.
        for mark in reversed(list(item.iter_markers("fault"))):
            made.faults.add(*mark.args, **mark.kwargs)
    except (TypeError, UnderstudyError) as error:
        made.delete()
        raise SetupError(f"the marker fault: {error}") from None
    return made


@contextmanager
def told_briefly(place: str) -> Iterator[None]:
    """Let what a person can mend be told by its sentence alone, after the place where that is to be done."""
    try:
        yield
    except UnderstudyError as error:
        raise pytest.fail.Exception(f"{place}: {error}", pytrace=False) from None


def place_of(item: pytest.Item) -> str:
    """Return where a test is written, its decorators included: `tests/test_refunds.py:12`."""
    file, line, _ = item.location
    return file if line is None else f"{file}:{line + 1}"


def _begins_with(item: pytest.Item, scenario: Given | Sequence[Given] | None) -> list[Given]:
    """Return what a test's world begins with; nothing where that is what the server was started with."""
    marked = item.get_closest_marker("scenario")
    if marked:
        if marked.kwargs or not marked.args:
            raise SetupError("the marker scenario takes names, paths or dicts, at least one")
        scenario = marked.args
    if scenario is None:
        return _of_ini(item.config) if url_of(item.config) else []
    given = scenario if isinstance(scenario, Sequence) and not isinstance(scenario, str) else [scenario]
    return [path_of(one, item.path.parent) or one for one in given]


def _of_ini(config: pytest.Config) -> list[Given]:
    """Return the scenarios that the ini option names; paths are relative to the file that it stands in."""
    from understudy.config import settings

    written = config.getini("understudy_scenario")
    if not written:
        return []
    folder = config.inipath.parent if config.inipath else config.rootpath
    return [path_of(name, folder) or name for name in settings({"scenarios": written}, {}).scenarios]


def _argument(item: pytest.Item, name: str) -> Any:
    """Return what the nearest marker of a name says, None if there is none."""
    mark = item.get_closest_marker(name)
    if mark is None:
        return None
    if len(mark.args) != 1 or mark.kwargs:
        raise SetupError(f"the marker {name} takes one argument")
    return mark.args[0]


def _name(item: pytest.Item) -> str:
    """Return a name for a test's world: that of the test, and what no other has."""
    words = re.sub(r"[^A-Za-z0-9._-]+", "-", item.name).strip("-._")[:90]
    return f"{words or 'test'}~{_SESSION}-{next(_NUMBERS)}"


def _asked(entry: JsonObject) -> str:
    query = f"?{entry['query']}" if entry.get("query") else ""
    return f"{entry['method']} {entry['path']}{query}"


def _said(verdict: JsonObject) -> str:
    """Return a complaint on one line."""
    return " ".join(brief(verdict["complaint"]).split())


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
            parts.append(f"the {which} breaks the contract: {_said(verdict)}")
    return "  | ".join(parts)
