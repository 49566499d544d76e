"""A world's time over HTTP: it stands still, runs, is set and advanced, and what waits for it happens in order."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from langgraph_sdk import get_sync_client

from tests.receiver import Receiver
from understudy.agents.steps import Write
from understudy.scenarios import Source, build, read
from understudy.state.agents import END, START, Agent, Edge
from understudy.state.clock import Clock
from understudy.state.world import World

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    import httpx

    from tests.conftest import Server
    from understudy.agents.steps import Behaviour, Situation

CLOCK = "/_understudy/clock"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)

AGENTS = """
agents:
  counter:
    channels: {n: sum}
    nodes:
      add:
        write: {n: 1}
  speaker:
    nodes:
      speak:
        say: {chunks: [one, two, three], pace: 60}
  sleeper:
    channels: {log: append}
    nodes:
      sleep:
        - wait: 90
        - write: {log: [awake]}
  busy:
    channels: {log: append}
    nodes:
      sleep:
        - wait: 60
        - write: {log: [slept]}
      walk: null
    edges: [[__start__, sleep], [__start__, walk], [sleep, __end__], [walk, __end__]]
    subgraphs:
      walk:
        channels: {log: append}
        nodes:
          pass: null
          sit: {wait: 90}
        edges: [[__start__, pass], [pass, sit], [sit, __end__]]
  restless:
    channels: {log: append}
    nodes:
      toss:
        - wait: 0.05
    edges: [[__start__, toss], [toss, toss]]
"""


def world_at_noon() -> World:
    return build([read(Source("agents.yaml", AGENTS))], Clock(NOON), seed=1)


@pytest.fixture(autouse=True)
def at_noon(server: Server) -> None:
    server.world = world_at_noon()


def advance(server: Server, seconds: float, **headers: str) -> dict[str, Any]:
    answer = server.post(f"{CLOCK}/advance", {"seconds": seconds}, headers=headers)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def run(server: Server, thread: str, agent: str, **body: Any) -> dict[str, Any]:
    answer = server.post(f"/threads/{thread}/runs", {"assistant_id": agent, "input": {}, **body})
    return dict(answer.raise_for_status().json())


def runs(server: Server, thread: str) -> list[dict[str, Any]]:
    """Return the thread's runs, the oldest first."""
    return list(server.get(f"/threads/{thread}/runs", params={"limit": 1000}).json())[::-1]


def values(server: Server, thread: str) -> Any:
    return server.get(f"/threads/{thread}").json()["values"]


def serve_own(server: Server, busy: Behaviour) -> None:
    """Serve a world at noon with an agent that does this."""
    edges = (Edge(START, "busy"), Edge("busy", END))
    agent = Agent("own", channels={"n": "sum"}, nodes=("busy",), edges=edges, behaviours={"busy": busy})
    server.world = World([agent], clock=Clock(NOON))


def begun(told: list[dict[str, Any]]) -> list[str]:
    """Return the hours and minutes at which runs were created."""
    return [row["created_at"][11:16] for row in told]


def test_a_world_tells_its_time(server: Server) -> None:
    told = server.get(CLOCK).json()

    assert told == {"now": "2026-01-01T12:00:00+00:00", "frozen": True, "due": None, "settled": True}


