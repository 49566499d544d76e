"""Copies and forks: new threads that begin with the messages of another one, in its computer or in another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from understudy.state.computer_agents import files

if TYPE_CHECKING:
    from collections.abc import Mapping

    from understudy.state.computer_agents.files import File, Tree
    from understudy.state.computer_agents.platform import ComputerAgents
    from understudy.wire import JsonObject

FileCopyMode = Literal["all", "thread_only", "none"]

_INHERITED = (
    "userId",
    "organizationId",
    "createdByUserId",
    "projectId",
    "agentId",
    "task",
    "appId",
    "contextId",
    "contextName",
    "metadata",
    "attachments",
    "teamExecution",
    "subagentActivity",
)
"""What a copy has of its source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewComputer:
    """A computer that is to be made from that of the source. Without a name it has that of the source's, and `Fork`.

    With `tree` it has the files that are told, which were those after the step `step_id`. `mode` is what is told of how
    the fork came to it; left out, it is `historical` if a cut leaves messages out, else `latest`.
    """

    name: str | None = None
    mode: Literal["historical", "latest"] | None = None
    tree: Tree | None = None
    step_id: str | None = None


@dataclass(frozen=True, slots=True)
class SameComputer:
    """A computer that is there: that of the source if none is named."""

    id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fork:
    """What a fork is to be: how many messages it begins with (None: all), its title, its computer, and the files there.

    Without a title it has that of its source, and `Copy`.
    """

    kept: int | None = None
    title: str | None = None
    computer: NewComputer | SameComputer = SameComputer()
    files: FileCopyMode = "none"


def fork(world: ComputerAgents, thread_id: str, wanted: Fork) -> JsonObject:
    """Return what the API tells of a new thread that is made from another one, which stays as it is.

    NotFound if there is no such thread, or no such computer.
    """
    source = world.threads.get(thread_id)
    messages = world.messages.of(thread_id)
    kept = len(messages) if wanted.kept is None else min(wanted.kept, len(messages))
    snapshot_id = None
    if isinstance(wanted.computer, NewComputer):
        environment_id = world.environments.fork(source["environmentId"], name=wanted.computer.name)["id"]
        snapshot_id = _furnish(world, source, environment_id, kept, wanted)
        mode: str = wanted.computer.mode or ("historical" if kept < len(messages) else "latest")
    else:
        environment_id = wanted.computer.id or source["environmentId"]
        same = environment_id == source["environmentId"]
        mode = "current_environment" if same else "existing_environment"
        if not same:
            world.environments.get(environment_id)
            if wanted.files == "thread_only":
                _bring(world, source, environment_id, kept)
    inherited = {name: source[name] for name in _INHERITED if name in source}
    title = f"{source['title']} Copy".lstrip() if wanted.title is None else wanted.title
    changes = {"title": title, "environmentId": environment_id, "status": "completed"}
    row = world.threads.create({**inherited, **changes})
    copied = world.messages.copy(thread_id, kept, row["id"])
    return {
        "thread": world.threads.shown(row),
        "environmentId": environment_id,
        "environmentName": world.environments.name_of(environment_id),
        "snapshotId": snapshot_id,
        "messagesCopied": copied,
        "forkMode": mode,
    }


def _furnish(world: ComputerAgents, source: JsonObject, environment_id: str, kept: int, wanted: Fork) -> str | None:
    """Give a new computer its files, and return the id of the snapshot with them; None if it is to have none."""
    assert isinstance(wanted.computer, NewComputer)
    if wanted.files == "none":
        return None
    if wanted.computer.tree is not None:
        tree = wanted.computer.tree
    elif wanted.files == "all":
        tree = world.snapshots.files_now(source["environmentId"])
    else:
        tree = _with(files.EMPTY, changed(world, source["id"], kept))
    taken = world.snapshots.take(environment_id, tree, thread_id=source["id"], step_id=wanted.computer.step_id)
    return str(taken["id"])


def _bring(world: ComputerAgents, source: JsonObject, environment_id: str, kept: int) -> None:
    """Put what a thread changed over the files of a computer that is there."""
    brought = changed(world, source["id"], kept)
    if brought:
        tree = _with(world.snapshots.files_now(environment_id), brought)
        world.snapshots.take(environment_id, tree, thread_id=source["id"])


def changed(world: ComputerAgents, thread_id: str, kept: int) -> Mapping[str, File | None]:
    """Return the files that a thread changed before a cut, as they were after the last step that did; None if removed.

    The steps before a cut are those before the first that was done for a message behind it.
    """
    behind = {row["id"] for row in world.messages.of(thread_id)[kept:]}
    found: dict[str, File | None] = {}
    for step in world.steps.of(thread_id):
        if step["sourceMessageId"] in behind:
            break
        before = world.snapshots.files(step["snapshotBeforeId"])
        after = world.snapshots.files(step["snapshotAfterId"])
        found |= {path: after.get(path) for path in files.change(before, after).paths}
    return found


def _with(tree: Tree, brought: Mapping[str, File | None]) -> Tree:
    return {path: file for path, file in {**tree, **brought}.items() if file is not None}
