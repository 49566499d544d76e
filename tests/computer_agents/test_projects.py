"""Projects over HTTP: create, list, change, delete, and what belongs to one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.computer_agents.making import computer, names, project, thread
from understudy.state.clock import Clock
from understudy.state.world import World

if TYPE_CHECKING:
    from tests.conftest import Server

PATH = "/v1/projects"


def detail(server: Server, project_id: str) -> dict[str, Any]:
    return dict(server.get(f"{PATH}/{project_id}").raise_for_status().json())


def test_a_new_project_needs_a_name_alone(server: Server) -> None:
    server.begin(lambda: World(clock=Clock(datetime(2026, 1, 31, 8, tzinfo=UTC))))

    made = project(server)

    assert made["id"].startswith("project_")
    assert made == {
        "object": "project",
        "id": made["id"],
        "userId": "user_understudy",
        "name": "Orchard",
        "description": "",
        "type": "cloud",
        "sources": [],
        "color": None,
        "environmentIds": [],
        "defaultEnvironmentId": None,
        "tags": [],
        "metadata": {},
        "createdAt": "2026-01-31T08:00:00.000Z",
        "updatedAt": "2026-01-31T08:00:00.000Z",
    }


def test_a_project_is_as_it_is_told(server: Server) -> None:
    given = {
        "id": "orchard",
        "name": "Orchard",
        "type": "synced",
        "sources": [{"type": "github", "url": "https://git.example/orchard", "branch": "main"}],
        "description": "Trees and their dates.",
        "color": "#00aa55",
        "environmentIds": ["env_that_is_not_there"],
        "defaultEnvironmentId": "env_that_is_not_there",
        "metadata": {"owner": "ada"},
        "permissionSet": {"read": True},
        "missionControl": {"goal": "pears"},
        "tags": ["garden"],
    }

    assert given.items() <= project(server, **given).items()


def test_an_id_can_be_chosen_once_and_is_free_again_after_a_deletion(server: Server) -> None:
    project(server, id="orchard")

    refused = server.post(PATH, {"id": "orchard", "name": "Second"})

    assert refused.status_code == 409
    assert refused.json() == {"error": "Conflict", "message": "Project orchard exists already"}
    assert server.delete(f"{PATH}/orchard").json() == {"deleted": True}
    assert project(server, id="orchard", name="Second")["name"] == "Second"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "Orchard", "type": "paper"}, "type"),
        ({"name": "Orchard", "id": "models"}, "id"),
        ({"name": "Orchard", "sources": [{"type": "svn"}]}, "sources[0].type"),
        ({"name": "Orchard", "colour": "red"}, "colour"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_field_that_does_not(server: Server, body: Any, field: str) -> None:
    refused = server.post(PATH, body)

    assert refused.status_code == 400
    assert [place["field"] for place in refused.json()["details"]] == [field]
    assert names(server, "projects") == []


def test_projects_are_listed_by_two_names_in_the_order_in_which_they_were_made(server: Server) -> None:
    first, second, third = [project(server, name=name) for name in "abc"]
    first = server.patch(f"{PATH}/{first['id']}", {"color": "red"}).json()["project"]

    assert server.get(PATH, params={"view": "passed over"}).json() == {
        "projects": [first, second, third],
        "count": 3,
        "object": "list",
        "data": [first, second, third],
        "has_more": False,
        "total_count": 3,
    }
    page = server.get(PATH, params={"limit": 2}).json()
    assert page["projects"] == page["data"] == [first, second]
    assert (page["count"], page["has_more"], page["total_count"]) == (2, True, 3)


def test_a_list_without_a_limit_has_all_projects_and_a_limit_goes_from_1_to_100(server: Server) -> None:
    for number in range(102):
        project(server, name=str(number))

    assert len(names(server, "projects")) == 102
    assert len(names(server, "projects", limit=1000)) == 100
    assert len(names(server, "projects", limit=0)) == 1


def test_projects_are_found_by_type_and_by_a_text_in_any_case(server: Server) -> None:
    project(server, name="Orchard", type="local")
    project(server, name="Garden", description="Behind the ORCHARD.")
    project(server, name="House")

    assert names(server, "projects", q="orchard") == ["Orchard", "Garden"]
    assert names(server, "projects", q="orchard", type="cloud") == ["Garden"]
    assert names(server, "projects", type="local") == ["Orchard"]
    assert names(server, "projects", q="") == ["Orchard", "Garden", "House"]
    for name, value in {"type": "paper", "limit": "many"}.items():
        refused = server.get(PATH, params={name: value})
        assert (refused.status_code, refused.json()["details"][0]["field"]) == (400, name)


def test_a_change_replaces_what_is_given_also_metadata(server: Server) -> None:
    clock = Clock(datetime(2026, 1, 31, 8, tzinfo=UTC))
    server.begin(lambda: World(clock=clock))
    made = project(server, metadata={"owner": "ada"}, color="red", tags=["garden"])
    clock.advance(timedelta(minutes=1))

    changes = {"metadata": {"team": "pears"}, "color": None, "cloneProjectDirectory": True}
    changed = server.patch(f"{PATH}/{made['id']}", changes).json()["project"]

    assert changed == {
        **made,
        "metadata": {"team": "pears"},
        "color": None,
        "updatedAt": "2026-01-31T08:01:00.000Z",
    }
    assert detail(server, made["id"])["project"] == changed
    for body in ({"name": ""}, {"id": "other"}, {"type": "local"}, {"metadata": None}):
        assert server.patch(f"{PATH}/{made['id']}", body).status_code == 400
    assert detail(server, made["id"])["project"] == changed


def test_a_project_without_anything_has_nothing(server: Server) -> None:
    made = project(server)

    assert detail(server, made["id"]) == {
        "project": made,
        "summary": {"environmentsCount": 0, "threadsCount": 0, "activeThreadsCount": 0},
        "environments": [],
        "recentThreads": [],
        "stats": {"threadCount": 0, "runCount": 0, "totalTokens": 0, "totalCost": 0},
    }


def test_a_project_is_told_with_the_computers_that_name_it_and_those_that_it_names(server: Server) -> None:
    named = computer(server, name="named")
    made = project(server, environmentIds=[named["id"], "env_that_is_not_there"])
    naming = computer(server, name="naming", projectId=made["id"])
    computer(server, name="neither")

    told = detail(server, made["id"])

    assert told["environments"] == [named, naming]
    assert told["summary"]["environmentsCount"] == 2


def test_a_project_is_told_with_the_ten_threads_changed_last(server: Server) -> None:
    made = project(server)
    threads = [thread(server, projectId=made["id"], title=str(number)) for number in range(11)]
    thread(server, title="of none")
    server.patch(f"/v1/threads/{threads[0]['id']}", {"title": "changed"}).raise_for_status()
    server.delete(f"/v1/threads/{threads[5]['id']}").raise_for_status()

    told = detail(server, made["id"])

    titles = [row["title"] for row in told["recentThreads"]]
    assert titles == ["changed", "10", "9", "8", "7", "6", "4", "3", "2", "1"]
    assert told["recentThreads"][0]["environmentName"] == "default"
    assert told["summary"]["threadsCount"] == told["stats"]["threadCount"] == 10


def test_a_project_is_told_with_what_its_threads_have_used(server: Server) -> None:
    made = project(server)
    threads = [thread(server, projectId=made["id"], content="Write hello.py") for _ in range(2)]

    told = detail(server, made["id"])

    assert told["stats"]["runCount"] == 2
    assert told["stats"]["totalTokens"] == sum(row["totalTokens"] for row in threads) > 0
    assert told["stats"]["totalCost"] == 0
    assert told["summary"]["activeThreadsCount"] == 0


def test_threads_that_run_are_counted_as_active(server: Server) -> None:
    made = project(server)
    thread_id = thread(server, projectId=made["id"])["id"]

    server.world.computer_agents.threads.update(thread_id, status="running")

    assert detail(server, made["id"])["summary"]["activeThreadsCount"] == 1


def test_threads_and_computers_of_a_deleted_project_stay_and_keep_its_id(server: Server) -> None:
    made = project(server)
    kept = thread(server, projectId=made["id"], environmentId=computer(server, projectId=made["id"])["id"])

    server.delete(f"{PATH}/{made['id']}").raise_for_status()

    assert names(server, "projects") == []
    for noun, row_id in (("thread", kept["id"]), ("environment", kept["environmentId"])):
        row = server.get(f"/v1/{noun}s/{row_id}").raise_for_status().json()[noun]
        assert row["projectId"] == made["id"]


def test_a_project_that_never_was_is_not_found(server: Server) -> None:
    path = f"{PATH}/project_x"

    for refused in (server.get(path), server.patch(path, {}), server.delete(path)):
        assert refused.status_code == 404
        assert refused.json() == {"error": "Not Found", "message": "Project project_x not found"}
