"""What a check never does to what others have, however wrong the server or the document is that it is given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.broken.proxy import Told
from tests.conformance.checked import Check
from tests.conformance.computer_agents.serving import Platform
from understudy.conformance.laws.computer_agents.platform import COPY, CREATE, DELETE, EXECUTE, NEW_COMPUTER

LOOK = "GET /v1/environments/{environmentId}"

OBSERVED = ("--contract", "observed", "--max-examples", "2")


@pytest.fixture
def whose(platform: Platform) -> str:
    """A thread that is somebody's, in their default computer, among other things of theirs."""
    place = platform.make("environments", name="Theirs", isDefault=True)
    project = platform.make("projects", name="understudy-checklist", type="cloud", id="orchard")
    platform.make("environments", name="understudy-check-list", projectId=project["id"])
    platform.make("agents", name="Theirs", model="claude-sonnet-4-5", id="0", metadata={"made_by": "somebody"})
    thread = platform.make("threads", title="Theirs", metadata={"made_by": "somebody"}, projectId=project["id"])
    assert thread["environmentId"] == place["id"]
    platform.server.post(f"/v1/threads/{thread['id']}/messages", {"content": "hello"}).raise_for_status()
    return str(thread["id"])


# --------------------------------------------------------------------------------------------------- a correct server


@pytest.mark.usefixtures("whose")
def test_what_others_have_is_as_it_was_and_their_default_stays_the_default(platform: Platform, check: Check) -> None:
    before = platform.holds()

    told = check(platform.url, "--contract", "observed", "--phases", "coverage,laws", "--max-examples", "1")

    assert told.status == 0, told.out
    assert platform.holds() == before


def test_a_check_that_reads_only_makes_not_even_the_default_computer(platform: Platform, check: Check) -> None:
    told = check(platform.url, *OBSERVED, "--read-only", "--phases", "examples,coverage")

    assert told.status == 0, told.out
    assert platform.holds()["environments"] == []


def test_a_deployment_without_a_default_computer_has_none_afterwards(platform: Platform, check: Check) -> None:
    told = check(platform.url, *OBSERVED, "--phases", "coverage,laws", "--include-path", "/v1/environments/default")

    assert told.status == 0, told.out
    assert platform.holds()["environments"] == []


def test_keys_of_requests_are_nobody_elses(platform: Platform, check: Check) -> None:
    keys = set[str]()

    async def takes_down(asked: Any) -> Told:
        keys.add(asked.headers.get("idempotency-key", ""))
        return await asked.told()  # type: ignore[no-any-return]

    platform.break_with({CREATE: takes_down, EXECUTE: takes_down})
    options = ("--include-operation", "create_thread", "--include-operation", "execute_message")
    check(platform.url, "--contract", "observed", "--phases", "examples,fuzzing", *options)

    assert len(keys) > 2
    assert all(key.startswith("understudy-check-") for key in keys if key)


# ----------------------------------------------------------------------------------------------------- broken servers


@pytest.mark.parametrize("operation", [CREATE, COPY])
def test_what_a_server_says_was_made_is_removed_only_if_it_is_marked(
    operation: str, whose: str, platform: Platform, check: Check
) -> None:
    before = platform.holds()
    [theirs] = [row for row in before["environments"] if row["name"] == "Theirs"]

    async def tells_of_theirs(asked: Any) -> Told:
        told: Told = await asked.told()
        if not told.ok or not told.content.startswith(b"{"):
            return told
        fork = {"environmentId": theirs["id"], "environmentName": theirs["name"]} if operation == COPY else {}
        return told.saying({**told.body, **fork, "thread": before["threads"][0]})

    platform.proxy.break_with({operation: tells_of_theirs})
    check(platform.url, *OBSERVED, "--phases", "examples,coverage", "--include-operation", operation)

    platform.proxy.break_with({})
    assert platform.holds()["threads"] == before["threads"]
    assert theirs in platform.holds()["environments"]


