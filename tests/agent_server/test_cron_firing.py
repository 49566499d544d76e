"""Crons start runs when they are due by the world's clock."""

from __future__ import annotations

import gc
import logging
import weakref
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.receiver import Receiver
from understudy.agents.steps import Write
from understudy.scenarios import Scenario, build, find, read
from understudy.state.agents import END, START, Agent, Edge
from understudy.state.clock import Clock
from understudy.state.ids import assistant_of
from understudy.state.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.conftest import Server
    from understudy.agents.steps import Situation

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
EVERY_5 = {"assistant_id": "steps", "schedule": "*/5 * * * *", "input": {"n": 1}}


@pytest.fixture
def clock(server: Server) -> Clock:
    """The clock of the server's new world, which stands still at noon."""
    return serve(server)


def serve(server: Server, *more: Scenario) -> Clock:
    clock = Clock(NOON)
    server.world = build([read(find("reference")), *more], clock, seed=1)
    return clock


def serve_counter(server: Server) -> tuple[Clock, list[str]]:
    """Serve a world whose only agent adds one; return its clock, and the threads on which the agent was."""
    clock, visited = Clock(NOON), list[str]()

    def add(situation: Situation) -> Iterator[Write]:
        visited.append(situation.config["configurable"]["thread_id"])
        yield Write({"n": 1})

    edges = (Edge(START, "add"), Edge("add", END))
    agent = Agent("counter", channels={"n": "sum"}, nodes=("add",), edges=edges, behaviours={"add": add})
    server.world = World([agent], clock=clock, seed=1)
    return clock, visited


def eventually(condition: Callable[[], bool], server: Server) -> bool:
    """Return whether something comes to be while the server answers some requests."""
    return any(condition() or server.get("/ok").is_error for _ in range(1000))


def create(server: Server, thread: str | None = None, **body: Any) -> dict[str, Any]:
    path = f"/threads/{thread}/runs/crons" if thread else "/runs/crons"
    answer = server.post(path, {**EVERY_5, **body})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def runs(server: Server, thread: str) -> list[dict[str, Any]]:
    """Return the thread's runs, the newest first."""
    server.get("/ok")  # what was due when this was asked for has been started when it is answered
    return list(server.get(f"/threads/{thread}/runs", params={"limit": 100}).json())


def due(server: Server, cron: dict[str, Any]) -> str | None:
    date: str | None = server.get(f"/runs/crons/{cron['cron_id']}").json()["next_run_date"]
    return date


def test_a_cron_starts_a_run_when_the_clock_comes_to_its_date(server: Server, clock: Clock) -> None:
    thread = server.create_thread()
    cron = create(server, thread, metadata={"mine": 1}, config={"tags": ["t"]}, stream_mode="updates")

    clock.advance(5 * MINUTE - timedelta(microseconds=1))
    assert runs(server, thread) == []

    clock.advance(timedelta(microseconds=1))
    (run,) = runs(server, thread)
    assert run["created_at"] == "2026-01-01T12:05:00+00:00"
    assert run["assistant_id"] == assistant_of("steps")
    assert run["metadata"]["mine"] == 1
    assert run["kwargs"]["input"] == {"n": 1}
    assert run["kwargs"]["config"]["tags"] == ["t"]
    assert run["kwargs"]["stream_mode"] == ["updates"]
    nobody = {"identity": "", "is_authenticated": True, "display_name": ""}
    configurable = run["kwargs"]["config"]["configurable"]
    assert (configurable["cron_id"], configurable["langgraph_auth_user"]) == (cron["cron_id"], nobody)
    assert configurable["langgraph_request_id"] is None
    assert "__request_start_time_ms__" not in configurable
    assert run["kwargs"]["context"] == {"cron_id": cron["cron_id"], "langgraph_auth_user": nobody}
    assert due(server, cron) == "2026-01-01T12:10:00+00:00"


def test_a_run_that_a_cron_started_is_played(server: Server) -> None:
    clock, _ = serve_counter(server)
    thread = server.create_thread()
    create(server, thread, assistant_id="counter", input={"n": 40})

    clock.advance(5 * MINUTE)
    (run,) = runs(server, thread)

    server.get(f"/threads/{thread}/runs/{run['run_id']}/join").raise_for_status()
    assert server.get(f"/threads/{thread}").json()["values"] == {"n": 41}


def test_a_cron_starts_a_run_on_each_of_its_dates(server: Server, clock: Clock) -> None:
    thread = server.create_thread()
    create(server, thread)

    for _ in range(3):
        clock.advance(5 * MINUTE)
        server.get("/ok")

    times = [run["created_at"][11:16] for run in runs(server, thread)]
    assert times == ["12:15", "12:10", "12:05"]


