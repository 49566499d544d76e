"""The worlds that one server holds, by name."""

from __future__ import annotations

import re
from time import monotonic
from typing import TYPE_CHECKING

from understudy.errors import Conflict, Invalid, NotFound
from understudy.paths import quoted
from understudy.state.clock import Clock
from understudy.state.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from understudy.state.world import World

DEFAULT = "default"
"""The world of a request that names none."""

MOST = 10_000
"""How many worlds a server holds at most."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:~-]{0,127}")

_SYSTEM = Clock()


class Hosted:
    """A world that a server holds, and what the server knows of it.

    `begin` makes it anew; where it is None, what the server's worlds begin with does.
    """

    def __init__(self, name: str, begin: Callable[[], World] | None, world: World) -> None:
        self.name = name
        self.begin = begin
        self.world = world
        self.created_at: datetime = _SYSTEM.now()
        self.requests = 0
        self._open = 0
        self._used = monotonic()

    @property
    def idle_seconds(self) -> float:
        """How long nothing was asked of it; 0 while it is in use."""
        return 0.0 if self.is_in_use else monotonic() - self._used

    @property
    def is_in_use(self) -> bool:
        """Whether something is being answered, be it a stream."""
        return self._open > 0

    def enter(self) -> None:
        """Note that something is asked of it."""
        self.requests += 1
        self._open += 1

    def leave(self) -> None:
        """Note that it was answered, or that nobody waits for the answer any more."""
        self._open -= 1
        self._used = monotonic()


class Worlds:
    """Worlds by name. `begin` makes one that begins with what the server's scenario says.

    It may be replaced: worlds that are made or reset from then on begin as the new one says, but for those that have a
    beginning of their own. A world that is named for the first time is made then. Two worlds share nothing that can
    change.
    """

    def __init__(self, begin: Callable[[], World]) -> None:
        self.begin = begin
        self._hosted: dict[str, Hosted] = {}
        self._nameless = 0
        self._usage = Usage()

    def __iter__(self) -> Iterator[Hosted]:
        """Yield what is held, in the order in which it came to be."""
        return iter(list(self._hosted.values()))

    def __contains__(self, name: str) -> bool:
        """Return whether there is a world of this name."""
        return name in self._hosted

    @property
    def usage(self) -> Usage:
        """What all worlds were used for, also those that are gone."""
        for hosted in self:
            hosted.world.journal.take_up()
        return self._usage

    def use(self, name: str = DEFAULT) -> World:
        """Return the world of this name; it is made if there is none."""
        return self.of(name).world

    def of(self, name: str) -> Hosted:
        """Return what is held under a name, and let there be a world of this name."""
        return self._hosted.get(name) or self._add(name, None)

    def get(self, name: str) -> Hosted:
        """Return what is held under a name. NotFound if nothing is."""
        hosted = self._hosted.get(name)
        if hosted is None:
            raise NotFound(f"no world {quoted(name)}")
        return hosted

    def holding(self, world: World) -> Hosted:
        """Return what is held of a world. Conflict if it ended while it was asked for something."""
        for hosted in self:
            if hosted.world is world:
                return hosted
        raise Conflict("the world was deleted or began anew while this was asked of it")

    def unused_name(self) -> str:
        """Return a name that no world has or had."""
        self._nameless += 1
        name = f"world-{self._nameless}"
        return self.unused_name() if name in self._hosted else name

    def create(self, name: str, begin: Callable[[], World] | None = None) -> Hosted:
        """Return a new world. Conflict if there is one of this name, Invalid if that is no name."""
        if name in self._hosted:
            raise Conflict(f"there is a world {quoted(name)} already")
        return self._add(name, begin)

    def replace(self, name: str, begin: Callable[[], World] | None) -> Hosted:
        """Let a world of this name begin with something else, from now on and whenever it is reset.

        None stands for what the server's scenario says.
        """
        old = self._hosted.get(name)
        if old is None:
            return self._add(name, begin)
        hosted = self._host(name, begin)
        old.world.close()
        return hosted

    def reset(self, name: str) -> Hosted:
        """Let a world begin anew with what it began with. NotFound if there is none."""
        return self.replace(name, self.get(name).begin)

    def delete(self, name: str) -> None:
        """Let a world end. NotFound if there is none."""
        self.get(name).world.close()
        del self._hosted[name]

    def drop(self, idle_seconds: float) -> list[str]:
        """Let the worlds end that were not used for so long, and are not in use; return their names."""
        names = [hosted.name for hosted in self if hosted.idle_seconds >= idle_seconds and not hosted.is_in_use]
        for name in names:
            self.delete(name)
        return names

    def _add(self, name: str, begin: Callable[[], World] | None) -> Hosted:
        checked(name)
        if len(self._hosted) >= MOST:
            raise Conflict(f"there are {MOST:,} worlds already; drop some that are not used any more")
        return self._host(name, begin)

    def _host(self, name: str, begin: Callable[[], World] | None) -> Hosted:
        hosted = self._hosted[name] = Hosted(name, begin, (begin or self.begin)())
        hosted.world.journal.usage.total = self._usage
        return hosted


def checked(name: str) -> str:
    """Return a name that a world can have. Invalid if it is none."""
    if not _NAME.fullmatch(name):
        raise Invalid(
            f"{quoted(name)} is no name of a world: it begins with a letter or digit, goes on with these and ._:~-, "
            "and has 128 characters at most"
        )
    return name
