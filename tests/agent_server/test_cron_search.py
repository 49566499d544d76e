"""Searches and counts of crons over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from understudy.state.ids import assistant_of

if TYPE_CHECKING:
    from tests.conftest import Server

MISSING = "33333333-3333-4333-8333-333333333333"


def create(server: Server, thread: str | None = None, **body: Any) -> str:
    path = f"/threads/{thread}/runs/crons" if thread else "/runs/crons"
    answer = server.post(path, {"assistant_id": "agent", "schedule": "0 0 1 1 *", **body})
    assert answer.status_code == 200, answer.text
    cron_id: str = answer.json()["cron_id"]
    return cron_id


def found(server: Server, **body: Any) -> list[str]:
    answer = server.post("/runs/crons/search", body)
    assert answer.status_code == 200, answer.text
    return [cron["cron_id"] for cron in answer.json()]


def count(server: Server, **body: Any) -> int:
    number: int = server.post("/runs/crons/count", body).json()
    return number


def test_the_newest_cron_is_found_first(server: Server) -> None:
    older, newer = create(server), create(server)
    server.patch(f"/runs/crons/{older}", {"enabled": False})

    assert found(server) == [newer, older]
    assert found(server, sort_order="asc") == [newer, older]  # means nothing by itself
    assert found(server, sort_by="created_at", sort_order="asc") == [older, newer]
    assert found(server, sort_by="updated_at") == [older, newer]


def test_crons_are_found_by_what_they_are(server: Server) -> None:
    thread = server.create_thread()
    plain = create(server, metadata={"a": {"b": 1, "c": 2}})
    bound = create(server, thread, assistant_id="steps")
    asleep = create(server, enabled=False)

    assert found(server, assistant_id=assistant_of("steps")) == [bound]
    assert found(server, thread_id=thread) == [bound]
    assert found(server, enabled=False) == [asleep]
    assert found(server, enabled=True) == [bound, plain]
    assert found(server, metadata={"a": {"b": 1}}) == [plain]
    assert found(server, metadata={"a": {"b": 2}}) == []
    assert found(server, thread_id=MISSING) == found(server, assistant_id=MISSING) == []
    assert found(server, thread_id=thread, assistant_id=assistant_of("agent")) == []


def test_crons_are_counted_as_they_are_found(server: Server) -> None:
    thread = server.create_thread()
    create(server, thread, metadata={"n": 2})
    create(server, enabled=False)

    assert count(server) == 2
    assert count(server, thread_id=thread) == count(server, metadata={"n": 2}) == 1
    assert count(server, assistant_id=assistant_of("steps")) == 0
    assert count(server, enabled=False) == 2  # means nothing here


def test_crons_are_sorted_by_their_dates(server: Server) -> None:
    yearly, daily, hourly = (create(server, schedule=f"@{word}") for word in ("yearly", "daily", "hourly"))

    dates = sorted(server.get(f"/runs/crons/{cron}").json()["next_run_date"] for cron in (yearly, daily, hourly))
    by_date = server.post("/runs/crons/search", {"sort_by": "next_run_date", "sort_order": "asc"}).json()

    assert [cron["next_run_date"] for cron in by_date] == dates


def test_a_cron_without_an_end_sorts_before_all_that_have_one(server: Server) -> None:
    endless = create(server)
    later, sooner = create(server, end_time="2031-01-01T00:00:00Z"), create(server, end_time="2030-01-01T00:00:00Z")

    assert found(server, sort_by="end_time", sort_order="asc") == [endless, sooner, later]
    assert found(server, sort_by="end_time") == [later, sooner, endless]


@pytest.mark.parametrize("column", ["cron_id", "assistant_id", "thread_id"])
def test_crons_are_sorted_by_ids(server: Server, column: str) -> None:
    thread = server.create_thread()
    crons = [create(server), create(server, thread), create(server, assistant_id="steps")]
    rows = [server.get(f"/runs/crons/{cron}").json() for cron in crons]

    ascending = server.post("/runs/crons/search", {"sort_by": column, "sort_order": "asc"}).json()

    assert [row[column] for row in ascending] == sorted(
        (row[column] for row in rows), key=lambda text: str(text).lower()
    )


def test_a_search_tells_in_headers_whether_there_is_more(server: Server) -> None:
    for _ in range(5):
        create(server)

    def headers(**page: int) -> tuple[str | None, str | None]:
        answer = server.post("/runs/crons/search", page)
        return answer.headers.get("x-pagination-total"), answer.headers.get("x-pagination-next")

    assert headers(limit=2) == ("3", "2")
    assert headers(limit=2, offset=2) == ("5", "4")
    assert headers(limit=2, offset=4) == ("5", None)
    assert headers(offset=50) == ("50", None)


def test_a_selection_has_the_fields_asked_for_in_their_own_order(server: Server) -> None:
    create(server)

    (row,) = server.post("/runs/crons/search", {"select": ["on_run_completed", "timezone", "schedule"]}).json()

    assert list(row.items()) == [("schedule", "0 0 1 1 *"), ("timezone", None), ("on_run_completed", "delete")]
    assert len(server.post("/runs/crons/search", {"select": []}).json()[0]) == 14


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({"thread_id": "bad"}, "Invalid thread ID: must be a UUID"),
        ({"thread_id": ""}, "Invalid thread ID: must be a UUID"),
        ({"assistant_id": "agent"}, "Invalid assistant ID: must be a UUID"),
        ({"sort_by": "schedule"}, '"schedule" is not one of "cron_id", "assistant_id" or 5 other candidates'),
        ({"select": ["zz"]}, '"zz" is not one of "cron_id", "assistant_id" or 12 other candidates'),
        ({"limit": 0}, "0 is less than the minimum of 1"),
        ({"offset": -1}, "-1 is less than the minimum of 0"),
    ],
)
def test_a_search_that_makes_no_sense_is_refused(server: Server, body: dict[str, Any], detail: str) -> None:
    answer = server.post("/runs/crons/search", body)

    assert (answer.status_code, answer.json()["detail"].partition("\n")[0]) == (422, detail)


def test_a_count_refuses_what_is_no_id(server: Server) -> None:
    answer = server.post("/runs/crons/count", {"assistant_id": "bad"})

    assert (answer.status_code, answer.json()["detail"]) == (422, "Invalid assistant ID: must be a UUID")
