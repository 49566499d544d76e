"""The client of the control plane: `understudy.start()`, `understudy.connect()` and what they give."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

import understudy

CLERK = {"nodes": {"ask": [{"interrupt": "May I?"}, {"say": "Done."}]}}
STEPS = {"agents": {"walker": {"nodes": {"one": {"say": "1"}, "two": {"say": "2"}}}}}


@pytest.fixture(scope="module")
def started() -> Iterator[understudy.Server]:
    with understudy.start("empty") as server:
        yield server


@pytest.fixture
def world(started: understudy.Server, request: pytest.FixtureRequest) -> Iterator[understudy.World]:
    """A world of the test's own."""
    world = started.create_world(request.node.name.partition("[")[0], if_exists="reset")
    yield world
    world.delete()


@pytest.fixture
def client(world: understudy.World) -> Iterator[httpx.Client]:
    """A client that the world is told to by a header."""
    with httpx.Client(base_url=world.url, headers=world.headers) as client:
        yield client


def _thread(client: httpx.Client) -> str:
    thread_id: str = client.post("/threads", json={}).raise_for_status().json()["thread_id"]
    return thread_id


def _said(client: httpx.Client, agent: str) -> object:
    asked = {"assistant_id": agent, "input": {"messages": [{"role": "user", "content": "Hi"}]}}
    return client.post("/runs/wait", json=asked).raise_for_status().json()["messages"][-1]["content"]


# Worlds


def test_worlds_are_apart(started: understudy.Server, world: understudy.World, client: httpx.Client) -> None:
    _thread(client)

    assert world.describe()["threads"] == 1
    assert started.world().describe()["threads"] == 0


def test_a_world_is_listed_until_it_is_deleted(started: understudy.Server) -> None:
    world = started.create_world("short-lived")
    listed = [row["name"] for row in started.worlds()]

    world.delete()

    assert "short-lived" in listed
    assert "short-lived" not in [row["name"] for row in started.worlds()]


def test_a_world_without_a_name_gets_one(started: understudy.Server) -> None:
    world = started.create_world()

    assert world.describe()["name"] == world.name
    world.delete()


