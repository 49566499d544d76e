"""What a check never does to what others have, however wrong the server or the document is that it is given."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from tests.conformance.broken.changes import without
from tests.conformance.broken.proxy import Told
from tests.conformance.checked import QUICK, Breakable, Check
from understudy.conformance.comparing.deployment import Address, Deployment
from understudy.conformance.comparing.traces import Traces

SEARCHES = ("POST /threads/search", "POST /assistants/search", "POST /runs/crons/search")
UNFILTERED = {
    **dict.fromkeys(SEARCHES, without("metadata")),
    "POST /store/items/search": without("namespace_prefix"),
}
"""Searches that leave out of account what they are to find."""
DELETE = "DELETE /threads/{thread_id}"


@pytest.fixture
def whose(deployment: Breakable) -> str:
    """A thread that is somebody's, among other things of theirs."""
    server = deployment.server
    thread: str = server.create_thread(metadata={"whose": "somebody's"})
    server.post("/assistants", {"graph_id": "agent", "metadata": {"whose": "somebody's"}}).raise_for_status()
    cron = {"assistant_id": "agent", "schedule": "0 0 29 2 *", "input": {}}
    server.post("/runs/crons", cron).raise_for_status()
    for label in ("somebody", "understudy-checklist"):
        server.put("/store/items", {"namespace": [label], "key": "k", "value": {}}).raise_for_status()
    return thread


# ------------------------------------------------------------------------------------------------------ what it removes


@pytest.mark.parametrize("options", [QUICK, ("--sweep",)])
@pytest.mark.usefixtures("whose")
def test_a_server_that_filters_nothing_loses_nothing(
    options: tuple[str, ...], deployment: Breakable, check: Check
) -> None:
    before = deployment.holds()
    deployment.proxy.break_with(UNFILTERED)

    told = check(deployment.url, *options)

    deployment.proxy.break_with({})
    assert told.status == 0
    assert deployment.holds() == before


@pytest.mark.usefixtures("whose")
def test_a_comparison_removes_nothing_of_a_server_that_filters_nothing(deployment: Breakable) -> None:
    before = deployment.holds()
    deployment.proxy.break_with(UNFILTERED)

    with closing(Deployment(Address(deployment.url))) as asked:
        left = Traces(asked, "1a").sweep()

    deployment.proxy.break_with({})
    assert left == []
    assert deployment.holds() == before


# ------------------------------------------------------------------------------------------------------ what it asks


@pytest.mark.usefixtures("whose")
def test_what_is_excluded_is_not_even_tried_as_a_wrong_method(deployment: Breakable, check: Check) -> None:
    before = deployment.holds()

    check(
        deployment.url,
        *("--read-only", "--contract", "observed", "--phases", "coverage", "--exclude-operation", DELETE),
        *("--include-path", "/threads/{thread_id}", "--include-path", "/threads/search"),
    )

    assert deployment.holds() == before


@pytest.mark.parametrize("options", [(), ("--read-only",)])
def test_what_an_own_document_does_not_tell_of_is_not_tried(
    options: tuple[str, ...], whose: str, document: Callable[[Any], str], deployment: Breakable, check: Check
) -> None:
    before = deployment.holds()
    named = {"name": "thread_id", "in": "path", "required": True, "schema": {"type": "string"}, "example": whose}
    reading = {"operationId": "read", "parameters": [named], "responses": {"200": {"description": "It is there."}}}
    spec = document({"/threads/{thread_id}": {"get": reading}})

    told = check(deployment.url, "--spec", spec, "--phases", "examples,coverage", *options)

    assert "1 of 1 operations" in told.err
    assert deployment.holds() == before


