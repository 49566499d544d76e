"""A server's control plane: the worlds it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from understudy.control.asking import Asking
from understudy.control.clock import moment
from understudy.control.given import sent, telling_of
from understudy.control.world import World

if TYPE_CHECKING:
    from datetime import datetime

    from understudy.control.given import Given
    from understudy.wire import JsonObject

__tracebackhide__ = True  # pytest shows the line of the test

DEFAULT = "default"
"""The world of a request that names none."""


class Control:
    """The control plane of a server at a URL; `key` is what `--control-key` asks for."""

    def __init__(self, url: str, *, key: str | None = None) -> None:
        self._asking = Asking(url, key)
        self.url = self._asking.url
        """Where clients find the server."""

    def world(self, name: str = DEFAULT) -> World:
        """Return one world of the server; without a name that of clients that name none. It need not be there yet."""
        return World(self._asking, name)

    def create_world(
        self,
        name: str | None = None,
        *scenarios: Given,
        seed: int | None = None,
        clock: datetime | str | None = None,
        if_exists: Literal["refuse", "reset", "keep"] = "refuse",
    ) -> World:
        """Return a new world that begins with what scenarios say, the server's own if none is given.

        Ids are drawn from the `seed`, time stands still at `clock`; a name is made up where there is none.
        ControlError says what is wrong, or that there is a world of this name.
        """
        body: JsonObject = {"if_exists": if_exists}
        told = {
            "name": name,
            "begin": [sent(scenario) for scenario in scenarios] or None,
            "seed": seed,
            "clock": None if clock is None else moment(clock),
        }
        body |= {key: value for key, value in told.items() if value is not None}
        with telling_of(*scenarios):
            return self.world(self._asking.ask("POST", "/worlds", body)["name"])

    def worlds(self) -> list[JsonObject]:
        """Return what the server knows of each of its worlds, in the order in which they came to be."""
        worlds: list[JsonObject] = self._asking.ask("GET", "/worlds")
        return worlds

    def drop_worlds(self, *, idle_seconds: float) -> list[str]:
        """Let the worlds end that nobody has used for so long; return their names."""
        dropped: list[str] = self._asking.ask("POST", "/worlds/drop", {"idle_seconds": idle_seconds})["dropped"]
        return dropped

    def coverage(self) -> JsonObject:
        """Return all operations and stream modes that there are, with how often each was used since the start."""
        coverage: JsonObject = self._asking.ask("GET", "/coverage")
        return coverage


def connect(url: str, *, world: str = DEFAULT, key: str | None = None) -> World:
    """Return a world of the server at a URL, to be steered from here. It need not be there yet, nor the world."""
    return Control(url, key=key).world(world)
