"""What the SDK raises: refusals with status and details, failures that a fault asked for, and broken streams."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from computer_agents import ApiClientError, ComputerAgentsClient

from tests.conftest import Server
from understudy.config import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Ask = Callable[[ComputerAgentsClient], Any]

MISSING: dict[str, Ask] = {
    "threads.get": lambda client: client.threads.get("none"),
    "threads.update": lambda client: client.threads.update("none", title="Pruning"),
    "threads.delete": lambda client: client.threads.delete("none"),
    "threads.copy": lambda client: client.threads.copy("none"),
    "threads.fork_from_message": lambda client: client.threads.fork_from_message("none"),
    "threads.send_message": lambda client: client.threads.send_message("none", content="hello"),
    "threads.get_messages": lambda client: client.threads.get_messages("none"),
    "threads.list_steps": lambda client: client.threads.list_steps("none"),
    "threads.get_status": lambda client: client.threads.get_status("none"),
    "threads.cancel": lambda client: client.threads.cancel("none"),
    "environments.get": lambda client: client.environments.get("none"),
    "environments.update": lambda client: client.environments.update("none", name="Shed"),
    "environments.replace": lambda client: client.environments.replace("none", "Shed"),
    "environments.delete": lambda client: client.environments.delete("none"),
    "environments.set_default": lambda client: client.environments.set_default("none"),
    "environments.start": lambda client: client.environments.start("none"),
    "environments.stop": lambda client: client.environments.stop("none"),
    "environments.get_status": lambda client: client.environments.get_status("none"),
    "environments.list_snapshots": lambda client: client.environments.list_snapshots("none"),
    "environments.initialize_snapshots": lambda client: client.environments.initialize_snapshots("none"),
    "agents.get": lambda client: client.agents.get("none"),
    "agents.update": lambda client: client.agents.update("none", name="Almanac"),
    "agents.delete": lambda client: client.agents.delete("none"),
    "projects.get": lambda client: client.projects.get("none"),
    "projects.update": lambda client: client.projects.update("none", name="Orchard"),
    "projects.delete_by_id": lambda client: client.projects.delete_by_id("none"),
    "a thread on an agent": lambda client: client.threads.create(agent_id="none"),
    "a thread in a computer": lambda client: client.threads.create("none"),
    "a thread of a project": lambda client: client.threads.create(project_id="none"),
}
"""What asks for something that is not there."""

MISFITS: dict[str, tuple[str, Ask]] = {
    "a search for nothing": ("query", lambda client: client.threads.search("")),
    "a status that nobody sets": ("status", lambda client: client.threads.update(_new(client), status="running")),
    "a status that is none": ("status", lambda client: client.threads.list(status="asleep")),
    "a time that is none": ("createdAfter", lambda client: client.threads.list(created_after="noon")),
    "an order that is none": ("order", lambda client: client.threads.get_messages(_new(client), order="up")),
    "a cut below zero": ("truncateAtMessageIndex", lambda client: _cut(client, -1)),
    "a computer without a name": ("name", lambda client: client.environments.create("")),
    "an agent without a model": ("model", lambda client: client.agents.create("Almanac", "")),
    "an effort that is none": ("reasoningEffort", lambda client: client.agents.update("coder", reasoning_effort="x")),
    "a project without a name": ("name", lambda client: client.projects.create("")),
}
"""What does not fit, and the field in which."""


def _new(client: ComputerAgentsClient) -> str:
    return client.threads.create()["id"]


def _cut(client: ComputerAgentsClient, index: int) -> Any:
    return client.threads.fork_from_message(_new(client), truncate_at_message_index=index)


@pytest.fixture(scope="module")
def locked() -> Iterator[Server]:
    """A server that knows one key."""
    with closing(Server(Settings(apis=("computer-agents",), api_keys=("tb_right",)))) as server:
        yield server


def spoil(server: Server, **rule: Any) -> None:
    """Let the answers go wrong until the world ends."""
    server.post("/_understudy/faults", rule).raise_for_status()


@pytest.mark.parametrize("ask", MISSING.values(), ids=MISSING.keys())
def test_what_is_not_there_is_a_404_that_names_it(client: ComputerAgentsClient, ask: Ask) -> None:
    with pytest.raises(ApiClientError, match="none not found") as refused:
        ask(client)

    assert refused.value.status == 404


@pytest.mark.parametrize(
    "ask",
    [
        lambda client, thread: client.threads.fork_from_step(thread, "none"),
        lambda client, thread: client.threads.revert_to_step(thread, "none"),
        lambda client, thread: client.threads.get_step_diff(thread, "none"),
        lambda client, thread: client.threads.list_step_files(thread, "none"),
        lambda client, thread: client.threads.get_step_file(thread, "none", path="a"),
        lambda client, thread: client.threads.download_step_file(thread, "none", path="a"),
    ],
)
def test_a_step_that_is_not_there_is_a_404(client: ComputerAgentsClient, thread: Any, ask: Any) -> None:
    with pytest.raises(ApiClientError, match="none") as refused:
        ask(client, thread["id"])

    assert refused.value.status == 404


def test_a_snapshot_that_is_not_there_is_a_404(client: ComputerAgentsClient) -> None:
    shed = client.environments.create("Shed")["id"]

    with pytest.raises(ApiClientError, match="none") as refused:
        client.environments.fork_from_snapshot(shed, "none")

    assert refused.value.status == 404


@pytest.mark.parametrize(("field", "ask"), MISFITS.values(), ids=MISFITS.keys())
def test_what_does_not_fit_is_a_400_that_names_the_field(client: ComputerAgentsClient, field: str, ask: Ask) -> None:
    with pytest.raises(ApiClientError) as refused:
        ask(client)

    details: Any = refused.value.details
    assert (refused.value.status, refused.value.code) == (400, "VALIDATION_FAILED")
    assert [detail["field"] for detail in details] == [field]


def test_a_key_that_is_not_known_is_a_401(locked: Server) -> None:
    with ComputerAgentsClient("tb_wrong", base_url=locked.url) as client, pytest.raises(ApiClientError) as refused:
        client.threads.list()

    assert refused.value.status == 401


def test_the_key_that_is_known_opens(locked: Server) -> None:
    with ComputerAgentsClient("tb_right", base_url=locked.url) as client:
        assert client.threads.list()["data"] == []


def test_the_address_may_end_with_the_version(server: Server) -> None:
    with ComputerAgentsClient("tb_test", base_url=f"{server.url}/v1") as client:
        assert client.health()["status"] == "healthy"


@pytest.mark.parametrize("status", [402, 403, 429, 500, 503])
def test_a_fault_is_raised_with_its_status(server: Server, client: ComputerAgentsClient, status: int) -> None:
    thread = client.threads.create()["id"]
    spoil(server, kind="status", status=status)

    with pytest.raises(ApiClientError) as plain:
        client.threads.get(thread)
    with pytest.raises(ApiClientError) as streamed:
        client.threads.send_message(thread, content="hello")

    assert plain.value.status == streamed.value.status == status


def test_an_empty_budget_has_a_code(server: Server, client: ComputerAgentsClient) -> None:
    thread = client.threads.create()["id"]
    spoil(server, kind="status", status=402)

    with pytest.raises(ApiClientError) as refused:
        client.threads.send_message(thread, content="hello")

    assert refused.value.code == "INSUFFICIENT_BUDGET"


def test_an_error_in_the_stream_is_raised(client: ComputerAgentsClient) -> None:
    thread = client.threads.create(agent_id="coder")

    with pytest.raises(Exception, match="disk") as failed:
        client.run("leave", thread["environmentId"], thread_id=thread["id"])

    assert type(failed.value) is Exception


def test_a_resource_that_is_not_served_is_a_404(client: ComputerAgentsClient) -> None:
    with pytest.raises(ApiClientError) as refused:
        client.schedules.list()

    assert refused.value.status == 404
