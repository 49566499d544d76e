"""One world of a server, from outside."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from understudy.control.asking import WORLD
from understudy.control.clock import Clock
from understudy.control.faults import Faults
from understudy.control.given import sent, telling_of
from understudy.control.journal import Journal
from understudy.control.runs import Runs

if TYPE_CHECKING:
    from understudy.control.asking import Asking
    from understudy.control.given import Given
    from understudy.wire import JsonObject

__tracebackhide__ = True  # pytest shows the line of the test


class World:
    """A world of a server: its agents, threads and items, its clock, faults, journal and runs.

    It comes to be when it is first used. Files are those of `folder`, of the working directory if there is none. Every
    method but the assertions of the journal raises ControlError, with the server's own sentence, if the server does not
    do as it is told.
    """

    def __init__(self, asking: Asking, name: str, folder: Path | None = None) -> None:
        self.asking = asking
        self.name = name
        self.url = asking.url
        """Where clients find the server."""
        self.clock = Clock(asking, name)
        self.faults = Faults(asking, name)
        self.journal = Journal(asking, name)
        self.runs = Runs(asking, name)
        self._folder = folder or Path()

    @property
    def headers(self) -> dict[str, str]:
        """What any HTTP client sends along for its requests to be this world's."""
        return {WORLD: self.name, **self.asking.key_header}

    def load(self, scenario: Given) -> None:
        """Put a scenario into the world: the name of one that ships, a path, YAML text, or a dict.

        What has the same id is replaced, all else stays. A scenario that is wrong anywhere changes nothing.
        """
        with telling_of(scenario, folder=self._folder):
            self.asking.ask("POST", "/scenarios", sent(scenario, self._folder), world=self.name)

    def add_agent(self, graph_id: str, script: JsonObject | None = None) -> None:
        """Put an agent into the world, or another script in its place; without one it repeats what it is told.

        A script is what stands below `agents:` in a scenario, such as `{"nodes": {"greet": {"say": "Hello!"}}}`.
        """
        self.load({"agents": {graph_id: script or {}}})

    def reset(self) -> None:
        """Let it begin anew with what it began with; time, ids, faults and journal begin anew as well."""
        self.asking.ask("POST", f"/worlds/{self.name}/reset")

    def snapshot(self) -> JsonObject:
        """Return the world as a scenario; loaded, that makes an equal world."""
        snapshot: JsonObject = self.asking.ask("GET", f"/worlds/{self.name}/snapshot")
        return snapshot

    def save(self, path: Path | str) -> None:
        """Write the world to a scenario file, YAML unless the name ends in `.json`."""
        file = self._folder / path
        query = {"format": "json" if file.suffix == ".json" else "yaml"}
        file.write_bytes(self.asking.answer("GET", f"/worlds/{self.name}/snapshot", query=query).content)

    def restore(self, scenario: Given) -> None:
        """Let the world be as a scenario says, and nothing else: a snapshot, or any that `load` takes."""
        with telling_of(scenario, folder=self._folder):
            self.asking.ask("PUT", f"/worlds/{self.name}/snapshot", sent(scenario, self._folder))

    def coverage(self) -> JsonObject:
        """Return all operations and stream modes that there are, with how often each was used in this world."""
        coverage: JsonObject = self.asking.ask("GET", "/coverage", world=self.name, query={"of": "world"})
        return coverage

    def describe(self) -> JsonObject:
        """Return what the server knows of it: `requests`, `threads`, `runs`, `idle_seconds` and so on."""
        world: JsonObject = self.asking.ask("GET", f"/worlds/{self.name}")
        return world

    def delete(self) -> None:
        """Let it end: its runs are stopped, its streams end. Whoever uses it again gets a new one."""
        self.asking.ask("DELETE", f"/worlds/{self.name}")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name} at {self.url}>"
