"""The scenario `demo` recorded from the fake, seeded into the reference server, and recorded from there.

The latter was done when `tests/recording/recorded/demo.json` was written; `make round-trip` does it anew.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TypeAlias

import pytest

from tests.recording.conftest import Deployment
from tests.recording.reads import reads
from tests.recording.round_trip import RECORDED, parted
from understudy.cli import main
from understudy.scenarios import build, find, read
from understudy.wire import JsonObject

Record: TypeAlias = "Callable[..., JsonObject]"

EXPECTED = {
    *("threads status", "threads error", "threads interrupts", "threads values"),
    *("threads config.configurable", "threads config.recursion_limit", "threads config.tags"),
    "threads metadata.assistant_id",
    *("threads history[].tasks[0].error", "threads history[].tasks[0].interrupts"),
}
"""What no API can make, besides the metadata of states."""


@pytest.fixture
def after() -> JsonObject:
    """What was recorded from the reference server."""
    scenario: JsonObject = json.loads(RECORDED.read_text())
    return scenario


def test_only_what_no_api_can_make_is_different(record: Record, after: JsonObject) -> None:
    found = parted(record(), after)

    assert [difference for _, difference in found if difference.reason is None] == []
    places = {place for place, _ in found if not place.startswith("threads history[].metadata.")}
    assert places == EXPECTED


def test_every_state_has_its_values_its_next_nodes_and_what_its_tasks_wrote(record: Record, after: JsonObject) -> None:
    found = {place for place, _ in parted(record(), after)}

    assert len(after["threads"]) == 5
    assert sum(len(row["history"]) for row in after["threads"]) == 19
    assert not [place for place in found if place.startswith(("threads history[].values", "threads history[].next"))]
    assert not [place for place in found if "result" in place or place.endswith(("parent", "history"))]


def test_assistants_and_items_are_equal(record: Record, after: JsonObject) -> None:
    assert not [place for place, _ in parted(record(), after) if place.startswith(("assistants", "store"))]


def test_what_was_recorded_from_the_reference_server_replays_alike(deployment: Deployment, record: Record) -> None:
    deployment.world = build([read(find(str(RECORDED)))])
    before = reads(deployment)

    record()
    deployment.world = build([read(find("out.json"))])

    assert reads(deployment) == before


def test_it_can_be_seeded_and_recorded_again_without_any_difference(
    deployment: Deployment, record: Record, after: JsonObject
) -> None:
    deployment.world = build([read({"agents": read(find("demo")).agents})])

    assert main(["seed", deployment.url, str(RECORDED)]) == 0

    assert {place for place, _ in parted(after, record())} <= {"threads config.configurable"}
