"""Runs that stop before each step, from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from understudy.control.asking import Asking
    from understudy.wire import JsonObject

__tracebackhide__ = True  # pytest shows the line of the test


class Runs:
    """The runs that are being played in a world, each a dict with `run_id`, `thread_id`, `held`, `over` and `next`."""

    def __init__(self, asking: Asking, world: str) -> None:
        self._asking = asking
        self._world = world

    def playing(self) -> list[JsonObject]:
        """Return the runs that are being played, and the nodes that each is about to run."""
        playing: list[JsonObject] = self._asking.ask("GET", "/runs", world=self._world)
        return playing

    def hold(self) -> list[JsonObject]:
        """Let every run stop before its next step, also those that begin later; return those being played."""
        return self._hold(True)

    def release(self) -> list[JsonObject]:
        """Let all runs go on by themselves again; return those being played."""
        return self._hold(False)

    def step(self, run_id: str, steps: int = 1) -> JsonObject:
        """Let a held run go on by some steps; return where it has stopped again, or that it is over."""
        run: JsonObject = self._asking.ask("POST", f"/runs/{run_id}/step", {"steps": steps}, world=self._world)
        return run

    def _hold(self, held: bool) -> list[JsonObject]:
        playing: list[JsonObject] = self._asking.ask("PATCH", "/runs", {"held": held}, world=self._world)
        return playing
