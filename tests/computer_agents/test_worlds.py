"""Worlds of this API: copies go their own ways, and the same seed makes the same ids."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tests.computer_agents.making import agent, computer, names, project
from understudy.state.clock import Clock
from understudy.state.computer_agents.files import File
from understudy.state.world import World

if TYPE_CHECKING:
    from tests.conftest import Server

MOMENT = datetime(2026, 1, 31, 8, tzinfo=UTC)


def test_a_copy_begins_as_the_world_is_and_what_happens_in_either_stays_there(server: Server) -> None:
    source = World(clock=Clock(MOMENT))
    server.begin(lambda: source)
    kept, gone = computer(server, name="kept"), computer(server, name="gone")
    agent(server, name="kept")
    project(server, name="kept")
    server.post(f"/v1/environments/{kept['id']}/start").raise_for_status()
    first = source.computer_agents.snapshots.take(kept["id"], {"a.md": File("1", "")})
    server.delete(f"/v1/environments/{gone['id']}").raise_for_status()
    status = server.get(f"/v1/environments/{kept['id']}/status").json()

    copy = source.copy(Clock(MOMENT), same_ids=True)
    server.begin(lambda: copy)
    for noun, make in (("environments", computer), ("agents", agent), ("projects", project)):
        assert names(server, noun)[-1] == "kept"
        make(server, name="new")
    assert server.get(f"/v1/environments/{kept['id']}/status").json() == status
    server.post(f"/v1/environments/{kept['id']}/stop").raise_for_status()
    copy.computer_agents.snapshots.take(kept["id"], {})
    copy.computer_agents.environments.fork(gone["id"])

    assert [row["name"] for row in source.computer_agents.environments.find()] == ["kept"]
    assert [row["name"] for row in source.computer_agents.agents.find()] == ["Default agent", "kept"]
    assert [row["name"] for row in source.computer_agents.projects.find()] == ["kept"]
    assert source.computer_agents.environments.status(kept["id"]) == status
    assert source.computer_agents.snapshots.find(kept["id"]) == [first]
    assert source.computer_agents.snapshots.files_now(kept["id"]) == {"a.md": File("1", "")}


def test_the_same_seed_makes_the_same_ids(server: Server) -> None:
    made = []
    for _ in range(2):
        server.begin(lambda: World(clock=Clock(MOMENT), seed=7))
        made.append([computer(server), agent(server), project(server)])

    assert made[0] == made[1]


def test_rows_are_restored_as_the_api_answers_them(server: Server) -> None:
    rows = {"environments": computer(server, isDefault=True), "agents": agent(server), "projects": project(server)}
    path = f"/v1/environments/{rows['environments']['id']}"
    server.post(f"{path}/start").raise_for_status()
    rows["environments"] = server.get(path).json()["environment"]

    server.begin(World)
    tables = server.world.computer_agents
    tables.environments.restore(rows["environments"])
    tables.agents.restore(rows["agents"])
    tables.projects.restore(rows["projects"])

    for noun, row in rows.items():
        assert server.get(f"/v1/{noun}/{row['id']}").json()[noun.removesuffix("s")] == row
    assert server.get("/v1/environments/default").json()["environment"] == rows["environments"]
    assert server.get(f"{path}/status").json()["status"] == "running"
    tables.environments.restore({**rows["environments"], "status": "stopped"})
    assert server.get(f"{path}/status").json()["status"] == "stopped"