def test_a_leap_over_many_dates_starts_one_run(server: Server, clock: Clock) -> None:
    thread = server.create_thread()
    cron = create(server, thread)

    clock.advance(timedelta(hours=1))

    assert len(runs(server, thread)) == 1
    assert due(server, cron) == "2026-01-01T13:05:00+00:00"


def test_several_crons_that_are_due_start_in_the_order_of_their_dates(server: Server, clock: Clock) -> None:
    thread = server.create_thread()
    later = create(server, thread, schedule="40 * * * *")
    sooner = create(server, thread, schedule="20 * * * *")

    clock.advance(timedelta(hours=1))

    started = [run["kwargs"]["config"]["configurable"]["cron_id"] for run in runs(server, thread)]
    assert started == [later["cron_id"], sooner["cron_id"]]


def test_a_cron_without_a_thread_gets_one_for_each_run(server: Server) -> None:
    clock, _ = serve_counter(server)
    create(server, assistant_id="counter", input={"n": 40}, metadata={"mine": "keep"}, on_run_completed="keep")

    for _ in range(2):
        clock.advance(5 * MINUTE)
        server.get("/ok")

    server.get("/ok")
    threads = server.post("/threads/search", {"metadata": {"mine": "keep"}}).json()
    assert len(threads) == 2
    for thread in threads:
        (run,) = runs(server, thread["thread_id"])
        server.get(f"/threads/{thread['thread_id']}/runs/{run['run_id']}/join").raise_for_status()
        assert server.get(f"/threads/{thread['thread_id']}").json()["values"] == {"n": 41}


def test_the_thread_of_a_run_goes_with_it_unless_it_is_to_be_kept(server: Server) -> None:
    clock, visited = serve_counter(server)
    create(server, assistant_id="counter", input={"n": 40})

    clock.advance(5 * MINUTE)

    assert eventually(lambda: bool(visited), server)
    assert eventually(lambda: server.get(f"/threads/{visited[0]}").status_code == 404, server)


def test_a_run_gets_the_metadata_of_the_cron_and_of_the_request(server: Server, clock: Clock) -> None:
    thread = server.create_thread()
    cron = create(server, thread, metadata={"a": 1, "b": 1})
    server.patch(f"/runs/crons/{cron['cron_id']}", {"metadata": {"b": 2}})

    clock.advance(5 * MINUTE)

    (run,) = runs(server, thread)
    assert (run["metadata"]["a"], run["metadata"]["b"]) == (1, 2)


def test_a_context_goes_to_the_run(server: Server, clock: Clock) -> None:
    thread = server.create_thread()
    cron = create(server, thread, assistant_id="ctx", input={}, context={"color": "red"})

    clock.advance(5 * MINUTE)

    (run,) = runs(server, thread)
    assert run["kwargs"]["context"] == {"color": "red"}
    assert run["kwargs"]["config"]["configurable"]["cron_id"] == cron["cron_id"]


def test_a_suspended_cron_starts_nothing_until_it_is_resumed(server: Server, clock: Clock) -> None:
    thread = server.create_thread()
    cron = create(server, thread, enabled=False)
    clock.advance(timedelta(hours=1))
    assert runs(server, thread) == []

    server.patch(f"/runs/crons/{cron['cron_id']}", {"enabled": True})

    assert len(runs(server, thread)) == 1  # its date is past
    assert due(server, cron) == "2026-01-01T13:05:00+00:00"


def test_a_deleted_cron_starts_nothing(server: Server, clock: Clock) -> None:
    thread = server.create_thread()
    kept, deleted = create(server, thread), create(server, thread)

    server.delete(f"/runs/crons/{deleted['cron_id']}")
    clock.advance(5 * MINUTE)

    (run,) = runs(server, thread)
    assert run["kwargs"]["config"]["configurable"]["cron_id"] == kept["cron_id"]


def test_a_cron_that_has_ended_starts_nothing_and_holds_up_no_other(server: Server, clock: Clock) -> None:
    ended, going = server.create_thread(), server.create_thread()
    create(server, ended, end_time="2026-01-01T12:07:00Z")
    create(server, going, end_time="2026-01-02T00:00:00+02:00")

    for _ in range(3):
        clock.advance(5 * MINUTE)
        server.get("/ok")

    assert len(runs(server, ended)) == 1
    assert len(runs(server, going)) == 3


def test_a_cron_that_ends_before_its_first_date_starts_nothing(server: Server, clock: Clock) -> None:
    thread = server.create_thread()
    cron = create(server, thread, end_time="2020-01-01T00:00:00Z")

    clock.advance(5 * MINUTE)
    assert runs(server, thread) == []

    server.patch(f"/runs/crons/{cron['cron_id']}", {"end_time": None})
    assert len(runs(server, thread)) == 1


