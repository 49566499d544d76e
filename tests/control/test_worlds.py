"""Worlds over HTTP: made, looked at, dropped when nobody uses them."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.control.hosting import KETTLE, WORLDS, create, eventually, threads, within
from understudy.state import worlds

if TYPE_CHECKING:
    from tests.conftest import Server


# Made and looked at


def test_a_world_is_made_by_who_names_it_first(host: Server) -> None:
    host.get("/ok", **within("mine")).raise_for_status()

    assert [world["name"] for world in host.get(WORLDS).json()] == ["mine"]


def test_a_new_world_begins_with_the_scenario_of_the_server(host: Server) -> None:
    world = create(host, name="mine")

    assert (world["name"], world["threads"], world["runs"], world["requests"]) == ("mine", 5, 0, 0)
    assert world["frozen"] is False
    assert KETTLE in threads(host, "mine")


def test_a_world_without_a_name_is_given_one_that_no_other_had(host: Server) -> None:
    first = create(host)["name"]
    host.delete(f"{WORLDS}/{first}")

    assert create(host)["name"] != first


def test_looking_at_worlds_makes_none(host: Server) -> None:
    assert host.get(WORLDS).json() == []
    assert host.get(f"{WORLDS}/mine").status_code == 404
    assert host.get(WORLDS, **within("mine")).json() == []


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("DELETE", ""), ("POST", "/reset")])
def test_a_world_that_is_not_there_is_named(host: Server, method: str, path: str) -> None:
    answer = host.client.request(method, f"{WORLDS}/nobody{path}")

    assert (answer.status_code, answer.json()) == (404, {"detail": 'no world "nobody"'})


@pytest.mark.parametrize("name", ["", "-a", "a b", "ä", "x" * 129, "a/b"])
def test_a_name_that_is_none_is_refused(host: Server, name: str) -> None:
    answer = host.post(WORLDS, {"name": name})

    assert answer.status_code == 422
    assert "name of a world" in answer.json()["detail"]
    assert host.get(WORLDS).json() == []


def test_no_more_worlds_are_made_than_a_server_holds(host: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worlds, "MOST", 2)
    create(host)
    create(host)

    asked = host.post(WORLDS, {})
    named = host.get("/ok", **within("third"))

    assert asked.status_code == named.status_code == 409
    assert asked.json() == {"detail": "there are 2 worlds already; drop some that are not used any more"}


# What it begins with


def test_a_world_begins_with_scenarios_that_are_named_or_sent_along(host: Server) -> None:
    given = [
        {"name": "empty"},
        {"scenario": {"threads": [{"thread_id": KETTLE}]}},
        {"text": "threads:\n- thread_id: 11111111-1111-4111-8111-111111111111\n"},
    ]

    create(host, name="mine", begin=given)

    assert sorted(threads(host, "mine")) == ["11111111-1111-4111-8111-111111111111", KETTLE]
    graphs = host.post("/assistants/search", {}, **within("mine")).json()
    assert [row["graph_id"] for row in graphs] == ["agent"]


def test_a_world_of_nothing_is_empty(host: Server) -> None:
    assert create(host, begin=[])["threads"] == 0


def test_options_say_how_much_is_generated(host: Server) -> None:
    assert create(host, begin=[{"name": "large:threads=7,users=2"}])["threads"] == 7


def test_a_clock_stands_where_it_is_told_to_and_a_seed_gives_the_same_ids(host: Server) -> None:
    made = [create(host, clock="2026-01-01T12:00:00Z", seed=7) for _ in range(2)]

    assert [world["now"] for world in made] == ["2026-01-01T12:00:00+00:00"] * 2
    assert all(world["frozen"] for world in made)
    first, second = (host.post("/threads", {}, **within(world["name"])).content for world in made)
    assert first == second


def test_another_seed_gives_other_ids(host: Server) -> None:
    first, second = (create(host, seed=seed, clock="2026-01-01T12:00:00Z")["name"] for seed in (7, 8))

    assert host.post("/threads", {}, **within(first)).content != host.post("/threads", {}, **within(second)).content


def test_all_that_is_wrong_with_scenarios_is_told_with_its_place(host: Server) -> None:
    given = [
        {"name": "empty"},
        {"text": "threads:\n- thread_id: no uuid\n- {metdata: {}}\n"},
        {"scenario": {"store": [{"namespace": ["a"], "key": 1, "value": {}}]}},
    ]

    answer = host.post(WORLDS, {"name": "mine", "begin": given})

    assert answer.status_code == 422
    problems = answer.json()["problems"]
    assert [(problem["scenario"], problem["path"], problem["line"]) for problem in problems] == [
        ("begin[1]", "threads[0].thread_id", 2),
        ("begin[1]", "threads[1]", 3),
        ("begin[2]", "store[0].key", None),
    ]
    assert all(problem["what"] in answer.json()["detail"] for problem in problems)
    assert host.get(WORLDS).json() == []


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("dmo", 'no scenario "dmo" ships with this server. Did you mean "demo"?'),
        ("/etc/passwd", "ships with this server"),
        ("fixtures/agent-server/demo.yaml", "ships with this server"),
        ("demo:../mine.yaml", "options are written like"),
        ("large:threads", "options are written like"),
        ("large:threads=many", "threads"),
        ("demo:threads=3", "takes no options"),
        ("", "ships with this server"),
    ],
)
def test_only_what_ships_with_the_server_has_a_name(host: Server, name: str, complaint: str) -> None:
    answer = host.post(WORLDS, {"begin": [{"name": name}]})

    assert answer.status_code == 422
    assert complaint in answer.json()["detail"]
    assert host.get(WORLDS).json() == []


@pytest.mark.parametrize(
    "body",
    [
        {"clock": "noon"},
        {"clock": "9999-12-31T23:59:59Z"},
        {"clock": "0001-01-01T00:00:00+14:00"},
        {"seed": "seven"},
        {"begin": {"name": "demo"}},
        {"begin": [{}]},
        {"begin": [{"name": "demo", "text": ""}]},
        {"begin": [{"file": "demo.yaml"}]},
        {"if_exists": "replace"},
        {"nmae": "mine"},
        [],
        None,
    ],
)
def test_what_the_document_does_not_know_is_refused(host: Server, body: Any) -> None:
    answer = host.post(WORLDS, body)

    assert answer.status_code == 422
    assert host.get(WORLDS).json() == []


def test_a_world_of_this_name_is_in_the_way(host: Server) -> None:
    create(host, name="mine", begin=[])

    answer = host.post(WORLDS, {"name": "mine"})

    assert (answer.status_code, answer.json()) == (409, {"detail": 'there is a world "mine" already'})
    assert threads(host, "mine") == []


def test_a_world_of_this_name_is_kept_if_that_is_wanted(host: Server) -> None:
    create(host, name="mine", begin=[])
    thread = host.post("/threads", {}, **within("mine")).json()["thread_id"]

    kept = host.post(WORLDS, {"name": "mine", "if_exists": "keep"})
    made = host.post(WORLDS, {"name": "other", "if_exists": "keep"})

    assert (kept.status_code, made.status_code) == (200, 201)
    assert threads(host, "mine") == [thread]


def test_a_world_of_this_name_begins_anew_if_that_is_wanted(host: Server) -> None:
    create(host, name="mine")

    answer = host.post(WORLDS, {"name": "mine", "begin": [], "if_exists": "reset"})

    assert (answer.status_code, answer.json()["threads"]) == (200, 0)


def test_a_world_stays_as_it_is_when_it_should_begin_anew_with_something_wrong(host: Server) -> None:
    create(host, name="mine")
    begun = [{"scenario": {"threads": [{"thread_id": "no uuid"}]}}]

    answer = host.post(WORLDS, {"name": "mine", "begin": begun, "if_exists": "reset"})

    assert answer.status_code == 422
    assert len(threads(host, "mine")) == 5


@pytest.mark.parametrize("how", ["created", "reset"])
def test_the_crons_of_a_new_world_fire_before_anybody_asks_it_for_anything(host: Server, how: str) -> None:
    cron = {
        "assistant_id": "steps",
        "schedule": "0 0 * * *",
        "payload": {"input": {"n": 1}},
        "on_run_completed": "keep",
    }
    create(host, name="mine", begin=[{"name": "reference"}, {"scenario": {"crons": [cron]}}])
    if how == "reset":
        host.post(f"{WORLDS}/mine/reset").raise_for_status()
    world = host.worlds.get("mine").world

    world.clock.advance(timedelta(days=1))

    assert eventually(lambda: [row["status"] for row in world.runs] == ["success"], host)


# Used and idle


def test_steering_a_world_is_no_use_of_it(host: Server) -> None:
    create(host, name="mine")
    host.get("/ok", **within("mine"))
    before = host.get(f"{WORLDS}/mine").json()

    host.get("/_understudy/clock", **within("mine")).raise_for_status()
    after = host.get(f"{WORLDS}/mine").json()

    assert before["requests"] == after["requests"] == 1
    assert after["idle_seconds"] > before["idle_seconds"] > 0


def test_worlds_that_nobody_used_for_so_long_are_dropped(host: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    passed = 0.0
    monkeypatch.setattr(worlds, "monotonic", lambda: passed)
    create(host, name="mine")
    create(host, name="other")
    passed = 60.0
    host.get("/ok", **within("mine"))
    passed = 90.0

    nothing = host.post(f"{WORLDS}/drop", {"idle_seconds": 90.1}).json()
    dropped = host.post(f"{WORLDS}/drop", {"idle_seconds": 90}).json()

    assert (nothing, dropped) == ({"dropped": []}, {"dropped": ["other"]})
    assert [world["name"] for world in host.get(WORLDS).json()] == ["mine"]


def test_a_world_in_which_somebody_reads_a_stream_is_not_idle(host: Server) -> None:
    with host.client.stream("GET", f"/threads/{KETTLE}/stream", **within("mine")) as stream:
        assert stream.status_code == 200

        assert host.get(f"{WORLDS}/mine").json()["idle_seconds"] == 0
        assert host.post(f"{WORLDS}/drop", {"idle_seconds": 0}).json() == {"dropped": []}

    assert eventually(lambda: host.post(f"{WORLDS}/drop", {"idle_seconds": 0}).json()["dropped"] == ["mine"], host)


@pytest.mark.parametrize("body", [{}, {"idle_seconds": -1}, {"idle_seconds": "long"}, {"idle_seconds": 0, "names": []}])
def test_how_long_is_asked_for(host: Server, body: Any) -> None:
    create(host, name="mine")

    assert host.post(f"{WORLDS}/drop", body).status_code == 422
    assert len(host.get(WORLDS).json()) == 1


# All at once


def test_worlds_that_are_named_at_once_are_made_once(host: Server) -> None:
    async def ask() -> list[int]:
        async with httpx.AsyncClient(base_url=host.url, limits=httpx.Limits(max_connections=8)) as client:
            asked = [client.post(WORLDS, json={"name": "mine"}) for _ in range(20)]
            return [answer.status_code for answer in await asyncio.gather(*asked)]

    assert sorted(asyncio.run(ask())) == [201] + [409] * 19
