"""Crons over HTTP: made, looked at, changed and deleted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from understudy.scenarios import build, find, read
from understudy.state.clock import Clock
from understudy.state.ids import assistant_of

if TYPE_CHECKING:
    from tests.conftest import Server

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)  # a Thursday

AGENT = assistant_of("agent")
MISSING = "33333333-3333-4333-8333-333333333333"
DAILY = {"assistant_id": "agent", "schedule": "0 18 * * *"}

NO_SCHEDULE = (
    "Invalid cron schedule: '{}'. Reason: Invalid cron schedule. Ensure the schedule uses the standard cron format "
    "(minute hour day_of_month month day_of_week). Example: '*/5 * * * *' for every 5 minutes."
)
NO_THREAD = (
    f"Thread with ID '{MISSING}' not found. Please verify the ID is correct and the thread hasn't been deleted or "
    "expired."
)
NO_ZONE = "Invalid timezone: '{}'. Use IANA timezone format (e.g. 'America/New_York')."


@pytest.fixture
def noon(server: Server) -> Clock:
    """The clock of the server's new world, which stands still at noon of a Thursday."""
    clock = Clock(NOON)
    server.world = build([read(find("reference"))], clock, seed=1)
    return clock


def create(server: Server, **body: Any) -> dict[str, Any]:
    answer = server.post("/runs/crons", {**DAILY, **body})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def patch(server: Server, cron: dict[str, Any], **body: Any) -> dict[str, Any]:
    answer = server.patch(f"/runs/crons/{cron['cron_id']}", body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def refused(server: Server, **body: Any) -> tuple[int, str]:
    answer = server.post("/runs/crons", {**DAILY, **body})
    return answer.status_code, answer.json()["detail"].partition("\n")[0]


# create


def test_a_cron_tells_what_it_starts_and_when(server: Server, noon: Clock) -> None:
    cron = create(server, schedule="*/5 * * * *", input={"messages": []}, metadata={"m": 1})

    cron_id = cron["cron_id"]
    assert list(cron.items()) == [
        ("cron_id", cron_id),
        ("assistant_id", AGENT),
        ("thread_id", None),
        ("user_id", ""),
        ("end_time", None),
        ("schedule", "*/5 * * * *"),
        ("timezone", None),
        (
            "payload",
            {
                "assistant_id": AGENT,
                "schedule": "*/5 * * * *",
                "input": {"messages": []},
                "metadata": {"m": 1},
                "config": {"configurable": {"cron_id": cron_id}},
            },
        ),
        ("next_run_date", "2026-01-01T12:05:00+00:00"),
        ("metadata", {"m": 1}),
        ("on_run_completed", "delete"),
        ("enabled", True),
        ("created_at", "2026-01-01T12:00:00+00:00"),
        ("updated_at", "2026-01-01T12:00:00+00:00"),
    ]
    assert server.get(f"/runs/crons/{cron_id}").json() == cron


@pytest.mark.parametrize(
    ("schedule", "timezone", "date"),
    [
        ("* * * * *", None, "2026-01-01T12:01:00+00:00"),
        ("0 12 * * *", None, "2026-01-02T12:00:00+00:00"),
        ("* * * * * */20", None, "2026-01-01T12:00:20+00:00"),
        ("@daily", None, "2026-01-02T00:00:00+00:00"),
        ("0 12 * * MON", "America/New_York", "2026-01-05T17:00:00+00:00"),
        ("0 0 * * *", "Asia/Kolkata", "2026-01-01T18:30:00+00:00"),
        ("30 2 29 3 *", "Europe/Berlin", "2026-03-29T01:00:00+00:00"),  # an hour that is not there that day
        ("0 0 29 2 *", None, "2028-02-29T00:00:00+00:00"),
        ("0 0 L * *", None, "2026-01-31T00:00:00+00:00"),
        ("0 0 * * fri#2", "UTC", "2026-01-09T00:00:00+00:00"),
    ],
)
def test_the_next_date_is_the_schedules_in_its_timezone(
    server: Server, noon: Clock, schedule: str, timezone: str | None, date: str
) -> None:
    cron = create(server, schedule=schedule, **({"timezone": timezone} if timezone else {}))

    assert (cron["next_run_date"], cron["timezone"]) == (date, timezone)


def test_the_request_is_kept_with_what_the_document_does_not_know(server: Server) -> None:
    cron = create(server, config={"tags": ["t"], "configurable": {"a": 1}}, multitask_strategy="reject", junk=[1])

    assert cron["payload"]["config"] == {"tags": ["t"], "configurable": {"a": 1, "cron_id": cron["cron_id"]}}
    assert (cron["payload"]["multitask_strategy"], cron["payload"]["junk"]) == ("reject", [1])


def test_keys_of_the_servers_own_are_dropped(server: Server) -> None:
    cron = create(
        server,
        metadata={"run_id": "x", "cron_id": "y", "k": 1},
        config={"configurable": {"langgraph_auth_user": "me", "cron_id": "z"}, "metadata": {"thread_id": "t", "k": 2}},
    )

    assert cron["metadata"] == cron["payload"]["metadata"] == {"k": 1}
    assert cron["payload"]["config"] == {"configurable": {"cron_id": cron["cron_id"]}, "metadata": {"k": 2}}


@pytest.mark.parametrize("end_time", ["2020-01-01T00:00:00Z", "notadate", ""])
def test_an_end_is_kept_as_it_was_sent(server: Server, end_time: str) -> None:
    assert create(server, end_time=end_time)["end_time"] == end_time


def test_a_cron_on_a_thread_keeps_the_thread(server: Server) -> None:
    thread = server.create_thread()

    cron = server.post(f"/threads/{thread}/runs/crons", {**DAILY, "on_run_completed": "keep"}).json()

    assert (cron["thread_id"], cron["on_run_completed"]) == (thread, None)
    assert server.get(f"/runs/crons/{cron['cron_id']}").json() == cron


@pytest.mark.parametrize(
    ("body", "status", "detail"),
    [
        ({"schedule": "bogus"}, 422, NO_SCHEDULE.format("bogus")),
        ({"schedule": ""}, 422, NO_SCHEDULE.format("")),
        ({"schedule": "60 * * * *"}, 422, NO_SCHEDULE.format("60 * * * *")),
        ({"schedule": "* * * *"}, 422, NO_SCHEDULE.format("* * * *")),
        ({"schedule": "@reboot"}, 422, NO_SCHEDULE.format("@reboot")),
        ({"schedule": "0 0 31 2 *"}, 400, "failed to find next date"),
        ({"timezone": "Mars/Base"}, 422, NO_ZONE.format("Mars/Base")),
        ({"timezone": "America"}, 422, NO_ZONE.format("America")),
        ({"timezone": "x" * 300}, 422, NO_ZONE.format("x" * 300)),
        ({"timezone": ""}, 400, "ZoneInfo keys must be normalized relative paths, got: "),
        ({"assistant_id": "nope"}, 404, "Assistant 'nope' not found"),
        ({"assistant_id": ""}, 404, "Assistant '' not found"),
        ({"assistant_id": MISSING}, 404, f"Assistant '{MISSING}' not found"),
        ({"on_run_completed": "zz"}, 422, '"zz" is not one of "delete" or "keep"'),
        ({"end_time": None}, 422, 'null is not of type "string"'),
        ({"webhook": "http://localhost:1/x"}, 422, "Webhook host blocked: localhost address"),
        ({"webhook": "ftp://example.com"}, 422, "Webhook host blocked: scheme 'ftp' not allowed"),
        # Of several mistakes, the one that the real server tells first.
        ({"assistant_id": "nope", "timezone": "zz", "schedule": "zz"}, 404, "Assistant 'nope' not found"),
        ({"assistant_id": MISSING, "timezone": "zz", "schedule": "zz"}, 422, NO_ZONE.format("zz")),
        ({"assistant_id": MISSING, "schedule": "zz"}, 422, NO_SCHEDULE.format("zz")),
    ],
)
def test_a_cron_that_cannot_be_is_refused(server: Server, body: dict[str, Any], status: int, detail: str) -> None:
    assert refused(server, **body) == (status, detail)
    assert server.post("/runs/crons/count", {}).json() == 0


@pytest.mark.parametrize("body", [{}, {"assistant_id": "agent"}, {"schedule": "* * * * *"}])
def test_assistant_and_schedule_are_required(server: Server, body: dict[str, Any]) -> None:
    thread = server.create_thread()

    for path in ("/runs/crons", f"/threads/{thread}/runs/crons"):
        answer = server.post(path, body)
        assert answer.status_code == 422
        assert "is a required property" in answer.json()["detail"]


def test_a_cron_needs_the_thread_it_is_on(server: Server) -> None:
    missing = server.post(f"/threads/{MISSING}/runs/crons", DAILY)
    malformed = server.post("/threads/bad/runs/crons", DAILY)

    assert (missing.status_code, missing.json()["detail"]) == (404, NO_THREAD)
    assert (malformed.status_code, malformed.json()["detail"]) == (422, "Invalid thread ID: must be a UUID")


# get


def test_what_is_no_cron_cannot_be_had(server: Server) -> None:
    for method in ("GET", "DELETE"):
        missing = server.client.request(method, f"/runs/crons/{MISSING}")
        malformed = server.client.request(method, "/runs/crons/bad")
        assert (missing.status_code, missing.json()) == (404, {"detail": "Not Found"})
        assert (malformed.status_code, malformed.json()) == (422, {"detail": "Invalid cron ID: must be a UUID"})


# patch


def test_a_patch_goes_into_the_row_and_into_the_request(server: Server, noon: Clock) -> None:
    cron = create(server, input={"messages": []}, metadata={"m": 1})
    noon.advance(timedelta(hours=1))

    patched = patch(server, cron, enabled=False, on_run_completed="keep", end_time="2031-01-01T00:00:00Z", zzz=1)

    changed = {"enabled": False, "on_run_completed": "keep", "end_time": "2031-01-01T00:00:00Z"}
    payload = {**cron["payload"], **changed, "zzz": 1}
    assert patched == {**cron, **changed, "payload": payload, "updated_at": "2026-01-01T13:00:00+00:00"}
    assert server.get(f"/runs/crons/{cron['cron_id']}").json() == patched


def test_a_new_schedule_or_timezone_moves_the_next_date(server: Server, noon: Clock) -> None:
    cron = create(server)
    assert cron["next_run_date"] == "2026-01-01T18:00:00+00:00"

    assert patch(server, cron, schedule="0 6 * * *")["next_run_date"] == "2026-01-02T06:00:00+00:00"
    assert patch(server, cron, timezone="Asia/Tokyo")["next_run_date"] == "2026-01-01T21:00:00+00:00"
    assert patch(server, cron, schedule="0 7 * * *")["next_run_date"] == "2026-01-01T22:00:00+00:00"
    assert patch(server, cron, enabled=True)["next_run_date"] == "2026-01-01T22:00:00+00:00"


def test_metadata_is_merged_in_the_row_and_replaced_in_the_request(server: Server) -> None:
    cron = create(server, metadata={"m": 1, "n": 1})

    patched = patch(server, cron, metadata={"n": None, "cron_id": "mine"})

    assert patched["metadata"] == {"m": 1, "n": None}
    assert patched["payload"]["metadata"] == {"n": None}


def test_an_end_can_be_lifted(server: Server) -> None:
    cron = create(server, end_time="2031-01-01T00:00:00Z")

    assert patch(server, cron, end_time=None)["end_time"] is None
    assert patch(server, cron, end_time="bad")["end_time"] == "bad"


def test_neither_assistant_nor_thread_nor_id_can_be_changed(server: Server) -> None:
    cron = create(server)

    patched = patch(
        server, cron, assistant_id="steps", thread_id="x", config={"configurable": {"cron_id": "y", "z": 1}}
    )

    assert (patched["assistant_id"], patched["thread_id"]) == (AGENT, None)
    assert (patched["payload"]["assistant_id"], patched["payload"]["thread_id"]) == (AGENT, "x")
    assert patched["payload"]["config"] == {"configurable": {"cron_id": cron["cron_id"], "z": 1}}


@pytest.mark.parametrize(
    ("body", "status", "detail"),
    [
        ({}, 400, "Request body cannot be empty"),
        ({"schedule": "bad", "enabled": False}, 422, NO_SCHEDULE.format("bad")),
        ({"schedule": "0 0 31 2 *"}, 400, "failed to find next date"),
        ({"timezone": "zz", "metadata": {"a": 1}}, 422, NO_ZONE.format("zz")),
        ({"timezone": ""}, 400, "ZoneInfo keys must be normalized relative paths, got: "),
        ({"enabled": "x"}, 422, '"x" is not of type "boolean"'),
        ({"schedule": None}, 422, 'null is not of type "string"'),
        ({"webhook": "/relative"}, 422, "Loopback webhooks (relative URLs and localhost) are disabled by default."),
    ],
)
def test_a_patch_that_cannot_be_changes_nothing(server: Server, body: dict[str, Any], status: int, detail: str) -> None:
    cron = create(server)

    answer = server.patch(f"/runs/crons/{cron['cron_id']}", body)

    assert answer.status_code == status
    assert answer.json()["detail"].startswith(detail)
    assert server.get(f"/runs/crons/{cron['cron_id']}").json() == cron


def test_what_is_no_cron_cannot_be_changed(server: Server) -> None:
    missing = server.patch(f"/runs/crons/{MISSING}", {"schedule": "bad"})
    malformed = server.patch("/runs/crons/bad", {})

    assert (missing.status_code, missing.json()["detail"]) == (404, f"Cron '{MISSING}' not found")
    assert (malformed.status_code, malformed.json()["detail"]) == (422, "Invalid cron ID: must be a UUID")


# delete


def test_a_deleted_cron_is_gone(server: Server) -> None:
    cron_id = create(server)["cron_id"]

    gone = server.delete(f"/runs/crons/{cron_id}")

    assert (gone.status_code, gone.content) == (204, b"")
    assert server.get(f"/runs/crons/{cron_id}").status_code == 404
    assert server.delete(f"/runs/crons/{cron_id}").status_code == 404


def test_a_thread_takes_its_crons_with_it(server: Server, noon: Clock) -> None:
    kept = create(server)["cron_id"]
    deleted, pruned, expired = server.create_thread(), server.create_thread(), server.create_thread(ttl={"ttl": 5})
    for thread in (deleted, pruned, expired):
        assert server.post(f"/threads/{thread}/runs/crons", DAILY).status_code == 200

    server.delete(f"/threads/{deleted}")
    server.post("/threads/prune", {"thread_ids": [pruned]})
    noon.advance(timedelta(minutes=6))
    assert server.get(f"/threads/{expired}").status_code == 404

    assert [cron["cron_id"] for cron in server.post("/runs/crons/search", {}).json()] == [kept]


def test_an_assistant_takes_its_crons_with_it(server: Server) -> None:
    kept = create(server)["cron_id"]
    other = server.post("/assistants", {"graph_id": "agent"}).json()["assistant_id"]
    create(server, assistant_id=other)

    server.delete(f"/assistants/{other}")

    assert [cron["cron_id"] for cron in server.post("/runs/crons/search", {}).json()] == [kept]
    assert refused(server, assistant_id=other) == (404, f"Assistant '{other}' not found")