@pytest.mark.usefixtures("whose")
def test_a_server_that_takes_what_is_wrong_for_what_is_meant_keeps_its_default(
    platform: Platform, check: Check
) -> None:
    before = platform.holds()

    async def takes_anything(asked: Any) -> Told:
        given = asked.body
        if isinstance(given, dict) and given.get("isDefault"):
            return await asked.told(body={"name": "x", "isDefault": True})  # type: ignore[no-any-return]
        return await asked.told()  # type: ignore[no-any-return]

    platform.proxy.break_with({NEW_COMPUTER: takes_anything})
    check(platform.url, *OBSERVED, "--phases", "coverage,fuzzing", "--include-operation", "create_environment")

    platform.proxy.break_with({})
    assert platform.holds() == before


# -------------------------------------------------------------------------------------------------- documents of others


def named(parameter: str, example: str) -> dict[str, Any]:
    return {"name": parameter, "in": "path", "required": True, "schema": {"type": "string"}, "example": example}


@pytest.mark.parametrize("operation", [DELETE, COPY, EXECUTE])
def test_an_example_of_an_own_document_may_be_something_of_somebodys(
    operation: str, whose: str, document: Callable[[Any], str], platform: Platform, check: Check
) -> None:
    before = platform.holds()
    method, path = operation.split()
    example = {"content": "hello", "targetEnvironmentId": before["environments"][0]["id"]}
    told: Any = {"operationId": "it", "responses": {"200": {"description": "It is done."}}}
    told["parameters"] = [named("threadId", whose)]
    if method == "POST":
        told["requestBody"] = {"content": {"application/json": {"schema": {"type": "object"}, "example": example}}}
    spec = document({path: {method.lower(): told}})

    check(platform.url, "--spec", spec, "--phases", "examples,coverage", "--max-examples", "5")

    assert platform.holds() == before


def test_what_an_own_document_calls_otherwise_is_left_alone(
    whose: str, document: Callable[[Any], str], platform: Platform, check: Check
) -> None:
    before = platform.holds()
    ending = {"operationId": "end", "parameters": [named("id", whose)], "responses": {"200": {"description": "Gone."}}}
    spec = document({"/v1/threads/{id}": {"delete": ending}})

    told = check(
        platform.url, "--spec", spec, "--phases", "examples,coverage,fuzzing", "--include-path", "/v1/threads/{id}"
    )

    assert "1 of 1 operations" in told.err
    assert platform.holds() == before


@pytest.mark.usefixtures("whose")
def test_an_id_that_is_empty_asks_for_no_list(document: Callable[[Any], str], platform: Platform, check: Check) -> None:
    asked: list[Any] = []

    async def takes_down(asking: Any) -> Told:
        asked.append(asking.path["environmentId"])
        return await asking.told()  # type: ignore[no-any-return]

    platform.break_with({LOOK: takes_down})
    answers = {"200": {"description": "What it is."}}
    look = {"operationId": "look", "parameters": [named("environmentId", "")], "responses": answers}
    spec = document({"/v1/environments/{environmentId}": {"get": look}})

    check(platform.url, "--spec", spec, "--phases", "examples", "--include-operation", "look")

    assert asked
    assert all(asked)


# ------------------------------------------------------------------------------------------------------- sweeping


@pytest.mark.usefixtures("whose")
def test_a_sweep_removes_what_checks_have_left_and_nothing_else(platform: Platform, check: Check) -> None:
    before = platform.holds()
    mark = {"made_by": "understudy check", "understudy_check": "0a1b2c3d4e5f"}
    place = platform.make("environments", name="understudy-check-0a1b2c3d4e5f Fork")
    platform.make("threads", environmentId=place["id"], metadata=mark)
    platform.make("agents", name="it", model="claude-sonnet-4-5", metadata=mark)
    platform.make("projects", name="understudy-check-0a1b2c3d4e5f", type="cloud")

    told = check(platform.url, "--sweep")

    assert told.status == 0
    assert told.out == f"removed from {platform.url}: 1 threads, 1 environments, 1 agents, 1 projects\n"
    assert platform.holds() == before
