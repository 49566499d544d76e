"""The scenario `demo` there and back: python -m tests.recording.round_trip.

Recorded from the fake, seeded into the reference server, recorded from there: what is different?
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from contextlib import ExitStack, chdir
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.conftest import Server
from tests.parity.servers import NotThere, install, reference
from understudy.cli import main as understudy
from understudy.config import Settings
from understudy.recording.comparing import Difference, differences
from understudy.wire import JsonObject

HERE = Path(__file__).parent
RECORDED = HERE / "recorded" / "demo.json"
"""What was recorded from the reference server after `demo` had been seeded into it."""

VENV = Path("build/parity")
EPILOG = "Exit status: 0 nothing differs but what no API can make; 1 something else does; 2 it could not be tried."


def main() -> int:
    """Go there and back, print what differs, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.recording.round_trip", description=__doc__, epilog=EPILOG)
    parser.add_argument("--reference", metavar="URL", help="a server that runs tests/recording/reference, empty")
    parser.add_argument("--venv", type=Path, default=VENV, help=f"where the reference server is ({VENV})")
    parser.add_argument("--write", action="store_true", help=f"keep what was recorded as {RECORDED.relative_to(HERE)}")
    options = parser.parse_args()
    try:
        with ExitStack() as stack:
            if options.reference is None:
                install(options.venv)
            url = options.reference or stack.enter_context(reference(options.venv, graphs=HERE / "reference"))
            before, after, text = there_and_back(url)
    except NotThere as error:
        print(f"cannot be tried: {error}", file=sys.stderr)
        return 2
    if options.write:
        RECORDED.write_text(text)
    found = parted(before, after)
    told = Counter((place, difference.reason or "NOT TO BE EXPECTED") for place, difference in found)
    for (place, reason), count in sorted(told.items(), key=lambda pair: (pair[0][1], pair[0])):
        print(f"{count:4} × {place}: {reason}")
    unexpected = [difference for _, difference in found if difference.reason is None]
    states = sum(len(row["history"]) for row in after["threads"])
    print(f"{len(after['threads'])} threads, {states} states: {len(unexpected)} differences that nobody expected")
    return int(bool(unexpected))


def there_and_back(url: str) -> tuple[JsonObject, JsonObject, str]:
    """Return what was recorded from the fake and from the reference server, and the text of the latter."""
    with TemporaryDirectory() as folder, chdir(folder):
        server = Server(Settings())
        server.play("demo")
        try:
            _done(["record", server.url, "-o", "before.json"])
        finally:
            server.close()
        _done(["seed", url, "before.json"])
        _done(["record", url, "-o", "after.json"])
        text = Path("after.json").read_text()
        return json.loads(Path("before.json").read_text()), json.loads(text), text


def parted(before: JsonObject, after: JsonObject) -> list[tuple[str, Difference]]:
    """Return where two recordings differ but for ids and times, by kind and place; of agents nothing is compared."""
    keys = {"assistants": "assistant_id", "threads": "thread_id", "store": "key"}
    found: list[tuple[str, Difference]] = []
    for kind, key in keys.items():
        there = {str([row.get("namespace"), row[key]]): row for row in after[kind]}
        for row in before[kind]:
            name = str([row.get("namespace"), row[key]])
            told = differences(row, there.pop(name)) if name in there else [Difference((), row, None)]
            found += [(f"{kind} {difference.place}", difference) for difference in told]
        found += [(kind, Difference((), None, row)) for row in there.values()]
    return found


def _done(arguments: list[str]) -> None:
    if understudy(arguments):
        raise NotThere(f"`understudy {' '.join(arguments)}` failed")


if __name__ == "__main__":
    sys.exit(main())
