"""Worlds over HTTP: made, looked at, begun anew, dropped, and what becomes of those who are still there."""

from __future__ import annotations

import asyncio
import gc
import logging
import weakref
from contextlib import closing
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosedOK
from websockets.sync.client import connect

from tests.conftest import Server, beginning
from understudy.config import Settings
from understudy.state import worlds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WORLDS = "/_understudy/worlds"
KETTLE = "22222222-2222-4222-8222-222222222222"
LONG = {"assistant_id": "steps", "input": {"n": 1, "sleep": 600}}


@pytest.fixture(scope="module")
def hosting() -> Iterator[Server]:
    with closing(Server(Settings(strict=True))) as server:
        server.worlds.begin = beginning("demo")
        yield server


@pytest.fixture
def host(hosting: Server) -> Server:
    """A server whose worlds begin with the scenario `demo`; there is none yet."""
    for world in hosting.get(WORLDS).json():
        hosting.delete(f"{WORLDS}/{world['name']}").raise_for_status()
    return hosting


def within(name: str) -> dict[str, dict[str, str]]:
    return {"headers": {"X-Understudy-World": name}}


def create(server: Server, **body: Any) -> Any:
    return server.post(WORLDS, body).raise_for_status().json()


def threads(server: Server, name: str) -> list[str]:
    found = server.post("/threads/search", {"limit": 100}, **within(name)).raise_for_status().json()
    return [row["thread_id"] for row in found]


def eventually(condition: Callable[[], bool], server: Server) -> bool:
    """Return whether something comes to be while the server answers some requests."""
    return any(condition() or server.get(WORLDS).is_error for _ in range(300))


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


# Begun anew and deleted


def test_a_deleted_world_is_gone_and_whoever_names_it_again_gets_a_new_one(host: Server) -> None:
    thread = host.post("/threads", {}, **within("mine")).json()["thread_id"]

    assert host.delete(f"{WORLDS}/mine").status_code == 204
    assert host.get(WORLDS).json() == []
    assert host.get(f"/threads/{thread}", **within("mine")).status_code == 404
    assert len(threads(host, "mine")) == 5


def test_a_world_begins_anew_with_what_it_began_with(host: Server) -> None:
    create(host, name="mine", begin=[{"name": "empty"}], clock="2026-01-01T12:00:00Z", seed=7)
    first = host.post("/threads", {}, **within("mine")).content
    host.patch("/_understudy/clock", {"now": "2027-01-01T12:00:00Z"}, **within("mine")).raise_for_status()

    reset = host.post(f"{WORLDS}/mine/reset").json()

    assert (reset["threads"], reset["requests"], reset["now"]) == (0, 0, "2026-01-01T12:00:00+00:00")
    assert host.post("/threads", {}, **within("mine")).content == first


def test_other_worlds_stay_as_they_are(host: Server) -> None:
    made = {name: host.post("/threads", {}, **within(name)).json()["thread_id"] for name in ("mine", "other")}

    host.post(f"{WORLDS}/mine/reset").raise_for_status()

    assert made["mine"] not in threads(host, "mine")
    assert made["other"] in threads(host, "other")


def ended(server: Server, name: str, how: str) -> None:
    """Reset, delete or drop a world in which something goes on."""
    if how == "reset":
        server.post(f"{WORLDS}/{name}/reset").raise_for_status()
    else:
        server.delete(f"{WORLDS}/{name}").raise_for_status()


ENDS = pytest.mark.parametrize("how", ["reset", "delete"])


@pytest.fixture
def busy(host: Server) -> str:
    """The name of a world in which a run goes on, and another waits for it; its thread is KETTLE."""
    create(host, name="busy", begin=[{"name": "reference"}, {"scenario": {"threads": [{"thread_id": KETTLE}]}}])
    for _ in range(2):
        host.post(f"/threads/{KETTLE}/runs", LONG, **within("busy")).raise_for_status()
    return "busy"


