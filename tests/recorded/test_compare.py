"""What the comparison of a recording with a live answer lets pass, and what it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.recorded.compare import NOT_KEPT, differences
from tests.recorded.exchange import CASES, Json, load, save
from understudy.conformance.comparing.differences import Twins

ONE, TWO, THREE = (f"{digit * 8}-{digit * 4}-4{digit * 3}-8{digit * 3}-{digit * 12}" for digit in "123")


def pointers(recorded: Json, live: Json, twins: Twins | None = None) -> list[str]:
    return [difference.pointer for difference in differences(recorded, live, twins or Twins())]


@pytest.mark.parametrize(
    ("recorded", "live"),
    [
        ({"created_at": "2026-11-20T23:31:50.219286+00:00"}, {"created_at": "2020-01-01T00:00:00+00:00"}),
        ({"langgraph_api_version": "0.16.7"}, {"langgraph_api_version": "1.0.0"}),
        ({"langgraph_api_url": "<server>"}, {"langgraph_api_url": "http://127.0.0.1:2024"}),
        ({"total_bytes": 3421}, {"total_bytes": 9}),
        ({"id": ONE, "again": ONE}, {"id": TWO, "again": TWO}),
        ({"detail": f"Thread {ONE} not found"}, {"detail": f"Thread {TWO} not found"}),
        ({"interrupts": {ONE: [1], TWO: [2]}}, {"interrupts": {THREE: [1], ONE: [2]}}),
        ({"allow": "HEAD, GET"}, {"allow": "GET, HEAD"}),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        (
            {"detail": '1 is not a string\n\nFailed validating "type" in schema'},
            {"detail": "1 is not a string\n\nFailed validating elsewhere"},
        ),
        ({"text": NOT_KEPT}, {"text": "a page"}),
    ],
)
def test_ids_times_versions_and_sizes_may_differ(recorded: Json, live: Json) -> None:
    assert pointers(recorded, live) == []


@pytest.mark.parametrize(
    ("recorded", "live", "where"),
    [
        ({"n": 1}, {"n": 1.0}, "/n"),
        ({"n": 1}, {"n": True}, "/n"),
        ({"n": None}, {}, "/n"),
        ({}, {"n": None}, "/n"),
        ({"text": NOT_KEPT}, {}, "/text"),
        ([1, 2], [2, 1], "/0"),
        ([1], [1, 2], "/1"),
        ({"a/b": 1}, {"a/b": 2}, "/a~1b"),
        (
            {"created_at": "2026-11-20T23:31:50.219286+00:00"},
            {"created_at": "2026-11-20T23:31:50Z"},
            "/created_at",
        ),
        ({"total_bytes": 1}, {"total_bytes": None}, "/total_bytes"),
        ({"version": 1}, {"version": 2}, "/version"),
        ({"id": ONE}, {"id": ONE.replace("-", "")[:31]}, "/id"),
        ({"thread_id": ONE}, {"thread_id": "11111111-1111-7111-8111-111111111111"}, "/thread_id"),
        ({"detail": f"Thread {ONE} not found"}, {"detail": f"Thread {ONE} is not there"}, "/detail"),
    ],
)
def test_everything_else_is_a_difference(recorded: Json, live: Json, where: str) -> None:
    assert where in pointers(recorded, live)


def test_one_id_cannot_stand_for_two() -> None:
    assert pointers([ONE, TWO], [THREE, THREE]) == ["/1"]


def test_an_id_keeps_the_meaning_it_was_given() -> None:
    assert pointers([ONE, ONE], [TWO, THREE]) == ["/1"]


def test_an_id_that_the_client_chose_has_to_come_back() -> None:
    twins = Twins()
    twins.spoken({"thread_id": ONE.replace("-", "")})

    assert pointers({"thread_id": ONE}, {"thread_id": TWO}, twins) == ["/thread_id"]


def test_what_is_sent_carries_the_ids_of_the_live_server() -> None:
    twins = Twins()
    assert pointers({"id": ONE}, {"id": TWO}, twins) == []

    assert twins.spoken({"path": f"/threads/{ONE}/state", "ids": [ONE]}) == {
        "path": f"/threads/{TWO}/state",
        "ids": [TWO],
    }


def test_the_assistant_of_a_graph_has_the_same_id_everywhere() -> None:
    agent, steps = "fe096781-5601-53d2-b2f6-0d3403f7e9ca", "01d10e59-d4b4-51ec-8e94-9b2716b34de8"

    assert pointers({"assistant_id": agent}, {"assistant_id": steps}) == ["/assistant_id"]


def test_a_checkpoint_id_tells_its_step() -> None:
    first, second = "1f1e53aa-2c2a-6cb6-8000-d53c5b2fc904", "1f1e53aa-2c39-6041-8001-ccde1dfae981"

    assert pointers({"checkpoint_id": first}, {"checkpoint_id": second}) == ["/checkpoint_id"]


@pytest.mark.parametrize("path", sorted(CASES.glob("*.json")), ids=lambda path: path.stem)
def test_a_recording_is_written_as_it_was_read(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / path.name

    save(load(path), copy)

    assert copy.read_text(encoding="utf-8") == path.read_text(encoding="utf-8")
