"""The command line: parse, call, print, exit status. What takes time to import is imported by the commands."""

from __future__ import annotations

import argparse
import io
import os
import re
import sys
from typing import TYPE_CHECKING, Any, NoReturn

from understudy import __version__, scenario_commands
from understudy.conformance.commands import check, compare, drift
from understudy.control.commands import coverage
from understudy.errors import SetupError, did_you_mean
from understudy.recording.commands import record, seed, snapshot

if TYPE_CHECKING:
    from collections.abc import Sequence


KEPT, BROKEN, FAILED = 0, 1, 2
"""Exit statuses: all is well, what was examined is broken, it could not be done at all."""

INTERRUPTED = 130
"""Exit status of what was interrupted from the keyboard before it was done, as shells have it."""

_ROOT = """\
examples:
  understudy serve                               the demo, at http://127.0.0.1:8123
  understudy serve --scenario tests/shop.yaml    what your own file says
  understudy scenarios list                      what there is to serve
  understudy record URL -o shop.yaml             what a deployment holds, as such a file
"""
_SERVE = """\
examples:
  understudy serve --port 0                      on a free port; the line it prints names it
  understudy serve --seed 7 --clock 2026-01-01T00:00:00Z
                                                 the same ids and times in every run
  understudy serve --scenario large:threads=5000 with other numbers than the scenario's own
  understudy serve --host 0.0.0.0 --api-key K    for other machines too, with a key
  understudy serve --scenario mine.yaml --watch  while you write it: new worlds begin with it as it is
  understudy serve --api agent-server --api computer-agents
                                                 two APIs at one address, the second one below /v1

Each option can be given in the environment as well: UNDERSTUDY_PORT=9000, UNDERSTUDY_SCENARIO=demo,mine.yaml
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out a command line and return the exit status."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a character shows its number.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    options, unknown = _parser().parse_known_args(arguments)
    if unknown:
        parser: Parser = options.parser
        known = set(re.findall(r"--[\w-]+", parser.format_help()))
        parser.error(f'unknown argument "{unknown[0]}".{did_you_mean(unknown[0], known)}')
    try:
        status: int = options.run(options)
        sys.stdout.flush()
    except SetupError as error:
        print(f"understudy: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has seen enough. What is left of it goes nowhere, also at the interpreter's end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return KEPT
    return status


class Parser(argparse.ArgumentParser):
    """A parser whose complaints name the nearest right word."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with a command line, and end with the status for that."""
        choice = re.search(r"invalid choice: '(.*?)' \(choose from (.*)\)", message)
        if choice:
            near = did_you_mean(choice[1], re.findall(r"[\w-]+", choice[2]))
            option = re.match(r"argument (--[\w-]+):", message)
            message = f'"{choice[1]}" is no {f"value of {option[1]}" if option else "command"}.{near}'
        print(f"understudy: {message}\nTry: {self.prog} --help", file=sys.stderr)
        raise SystemExit(FAILED)


class Command(Parser):
    """A parser of a command: its help keeps the lines of its examples, its options are written out."""

    def __init__(self, **told: Any) -> None:
        super().__init__(formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False, **told)


def _parser() -> Parser:
    parser = Command(
        prog="understudy",
        description="A stand-in for the Agent Server and for the Computer Agents API, for tests and CI.",
        epilog=_ROOT,
    )
    parser.add_argument("--version", action="version", version=f"understudy {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_serve(commands)
    scenario_commands.add(commands)
    check.add(commands)
    compare.add(commands)
    drift.add(commands)
    record.add(commands)
    seed.add(commands)
    snapshot.add(commands)
    coverage.add(commands)
    return parser


def _add_serve(commands: argparse._SubParsersAction[Command]) -> None:
    serve = commands.add_parser(
        "serve",
        help="serve a scenario until it is told to stop",
        description="Serve a world that begins with what scenarios say. Nothing is kept when the server stops.",
        epilog=_SERVE,
    )
    several = {"action": "append", "default": None}
    serve.add_argument(
        "--api",
        dest="apis",
        metavar="NAME",
        help="what to stand in for: agent-server (default), computer-agents, or both, then the latter below /v1",
        **several,  # type: ignore[arg-type]  # argparse takes them
    )
    serve.add_argument(
        "--scenario",
        dest="scenarios",
        metavar="NAME|FILE",
        help="what the world begins with; several are put together (default: demo)",
        **several,  # type: ignore[arg-type]  # argparse takes them
    )
    serve.add_argument("--host", help="the address to listen at (default: 127.0.0.1, this machine only)")
    serve.add_argument("--port", help="the port to listen at, 0 for a free one (default: 8123)")
    serve.add_argument("--seed", metavar="N", help="draw ids from this number; with --clock, the same ones every time")
    serve.add_argument("--clock", metavar="TIME", help="let time stand still at this moment, an ISO 8601 text")
    serve.add_argument(
        "--api-key",
        dest="api_keys",
        metavar="KEY",
        help="ask for a key, in x-api-key or where else the API has it; may be given several times",
        **several,  # type: ignore[arg-type]  # argparse takes them
    )
    serve.add_argument(
        "--strict",
        action="store_true",
        default=None,
        help="check every answer by the contract; one that breaks it becomes a 500 that says why",
    )
    serve.add_argument("--log-level", metavar="LEVEL", help="critical, error, warning (default), info or debug")
    serve.add_argument("--max-body", metavar="SIZE", help="the largest body read, such as 10MB (default: 300MiB)")
    serve.add_argument(
        "--allow-loopback-webhooks",
        action="store_true",
        default=None,
        help="let runs be sent to webhooks on this machine, which are refused otherwise",
    )
    serve.add_argument(
        "--world-per-key",
        action="store_true",
        default=None,
        help="a world for each API key, as if it were named in X-Understudy-World",
    )
    serve.add_argument(
        "--watch", action="store_true", default=None, help="let new worlds begin with a scenario file as it is now"
    )
    serve.add_argument(
        "--control-key",
        metavar="KEY",
        help="ask whoever steers the server for this key in x-understudy-key; needed where other machines can reach it",
    )
    serve.add_argument(
        "--no-control",
        dest="control",
        action="store_false",
        default=None,
        help="do not let requests steer the server: no /_understudy, no X-Understudy headers",
    )
    serve.set_defaults(run=_serve, parser=serve)


def _serve(options: argparse.Namespace) -> int:
    import gc
    import logging

    # Nearly everything made from here on stays to the end: there is nothing to collect before the server is ready,
    # and later no need to look through it again and again.
    gc.disable()
    from understudy.config import settings

    told = settings(vars(options), os.environ)
    logging.basicConfig(level=told.log_level.upper(), format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)

    from understudy.serving import serve

    serve(told)
    return KEPT
