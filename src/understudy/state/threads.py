"""Threads: their rows, their histories, and how long they live."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.errors import Conflict, NotFound
from understudy.state.checkpoints import ROOT, History, restored
from understudy.state.clock import moment, timestamp
from understudy.state.expiry import Expiry
from understudy.state.histories import Histories
from understudy.state.tables import Page, Predicate, Table, contains

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import Literal

    from understudy.state.checkpoints import Checkpoint
    from understudy.state.clock import Clock
    from understudy.state.ids import Ids
    from understudy.state.tables import Order
    from understudy.wire import Json, JsonObject

    Strategy = Literal["delete", "keep_latest"]

# Keys that belong to the server; it drops them from metadata that a client writes (behaviour of langgraph-api).
RESERVED = frozenset({"thread_id", "assistant_id", "run_id", "cron_id", "counters_since_delta_snapshot"})

SHORTEST_LIFE = 1 / 60
"""Minutes that a thread lives however short its time: whoever makes it gets to see it."""


class Threads:
    """The threads of a world. Ids are canonical UUID texts; rows are what the API answers, without `ttl`.

    `followers` are called with the id of each thread that is gone, however that came about.
    """

    def __init__(self, *, clock: Clock, ids: Ids) -> None:
        self._clock = clock
        self._ids = ids
        self._table = Table("thread_id", indexed=("status",))
        self._histories = Histories()
        self._expiry: Expiry[str] = Expiry(clock)
        self._ttls: dict[str, JsonObject] = {}
        self.followers: list[Callable[[str], None]] = []

    def adopt(self, other: Threads) -> None:
        """Hold the threads that another world has; those with a time to live live as long from now on."""
        self._table.adopt(other._table)
        self._histories.adopt(other._histories)
        self._expiry.adopt(other._expiry)
        self._ttls = {
            thread_id: {**ttl, "expires_at": timestamp(deadline)}
            for thread_id, ttl in other._ttls.items()
            if (deadline := self._expiry.deadline(thread_id))
        }

    def __len__(self) -> int:
        self._sweep()
        return len(self._table)

    def __contains__(self, thread_id: str) -> bool:
        """Return whether there is a thread of this id, be it that its time is over and nobody has asked for it yet."""
        return thread_id in self._table

    def __iter__(self) -> Iterator[JsonObject]:
        """Yield the rows in order of creation."""
        self._sweep()
        return iter(list(self._table))

    def get(self, thread_id: str) -> JsonObject:
        """Return a thread's row. NotFound if there is none."""
        self._sweep()
        row = self._table.get(thread_id)
        if row is None:
            raise NotFound(f"Thread with ID {thread_id} not found")
        return row

    def seek(self, thread_id: str) -> JsonObject | None:
        """Return a thread's row, or None."""
        self._sweep()
        return self._table.get(thread_id)

    def create(
        self,
        thread_id: str | None = None,
        *,
        metadata: JsonObject | None = None,
        ttl: JsonObject | None = None,
        if_exists: Literal["raise", "do_nothing"] = "raise",
    ) -> JsonObject:
        """Return the row of a new thread, or with `do_nothing` of the one there is. Conflict if there is one."""
        self._sweep()
        thread_id = thread_id or self._ids.time_ordered()
        existing = self._table.get(thread_id)
        if existing is not None:
            if if_exists == "do_nothing":
                return existing
            raise Conflict(f"Thread with ID {thread_id} already exists")
        row = {**self._new_row(thread_id, writable(metadata)), "values": None}
        self._table.put(row)
        self._live_for(thread_id, ttl)
        return row

    def patch(self, thread_id: str, *, metadata: JsonObject | None, ttl: JsonObject | None) -> JsonObject:
        """Return the row after merging metadata into it, key by key. NotFound if there is none."""
        self._sweep()
        row = self._table.get(thread_id)
        if row is None:
            raise NotFound("Not Found")
        self._live_for(thread_id, ttl)
        merged = {**row["metadata"], **writable(metadata)}
        return self._table.update(thread_id, metadata=merged, updated_at=self._now())

    def delete(self, thread_id: str) -> None:
        """Remove a thread with everything that belongs to it. NotFound if there is none."""
        self.get(thread_id)
        self._forget(thread_id)

    def copy(self, thread_id: str) -> JsonObject:
        """Return the row of a new thread with the metadata and the checkpoints of this one.

        Checkpoint, task and interrupt ids stay; the old thread id reads as the new one; the copy is idle and has no
        `values` yet. Conflict if there is no such thread, as in the reference server.
        """
        self._sweep()
        source = self._table.get(thread_id)
        if source is None:
            raise Conflict("Conflict")
        new_id = self._ids.random()
        row = self._new_row(new_id, source["metadata"])
        self._table.put(row)
        history = self._histories[thread_id]
        if history:
            self._histories[new_id] = history.renamed(thread_id, new_id)
        return row

    def prune(self, thread_ids: Iterable[str], strategy: Strategy) -> int:
        """Return how many of these threads there were; each is deleted, or loses all but its latest checkpoints."""
        self._sweep()
        found = [thread_id for thread_id in dict.fromkeys(thread_ids) if thread_id in self._table]
        for thread_id in found:
            self._prune(thread_id, strategy)
        return len(found)

    def ttl(self, thread_id: str) -> JsonObject | None:
        """Return what the API tells of the thread's time to live, or None if it has no end."""
        return self._ttls.get(thread_id)

    def find(
        self,
        *,
        ids: Iterable[str] | None = None,
        metadata: JsonObject | None = None,
        values: JsonObject | None = None,
        status: str | None = None,
        sort_by: str = "updated_at",
        order: Order = "desc",
        offset: int = 0,
        limit: int | None = None,
    ) -> Page:
        """Return a page of the threads that match everything given; see `tables.contains` for how values match."""
        self._sweep()
        return self._table.find(
            ids=ids,
            metadata=metadata,
            columns=None if status is None else {"status": status},
            where=_has_values(values),
            sort_by=sort_by,
            order=order,
            offset=offset,
            limit=limit,
        )

    def count(
        self, *, metadata: JsonObject | None = None, values: JsonObject | None = None, status: str | None = None
    ) -> int:
        """Return how many threads match everything given."""
        self._sweep()
        return self._table.count(
            metadata=metadata,
            columns=None if status is None else {"status": status},
            where=_has_values(values),
        )

    def rows_with(self, **metadata: Json) -> list[JsonObject]:
        """Return the threads whose metadata has these pairs."""
        return self.find(metadata=metadata).rows

    def history(self, thread_id: str) -> History:
        """Return the thread's checkpoints; to be read at once. NotFound if there is no such thread."""
        self.get(thread_id)
        return self._histories[thread_id]

    def record(self, thread_id: str, checkpoint: Checkpoint, namespace: str = ROOT, *, anew: bool = True) -> None:
        """Add a checkpoint to a thread's history, or put it in the place of the one with its id unless `anew`.

        The row stays as it is. NotFound if there is no such thread.
        """
        history = self.history(thread_id)
        if anew:
            history.append(checkpoint, namespace)
        elif history.find(checkpoint.id, namespace) is not None:
            history.replace(checkpoint, namespace)
        self._histories[thread_id] = history

    def note(self, thread_id: str, **changes: Json) -> JsonObject:
        """Return the row with changes in it that are not of its state. NotFound if there is no such thread."""
        self.get(thread_id)
        return self._table.update(thread_id, **changes)

    def forget_run(self, thread_id: str, run_id: str) -> None:
        """Forget the checkpoints that a run made."""
        history = self.history(thread_id)
        history.drop(run_id)
        self._histories[thread_id] = history

    def begin(self, row: JsonObject) -> None:
        """Add the thread that a run makes for itself."""
        self._table.put(row)

    def advance(self, thread_id: str, history: History, **changes: Json) -> JsonObject:
        """Return the row after its state moved on: `history` is kept, `changes` go into the row."""
        self._histories[thread_id] = history
        now = self._now()
        return self._table.update(thread_id, **changes, updated_at=now, state_updated_at=now)

    def restore(self, row: JsonObject, history: Sequence[JsonObject] = ()) -> None:
        """Put a thread as it is told: a complete row and complete ThreadStates, oldest first.

        A thread with this id is replaced. A `ttl` of the row counts from now, unless it tells when it `expires_at`.
        """
        row = dict(row)
        ttl = row.pop("ttl", None)
        thread_id = row["thread_id"]
        if thread_id in self._table:
            self._forget(thread_id)
        self._table.put(row)
        if history:
            self._histories[thread_id] = restored(history)
        if ttl:
            self._live_for(thread_id, {"ttl": ttl["ttl_minutes"], "strategy": ttl.get("strategy", "delete")})
        if ttl and ttl.get("expires_at"):
            self._expiry.put(thread_id, moment(ttl["expires_at"]))
            self._ttls[thread_id]["expires_at"] = ttl["expires_at"]

    def _new_row(self, thread_id: str, metadata: JsonObject) -> JsonObject:
        """Return the row of a thread that is new and has no values yet."""
        now = self._now()
        return {
            "thread_id": thread_id,
            "created_at": now,
            "updated_at": now,
            "state_updated_at": now,
            "metadata": metadata,
            "status": "idle",
            "config": {},
        }

    def _now(self) -> str:
        return timestamp(self._clock.now())

    def _live_for(self, thread_id: str, ttl: Mapping[str, Json] | None) -> None:
        """Give the thread a time to live in minutes, as the document describes it."""
        minutes = (ttl or {}).get("ttl")
        if ttl is None or minutes is None:
            return
        strategy = ttl.get("strategy", "delete")
        expires_at = self._expiry.set(thread_id, minutes=max(minutes, SHORTEST_LIFE))
        self._ttls[thread_id] = {
            "strategy": strategy,
            "ttl_minutes": minutes,
            "expires_at": timestamp(expires_at),
        }

    def _sweep(self) -> None:
        for thread_id in self._expiry.due():
            ttl = self._ttls.pop(thread_id)
            self._prune(thread_id, ttl["strategy"])

    def _prune(self, thread_id: str, strategy: Strategy) -> None:
        if strategy == "delete":
            self._forget(thread_id)
        else:
            self._histories[thread_id].keep_latest()

    def _forget(self, thread_id: str) -> None:
        self._table.delete(thread_id)
        self._histories.forget([thread_id])
        self._expiry.forget(thread_id)
        self._ttls.pop(thread_id, None)
        for follow in self.followers:
            follow(thread_id)


def writable(metadata: JsonObject | None) -> JsonObject:
    """Return the metadata that a client may write: without the keys that belong to the server."""
    return {key: value for key, value in (metadata or {}).items() if key not in RESERVED}


def _has_values(values: JsonObject | None) -> Predicate | None:
    if not values:
        return None

    def matches(row: JsonObject) -> bool:
        # As in the reference server, a copy has no values to compare until its first run and passes every filter.
        return "values" not in row or contains(row["values"], values)

    return matches
