"""The fake answers every sequence as the reference server did when it was recorded."""

from __future__ import annotations

from typing import Protocol

import pytest

from tests.parity import table
from tests.parity.canonical import canonical
from tests.parity.compare import own_ids, partings
from tests.parity.play import Player
from tests.parity.record import RECORDED, read
from tests.parity.sequence import Sequence
from tests.parity.wanted import unmet, unwanted


class Server(Protocol):
    """The fake with the graphs of the reference server and nothing else."""

    url: str


ALL = [
    pytest.param(group, sequence, id=sequence.name.replace(" ", "-"))
    for group, sequences in table.GROUPS.items()
    for sequence in sequences
]


@pytest.mark.parametrize(("group", "sequence"), ALL)
def test_parity(group: str, sequence: Sequence, server: Server) -> None:
    recorded = read(group)[sequence.name]
    asked = canonical([step.title for step in sequence.steps], own_ids(sequence))
    assert [step["asked"] for step in recorded] == asked, "to be recorded anew"

    found = list(partings(sequence, recorded, Player(server.url).play(sequence)))

    assert not unwanted(found), "\n" + "\n".join(map(str, unwanted(found)))
    assert not unmet({sequence.name}, found), "a wanted difference that does not show any more"


def test_every_graph_and_every_mode_is_asked_for() -> None:
    asked = " ".join(step.title for sequences in table.GROUPS.values() for each in sequences for step in each.steps)

    for graph in ("agent", "steps", "chat", "custom", "parent", "par", "ctx", "cfg"):
        assert f'"assistant_id": "{graph}"' in asked
    for mode in (
        "values",
        "updates",
        "messages",
        "messages-tuple",
        "events",
        "debug",
        "tasks",
        "checkpoints",
        "custom",
    ):
        assert f'"stream_mode": "{mode}"' in asked


def test_no_two_sequences_share_a_name() -> None:
    names = [sequence.name for sequences in table.GROUPS.values() for sequence in sequences]

    assert sorted(names) == sorted(set(names))


def test_what_is_recorded_belongs_to_a_sequence() -> None:
    assert {path.stem for path in RECORDED.glob("*.json")} == set(table.GROUPS)
    for group, sequences in table.GROUPS.items():
        assert list(read(group)) == [sequence.name for sequence in sequences]
