"""`understudy compare`: the same made-up sequences of requests to two servers."""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable

    from understudy.conformance.comparing.deployment import Address
    from understudy.conformance.comparing.hunt import Progress

_SAME, _DIFFERENT = 0, 1

_EXAMPLES = """\
examples:
  understudy compare https://my.example http://127.0.0.1:8123 --api-key-a K
                                                 a deployment and the fake that stands in for it
  understudy compare https://old.example https://new.example --max-time 600
                                                 two versions of a deployment
  understudy compare URL_A URL_B --include Threads --exclude 'POST /threads/prune'
                                                 a part of it: tags, operations, the beginnings of paths
  understudy compare URL_A URL_B --known known.yaml --seed 7 --format json
                                                 for CI: what is known is no failure

Of each difference the smallest sequence is shown that still has it. Everything that is made carries a mark in its
metadata and is removed at the end; nothing else is touched.

A file for --known is a list of {operation, place, reason}; * stands for any text. `values` may say more, and what
`diverges` ends the comparison of a sequence:
  - {operation: "POST /threads/*", place: body.values.*, values: "1 | 2", diverges: true, reason: rounding}

Exit status 0: no difference but known ones, 1: there are others, 2: could not compare.
"""


def add(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command to those of the command line."""
    compare = commands.add_parser(
        "compare",
        help="send the same made-up requests to two servers and show where they differ",
        description=(
            "Send the same made-up sequences of requests to two servers, and show the smallest ones that they answer "
            "differently. What no two servers share, such as ids and times, is no difference."
        ),
        epilog=_EXAMPLES,
    )
    several: dict[str, Any] = {"metavar": "NAME:VALUE", "action": "append", "default": []}
    compare.add_argument("url_a", metavar="URL_A", help="base address of the one")
    compare.add_argument("url_b", metavar="URL_B", help="base address of the other")
    compare.add_argument("--api", default="agent-server", help="the API that both serve (default: agent-server)")
    compare.add_argument(
        "--graph-id",
        dest="graph_ids",
        metavar="ID",
        action="append",
        default=[],
        help="run this graph; may be given several times (default: all that both have)",
    )
    for side, whom in (("", "both"), ("-a", "URL_A"), ("-b", "URL_B")):
        suffix = side.replace("-", "_")
        compare.add_argument(
            f"--header{side}",
            dest=f"headers{suffix}",
            help=f"send this to {whom}; may be given several times",
            **several,
        )
        compare.add_argument(
            f"--api-key{side}", dest=f"api_key{suffix}", metavar="KEY", help=f"send this to {whom} as x-api-key"
        )
    for option, what in (("--include", "compare only"), ("--exclude", "leave out")):
        compare.add_argument(
            option,
            metavar="WORD",
            action="append",
            default=[],
            help=f"{what} operations of this tag, operationId or name, as in 'POST /threads', or whose path begins so",
        )
    compare.add_argument("--max-examples", type=_positive, default=200, metavar="N", help="sequences (default: 200)")
    compare.add_argument("--max-steps", type=_positive, default=15, metavar="N", help="requests in one (default: 15)")
    compare.add_argument(
        "--max-time",
        type=_seconds,
        default=300.0,
        metavar="SECONDS",
        help="begin no sequence after that (default: 300)",
    )
    compare.add_argument(
        "--max-differences", type=_positive, default=10, metavar="N", help="stop after so many (default: 10)"
    )
    compare.add_argument(
        "--workers", type=_positive, default=4, metavar="N", help="sequences to play at once (default: 4)"
    )
    compare.add_argument("--seed", type=int, default=1, metavar="N", help="other sequences (default: 1)")
    compare.add_argument(
        "--known",
        metavar="FILE",
        help="differences that are no failure, or none; default: if one of the two is understudy, those in which it is "
        "known to differ from the version of the other",
    )
    compare.add_argument("--format", default="text", choices=("text", "json"), help="for people (default) or programs")
    compare.set_defaults(run=run, parser=compare)


def run(options: argparse.Namespace) -> int:
    """Compare and print. Return 0 if both say the same, 1 if not. SetupError when they cannot be compared."""
    import signal

    from understudy.conformance.comparing.comparison import Plan, compare
    from understudy.conformance.comparing.hunt import Bounds
    from understudy.conformance.comparing.report import as_json, as_text

    plan = Plan(
        one=_address(options, "a"),
        other=_address(options, "b"),
        api=options.api,
        graph_ids=tuple(options.graph_ids),
        include=tuple(options.include),
        exclude=tuple(options.exclude),
        known=options.known,
        bounds=Bounds(
            max_examples=options.max_examples,
            max_steps=options.max_steps,
            max_time=options.max_time,
            max_differences=options.max_differences,
            seed=options.seed,
            workers=options.workers,
        ),
    )
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that nothing is left behind
    try:
        tell, done = _teller(sys.stderr)
        try:
            outcome = compare(plan, tell)
        finally:
            done()
    finally:
        signal.signal(signal.SIGTERM, before)
    print((as_json if options.format == "json" else as_text)(outcome))
    return _SAME if outcome.same else _DIFFERENT


def _teller(stream: TextIO) -> tuple[Callable[[Progress], None], Callable[[], None]]:
    """Return what tells how far it is, on one line that is rewritten or now and then on a new one, and its end."""
    rewritten, now_and_then = stream.isatty(), 10.0
    last = time.monotonic()

    def tell(progress: Progress) -> None:
        nonlocal last
        if time.monotonic() - last < (0.1 if rewritten else now_and_then):
            return
        last = time.monotonic()
        found = f"{len(progress.findings)} found{', making one smaller' if progress.reducing else ''}"
        line = f"{progress.played} sequences, {progress.steps} requests to each, {found}, {progress.seconds:.0f} s"
        print(f"\r\x1b[K{line}" if rewritten else line, end="" if rewritten else "\n", file=stream, flush=True)

    def done() -> None:
        if rewritten:
            print("\r\x1b[K", end="", file=stream, flush=True)

    return tell, done


def _address(options: argparse.Namespace, side: str) -> Address:
    from urllib.parse import urlsplit

    from understudy.conformance.comparing.deployment import Address
    from understudy.credentials import headers
    from understudy.errors import SetupError

    url: str = getattr(options, f"url_{side}")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        shown = url.rpartition("@")[2]
        raise SetupError(
            f'URL_{side.upper()} is the base address of a server, as in http://127.0.0.1:2024, not "{shown}"'
        )
    told = headers(options.headers, options.api_key)
    told |= headers(getattr(options, f"headers_{side}"), getattr(options, f"api_key_{side}"), f"-{side}")
    return Address(url.rstrip("/"), told)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is less than 1")
    return number


def _seconds(text: str) -> float:
    number = float(text)
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is no time to spend")
    return number
