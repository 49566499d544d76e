"""Steps: what an agent did, with the files of its computer at each; fork and put back from there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.errors import NotFound
from understudy.exchange import Answer
from understudy.state.clock import brief_timestamp
from understudy.state.computer_agents import files as trees
from understudy.state.computer_agents.forks import Fork, NewComputer
from understudy.state.computer_agents.forks import fork as make_fork

from .pages import page

if TYPE_CHECKING:
    from understudy.state.computer_agents.files import File
    from understudy.state.computer_agents.platform import ComputerAgents
    from understudy.state.world import World
    from understudy.wire import JsonObject

_TOLD_OF_A_REVERT = ("historyActionType", "revertedChangeStepId", "revertedFilePath", "revertedFileName")


async def find(world: World, thread_id: str, limit: int, offset: int) -> JsonObject:
    """Return a page of the steps of a thread."""
    platform = world.computer_agents
    platform.threads.get(thread_id)
    return {"object": "list", "data": page(platform.steps.of(thread_id), offset=offset, limit=limit)}


async def fork(world: World, thread_id: str, step_id: str, body: JsonObject) -> JsonObject:
    """Make a thread with the messages up to a step, in a new computer that is as it was then, or as it is now."""
    platform = world.computer_agents
    step = _step(platform, thread_id, step_id)
    name, mode = body.get("environmentName") or None, body.get("mode", "historical")
    computer = NewComputer(name=name, mode=mode)
    if mode == "historical":
        tree = platform.snapshots.files(step["snapshotAfterId"])
        computer = NewComputer(name=name, mode=mode, tree=tree, step_id=step_id)
    kept = _messages_up_to(platform, thread_id, step)
    return make_fork(platform, thread_id, Fork(kept=kept, title=body.get("title"), computer=computer, files="all"))


async def revert(world: World, thread_id: str, step_id: str, body: JsonObject | None) -> JsonObject:
    """Give the computer of a thread the files, or one file, that it had after a step."""
    platform, given = world.computer_agents, body or {}
    step = _step(platform, thread_id, step_id)
    environment_id = platform.threads.get(thread_id)["environmentId"]
    before = platform.snapshots.newest(environment_id)
    tree = platform.snapshots.files(step["snapshotAfterId"])
    path = given.get("revertedFilePath")
    if path:
        name, now = trees.normal(path), brief_timestamp(world.clock.now())
        # Where it was no file, but a folder, the files in that are put back.
        then = {inner: file.content for inner, file in tree.items() if inner == name or inner.startswith(f"{name}/")}
        tree = trees.written(platform.snapshots.files(before), {name: None, **then}, now)
    new_id = platform.steps.new_id()
    snapshot = platform.snapshots.take(environment_id, tree, thread_id=thread_id, step_id=new_id)
    told = {name: given[name] for name in _TOLD_OF_A_REVERT if name in given}
    platform.steps.add(
        thread_id,
        environment_id,
        "system",
        f"Files put back to step {step['sequence']}",
        step_id=new_id,
        event="computer.reverted",
        before=before,
        after=snapshot["id"],
        metadata={"historyActionType": "revert", **told, "revertedToStepId": step_id},
    )
    return {
        "thread": platform.threads.shown(platform.threads.update(thread_id)),
        "environmentId": environment_id,
        "snapshotId": snapshot["id"],
        "revertStepId": new_id,
        "revertedToStepId": step_id,
        "revertedChangeStepId": given.get("revertedChangeStepId"),
    }


async def diff(world: World, thread_id: str, step_id: str, path: str | None) -> JsonObject:
    """Return what a step changed, in all files or in one."""
    platform = world.computer_agents
    step = _step(platform, thread_id, step_id)
    before, after = step["snapshotBeforeId"], step["snapshotAfterId"]
    change = trees.change(platform.snapshots.files(before), platform.snapshots.files(after), path)
    return {
        "threadId": thread_id,
        "stepId": step_id,
        "sequence": step["sequence"],
        "snapshotBeforeId": before,
        "snapshotAfterId": after,
        "fromCommitSha": platform.snapshots.commit(before),
        "toCommitSha": platform.snapshots.commit(after),
        "path": path,
        "diff": change.diff,
        "changedPaths": list(change.paths),
        "additions": change.additions,
        "deletions": change.deletions,
    }


async def files(world: World, thread_id: str, step_id: str, prefix: str | None) -> JsonObject:
    """Return what a folder had in it after a step."""
    platform = world.computer_agents
    step = _step(platform, thread_id, step_id)
    return {
        "object": "list",
        "threadId": thread_id,
        "stepId": step_id,
        "snapshotId": step["snapshotAfterId"],
        "prefix": prefix,
        "data": trees.listing(platform.snapshots.files(step["snapshotAfterId"]), prefix),
    }


async def file(world: World, thread_id: str, step_id: str, path: str) -> JsonObject:
    """Return a file as it was after a step."""
    step = _step(world.computer_agents, thread_id, step_id)
    found = _file(world.computer_agents, step, path)
    return {"path": path, "snapshotId": step["snapshotAfterId"], "stepId": step_id, "content": found.content}


async def download(world: World, thread_id: str, step_id: str, path: str) -> Answer:
    """Return the bytes of a file as it was after a step."""
    found = _file(world.computer_agents, _step(world.computer_agents, thread_id, step_id), path)
    return Answer(found.content.encode(), media_type="application/octet-stream")


def _step(platform: ComputerAgents, thread_id: str, step_id: str) -> JsonObject:
    platform.threads.get(thread_id)
    return platform.steps.get(thread_id, step_id)


def _file(platform: ComputerAgents, step: JsonObject, path: str) -> File:
    tree = platform.snapshots.files(step["snapshotAfterId"])
    found = tree.get(trees.normal(path))
    if found is None:
        raise NotFound(f"File {path} not found")
    return found


def _messages_up_to(platform: ComputerAgents, thread_id: str, step: JsonObject) -> int:
    """Return how many messages of a thread there are up to that of a step; else those not younger than the step."""
    messages = platform.messages.of(thread_id)
    for at, message in enumerate(messages):
        if message["id"] == step["sourceMessageId"]:
            return at + 1
    return sum(message["createdAt"] <= step["createdAt"] for message in messages)
