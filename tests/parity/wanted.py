"""The differences from the reference server that are meant, each with its reason."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.parity.compare import Parting


@dataclass(frozen=True, slots=True)
class Wanted:
    """A difference that is meant: in the sequences of this name, at these places, and why.

    `sequences` and `at` are regular expressions for whole names and places, such as `/events/2/data/n` or
    `/body/status`; an empty place is the whole answer. `step` counts from 1; 0 is any.
    """

    sequences: str
    at: str
    why: str
    step: int = 0

    def covers(self, parting: Parting) -> bool:
        return (
            re.fullmatch(self.sequences, parting.sequence) is not None
            and re.fullmatch(self.at, parting.place) is not None
            and self.step in (0, parting.step)
        )


WANTED: tuple[Wanted, ...] = ()


def unwanted(partings: list[Parting]) -> list[Parting]:
    """The differences that nobody meant."""
    return [parting for parting in partings if not any(wanted.covers(parting) for wanted in WANTED)]


def unmet(sequences: set[str], partings: list[Parting]) -> list[Wanted]:
    """The wanted differences that don't show any more, of those that have to do with these sequences."""
    return [
        wanted
        for wanted in WANTED
        if any(re.fullmatch(wanted.sequences, name) for name in sequences)
        and not any(wanted.covers(parting) for parting in partings)
    ]
