"""Snapshots: the files of each computer at several times; the last ones are those it has now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.errors import NotFound
from understudy.state.clock import brief_timestamp
from understudy.state.computer_agents import files
from understudy.state.tables import Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from understudy.state.clock import Clock
    from understudy.state.computer_agents.files import Tree
    from understudy.state.ids import Ids
    from understudy.wire import JsonObject


class Snapshots:
    """The snapshots of a world, each with its files. Rows are what the API answers.

    A computer without any has no files. Those of a computer that is deleted stay, as steps tell of them.
    """

    def __init__(self, *, clock: Clock, ids: Ids) -> None:
        self._clock = clock
        self._ids = ids
        self._table = Table("id", indexed=("environmentId",), created="createdAt", changed="createdAt")
        self._trees: dict[str, Tree] = {}
        self._newest: dict[str, str] = {}

    def adopt(self, other: Snapshots) -> None:
        """Hold the snapshots that another world has."""
        self._table.adopt(other._table)
        self._trees = other._trees.copy()
        self._newest = other._newest.copy()

    def __iter__(self) -> Iterator[JsonObject]:
        """Yield all rows, each after the one that it was compared with."""
        return iter(list(self._table))

    def find(self, environment_id: str) -> list[JsonObject]:
        """Return the snapshots of a computer, the newest first."""
        return self._table.find(columns={"environmentId": environment_id}, sort_by="createdAt").rows

    def get(self, environment_id: str, snapshot_id: str) -> JsonObject:
        """Return a snapshot's row. NotFound if this computer has none such."""
        row = self._table.get(snapshot_id)
        if row is None or row["environmentId"] != environment_id:
            raise NotFound(f"Snapshot {snapshot_id} not found")
        return row

    def commit(self, snapshot_id: str | None) -> str | None:
        """Return what the files of a snapshot are known by; None where there is no snapshot."""
        row = None if snapshot_id is None else self._table.get(snapshot_id)
        return None if row is None else str(row["ledgerCommitSha"])

    def newest(self, environment_id: str) -> str | None:
        """Return the id of the snapshot with the files that a computer has now; None if it has none."""
        return self._newest.get(environment_id)

    def files(self, snapshot_id: str | None) -> Tree:
        """Return the files of a snapshot; none where there is no snapshot."""
        return files.EMPTY if snapshot_id is None else self._trees.get(snapshot_id, files.EMPTY)

    def files_now(self, environment_id: str) -> Tree:
        """Return the files that a computer has now."""
        return self.files(self.newest(environment_id))

    def take(
        self, environment_id: str, tree: Tree, *, thread_id: str | None = None, step_id: str | None = None
    ) -> JsonObject:
        """Return the row of a new snapshot: these are the files that the computer has from now on.

        It is compared with the one before. The thread and the step are those that it comes from.
        """
        parent = self.newest(environment_id)
        change = files.change(self.files(parent), tree)
        row: JsonObject = {
            "id": self._ids.named("snapshot"),
            "environmentId": environment_id,
            "sourceThreadId": thread_id,
            "sourceStepId": step_id,
            "parentSnapshotId": parent,
            "ledgerCommitSha": files.commit(tree),
            "changedPaths": list(change.paths),
            "additions": change.additions,
            "deletions": change.deletions,
            "metadata": None,
            "createdAt": brief_timestamp(self._clock.now()),
        }
        self.restore(row, tree)
        return row

    def initialize(self, environment_id: str) -> JsonObject:
        """Return the first snapshot of a computer; it is taken now if there is none."""
        known = self.find(environment_id)
        return known[-1] if known else self.take(environment_id, files.EMPTY)

    def forget(self, environment_id: str) -> None:
        """Remove the snapshots of a computer; what steps tell of them is empty."""
        for row in self.find(environment_id):
            self._table.delete(row["id"])
            del self._trees[row["id"]]
        self._newest.pop(environment_id, None)

    def restore(self, row: JsonObject, tree: Tree) -> None:
        """Put a row, complete as the API answers it, with the files that its computer has from now on."""
        self._table.put(row)
        self._trees[row["id"]] = tree
        self._newest[row["environmentId"]] = row["id"]