@pytest.mark.parametrize("operation", ["POST /threads/{thread_id}/runs", DELETE, "POST /threads/prune"])
def test_an_example_of_an_own_document_may_be_something_of_somebodys(
    operation: str, whose: str, document: Callable[[Any], str], deployment: Breakable, check: Check
) -> None:
    before = deployment.holds()
    method, path = operation.split()
    named = {"name": "thread_id", "in": "path", "required": True, "schema": {"type": "string"}, "example": whose}
    example = {"assistant_id": "agent", "thread_ids": [whose], "strategy": "delete"}
    told: Any = {"operationId": "it", "responses": {"200": {"description": "It is done."}}}
    if "{" in path:
        told["parameters"] = [named]
    if method == "POST":
        told["requestBody"] = {"content": {"application/json": {"schema": {"type": "object"}, "example": example}}}
    spec = document({path: {method.lower(): told}})

    check(deployment.url, "--spec", spec, "--phases", "examples,coverage", "--max-examples", "5")

    assert deployment.holds() == before


@pytest.mark.parametrize("options", [(), ("--include-path", "/threads/{id}", "--include-path", "/threads/search")])
@pytest.mark.usefixtures("whose")
def test_what_an_own_document_calls_otherwise_is_left_alone(
    options: tuple[str, ...], document: Callable[[Any], str], deployment: Breakable, check: Check
) -> None:
    before = deployment.holds()
    first = {"operationId": "end", "parameters": {"id": "$response.body#/0/thread_id"}}
    row = {"type": "object", "properties": {"thread_id": {"type": "string"}}}
    found = {
        "description": "What is there.",
        "content": {"application/json": {"schema": {"type": "array", "items": row}}},
        "links": {"end": first},
    }
    body = {"content": {"application/json": {"schema": {"type": "object", "maxProperties": 0}}}}
    named = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    ending = {"operationId": "end", "parameters": [named], "responses": {"204": {"description": "It is gone."}}}
    spec = document(
        {
            "/threads/search": {"post": {"operationId": "find", "requestBody": body, "responses": {"200": found}}},
            "/threads/{id}": {"delete": ending},
        }
    )

    check(deployment.url, "--spec", spec, "--phases", "stateful", *options)

    assert deployment.holds() == before


# ------------------------------------------------------------------------------------------------------ what it runs


async def refuses(asked: Any) -> Told:
    return Told(403, b'{"detail":"not yours"}')


@pytest.mark.parametrize("options", [(), ("--graph-id", "steps")])
def test_no_assistant_of_others_is_run(options: tuple[str, ...], deployment: Breakable, check: Check) -> None:
    ran = set[str]()

    async def takes_down(asked: Any) -> Told:
        told: Told = await asked.told()
        if told.ok:
            ran.add(str(asked.body["assistant_id"]))
        return told

    watched = {"POST /runs/wait": takes_down, "POST /runs": takes_down}
    deployment.break_with(watched if options else {**watched, "POST /assistants": refuses})

    check(
        deployment.url,
        *("--contract", "observed", "--phases", "examples,coverage", "--max-examples", "3", *options),
        *("--include-path", "/runs/wait", "--include-path", "/runs"),
    )

    theirs = {each["assistant_id"] for each in deployment.holds()["assistants"]}
    assert len(ran) == len(options[1:])
    assert not ran & {"agent", "steps", *theirs}


def test_runs_of_others_go_on_where_a_status_counts_more_than_a_thread(deployment: Breakable, check: Check) -> None:
    thread = deployment.server.create_thread()
    start = {"assistant_id": "agent", "input": {}, "after_seconds": 3600}
    run = deployment.server.post(f"/threads/{thread}/runs", start).raise_for_status().json()["run_id"]

    async def overlooks_the_thread(asked: Any) -> Told:
        given = asked.body
        if isinstance(given, dict) and given.get("status"):
            return await asked.told(body={"status": given["status"]})  # type: ignore[no-any-return]
        return await asked.told()  # type: ignore[no-any-return]

    deployment.proxy.break_with({"POST /runs/cancel": overlooks_the_thread})

    check(
        deployment.url,
        *("--contract", "observed", "--phases", "examples,coverage,fuzzing", "--include-path", "/runs/cancel"),
    )

    assert deployment.server.get(f"/threads/{thread}/runs/{run}").json()["status"] == "pending"
