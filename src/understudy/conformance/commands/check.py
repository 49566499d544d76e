"""The command `understudy check`: what can be said to it, and what is done then."""

from __future__ import annotations

import argparse
from typing import Any

_HELP = """\
examples:
  understudy check http://localhost:2024              everything, with what is known of its version left out
  understudy check URL --baseline none                everything it does otherwise than its document says
  understudy check URL --contract observed            held to what the real server does
  understudy check URL --include-tag Threads --phases examples,laws
  understudy check URL --read-only                    only requests that cannot change anything
  understudy check URL --dry-run                      what would be sent
  understudy check https://api.example/v1 --api computer-agents --api-key KEY
  understudy check --sweep URL                        remove what checks that were killed have left behind

Everything a check makes carries a mark in its metadata, or in its name, and is removed at the end. It never touches
anything else.
Ctrl-C stops it and removes what was made; a second one does not wait for that.
Exit status: 0 the contract is kept, 1 it is broken, 2 it could not be checked, 130 it was interrupted.
"""


def add(commands: Any) -> None:
    """Add the command to those of a command line."""
    check = commands.add_parser(
        "check",
        help="hold a deployment to its contract",
        description="Hold a deployment to its contract: made-up requests, laws that no schema can say, and streams.",
        epilog=_HELP,
    )
    check.add_argument("url", metavar="URL", help="where the deployment is")
    what = check.add_argument_group("what it is held to")
    what.add_argument(
        "--api", default="agent-server", help="the API that it serves: agent-server (default), or computer-agents"
    )
    what.add_argument(
        "--contract",
        choices=("published", "observed"),
        default="published",
        help="what the vendor promises (default), or what its server really does; of computer-agents: all that our "
        "document assumes",
    )
    what.add_argument("--spec", metavar="FILE|URL", help="another document instead of the bundled one")
    what.add_argument(
        "--baseline",
        metavar="NAME|FILE",
        default="auto",
        help="what is known and does not fail: a file, a name such as langgraph-api-0.16.7, none, or auto (default): "
        "the one that ships for the version of the deployment",
    )
    what.add_argument("--update-baseline", action="store_true", help="write what is found now into the baseline's file")
    what.add_argument(
        "--strict-baseline", action="store_true", help="fail when something of the baseline does not occur any more"
    )
    part = check.add_argument_group("which part of it")
    part.add_argument(
        "--phases", metavar="NAME,…", help="of examples, coverage, fuzzing, stateful, laws, streams (default: all)"
    )
    for mode in ("include", "exclude"):
        for kind in ("tag", "operation", "path"):
            part.add_argument(
                f"--{mode}-{kind}",
                metavar={"tag": "TAG", "operation": "ID|'POST /threads'", "path": "PATH"}[kind],
                action="append",
                default=[],
                help=f"{mode} operations by their {kind}; may be given several times",
            )
    part.add_argument(
        "--graph-id", metavar="ID", action="append", default=[], help="run this graph, or execute with this agent, only"
    )
    part.add_argument("--shard", metavar="N/M", help="check the Nth of M parts, as in 2/5")
    part.add_argument("--read-only", action="store_true", help="send only requests that cannot change anything")
    part.add_argument("--dry-run", action="store_true", help="list what would be sent, and send nothing")
    how = check.add_argument_group("how")
    how.add_argument("--header", metavar="NAME:VALUE", action="append", default=[], help="send a header along")
    how.add_argument("--api-key", metavar="KEY", help="send a key along where the API wants it")
    how.add_argument("--max-examples", metavar="N", help="requests made up for each operation (default: 20)")
    how.add_argument("--max-time", metavar="SECONDS", help="go on until this time is over, and no longer")
    how.add_argument("--rate-limit", metavar="N/s|m|h", help="send no more requests than that")
    how.add_argument(
        "--workers",
        metavar="N",
        help="make up requests for several operations at once (default: 1; Python 3.11 may fail with more)",
    )
    how.add_argument("--timeout", metavar="SECONDS", help="wait so long for an answer (default: 20)")
    how.add_argument("--seed", metavar="N", help="make up the same requests each time (default: 1)")
    told = check.add_argument_group("what is told")
    told.add_argument(
        "--report",
        metavar="KIND,…",
        help="write files: html (a summary, and a page by operation), sarif, junit, json, ndjson, har",
    )
    told.add_argument("--report-dir", metavar="FOLDER", help="where to write them (default: understudy-report)")
    check.add_argument("--sweep", action="store_true", help="remove what earlier checks have left behind, and stop")
    check.set_defaults(run=run, parser=check)


def run(options: argparse.Namespace) -> int:
    """Check what the command line says, and return the exit status."""
    from understudy.conformance.settings import read

    settings = read(options)
    if options.sweep:
        from understudy.conformance.sweeping import sweep

        return sweep(settings)
    if options.dry_run:
        from understudy.conformance.reporting.plan import show

        return show(settings)
    from understudy.conformance.reporting.session import check

    return check(settings)
