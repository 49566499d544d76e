"""The command `understudy snapshot`: what can be said to it, and what is done then."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from understudy.recording.commands.record import add_reaching

if TYPE_CHECKING:
    from understudy.wire import JsonObject

_HELP = """\
examples:
  understudy snapshot http://127.0.0.1:8123 -o now.yaml     the world of those who name none
  understudy snapshot URL --world gw3 -o failed.yaml        what a test has left
  understudy serve --scenario now.yaml                      goes on from there

Unlike a recording it has the scripts of the agents, and everything else that the server knows.
Exit status: 0 written, 2 it could not be done.
"""


def add(commands: Any) -> None:
    """Add the command to those of a command line."""
    snapshot = commands.add_parser(
        "snapshot",
        help="save a world of a running understudy as a scenario",
        description="Save a world of a running understudy as a scenario.",
        epilog=_HELP,
    )
    snapshot.add_argument("url", metavar="URL", help="where understudy listens")
    snapshot.add_argument("-o", "--output", metavar="FILE", help="what to write, .yaml or .json (default: stdout)")
    snapshot.add_argument("--world", metavar="NAME", default="default", help="which world (default: default)")
    snapshot.add_argument("--control-key", metavar="KEY", help="the key with which the server was told to be steered")
    add_reaching(snapshot)
    snapshot.set_defaults(run=run, parser=snapshot)


def _counts(sections: JsonObject) -> str:
    """Return how many rows of each kind a scenario has."""
    ours = sections.get("computer_agents")
    rows = {name: rows for name, rows in sections.items() if name != "computer_agents" and not isinstance(rows, str)}
    counted = ", ".join(f"{len(some):,} {name}" for name, some in rows.items())
    return f"{counted}; of the Computer Agents API: {_counts(ours)}" if ours else counted


def run(options: argparse.Namespace) -> int:
    """Save what the command line says, and return the exit status."""
    import asyncio
    from pathlib import Path
    from urllib.parse import quote

    from understudy.recording.reaching import reached
    from understudy.recording.writing import as_text, write

    if options.control_key:
        options.header.append(f"x-understudy-key: {options.control_key}")

    async def go() -> int:
        async with reached(options) as deployment:
            scenario = await deployment.get(f"/_understudy/worlds/{quote(options.world, safe='')}/snapshot")
        if options.output is None:
            print(as_text(scenario), end="")
            return 0
        out = Path(options.output)
        write(scenario, out)
        print(f"{out}: {_counts(scenario)}")
        return 0

    return asyncio.run(go())