@ENDS
def test_streams_of_runs_and_threads_end_with_their_world(
    host: Server, busy: str, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    run = host.get(f"/threads/{KETTLE}/runs", **within(busy)).json()[-1]["run_id"]
    told = {"channels": ["values", "lifecycle"]}
    opened: list[tuple[str, str, Any]] = [
        ("GET", f"/threads/{KETTLE}/stream", None),
        ("GET", f"/threads/{KETTLE}/runs/{run}/stream", None),
        ("GET", f"/threads/{KETTLE}/runs/{run}/join", None),
        ("POST", "/runs/stream", LONG | {"on_disconnect": "cancel"}),
        ("POST", "/runs/wait", LONG),
        ("POST", f"/threads/{KETTLE}/stream/events", told),
    ]
    requests = [host.client.build_request(method, path, json=body, **within(busy)) for method, path, body in opened]
    streams = [host.client.send(request, stream=True) for request in requests]

    ended(host, busy, how)

    for stream in streams:
        assert stream.status_code == 200
        stream.read()  # to its end, or this fails when its time is up
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []


@ENDS
def test_websockets_are_closed_with_their_world(
    host: Server, busy: str, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    url = f"{host.url.replace('http', 'ws', 1)}/threads/{KETTLE}/stream/events"
    with connect(url, additional_headers={"X-Understudy-World": busy}) as socket:
        socket.send('{"id": 1, "method": "agent.getTree"}')
        socket.recv(10)

        ended(host, busy, how)

        with pytest.raises(ConnectionClosedOK) as closed:
            socket.recv(10)
    assert closed.value.rcvd is not None
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1001, "the world has ended")
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []


@ENDS
def test_nothing_is_left_of_a_world_that_has_ended(host: Server, busy: str, how: str) -> None:
    cron = {"assistant_id": "steps", "schedule": "0 0 1 1 *", "input": LONG["input"]}
    host.post("/runs/crons", cron, **within(busy)).raise_for_status()
    host.post(f"/threads/{KETTLE}/runs", LONG | {"after_seconds": 600}, **within(busy)).raise_for_status()
    world = host.worlds.get(busy).world
    tasks = {*world.runs.queues.values(), *(playing.task for playing in world.runs.playing.values())}
    left = [weakref.ref(world), weakref.ref(world.clock)]
    assert tasks
    del world

    with host.client.stream("GET", f"/threads/{KETTLE}/stream", **within(busy)):
        ended(host, busy, how)

    def collected() -> bool:
        tasks.clear()
        gc.collect()
        return not any(ref() for ref in left)

    assert eventually(lambda: all(task.done() for task in tasks), host)
    assert eventually(collected, host)


def test_a_run_that_waits_for_its_turn_does_not_get_it_when_its_world_ends(host: Server, busy: str) -> None:
    world = host.worlds.get(busy).world

    ended(host, busy, "delete")

    assert eventually(lambda: not world.runs.playing, host)
    assert [row["status"] for row in world.runs] == ["running", "pending"]


# Keys


@pytest.fixture(scope="module")
def keyed() -> Iterator[Server]:
    with closing(Server(Settings(world_per_key=True))) as server:
        yield server


def test_each_api_key_has_a_world_of_its_own(keyed: Server) -> None:
    def seen(**headers: str) -> int:
        return len(keyed.post("/threads/search", {}, headers=headers).json())

    keyed.post("/threads", {}, headers={"x-api-key": "ada"}).raise_for_status()
    keyed.post("/threads", {}).raise_for_status()
    keyed.post("/threads", {}).raise_for_status()

    assert seen(**{"x-api-key": "ada"}) == 1
    assert seen(**{"x-api-key": "grace"}) == 0
    assert seen() == 2


def test_a_world_that_is_named_counts_more_than_the_key(keyed: Server) -> None:
    thread = keyed.post("/threads", {}, headers={"x-api-key": "linus"}).json()["thread_id"]

    answer = keyed.get(f"/threads/{thread}", headers={"x-api-key": "linus", "X-Understudy-World": "mine"})

    assert answer.status_code == 404


def test_no_world_tells_the_key_that_it_is_for(keyed: Server) -> None:
    keyed.get("/ok", headers={"x-api-key": "a-secret-of-mine"})

    assert "a-secret-of-mine" not in keyed.get(WORLDS).text


def test_a_key_that_is_refused_gets_no_world() -> None:
    with closing(Server(Settings(world_per_key=True, api_keys=("ada",)))) as server:
        answers = [server.post("/threads", {}, headers={"x-api-key": key}) for key in ("ada", "mallory", "eve")]

        assert [answer.status_code for answer in answers] == [200, 403, 403]
        assert len(server.get(WORLDS).json()) == 2


def test_without_keys_of_their_own_all_requests_are_in_one_world(host: Server) -> None:
    host.post("/threads", {}, headers={"x-api-key": "ada"}).raise_for_status()

    assert [world["name"] for world in host.get(WORLDS).json()] == ["default"]


# All at once


def test_worlds_that_are_named_at_once_are_made_once(host: Server) -> None:
    async def ask() -> list[int]:
        async with httpx.AsyncClient(base_url=host.url, limits=httpx.Limits(max_connections=8)) as client:
            asked = [client.post(WORLDS, json={"name": "mine"}) for _ in range(20)]
            return [answer.status_code for answer in await asyncio.gather(*asked)]

    assert sorted(asyncio.run(ask())) == [201] + [409] * 19
