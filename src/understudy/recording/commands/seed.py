"""The command `understudy seed`: what can be said to it, and what is done then."""

from __future__ import annotations

import argparse
from typing import Any

from understudy.recording.commands.record import add_api, add_reaching, refuse_other_apis

_HELP = """\
examples:
  understudy seed http://localhost:2024 shop.yaml           all of it
  understudy seed URL shop.yaml --dry-run                   what would be made
  understudy seed URL shop.yaml --map-graph support=agent   the graph is called otherwise there
  understudy seed URL demo --only threads,store --format json
  understudy seed URL shop.yaml --strict                    for CI: fails unless all came out as in the file

Assistants, threads and items keep their ids; crons get new ones. Which id became which is printed and written to
SCENARIO.seeded.json; what it names and is still there is not made again, so that an interrupted seeding goes on with
the same command.
States are made by updates as their nodes, through the graph that is there. What no API can make is told as a
difference: times, questions that wait for an answer, errors, the metadata of states, what only a run leaves behind.
What a scenario tells of the Computer Agents API is left out, which is said as well.

The scenario and the graphs are checked before anything is made. A thread that fails midway is deleted again.
Exit status: 0 made, 1 not all as in the scenario (--strict), 2 it could not be done, 130 interrupted.
"""


def add(commands: Any) -> None:
    """Add the command to those of a command line."""
    seed = commands.add_parser(
        "seed",
        help="make a scenario on a deployment",
        description="Make what a scenario says on a real deployment, by its public API.",
        epilog=_HELP,
    )
    seed.add_argument("url", metavar="URL", help="where the deployment is")
    seed.add_argument("scenario", metavar="NAME|FILE", help="what to make there")
    what = seed.add_argument_group("what is made")
    what.add_argument("--only", metavar="KIND,…", help="of assistants, threads, crons, store (default: all)")
    what.add_argument("--without", metavar="KIND,…", help="leave these out")
    what.add_argument(
        "--map-graph",
        metavar="HERE=THERE",
        action="append",
        default=[],
        help="a graph of the scenario is called otherwise there; may be given several times",
    )
    what.add_argument(
        "--if-exists",
        choices=("raise", "keep"),
        default="raise",
        help="stop before anything is made if something with an id of the scenario is there (default), or keep that",
    )
    what.add_argument("--dry-run", action="store_true", help="look, tell what would be made, and make nothing")
    told = seed.add_argument_group("what is told")
    told.add_argument("--map", metavar="FILE", help="where ids are noted (default: SCENARIO.seeded.json)")
    told.add_argument("--format", choices=("text", "json"), default="text", help="for people (default) or programs")
    told.add_argument("--strict", action="store_true", help="exit status 1 if anything is not as in the scenario")
    add_api(seed)
    add_reaching(seed)
    seed.set_defaults(run=run, parser=seed)


def run(options: argparse.Namespace) -> int:
    """Make what the command line says, and return the exit status."""
    import asyncio
    from pathlib import Path

    from understudy.errors import SetupError
    from understudy.recording.plan import plan
    from understudy.recording.progress import Progress
    from understudy.recording.reaching import reached
    from understudy.recording.report import as_json, as_text, planned
    from understudy.recording.seeding import ahead_of, seed
    from understudy.recording.selection import kinds

    refuse_other_apis(options)
    renamed = {}
    for text in options.map_graph:
        here, equals, there = text.partition("=")
        if not (here and equals and there):
            raise SetupError(f'--map-graph is of the form HERE=THERE, not "{text}"')
        renamed[here] = there
    wanted = plan(options.scenario, kinds(options.only, options.without), renamed)
    map_file = Path(options.map or f"{wanted.name}.seeded.json")
    progress = Progress(quiet=options.quiet)

    async def go() -> int:
        async with reached(options) as deployment:
            if options.dry_run:
                ahead = await ahead_of(deployment, wanted, map_file, if_exists=options.if_exists)
                print(planned(ahead, deployment.url, wanted.left_out))
                return 0
            seeded = await seed(deployment, wanted, map_file, progress, if_exists=options.if_exists)
        print((as_json if options.format == "json" else as_text)(seeded, deployment.url))
        return int(options.strict and bool(seeded.differences or seeded.refused or seeded.left_out))

    try:
        return asyncio.run(go())
    finally:
        progress.end()
