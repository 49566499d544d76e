"""The command: `python -m benchmarks`."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from . import processors, servers
from .errors import BenchError
from .figures import MEASURES, chosen
from .limits import limits
from .load import Load
from .report import as_json, as_text, machine
from .run import QUICK, THOROUGH, Run

if TYPE_CHECKING:
    from collections.abc import Sequence

VARIABLE = "UNDERSTUDY_REFERENCE_VENV"
OWN_VENV = servers.ROOT / "build" / "reference-venv"
KEPT, BROKEN, COULD_NOT, INTERRUPTED = 0, 1, 2, 130

DESCRIPTION = """\
Measures the fake beside a hand-written Starlette app that does the same work without validation, and beside
the reference server (`langgraph dev`) where there is one. All run on this machine, in turns, so that what
disturbs one disturbs the others: trust the ratios, not the figures. Nothing else should be running.

The servers share one processor and the load has another. Rounds are medians. Each server is started anew for
each stage, on a free port, and is gone in the end.
"""

EPILOG = f"""\
measures:
{chr(10).join(f"  {name:<24}{title}" for name, (title, _) in MEASURES.items())}

A name also stands for all that begin with it: `search`, `search-1000`.

examples:
  make bench                               the fake and the hand-written app: about ten minutes
  make bench ARGS="--reference"            with the reference server, installed on first use
  make bench ARGS="--quick --check"        rougher, and exit status 1 when a limit is broken
  make bench ARGS="--only create search-1000 --rounds 9"
  make bench ARGS="--only check"           what `understudy check` costs beside `schemathesis run`

exit status: 0 measured (with --check: limits kept), 1 a limit is broken, 2 could not measure.
"""


def arguments(words: Sequence[str] | None) -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds; the sizes stay the same")
    parser.add_argument("--rounds", type=positive, metavar="N", help="rounds of each measure that count")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="take only these measures")
    parser.add_argument("--check", action="store_true", help="exit with 1 when a limit is broken")
    parser.add_argument(
        "--json",
        type=new_file,
        default=Path("bench.json"),
        metavar="FILE",
        help="where the figures go: bench.json",
    )
    parser.add_argument(
        "--reference",
        type=Path,
        nargs="?",
        const=Path(os.environ.get(VARIABLE) or OWN_VENV),
        default=os.environ.get(VARIABLE),
        metavar="VENV",
        help="include the reference server installed in VENV; without VENV, the one that the environment "
        f"variable {VARIABLE} names, or else build/reference-venv, which is made on first use",
    )
    return parser.parse_args(words)


def positive(text: str) -> int:
    """Return a number of 1 or more."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be 1 or more, not {number}")
    return number


def new_file(text: str) -> Path:
    """Return the path of a file that can be written."""
    path = Path(text)
    if not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {path.parent}")
    return path


def compared(venv: Path | None) -> list[servers.Server]:
    """Return the servers to measure, the fake first."""
    both = [servers.understudy(), servers.starlette()]
    if venv is None:
        return both
    if venv == OWN_VENV:
        servers.make_reference(venv)
    return [*both, servers.reference(venv)]


def playing(venv: Path | None) -> list[servers.Server]:
    """Return the same servers with agents that are worth running."""
    both = [servers.understudy("runs.yaml"), servers.starlette()]
    return both if venv is None else [*both, servers.reference(venv, "runs.json")]


def bench(options: argparse.Namespace) -> int:
    """Measure, print the table, write the JSON; return the exit status."""
    settings = QUICK if options.quick else THOROUGH
    if options.rounds:
        settings = replace(settings, rounds=options.rounds, starts=options.rounds)
    wanted = chosen(options.only)
    sides = compared(options.reference)
    facts = machine(options.reference)
    for_servers, for_load = processors.choose()
    with Load(for_load) as load:
        run = Run(sides, playing(options.reference), wanted, settings, load, for_servers)
        run.measure_all()
    print(as_text(run.figures, sides, facts))
    options.json.write_text(json.dumps(as_json(run.figures, sides, settings, facts), indent=1) + "\n")
    broken = any(limit.verdict == "broken" for limit in limits(run.figures))
    return BROKEN if options.check and broken else KEPT


def main(words: Sequence[str] | None = None) -> int:
    """Run the command; return the exit status. Whatever happens, no server is left behind."""
    options = arguments(words)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        return bench(options)
    except BenchError as error:
        print(f"bench: {error}", file=sys.stderr)
        return COULD_NOT
    except KeyboardInterrupt:
        print("bench: interrupted; the servers are stopped", file=sys.stderr)
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