def test_an_end_that_is_no_time_ends_nothing(server: Server, clock: Clock) -> None:
    thread = server.create_thread()
    create(server, thread, end_time="notadate")

    clock.advance(5 * MINUTE)

    assert len(runs(server, thread)) == 1


def test_a_cron_without_a_date_ahead_is_never_due_again(server: Server, clock: Clock) -> None:
    thread = server.create_thread()
    cron = create(server, thread, schedule="0 0 1 2 * 0 2026")

    clock.advance(timedelta(days=60))

    assert len(runs(server, thread)) == 1
    assert due(server, cron) is None
    clock.advance(timedelta(days=600))
    assert len(runs(server, thread)) == 1


def test_a_patched_schedule_counts_at_once(server: Server, clock: Clock) -> None:
    thread = server.create_thread()
    cron = create(server, thread, schedule="@yearly")

    server.patch(f"/runs/crons/{cron['cron_id']}", {"schedule": "* * * * *"})
    clock.advance(MINUTE)

    assert len(runs(server, thread)) == 1


def test_a_request_that_starts_no_run_is_logged_and_holds_up_no_other(
    server: Server, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    thread = server.create_thread()
    torn = create(server, thread, config={"configurable": {"a": 1}}, context={"b": 2})
    create(server, thread)

    with caplog.at_level(logging.WARNING, "understudy.crons"):
        clock.advance(5 * MINUTE)
        assert len(runs(server, thread)) == 1

    assert f"cron {torn['cron_id']} starts no run: Cannot specify both configurable and context" in caplog.text
    assert due(server, torn) == "2026-01-01T12:10:00+00:00"


def test_a_cron_of_a_scenario_starts_runs(server: Server) -> None:
    thread = "11111111-1111-4111-8111-111111111111"
    cron = {"assistant_id": "steps", "thread_id": thread, "schedule": "*/5 * * * *", "payload": {"input": {"n": 1}}}
    clock = serve(server, read({"threads": [{"thread_id": thread}], "crons": [cron]}))
    server.get("/ok")

    clock.advance(5 * MINUTE)

    assert len(runs(server, thread)) == 1


def test_a_cron_that_was_due_before_anybody_asked_starts_its_run_then(server: Server) -> None:
    thread = "11111111-1111-4111-8111-111111111111"
    cron = {"assistant_id": "steps", "thread_id": thread, "schedule": "*/5 * * * *", "payload": {"input": {"n": 1}}}
    clock = serve(server, read({"threads": [{"thread_id": thread}], "crons": [cron]}))

    clock.advance(5 * MINUTE)

    assert len(runs(server, thread)) == 1


def test_by_the_machines_clock_a_cron_starts_a_run_every_second(server: Server) -> None:
    thread = server.create_thread()
    create(server, thread, schedule="* * * * * *")

    while not (started := runs(server, thread)):
        pass

    assert datetime.fromisoformat(started[0]["created_at"]).microsecond < 500_000


def test_a_world_that_is_dropped_is_forgotten_with_its_crons(server: Server) -> None:
    server.world = build([read(find("reference"))])
    create(server, schedule="@yearly")
    world = weakref.ref(server.world)

    server.play("empty")
    server.get("/ok")
    gc.collect()

    assert world() is None


def test_a_run_of_a_cron_is_sent_to_the_crons_webhook(server: Server, clock: Clock) -> None:
    server.world.allow_loopback_webhooks = True
    receiver = Receiver()
    cron = create(server, webhook=receiver.url, metadata={"mine": 1})

    clock.advance(5 * MINUTE)
    (told,) = receiver.wait()
    receiver.close()

    assert (told["metadata"]["mine"], told["kwargs"]["temporary"], told["values"]) == (1, True, None)
    assert told["kwargs"]["config"]["configurable"]["cron_id"] == cron["cron_id"]
    assert told["webhook_sent_at"] == "2026-01-01T12:05:00+00:00"


def test_a_webhook_that_is_no_longer_allowed_is_logged_and_starts_no_run(
    server: Server, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    server.world.allow_loopback_webhooks = True
    thread = server.create_thread()
    create(server, thread, webhook="http://localhost:1/")
    server.world.allow_loopback_webhooks = False

    with caplog.at_level(logging.WARNING, "understudy.crons"):
        clock.advance(5 * MINUTE)
        assert runs(server, thread) == []

    assert "starts no run: Webhook host blocked: localhost address" in caplog.text