def test_a_clock_that_runs_tells_the_machines_time(server: Server) -> None:
    server.world = World()

    told = server.get(CLOCK).json()

    assert told["frozen"] is False
    assert abs(datetime.fromisoformat(told["now"]) - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_frozen_clock_is_set_and_rows_have_this_time(server: Server) -> None:
    told = server.patch(CLOCK, {"now": "2030-05-05T05:05:05Z"}).json()

    assert told["now"] == "2030-05-05T05:05:05+00:00"
    assert server.post("/threads", {}).json()["created_at"] == "2030-05-05T05:05:05+00:00"


def test_a_clock_is_frozen_at_a_moment_and_thawed_again(server: Server) -> None:
    server.world = World()

    told = server.patch(CLOCK, {"now": "2030-01-01T00:00:00Z", "frozen": True}).json()
    assert told["frozen"] is True
    assert server.get(CLOCK).json()["now"] == told["now"] == "2030-01-01T00:00:00+00:00"

    told = server.patch(CLOCK, {"frozen": False}).json()
    assert told["frozen"] is False
    assert told["now"] > "2030-01-01T00:00:00+00:00"
    assert server.get(CLOCK).json()["now"] > told["now"]


def test_a_clock_that_runs_is_set_and_goes_on_from_there(server: Server) -> None:
    server.world = World()

    server.patch(CLOCK, {"now": "2030-01-01T00:00:00Z"})
    earlier, later = (server.get(CLOCK).json() for _ in range(2))

    assert "2030-01-01T00:00:00+00:00" < earlier["now"] < later["now"] < "2030-01-01T00:01:00+00:00"
    assert later["frozen"] is False


def test_time_set_back_undoes_nothing(server: Server) -> None:
    thread = server.create_thread()
    server.post("/runs/crons", {"assistant_id": "counter", "schedule": "*/5 * * * *", "input": {}})
    advance(server, 600)

    told = server.patch(CLOCK, {"now": "2026-01-01T11:00:00Z"}).json()

    assert told["now"] == "2026-01-01T11:00:00+00:00"
    assert told["due"] == "2026-01-01T12:15:00+00:00"
    assert server.get(f"/threads/{thread}").json()["created_at"] == "2026-01-01T12:00:00+00:00"


def test_a_cron_fires_at_each_of_its_dates_while_time_is_advanced(server: Server) -> None:
    thread = server.create_thread()
    server.post(f"/threads/{thread}/runs/crons", {"assistant_id": "counter", "schedule": "*/5 * * * *", "input": {}})

    told = advance(server, 3600)

    assert told == {
        "now": "2026-01-01T13:00:00+00:00",
        "frozen": True,
        "due": "2026-01-01T13:05:00+00:00",
        "settled": True,
    }
    played = runs(server, thread)
    assert begun(played) == [f"12:{minute:02}" for minute in range(5, 60, 5)] + ["13:00"]
    assert {row["status"] for row in played} == {"success"}
    assert all(row["updated_at"] == row["created_at"] for row in played)
    assert values(server, thread) == {"n": 12}


def test_a_leap_over_many_dates_of_a_cron_starts_one_run(server: Server) -> None:
    thread = server.create_thread()
    server.post(f"/threads/{thread}/runs/crons", {"assistant_id": "counter", "schedule": "*/5 * * * *", "input": {}})

    told = server.patch(CLOCK, {"now": "2026-01-01T13:00:00Z"}).json()

    assert told["settled"] is True
    assert begun(runs(server, thread)) == ["13:00"]
    assert values(server, thread) == {"n": 1}


def test_a_cron_that_is_gone_is_not_due(server: Server) -> None:
    cron = server.post("/runs/crons", {"assistant_id": "counter", "schedule": "*/5 * * * *", "input": {}}).json()
    assert server.get(CLOCK).json()["due"] == "2026-01-01T12:05:00+00:00"

    server.delete(f"/runs/crons/{cron['cron_id']}")

    assert server.get(CLOCK).json()["due"] is None


def test_a_delayed_run_starts_at_its_time(server: Server) -> None:
    thread = server.create_thread()
    run(server, thread, "counter", after_seconds=600)

    assert server.get(CLOCK).json()["due"] == "2026-01-01T12:10:00+00:00"
    advance(server, 599)
    assert runs(server, thread)[0]["status"] == "pending"

    advance(server, 1)
    assert runs(server, thread)[0]["status"] == "success"
    assert values(server, thread) == {"n": 1}


def test_crons_and_delayed_runs_happen_in_the_order_of_their_moments(server: Server) -> None:
    cron, delayed = server.create_thread(), server.create_thread()
    run(server, delayed, "counter", after_seconds=420)
    server.post(f"/threads/{cron}/runs/crons", {"assistant_id": "counter", "schedule": "*/5 * * * *", "input": {}})

    advance(server, 3600)

    ended = [(row["updated_at"][11:16], row["thread_id"]) for row in [*runs(server, cron)[:2], *runs(server, delayed)]]
    checkpoints = [server.get(f"/threads/{thread}/state").json()["checkpoint_id"] for thread in (delayed, cron)]
    assert sorted(ended) == [("12:05", cron), ("12:07", delayed), ("12:10", cron)]
    assert checkpoints == sorted(checkpoints)


def test_what_a_delayed_run_begins_later_still_happens_on_the_way(server: Server) -> None:
    thread = server.create_thread()
    run(server, thread, "sleeper", after_seconds=60)

    told = advance(server, 150)

    assert told["due"] is None
    assert runs(server, thread)[0]["updated_at"] == "2026-01-01T12:02:30+00:00"
    assert values(server, thread) == {"log": ["awake"]}


def test_an_agent_that_takes_its_time_waits_for_the_clock(server: Server) -> None:
    thread = server.create_thread()
    run(server, thread, "sleeper")

    told = advance(server, 89)
    assert (told["due"], told["settled"]) == ("2026-01-01T12:01:30+00:00", True)
    assert server.get(f"/threads/{thread}").json()["status"] == "busy"

    advance(server, 1)
    assert server.get(f"/threads/{thread}").json()["status"] == "idle"


def test_a_paced_stream_goes_on_as_time_is_advanced(server: Server) -> None:
    with closing(get_sync_client(url=server.url)) as client:
        thread = client.threads.create()["thread_id"]
        stream = client.runs.stream(thread, "speaker", input={}, stream_mode=["messages-tuple"])
        assert next(stream).event == "metadata"

        told = []
        for _ in range(3):
            advance(server, 60)
            told.append((next(stream).data[0]["content"], server.get(CLOCK).json()["now"][11:16]))

        assert told == [("one", "12:01"), ("two", "12:02"), ("three", "12:03")]
        assert list(stream) == []


def test_streams_that_are_paced_alike_go_on_side_by_side(server: Server) -> None:
    first, second = server.create_thread(), server.create_thread()
    run(server, first, "speaker")
    run(server, second, "speaker")

    told = advance(server, 3600)

    assert (told["due"], told["settled"]) == (None, True)
    ends = {runs(server, thread)[0]["updated_at"] for thread in (first, second)}
    assert ends == {"2026-01-01T12:03:00+00:00"}


def test_nodes_that_run_at_once_wait_each_for_its_time(server: Server) -> None:
    thread = server.create_thread()
    run(server, thread, "busy")

    assert advance(server, 0)["due"] == "2026-01-01T12:01:00+00:00"
    assert advance(server, 60)["due"] == "2026-01-01T12:01:30+00:00"
    assert advance(server, 30)["due"] is None
    assert values(server, thread) == {"log": ["slept"]}


def test_a_thread_goes_when_its_time_to_live_is_over(server: Server) -> None:
    thread = server.post("/threads", {"ttl": {"ttl": 5}}).json()["thread_id"]

    advance(server, 299)
    assert server.get(f"/threads/{thread}").status_code == 200

    advance(server, 1)
    assert server.get(f"/threads/{thread}").status_code == 404


def test_an_item_goes_when_its_time_to_live_is_over(server: Server) -> None:
    server.put("/store/items", {"namespace": ["a"], "key": "k", "value": {}, "ttl": 5})

    advance(server, 300)

    assert server.get("/store/items", params={"namespace": "a", "key": "k"}).json() is None


def test_a_clock_that_runs_is_advanced_as_well(server: Server) -> None:
    server.world.clock.thaw()
    thread = server.create_thread()
    run(server, thread, "counter", after_seconds=600)
    run(server, server.create_thread(), "sleeper")

    told = advance(server, 3600)

    assert (told["frozen"], told["due"], told["settled"]) == (False, None, True)
    assert "2026-01-01T13:00:00" < told["now"] < "2026-01-01T13:01:00"
    assert "2026-01-01T12:10:00" <= runs(server, thread)[0]["updated_at"] < "2026-01-01T12:11:00"


def test_what_waits_goes_on_waiting_when_the_clock_is_frozen_and_thawed(server: Server) -> None:
    thread = server.create_thread()
    run(server, thread, "counter", after_seconds=600)
    server.patch(CLOCK, {"frozen": False})
    server.patch(CLOCK, {"frozen": True})

    told = server.get(CLOCK).json()
    assert told["due"] == "2026-01-01T12:10:00+00:00"

    server.patch(CLOCK, {"now": "2026-01-01T12:09:59.9Z", "frozen": False})
    server.get(f"/threads/{thread}/runs/{runs(server, thread)[0]['run_id']}/join").raise_for_status()
    assert values(server, thread) == {"n": 1}


def test_worlds_have_clocks_of_their_own(server: Server) -> None:
    server.worlds.replace("other", world_at_noon)
    thread = server.create_thread()
    run(server, thread, "counter", after_seconds=600)

    told = advance(server, 3600, **{"X-Understudy-World": "other"})

    assert told["now"] == "2026-01-01T13:00:00+00:00"
    assert server.get(CLOCK).json()["now"] == "2026-01-01T12:00:00+00:00"
    assert runs(server, thread)[0]["status"] == "pending"


def test_a_world_whose_clock_is_advanced_repeats_byte_for_byte(server: Server) -> None:
    def played() -> list[bytes]:
        server.world = world_at_noon()
        answers: list[httpx.Response] = []
        thread = server.create_thread()
        cron = {"assistant_id": "speaker", "schedule": "*/7 * * * *", "input": {}, "multitask_strategy": "enqueue"}
        answers.append(server.post(f"/threads/{thread}/runs/crons", cron))
        answers.append(server.post(f"/threads/{thread}/runs", {"assistant_id": "counter", "after_seconds": 1000}))
        answers.append(server.post(f"{CLOCK}/advance", {"seconds": 3600}))
        answers.append(server.get(f"/threads/{thread}/runs", params={"limit": 100}))
        answers.append(server.get(f"/threads/{thread}/history", params={"limit": 1000}))
        return [answer.content for answer in answers]

    assert played() == played()


def test_advances_at_once_are_carried_out_one_after_the_other(server: Server) -> None:
    thread = server.create_thread()
    server.post(f"/threads/{thread}/runs/crons", {"assistant_id": "counter", "schedule": "* * * * *", "input": {}})

    with ThreadPoolExecutor(4) as threads:
        told = list(threads.map(lambda _: advance(server, 600), range(4)))

    assert sorted(one["now"][11:16] for one in told) == ["12:10", "12:20", "12:30", "12:40"]
    assert values(server, thread) == {"n": 40}


def test_an_advance_by_nothing_lets_everything_come_to_rest(server: Server) -> None:
    thread = server.create_thread()
    run(server, thread, "counter")

    told = advance(server, 0)

    assert (told["now"], told["settled"]) == ("2026-01-01T12:00:00+00:00", True)
    assert server.get(f"/threads/{thread}").json()["status"] == "idle"


def test_a_webhook_has_arrived_when_time_is_advanced(server: Server) -> None:
    server.world.allow_loopback_webhooks = True
    receiver = Receiver()
    run(server, server.create_thread(), "counter", after_seconds=60, webhook=f"{receiver.url}/hook")

    told = advance(server, 60)

    assert told["settled"] is True
    assert [path for path, _, _ in receiver.got] == ["/hook"]
    receiver.close()


def test_an_agents_own_code_is_waited_for(server: Server) -> None:
    async def busy(situation: Situation) -> AsyncGenerator[Write, Any]:
        for _ in range(20):
            await asyncio.to_thread(str)
        yield Write({"n": 1})

    serve_own(server, busy)
    thread = server.create_thread()
    run(server, thread, "own", input={"n": 0}, after_seconds=60)

    told = advance(server, 60)

    assert told["settled"] is True
    assert values(server, thread) == {"n": 1}


def test_code_that_does_not_come_to_rest_is_not_waited_for_longer_than_is_bearable(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("understudy.agents.advancing.PATIENCE", 0.1)
    begun, done = threading.Event(), asyncio.Event()

    async def busy(situation: Situation) -> AsyncGenerator[Write, Any]:
        begun.set()
        await done.wait()
        yield Write({"n": 1})

    serve_own(server, busy)
    thread = server.create_thread()
    run(server, thread, "own", input={"n": 0})
    delayed = server.create_thread()
    run(server, delayed, "own", input={"n": 0}, after_seconds=60)
    assert begun.wait(10)

    told = advance(server, 3600)

    assert (told["now"], told["settled"]) == ("2026-01-01T13:00:00+00:00", False)
    assert [runs(server, each)[0]["status"] for each in (thread, delayed)] == ["running", "running"]
    server.delete(f"/threads/{thread}")
    server.delete(f"/threads/{delayed}")
    assert advance(server, 0)["settled"] is True


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ({"to": "2026-01-01T11:59:59Z"}, "to must not be before 2026-01-01T12:00:00+00:00"),
        ({"to": "5001-01-01T00:00:00Z"}, "years from 1970 to 5000"),
        ({"to": "yesterday"}, "yesterday"),
        ({"seconds": 1e300}, "years from 1970 to 5000"),
        ({"seconds": 10**12}, "years from 1970 to 5000"),
        ({"seconds": -1}, "-1"),
        ({"seconds": "1"}, "seconds"),
        ({"seconds": True}, "seconds"),
        ({"seconds": 1, "to": "2026-01-02T00:00:00Z"}, ""),
        ({}, ""),
    ],
)
def test_an_advance_that_cannot_be_says_why(server: Server, body: dict[str, Any], complaint: str) -> None:
    answer = server.post(f"{CLOCK}/advance", body)

    assert answer.status_code == 422
    assert complaint in answer.json()["detail"]
    assert server.get(CLOCK).json()["now"] == "2026-01-01T12:00:00+00:00"


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"1e999", b"-1e999"])
def test_what_is_no_number_of_seconds_is_refused(server: Server, number: bytes) -> None:
    content = b'{"seconds": %s}' % number

    answer = server.post(f"{CLOCK}/advance", content=content, headers={"content-type": "application/json"})

    assert answer.status_code == 422
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ({"now": "1969-12-31T23:59:59Z"}, "years from 1970 to 5000"),
        ({"now": "9999-12-31T23:59:59Z"}, "years from 1970 to 5000"),
        ({"now": "0001-01-01T00:00:00+14:00"}, "now"),
        ({"now": "noon", "frozen": False}, "noon"),
        ({"now": 0}, "now"),
        ({"frozen": "yes"}, "frozen"),
        ({}, ""),
    ],
)
def test_a_time_that_cannot_be_set_changes_nothing(server: Server, body: dict[str, Any], complaint: str) -> None:
    answer = server.patch(CLOCK, body)

    assert answer.status_code == 422
    assert complaint in answer.json()["detail"]
    told = server.get(CLOCK).json()
    assert (told["now"], told["frozen"]) == ("2026-01-01T12:00:00+00:00", True)


