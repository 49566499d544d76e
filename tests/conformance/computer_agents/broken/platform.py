"""What goes wrong with computers, agents and projects, and with what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.conformance.broken.changes import asks, without_query
from tests.conformance.broken.fault import Fault
from tests.conformance.computer_agents.broken.changes import does_nothing, rows, telling
from understudy.conformance.computer_agents.places import SET_DEFAULT
from understudy.conformance.laws.computer_agents import agents, computers
from understudy.conformance.laws.computer_agents.platform import (
    COPY,
    GET,
    GET_COMPUTER,
    LIST_COMPUTERS,
    NEW_COMPUTER,
    PATCH_COMPUTER,
    PUT_COMPUTER,
    SEARCH,
)

if TYPE_CHECKING:
    from tests.conformance.broken.proxy import Asked, Told


async def tells_secrets(asked: Asked) -> Told:
    told = await asked.told()
    given = (asked.body or {}).get("secrets") or []
    return told.saying({"environment": {**told.body["environment"], "secrets": given}}) if told.ok else told


async def reads_instead(asked: Asked) -> Told:
    told = await asked.told(operation=GET_COMPUTER, body=None)
    return told.saying({"environment": {**told.body["environment"], "isDefault": True}}) if told.ok else told


async def merges_instead(asked: Asked) -> Told:
    return await asked.told(operation=PATCH_COMPUTER)


async def takes_what_is_taken(asked: Asked) -> Told:
    told = await asked.told()
    if told.status != 409:
        return told
    return told.saying(await asked.ask(agents.GET_AGENT, agentId=asked.body["id"]), status=201)


async def says_it_otherwise(asked: Asked) -> Told:
    told = await asked.told()
    return told.saying({"detail": "not found"}) if told.status == 404 else told


def nowhere_is_here(body: Any) -> Any:
    target = (body or {}).get("targetEnvironmentId", "")
    return {"environmentTarget": "existing_environment"} if "Nobody" in target else body


FAULTS = (
    Fault(
        "patch-drops-the-description",
        "Whatever is changed of a computer, its description is gone.",
        "computer-reads-back",
        {PATCH_COMPUTER: asks(lambda body: {**body, "description": "", "setupScripts": ["true"]})},
    ),
    Fault(
        "put-merges",
        "Who configures a computer anew changes it.",
        "computer-is-replaced",
        {PUT_COMPUTER: merges_instead},
    ),
    Fault("tells-secrets", "A new computer tells its secrets.", "secrets-are-kept", {NEW_COMPUTER: tells_secrets}),
    Fault(
        "all-projects",
        "The list of a project's computers has all.",
        "computers-of-a-project",
        {LIST_COMPUTERS: without_query("projectId")},
    ),
    Fault(
        "never-runs",
        "No computer is said to run.",
        "computer-runs-as-told",
        {computers.STATUS: telling(status="stopped")},
    ),
    Fault(
        "two-defaults",
        "Every computer is the default one.",
        "default-is-told",
        {LIST_COMPUTERS: rows(lambda data: [{**data[0], "id": "env_x"}, *data])},
    ),
    Fault("default-stays", "The default computer cannot be moved.", "default-moves", {SET_DEFAULT: reads_instead}),
    Fault(
        "update-drops-skills",
        "Whatever is changed of an agent, its skills are others.",
        "agent-reads-back",
        {agents.UPDATE_AGENT: asks(lambda body: {**body, "enabledSkills": ["none"]})},
    ),
    Fault(
        "metadata-are-merged",
        "New metadata of an agent leave some of what was there.",
        "metadata-are-replaced",
        {agents.UPDATE_AGENT: asks(lambda body: {**body, "metadata": {**body["metadata"], "before": True}})},
    ),
    Fault(
        "agent-stays",
        "A deleted agent can still be read.",
        "deleted-agent-is-gone",
        {agents.DELETE_AGENT: does_nothing(deleted=True)},
    ),
    Fault(
        "id-is-shared",
        "Who takes an id that is taken gets what has it.",
        "taken-id-is-a-conflict",
        {agents.NEW_AGENT: takes_what_is_taken},
    ),
    Fault(
        "update-drops-tags",
        "Whatever is changed of a project, its tags are others.",
        "project-reads-back",
        {agents.UPDATE_PROJECT: asks(lambda body: {**body, "tags": ["none"]})},
    ),
    Fault(
        "project-stays",
        "A deleted project can still be read.",
        "deleted-project-is-gone",
        {agents.DELETE_PROJECT: does_nothing(deleted=True)},
    ),
    Fault("other-words", "What is missing is told in other words.", "missing-is-404", {GET: says_it_otherwise}),
    Fault(
        "nowhere-is-here",
        "A copy into an unknown computer stays.",
        "unknown-target-is-404",
        {COPY: asks(nowhere_is_here)},
    ),
    Fault(
        "search-for-nothing",
        "A search for nothing finds something.",
        "mistakes-are-told",
        {SEARCH: asks(lambda body: {"query": "x", **body})},
    ),
)