def test_a_world_begins_with_what_is_given(started: understudy.Server, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("agents: {greeter: {nodes: {greet: {say: Hello!}}}}")

    world = started.create_world("given", "empty", file, STEPS, seed=7, clock=datetime(2026, 1, 1, tzinfo=UTC))

    assert world.snapshot()["agents"].keys() == {"agent", "greeter", "walker"}
    assert world.clock.now == datetime(2026, 1, 1, tzinfo=UTC)
    world.delete()


def test_idle_worlds_are_dropped(started: understudy.Server) -> None:
    started.create_world("idle")

    assert "idle" in started.drop_worlds(idle_seconds=0)


def test_a_world_is_connected_to_by_its_url(world: understudy.World, client: httpx.Client) -> None:
    _thread(client)

    assert understudy.connect(world.url, world=world.name).describe()["threads"] == 1


def test_a_name_that_is_none_is_refused_by_the_servers_own_sentence(started: understudy.Server) -> None:
    with pytest.raises(understudy.ControlError, match="is no name of a world") as told:
        started.create_world("no name")

    assert told.value.status == 422


def test_a_server_that_is_not_there_is_told() -> None:
    with understudy.start("empty") as server:
        url = server.url

    with pytest.raises(understudy.ControlError, match=f"{url} does not answer"):
        understudy.connect(url).describe()


@pytest.mark.parametrize("url", ["127.0.0.1:8123", "http://127.0.0.1:port", "http://[::1"])
def test_a_url_that_is_none_is_told(url: str) -> None:
    with pytest.raises(understudy.ControlError, match="does not answer: "):
        understudy.connect(url).describe()


def test_a_server_that_has_no_control_plane_is_told(world: understudy.World) -> None:
    with pytest.raises(understudy.ControlError, match="Is this an understudy"):
        understudy.connect(f"{world.url}/docs").describe()


# Scenarios and snapshots


@pytest.mark.parametrize("how", ["data", "text", "path", "str"])
def test_a_scenario_is_loaded(how: str, world: understudy.World, client: httpx.Client, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    text = "agents:\n  greeter: {nodes: {greet: {say: Hello!}}}\n"
    file.write_text(text)
    data = {"agents": {"greeter": {"nodes": {"greet": {"say": "Hello!"}}}}}
    given: dict[str, understudy.Given] = {"data": data, "text": text, "path": file, "str": str(file)}

    world.load(given[how])

    assert _said(client, "greeter") == "Hello!"


def test_a_scenario_that_ships_is_loaded_by_its_name(world: understudy.World) -> None:
    world.load("demo")

    assert world.describe()["threads"] == 5


def test_an_agent_is_added_and_changed(world: understudy.World, client: httpx.Client) -> None:
    answers = []
    for text in ("One.", "Two."):
        world.add_agent("speaker", {"nodes": {"speak": {"say": text}}})
        answers.append(_said(client, "speaker"))

    assert answers == ["One.", "Two."]


def test_an_agent_without_a_script_repeats_what_it_is_told(world: understudy.World, client: httpx.Client) -> None:
    world.add_agent("parrot")

    assert _said(client, "parrot") == "echo Hi"


def test_what_is_wrong_in_a_file_is_told_with_the_file(world: understudy.World, tmp_path: Path) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text("agents:\n  greeter:\n    nodse: [greet]\n")

    for load in (world.load, world.restore):
        with pytest.raises(understudy.ControlError) as told:
            load(file)

        assert str(told.value).startswith(f"{file}:3: agents.greeter")
        assert told.value.problems[0]["line"] == 3


def test_what_is_wrong_in_a_file_is_told_where_a_world_is_to_begin_with_it(
    started: understudy.Server, tmp_path: Path
) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text("agents:\n  greeter:\n    nodse: [greet]\n")

    with pytest.raises(understudy.ControlError) as told:
        started.create_world("wrong", "empty", file)

    assert str(told.value).startswith(f"{file}:3: agents.greeter")


@pytest.mark.parametrize(
    ("scenarios", "told"),
    [
        (({"agnts": {}},), 'scenario: unknown key "agnts"'),
        (("empty", {"agnts": {}}), 'scenario 2: unknown key "agnts"'),
        (("empty", "large:threads=many"), "large.yaml:"),
    ],
)
def test_what_is_wrong_in_data_is_told_with_its_number_where_there_are_several(
    scenarios: tuple[understudy.Given, ...], told: str, started: understudy.Server
) -> None:
    with pytest.raises(understudy.ControlError) as error:
        started.create_world("wrong", *scenarios)

    assert str(error.value).startswith(told)


def test_what_is_no_scenario_is_told(world: understudy.World) -> None:
    with pytest.raises(understudy.UnderstudyError, match="a scenario is a name, a path, a text or a dict, not 7"):
        world.load(7)  # type: ignore[arg-type]  # somebody may


def test_a_request_that_does_not_fit_is_told_in_one_line(world: understudy.World) -> None:
    with pytest.raises(understudy.ControlError) as error:
        world.clock.advance(-3)

    assert str(error.value) == '-3 is less than the minimum of 0, at ["seconds"]'


def test_a_file_that_cannot_be_read_is_told(world: understudy.World, tmp_path: Path) -> None:
    with pytest.raises(understudy.UnderstudyError, match=r"cannot read the scenario .*missing\.yaml: No such file"):
        world.load(tmp_path / "missing.yaml")


@pytest.mark.parametrize("name", ["world.yaml", "world.json"])
def test_a_world_is_saved_and_restored(
    name: str, world: understudy.World, client: httpx.Client, tmp_path: Path
) -> None:
    thread = _thread(client)
    file = tmp_path / name

    world.save(file)
    _thread(client)
    world.restore(file)

    assert [row["thread_id"] for row in client.post("/threads/search", json={}).json()] == [thread]


def test_a_world_is_restored_from_a_snapshot(world: understudy.World, client: httpx.Client) -> None:
    snapshot = world.snapshot()
    _thread(client)

    world.restore(snapshot)

    assert world.describe()["threads"] == 0


def test_a_world_begins_anew(world: understudy.World, client: httpx.Client) -> None:
    _thread(client)
    world.clock.freeze("2026-01-01T00:00:00Z")

    world.reset()

    assert world.describe()["threads"] == 0
    assert not world.clock.frozen


# The clock


def test_time_stands_still_and_goes_on(world: understudy.World) -> None:
    moment = datetime(2026, 1, 1, 12, tzinfo=UTC)
    world.clock.freeze(moment)
    assert (world.clock.frozen, world.clock.now) == (True, moment)

    world.clock.unfreeze()
    assert not world.clock.frozen
    assert world.clock.now >= moment


def test_time_stands_still_where_it_is(world: understudy.World) -> None:
    world.clock.freeze()

    assert world.clock.now == world.clock.now


def test_time_is_set(world: understudy.World) -> None:
    world.clock.freeze()

    world.clock.set("2030-01-01T00:00:00Z")

    assert world.clock.now.year == 2030


@pytest.mark.parametrize("by", [90, 90.0, timedelta(minutes=1, seconds=30)])
def test_time_is_put_forward(by: float | timedelta, world: understudy.World) -> None:
    world.clock.freeze("2026-01-01T00:00:00Z")

    assert world.clock.advance(by) == datetime(2026, 1, 1, 0, 1, 30, tzinfo=UTC)


def test_what_is_due_has_happened_when_time_was_put_forward(world: understudy.World, client: httpx.Client) -> None:
    world.clock.freeze("2026-01-01T00:00:00Z")
    client.post("/runs/crons", json={"assistant_id": "agent", "schedule": "0 * * * *", "input": {}})
    assert world.clock.due == datetime(2026, 1, 1, 1, tzinfo=UTC)

    world.clock.advance(to=datetime(2026, 1, 1, 3, tzinfo=UTC))

    assert world.clock.due == datetime(2026, 1, 1, 4, tzinfo=UTC)


def test_time_is_put_forward_by_seconds_or_to_a_moment(world: understudy.World) -> None:
    with pytest.raises(TypeError, match="by seconds, or to a moment"):
        world.clock.advance()
    with pytest.raises(TypeError, match="by seconds, or to a moment"):
        world.clock.advance(1, to="2026-01-01T00:00:00Z")


# Faults


def test_a_fault_fires_and_tells_how_often(world: understudy.World, client: httpx.Client) -> None:
    fault = world.faults.add("status", operation="POST /threads", nth=2, status=503)

    statuses = [client.post("/threads", json={}).status_code for _ in range(3)]

    assert statuses == [200, 503, 200]
    assert fault.fired == 1


def test_what_else_can_be_said_of_requests_is_said_by_when(world: understudy.World, client: httpx.Client) -> None:
    world.faults.add("status", path="/threads", when={"after": 1}, times=1)

    assert [client.post("/threads", json={}).status_code for _ in range(3)] == [200, 500, 200]


def test_a_fault_is_removed(world: understudy.World, client: httpx.Client) -> None:
    fault = world.faults.add("status")

    fault.remove()

    assert client.post("/threads", json={}).status_code == 200
    with pytest.raises(understudy.ControlError, match="no fault"):
        fault.remove()


def test_faults_that_have_not_fired_are_told(world: understudy.World, client: httpx.Client) -> None:
    world.faults.add("status", operation="POST /threads")
    world.faults.add("status", operation="POST /runs/wait")

    client.post("/threads", json={})

    assert [str(fault) for fault in world.faults.unfired()] == ["status (operation POST /runs/wait)"]
    assert len(world.faults.all()) == 2


def test_all_faults_are_removed(world: understudy.World) -> None:
    world.faults.add("status")

    world.faults.clear()

    assert world.faults.all() == []


def test_a_fault_that_there_is_none_of_is_told(world: understudy.World) -> None:
    with pytest.raises(understudy.ControlError, match='Did you mean "status"'):
        world.faults.add("statsu")


# The journal


def test_the_journal_tells_what_was_asked(world: understudy.World, client: httpx.Client) -> None:
    thread = _thread(client)
    client.get(f"/threads/{thread}")

    assert [entry["path"] for entry in world.journal.entries()] == ["/threads", f"/threads/{thread}"]
    assert len(world.journal.entries("POST /threads", status=200)) == 1
    assert len(world.journal.entries(thread_id=thread)) == 1


def test_what_was_asked_is_expected(world: understudy.World, client: httpx.Client) -> None:
    client.post("/threads", json={"metadata": {"user": "ada", "team": "a"}})

    world.journal.expect("POST /threads", times=1, body={"metadata": {"user": "ada"}})
    world.journal.verify({"operation": "POST /threads"}, only=True)


def test_what_was_not_asked_fails_as_an_assertion(world: understudy.World, client: httpx.Client) -> None:
    client.post("/threads", json={})

    with pytest.raises(AssertionError, match="POST /threads: expected exactly twice, came once"):
        world.journal.expect("POST /threads", times=2)


def test_requests_that_break_the_contract_are_told(world: understudy.World, client: httpx.Client) -> None:
    client.post("/threads", json={"metadata": "ada"})

    [entry] = world.journal.violations()

    assert entry["path"] == "/threads"
    assert '"ada" is not of type "object"' in entry["request_verdict"]["complaint"]


def test_the_journal_begins_anew(world: understudy.World, client: httpx.Client) -> None:
    _thread(client)

    world.journal.clear()

    assert world.journal.entries() == []


def test_coverage_tells_what_was_used(
    started: understudy.Server, world: understudy.World, client: httpx.Client
) -> None:
    _thread(client)

    for coverage in (world.coverage(), started.coverage()):
        used = [row for row in coverage["operations"] if row["statuses"]]
        assert ("post", "/threads") in [(row["method"].lower(), row["path"]) for row in used]


# Runs


def test_a_run_goes_step_by_step(world: understudy.World, client: httpx.Client) -> None:
    world.load(STEPS)
    world.runs.hold()
    thread = _thread(client)
    run = client.post(f"/threads/{thread}/runs", json={"assistant_id": "walker", "input": {}}).json()["run_id"]

    nodes = [world.runs.playing()[0]["next"], world.runs.step(run)["next"]]
    world.runs.release()

    assert nodes == [["one"], ["two"]]
    assert client.get(f"/threads/{thread}/runs/{run}/join").status_code == 200
    assert world.runs.playing() == []
