"""Where two servers part in a sequence: step, place, and what each said there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tests.parity import sequence as words
from tests.parity.canonical import canonical
from tests.parity.play import Seen
from tests.recorded.compare import ABSENT, ID, Difference, Twins, differences


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
            f"    reference: {_told(self.difference.recorded)}\n    understudy: {_told(self.difference.live)}"
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
        for difference in _of_step(said, told, twins):
            yield Parting(sequence.name, number + 1, said["asked"], difference)


def _of_step(said: words.Json, told: words.Json, twins: Twins) -> Iterator[Difference]:
    """Differences of one step; in a stream, an event too many or too few doesn't make all later ones differ."""
    if not isinstance(told, dict) or "events" not in said or "events" not in told:
        yield from differences(said, told, twins)
        return
    yield from differences(_without_events(said), _without_events(told), twins)
    names = [[ID.sub("*", event["event"]) for event in each["events"]] for each in (said, told)]
    if names[0] != names[1]:
        yield Difference("/events", *(", ".join(each) for each in names))
        return
    for index, (one, other) in enumerate(zip(said["events"], told["events"], strict=True)):
        for difference in differences(one, other, twins):
            yield replace(difference, pointer=f"/events/{index}{difference.pointer}")


def _without_events(seen: words.Json) -> words.Json:
    return {key: value for key, value in seen.items() if key != "events"}


def _told(value: words.Json) -> str:
    text = "nothing" if value is ABSENT else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 400 else f"{text[:400]}… ({len(text)} characters)"
