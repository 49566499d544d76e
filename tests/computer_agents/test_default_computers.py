"""The computer that threads work in which name none, over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.computer_agents.making import computer, names, thread

if TYPE_CHECKING:
    from tests.conftest import Server

PATH = "/v1/environments"


def get(server: Server, environment: dict[str, Any]) -> dict[str, Any]:
    answer = server.get(f"{PATH}/{environment['id']}").raise_for_status()
    return dict(answer.json()["environment"])


def test_there_is_one_default_computer_at_most(server: Server) -> None:
    first, second = computer(server, isDefault=True), computer(server)
    assert server.get(f"{PATH}/default").json()["id"] == first["id"]

    answer = server.post(f"{PATH}/{second['id']}/set-default", {})

    assert answer.json()["environment"]["isDefault"]
    assert not get(server, first)["isDefault"]
    third = computer(server, isDefault=True)
    assert not get(server, second)["isDefault"]
    server.patch(f"{PATH}/{first['id']}", {"isDefault": True}).raise_for_status()
    assert not get(server, third)["isDefault"]
    assert server.get(f"{PATH}/default").json()["environment"] == get(server, first)


def test_a_default_computer_is_made_where_there_is_none(server: Server) -> None:
    computer(server)

    answer = server.get(f"{PATH}/default").json()

    made = answer.pop("environment")
    assert answer == made
    assert (made["name"], made["isDefault"]) == ("default", True)
    assert names(server, "environments") == ["Sandbox", "default"]
    assert server.get(f"{PATH}/default").json()["id"] == made["id"]
    server.delete(f"{PATH}/{made['id']}").raise_for_status()
    assert server.get(f"{PATH}/default").json()["id"] != made["id"]


def test_the_default_computer_is_where_threads_work_that_name_none(server: Server) -> None:
    chosen = computer(server, isDefault=True)

    assert thread(server)["environmentId"] == chosen["id"]
    server.delete(f"/v1/environments/{chosen['id']}").raise_for_status()
    assert thread(server)["environmentName"] == "default"
    assert names(server, "environments") == ["default"]