def test_an_advance_over_more_moments_than_it_can_bear_stops_on_its_way(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("understudy.agents.advancing.MOST", 50)
    server.post("/runs/crons", {"assistant_id": "counter", "schedule": "* * * * *", "input": {}})

    answer = server.post(f"{CLOCK}/advance", {"to": "2027-01-01T00:00:00Z"})

    assert answer.status_code == 422
    assert "2026-01-01T12:50:00+00:00; advance it in smaller parts" in answer.json()["detail"]
    assert server.get(CLOCK).json()["now"] == "2026-01-01T12:50:00+00:00"
    assert advance(server, 600)["now"] == "2026-01-01T13:00:00+00:00"


def test_an_agent_that_never_rests_does_not_hold_up_an_advance_for_ever(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("understudy.agents.advancing.MOST", 100)
    thread = server.create_thread()
    run(server, thread, "restless")

    answer = server.post(f"{CLOCK}/advance", {"seconds": 3600})

    assert answer.status_code == 422
    server.delete(f"/threads/{thread}")
    assert advance(server, 3600)["settled"] is True


def test_the_years_that_ids_have_room_for_can_be_reached(server: Server) -> None:
    server.patch(CLOCK, {"now": "1970-01-01T00:00:00Z"}).raise_for_status()
    server.create_thread()
    server.post(f"{CLOCK}/advance", {"to": "5000-12-31T23:59:59.999999Z"}).raise_for_status()

    thread = server.create_thread()
    run(server, thread, "counter")
    advance(server, 0)

    assert server.get(f"/threads/{thread}/state").json()["created_at"].startswith("5000-12-31T23:59:59.999")
