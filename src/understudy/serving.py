"""What `understudy serve` does: serve until it is told to stop."""

from __future__ import annotations

import gc
import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING

from understudy.app import create_app
from understudy.errors import SetupError
from understudy.scenarios import find_all, read
from understudy.scenarios.beginnings import Beginning
from understudy.server.listening import address, listen, opened
from understudy.server.watching import watching
from understudy.state.worlds import DEFAULT, Worlds

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from understudy.config import Settings
    from understudy.scenarios import Source
    from understudy.state.world import World

_RESET = f"POST /_understudy/worlds/{DEFAULT}/reset"


_THREADS: dict[str, Callable[[World], int]] = {
    "agent-server": lambda world: len(world.threads),
    "computer-agents": lambda world: sum(1 for _ in world.computer_agents.threads),
}
"""How many threads a world has, by API."""


def serve(told: Settings) -> None:
    """Serve as the settings say, and tell on one line of stdout where, once it answers.

    SetupError when it cannot start. With `watch`, changed scenario files are what new worlds begin with; where they are
    wrong, that is told on stderr and the last good ones stay.
    """
    bound = opened(told.host, told.port)
    sources = _sources(told)

    def beginning() -> Beginning:
        return Beginning(
            map(read, _sources(told)),
            told.clock,
            told.seed,
            address(bound),
            allow_loopback_webhooks=told.allow_loopback_webhooks,
        )

    def changed() -> None:
        try:
            worlds.begin = beginning()
        except SetupError as error:
            _say(f"{error}\nunderstudy: new worlds still begin as before this change")
        else:
            _say(f"read again: new worlds begin with it, and others when they are reset ({_RESET})")

    worlds = Worlds(beginning())
    threads = sum(_THREADS[api](worlds.use()) for api in told.apis)
    app = create_app(told, worlds)
    if told.is_public and not told.api_keys:
        _say(f"{told.host} can be reached by other machines; --api-key asks for a key")
    names = ", ".join(dict.fromkeys(source.name for source in sources))
    counted = f"{threads:,} thread{'' if threads == 1 else 's'}"

    def ready() -> None:
        gc.freeze()
        gc.enable()
        print(f"understudy: {address(bound)} ({' + '.join(told.apis)}, scenario {names}, {counted})", flush=True)

    with watching(_files(sources), changed) if told.watch else nullcontext():
        listen(app, bound, ready)


def _sources(told: Settings) -> list[Source]:
    return [source for name in told.scenarios for source in find_all(name, told.apis)]


def _files(sources: list[Source]) -> list[Path]:
    """Return the files to be watched. SetupError if there are none."""
    files = [source.path for source in sources if source.path is not None]
    if not files:
        names = " and ".join(dict.fromkeys(source.name for source in sources))
        raise SetupError(f"--watch: there is no file to watch; {names} ships with understudy")
    return files


def _say(what: str) -> None:
    print(f"understudy: {what}", file=sys.stderr, flush=True)
