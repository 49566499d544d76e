"""The command `understudy record`: what can be said to it, and what is done then."""

from __future__ import annotations

import argparse
from typing import Any

_HELP = """\
examples:
  understudy record http://localhost:2024 -o shop.yaml      all of it
  understudy record URL -o shop.yaml --graph support --since 2026-01-01 --limit 50
                                                            the 50 threads of a graph that were changed last
  understudy record URL -o bug.yaml --thread-id ID --only threads --runs
                                                            one conversation that plays again
  understudy record URL -o shop.yaml --metadata customer=7 --redact email --redact '[\\w.]+@example\\.com'
  understudy record URL -o shop.yaml --short-ids            ids that people can tell apart
then:
  understudy serve --scenario shop.yaml

Recorded are assistants with their versions, threads with all their states, crons, items of the store, and of agents
what an API tells: nodes, edges, channels, schemas. What nodes do it does not tell: unless --runs finds it in what they
did, they fail and say so. Values under keys such as api_key, token or password, also where texts hold JSON, and what
looks like a key or a token, are replaced by [redacted-1] and so on, the same one for the same secret.

Interrupted, it goes on with the same command: what was read is in FILE.part until FILE is written, as a whole.
Exit status: 0 recorded, 2 it could not be done, 130 interrupted.
"""

_API = "agent-server"


def add(commands: Any) -> None:
    """Add the command to those of a command line."""
    record = commands.add_parser(
        "record",
        help="record a deployment into a scenario",
        description="Record what is on a deployment into a scenario file. Nothing is changed there.",
        epilog=_HELP,
    )
    several: dict[str, Any] = {"action": "append", "default": []}
    record.add_argument("url", metavar="URL", help="where the deployment is")
    record.add_argument(
        "-o", "--output", metavar="FILE", required=True, help="the scenario to write, .yaml or .json; replaced if there"
    )
    which = record.add_argument_group("which part of it")
    which.add_argument("--only", metavar="KIND,…", help="of assistants, threads, crons, store (default: all)")
    which.add_argument("--without", metavar="KIND,…", help="leave these out")
    which.add_argument("--thread-id", metavar="ID", help="this thread; may be given several times", **several)
    which.add_argument("--metadata", metavar="KEY=VALUE", help="threads that have all of these", **several)
    which.add_argument("--status", metavar="STATUS", help="threads that are idle, busy, interrupted, error", **several)
    which.add_argument("--assistant", metavar="ID", help="this assistant, its threads and crons", **several)
    which.add_argument("--graph", metavar="NAME", help="this graph, its assistants, threads and crons", **several)
    which.add_argument("--namespace", metavar="A.B", help="items of the store below this")
    which.add_argument("--since", metavar="TIME", help="threads changed since then")
    which.add_argument("--limit", metavar="N", help="so many threads, those changed last")
    how = record.add_argument_group("how it is told")
    how.add_argument("--runs", action="store_true", help="make scripts of runs, so that agents play them again")
    how.add_argument("--short-ids", action="store_true", help="put short ids in the place of those drawn by chance")
    how.add_argument(
        "--redact", metavar="PATTERN", help="hide this too: the name of a key, or an expression for texts", **several
    )
    how.add_argument("--no-redact", action="store_true", help="keep secrets")
    add_api(record)
    add_reaching(record)
    record.set_defaults(run=run, parser=record)


def add_api(parser: argparse.ArgumentParser) -> None:
    """Add the option that says of which API a deployment is, although there is one answer only."""
    parser.add_argument("--api", default=_API, metavar="NAME", help=f"{_API}: there is no other here")


def refuse_other_apis(options: argparse.Namespace) -> None:
    """Raise SetupError if an API is told that is neither recorded nor seeded."""
    from understudy.errors import SetupError

    if options.api != _API:
        raise SetupError(
            f'--api: only {_API} is recorded and seeded, not "{options.api}". A world of a running understudy is saved '
            "with all its APIs by understudy snapshot, and served again by understudy serve --scenario"
        )


def add_reaching(parser: argparse.ArgumentParser) -> None:
    """Add the options that say how a deployment is reached."""
    reaching = parser.add_argument_group("how it is reached")
    reaching.add_argument(
        "--header", metavar="NAME:VALUE", action="append", default=[], help="send a header along; it is never shown"
    )
    reaching.add_argument("--api-key", metavar="KEY", help="send x-api-key along; it is never shown")
    reaching.add_argument("--timeout", metavar="SECONDS", help="wait so long for an answer (default: 30)")
    reaching.add_argument("--at-once", metavar="N", help="requests under way at once (default: 8)")
    reaching.add_argument("--quiet", action="store_true", help="show no progress")


def run(options: argparse.Namespace) -> int:
    """Record what the command line says, and return the exit status."""
    import asyncio
    import sys
    from pathlib import Path

    from understudy.recording.progress import Progress
    from understudy.recording.reaching import reached
    from understudy.recording.recorder import Wish, record
    from understudy.recording.selection import read

    refuse_other_apis(options)
    if options.no_redact and options.redact:
        options.parser.error("--no-redact keeps all secrets, --redact hides more of them")
    out = Path(options.output)
    wish = Wish(
        selection=read(options),
        out=out,
        redact=None if options.no_redact else tuple(options.redact),
        short_ids=options.short_ids,
    )
    progress = Progress(quiet=options.quiet)

    async def go() -> int:
        async with reached(options) as deployment:
            recorded = await record(deployment, wish, progress)
        for note in recorded.notes:
            print(f"understudy: {note}", file=sys.stderr)
        counts = ", ".join(f"{count:,} {kind}" for kind, count in recorded.counts.items())
        before = f" ({recorded.resumed:,} threads read before)" if recorded.resumed else ""
        print(f"{out}: {counts}; {recorded.states:,} states; {recorded.redacted:,} secrets redacted{before}")
        return 0

    try:
        return asyncio.run(go())
    finally:
        progress.end()
