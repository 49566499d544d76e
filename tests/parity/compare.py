"""Where two servers part in a sequence: step, place, and what each said there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.parity import sequence as words
from tests.parity.canonical import canonical
from tests.parity.play import Seen
from understudy.conformance.comparing.differences import ABSENT, ID, Difference, Twins, differences, of_answers


@dataclass(frozen=True, slots=True)
class Parting:
    """One place where the answers part. `step` counts from 1; `said` tells the request."""

    sequence: str
    step: int
    asked: str
    difference: Difference

    @property
    def place(self) -> str:
        return self.difference.pointer

    def __str__(self) -> str:
        event = re.match(r"/events/(\d+)(/.*)?", self.place)
        place = f"event {int(event[1]) + 1}, {event[2] or 'the whole'}" if event else self.place
        return (
            f"{self.sequence}\n  step {self.step}: {self.asked}\n  {place}\n"
            f"    reference: {_told(self.difference.one)}\n    understudy: {_told(self.difference.other)}"
        )


def own_ids(sequence: words.Sequence) -> list[str]:
    """The ids that the sequence itself names: the same on every server."""
    return sorted(set(ID.findall(repr(sequence))))


def partings(sequence: words.Sequence, reference: Sequence[Seen], fake: Sequence[Seen]) -> Iterator[Parting]:
    """Every place where what `fake` answered is not what `reference` did, ids, times and versions apart."""
    own = own_ids(sequence)
    twins = Twins()
    twins.spoken(own)
    theirs, ours = canonical(list(reference), own), canonical(list(fake), own)
    for number, said in enumerate(theirs):
        told = ours[number] if number < len(ours) else ABSENT
        found = of_answers(said, told, twins) if isinstance(told, dict) else differences(said, told, twins)
        for difference in found:
            yield Parting(sequence.name, number + 1, said["asked"], difference)


def _told(value: words.Json) -> str:
    text = "nothing" if value is ABSENT else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 400 else f"{text[:400]}… ({len(text)} characters)"
