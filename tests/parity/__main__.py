"""Ask the fake and the reference server the same, side by side: python -m tests.parity."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from tests.parity import table
from tests.parity.compare import Parting, partings
from tests.parity.record import played
from tests.parity.sequence import Sequence
from tests.parity.servers import AT_ONCE, NotThere, install, reference, understudy
from tests.parity.wanted import unmet, unwanted
from tests.recorded.record import CannotRecord, refuse_unless_empty

VENV = Path("build/parity")
EPILOG = "Exit status: 0 no difference but the wanted ones; 1 there are others; 2 could not compare; 130 stopped."
STOPPED = 130


def main() -> int:
    """Play every sequence on both; print where they part, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.parity", description=__doc__, epilog=EPILOG)
    parser.add_argument("names", metavar="NAME", nargs="*", help="a group, or part of a sequence's name; default: all")
    parser.add_argument("--reference", metavar="URL", help="a reference server that runs, with nothing on it")
    parser.add_argument("--understudy", metavar="URL", help="a fake that runs, with nothing on it")
    parser.add_argument("--venv", type=Path, default=VENV, help=f"where the reference server is ({VENV})")
    parser.add_argument("--at-once", type=int, default=AT_ONCE, help=f"sequences to play at once ({AT_ONCE})")
    parser.add_argument("--port", type=int, help="where the reference server is to listen (a free port)")
    options = parser.parse_intermixed_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that no server is left behind
    try:
        chosen = table.chosen(options.names)
        with ExitStack() as stack:
            if options.reference is None:
                install(options.venv)
            theirs = options.reference or stack.enter_context(reference(options.venv, options.port))
            ours = options.understudy or stack.enter_context(understudy())
            for url in (theirs, ours):
                look_at(url)
            return 1 if compare(chosen, theirs, ours, at_once=options.at_once) else 0
    except (NotThere, CannotRecord, OSError, ValueError) as error:
        print(f"cannot compare: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped; the servers that were started are ended", file=sys.stderr)
        return STOPPED


def look_at(url: str) -> None:
    """Raise NotThere unless a server with nothing on it answers at `url`."""
    try:
        refuse_unless_empty(url)
    except (OSError, CannotRecord) as error:
        raise NotThere(f"{url}: {error}") from error


def compare(groups: dict[str, tuple[Sequence, ...]], reference: str, fake: str, *, at_once: int) -> list[Parting]:
    """Play and compare; print each group's figures and each difference; return those that nobody wanted."""
    start = time.monotonic()
    found: list[Parting] = []
    for group, sequences in groups.items():
        answers = {sequence.name: seen for sequence, seen in played(reference, sequences, at_once=at_once)}
        parted: list[Parting] = []
        for sequence, seen in played(fake, sequences):
            parted += partings(sequence, answers[sequence.name], seen)
        found += parted
        bad = unwanted(parted)
        for parting in bad:
            print(parting, flush=True)
        wrong = len({parting.sequence for parting in bad})
        print(f"{group}: {len(sequences)} sequences, {wrong} differ in {len(bad)} places", flush=True)
    names = {sequence.name for sequences in groups.values() for sequence in sequences}
    idle = unmet(names, found)
    for wanted in idle:
        print(f"wanted, but it does not show any more: {wanted}")
    bad = unwanted(found)
    print(
        f"{len(names)} sequences in {time.monotonic() - start:.0f} s: {len(bad)} differences that nobody wanted, "
        f"{len(found) - len(bad)} that are wanted"
    )
    return bad or [parting for parting in found if idle]


if __name__ == "__main__":
    sys.exit(main())
