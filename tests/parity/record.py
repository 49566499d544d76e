"""Record what a running reference server answers to the sequences: python -m tests.parity.record URL."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.parity import table
from tests.parity.canonical import canonical, expanded, shortened
from tests.parity.compare import own_ids, partings
from tests.parity.play import Player, Seen
from tests.parity.sequence import Json, Sequence
from tests.recorded.record import CannotRecord, clear, refuse_unless_empty

RECORDED = Path(__file__).parent / "recorded"

EPILOG = """\
The server must be a fresh one, started for this: it is refused if it holds anything, and what a sequence made is
removed before the next one. Without names, everything is recorded; a name is that of a group of sequences, or a part
of a sequence's name. Sequences that are in no table any more are dropped from the recordings of their group.

Exit status: 0 recorded, or nothing differs; 1 --check found differences; 2 could not record.
"""


def main(arguments: list[str] | None = None) -> int:
    """Record or check the sequences named on the command line; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.parity.record",
        description=__doc__,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("url", metavar="URL", help="the reference server, such as http://127.0.0.1:2024")
    parser.add_argument("names", metavar="NAME", nargs="*", help="default: every sequence")
    parser.add_argument(
        "--at-once",
        type=int,
        default=1,
        metavar="N",
        help="how many sequences to play at once; the server must play as many runs (--n-jobs-per-worker N)",
    )
    parser.add_argument("--check", action="store_true", help="write nothing; print where the answers differ")
    options = parser.parse_intermixed_args(arguments)
    url = options.url.rstrip("/")
    differing = 0
    try:
        refuse_unless_empty(url)
        for group, sequences in table.chosen(options.names).items():
            recorded = read(group)
            for sequence, seen in played(url, sequences, at_once=options.at_once):
                found = list(partings(sequence, recorded.get(sequence.name, seen), seen))
                differing += bool(found)
                print(f"{group}: {sequence.name}", *found[:5], sep="\n  ", flush=True)
                recorded[sequence.name] = canonical(seen, own_ids(sequence))
            if not options.check:
                write(group, recorded)
    except (CannotRecord, OSError, ValueError) as error:
        print(f"cannot record from {url}: {error}", file=sys.stderr)
        return 2
    return 1 if options.check and differing else 0


def played(url: str, sequences: Iterable[Sequence], *, at_once: int = 1) -> Iterator[tuple[Sequence, list[Seen]]]:
    """Each sequence with what the server at `url` answered; what they made is removed.

    So many are played at once; then, one by one, those that have to be alone.
    """
    together = [sequence for sequence in sequences if not sequence.alone]
    try:
        with ThreadPoolExecutor(at_once) as pool:
            yield from zip(together, pool.map(lambda sequence: Player(url).play(sequence), together), strict=True)
    finally:
        clear(url)
    for sequence in sequences:
        if sequence.alone:
            try:
                yield sequence, Player(url).play(sequence)
            finally:
                clear(url)


def read(group: str) -> dict[str, list[Seen]]:
    """What was recorded of a group of sequences, by their names."""
    path = RECORDED / f"{group}.json"
    return dict(json.loads(expanded(path.read_text(encoding="utf-8")))) if path.exists() else {}


def write(group: str, recorded: dict[str, list[Seen]]) -> None:
    """Write a line per step, per event and per frame, so that a diff shows what changed."""
    parts = (
        f"{_line(sequence.name)}: [\n{_lines(recorded[sequence.name])}\n]"
        for sequence in table.GROUPS[group]
        if sequence.name in recorded
    )
    RECORDED.mkdir(exist_ok=True)
    text = "{\n" + ",\n".join(parts) + "\n}\n"
    (RECORDED / f"{group}.json").write_text(shortened(text), encoding="utf-8")


def _lines(steps: Iterable[Seen]) -> str:
    return ",\n".join(" " + _step(step) for step in steps)


def _step(step: Seen) -> str:
    for many, told in (("events", step.get("events")), ("frames", step.get("frames"))):
        if told:
            head = {key: value for key, value in step.items() if key != many}
            lines = ",\n  ".join(map(_line, told))
            return f'{_line(head)[:-1]},"{many}":[\n  {lines}]}}'
    return _line(step)


def _line(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    sys.exit(main())
