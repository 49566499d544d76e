"""Snapshots between a scenario and a world: rows filled in and checked, with the files that each holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from understudy.errors import did_you_mean
from understudy.paths import quoted
from understudy.scenarios.computer_agents.rows import is_whole, own_ids, timed
from understudy.state.computer_agents import files
from understudy.state.computer_agents.files import File

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from understudy.paths import Path
    from understudy.scenarios.computer_agents.known import Known
    from understudy.scenarios.references import Complain
    from understudy.state.computer_agents.files import Tree
    from understudy.wire import Json, JsonObject


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The complete row of a snapshot, and its files."""

    row: JsonObject
    tree: Tree


def complete(
    rows: Iterable[JsonObject], computer: JsonObject, path: Path, known: Known, complain: Complain
) -> list[Snapshot]:
    """Return the snapshots of a computer, oldest first, with everything that was left out.

    What is made up is the same every time for the same computer.
    """
    ids = own_ids(computer["id"])
    taken: list[Snapshot] = []
    for at, told in enumerate(rows):
        place = (*path, at) if path[-1] == "snapshots" else path
        row = timed({name: value for name, value in told.items() if name != "files"}, place, complain)
        if row.get("environmentId", computer["id"]) != computer["id"]:
            complain((*place, "environmentId"), f"not that of the computer, {computer['id']}")
        before = taken[-1] if taken else None
        row.setdefault("createdAt", before.row["createdAt"] if before else computer["createdAt"])
        tree = _tree(told.get("files", {}), before, row["createdAt"], (*place, "files"), complain)
        if not is_whole("Snapshot", told):
            known.refer("thread", row.get("sourceThreadId"), (*place, "sourceThreadId"))
            known.refer("step", row.get("sourceStepId"), (*place, "sourceStepId"))
            parent = _parent(row, taken, place, complain)
            row = _filled_in({"id": ids.named("snapshot"), **row}, computer["id"], tree, parent)
        taken.append(Snapshot(row, tree))
    return taken


def told_files(tree: Tree, before: Tree, created_at: str) -> JsonObject:
    """Return files as a scenario tells them: of what is new in a snapshot that was taken then, the text is enough."""
    return {
        path: file.content
        if file.modified == _modified(path, file.content, before, created_at)
        else {"content": file.content, "lastModified": file.modified}
        for path, file in tree.items()
    }


def _parent(row: JsonObject, taken: Sequence[Snapshot], path: Path, complain: Complain) -> Snapshot | None:
    """Return the snapshot that one was compared with: the one before, unless it names another; None for the first."""
    if "parentSnapshotId" not in row:
        return taken[-1] if taken else None
    wanted = row["parentSnapshotId"]
    earlier = {one.row["id"]: one for one in taken}
    if wanted is not None and wanted not in earlier:
        hint = did_you_mean(wanted, earlier)
        complain((*path, "parentSnapshotId"), f"no earlier snapshot {quoted(wanted)} of this computer.{hint}")
    return earlier.get(wanted)


def _filled_in(row: JsonObject, environment_id: str, tree: Tree, parent: Snapshot | None) -> JsonObject:
    """Return a whole row; what changed is what differs from its parent."""
    change = files.change(parent.tree if parent else files.EMPTY, tree)
    return {
        "id": row["id"],
        "environmentId": environment_id,
        "sourceThreadId": None,
        "sourceStepId": None,
        "parentSnapshotId": parent.row["id"] if parent else None,
        "ledgerCommitSha": files.commit(tree),
        "changedPaths": list(change.paths),
        "additions": change.additions,
        "deletions": change.deletions,
        "metadata": None,
        **row,
    }


def _tree(told: Mapping[str, Json], before: Snapshot | None, created_at: str, path: Path, complain: Complain) -> Tree:
    tree: dict[str, File] = {}
    for name, given in told.items():
        place, normal = (*path, name), files.normal(name)
        if not normal:
            complain(place, f"{quoted(name)} is no path of a file, like src/hello.py")
        elif normal in tree:
            complain(place, f"the file {normal} is there twice")
        file = timed({"content": given} if isinstance(given, str) else given, place, complain)
        modified = _modified(normal, file["content"], before.tree if before else files.EMPTY, created_at)
        tree[normal] = File(file["content"], file.get("lastModified", modified))
    return tree


def _modified(path: str, content: str, before: Tree, created_at: str) -> str:
    """Return when a file was written, if nothing is said of it."""
    old = before.get(path)
    return old.modified if old is not None and old.content == content else created_at
