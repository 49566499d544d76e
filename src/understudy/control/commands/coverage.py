"""`understudy coverage`: which operations and stream modes of an API a test suite has used."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from understudy.errors import SetupError, did_you_mean

if TYPE_CHECKING:
    from understudy.control.coverage import Coverage

_EXAMPLES = """\
examples:
  understudy coverage http://127.0.0.1:8123      all that was asked of a server since it started
  understudy coverage http://127.0.0.1:8123 --world gw0
                                                 of one of its worlds, since that began
  understudy coverage build/coverage-*.json --fail-under 60
                                                 for CI: files, as --format json writes them, added up
  understudy coverage http://127.0.0.1:8123 --format json > coverage.json
                                                 keeps it when the server is gone

Counted are answers by operation and status, and stream modes that were asked for. The percentage is that of all
operations and stream modes that there are.

Exit status 0: fine, 1: less than --fail-under, 2: a server or a file that tells no coverage.
"""

KEY_VARIABLE = "UNDERSTUDY_CONTROL_KEY"


def add(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command to those of the command line."""
    coverage = commands.add_parser(
        "coverage",
        help="tell which operations and stream modes a test suite has used",
        description=(
            "Tell which operations and stream modes were used, how often, and which never were, by tag.\n"
            "What several servers and files tell is added up."
        ),
        epilog=_EXAMPLES,
    )
    coverage.add_argument(
        "sources", metavar="URL|FILE", nargs="+", help="an understudy that is running, or a file with what one told"
    )
    coverage.add_argument("--world", metavar="NAME", help="tell only what was asked of this world of the servers")
    coverage.add_argument(
        "--control-key", metavar="KEY", help=f"the key of the servers' control plane (or {KEY_VARIABLE})"
    )
    coverage.add_argument("--format", default="text", choices=("text", "json"), help="for people (default) or programs")
    coverage.add_argument(
        "--fail-under", metavar="PERCENT", type=_percent, help="exit with 1 if less than so much was used"
    )
    coverage.set_defaults(run=run, parser=coverage)


def run(options: argparse.Namespace) -> int:
    """Add up and print. Return 1 if too little was used, else 0. SetupError where there is nothing to add up."""
    import json
    import sys

    from understudy.control.coverage import Coverage

    coverage = Coverage()
    for source in options.sources:
        _take(coverage, source, options)
    print(json.dumps(coverage.to_json(), indent=1) if options.format == "json" else coverage.to_text())
    wanted = options.fail_under
    if wanted is None or coverage.percent >= wanted:
        return 0
    sys.stdout.flush()
    print(f"understudy: {coverage.percent:.1f} % is less than --fail-under {wanted:g}", file=sys.stderr)
    return 1


def _take(coverage: Coverage, source: str, options: argparse.Namespace) -> None:
    told = _fetched(source, options) if source.startswith(("http://", "https://")) else _read(source)
    try:
        coverage.add(told)
    except ValueError as error:
        raise SetupError(f"{source}: {error}") from None


def _fetched(url: str, options: argparse.Namespace) -> Any:
    from understudy.control import Control, ControlError

    control = Control(url, key=options.control_key or os.environ.get(KEY_VARIABLE) or None)
    try:
        return control.coverage() if options.world is None else _world(control, options.world).coverage()
    except ControlError as error:
        raise SetupError(str(error)) from None


def _world(control: Any, name: str) -> Any:
    """Return a world that is there: one that is asked for by another name would come to be by that."""
    names = [world["name"] for world in control.worlds()]
    if name not in names:
        raise SetupError(f'{control.url} has no world "{name}".{did_you_mean(name, names)}')
    return control.world(name)


def _read(file: str) -> Any:
    import json

    try:
        return json.loads(Path(file).read_text(encoding="utf-8"))
    except OSError as error:
        raise SetupError(f"{file}: {error.strerror}") from None
    except ValueError as error:
        raise SetupError(f"{file}: no JSON ({error})") from None


def _percent(text: str) -> float:
    try:
        percent = float(text)
    except ValueError:
        percent = -1
    if not 0 <= percent <= 100:
        raise argparse.ArgumentTypeError(f"a percentage is a number from 0 to 100, not {text!r}")
    return percent
