"""Assistants: graphs with a configuration, every change of which is a version that can be gone back to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.errors import Conflict, Invalid, NotFound
from understudy.state.clock import timestamp
from understudy.state.configuration import mirrored
from understudy.state.ids import assistant_of
from understudy.state.tables import Page, Table, contains
from understudy.state.threads import writable
from understudy.wire import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Literal

    from understudy.state.agents import Agent, Agents
    from understudy.state.clock import Clock
    from understudy.state.ids import Ids
    from understudy.state.tables import Order, Predicate
    from understudy.wire import JsonObject


class Assistants:
    """The assistants of a world, one for each of its agents from the start. Rows are what the API answers."""

    def __init__(self, agents: Agents, *, clock: Clock, ids: Ids) -> None:
        self._agents = agents
        self._clock = clock
        self._ids = ids
        self._table = Table("assistant_id", indexed=("graph_id",))
        self._versions: dict[str, dict[int, JsonObject]] = {}
        for agent in agents:
            self.welcome(agent)

    def welcome(self, agent: Agent) -> None:
        """Make the assistant that every server has for an agent, unless it is there."""
        self.create(
            agent.graph_id,
            assistant_of(agent.graph_id),
            metadata={"created_by": "system"},
            name=agent.graph_id,
            description=agent.description,
            if_exists="do_nothing",
        )

    def adopt(self, other: Assistants) -> None:
        """Hold the assistants that another world has."""
        self._table.adopt(other._table)
        self._versions = {assistant_id: versions.copy() for assistant_id, versions in other._versions.items()}

    def __len__(self) -> int:
        return len(self._table)

    def __contains__(self, assistant_id: str) -> bool:
        """Return whether there is an assistant of this id."""
        return assistant_id in self._table

    def __iter__(self) -> Iterator[JsonObject]:
        """Yield the rows in order of creation."""
        return iter(self._table)

    def get(self, assistant_id: str) -> JsonObject:
        """Return an assistant's row. NotFound if there is none."""
        row = self._table.get(assistant_id)
        if row is None:
            raise NotFound("Not Found")
        return row

    def agent(self, assistant_id: str) -> Agent:
        """Return the graph that an assistant runs. NotFound if there is no such assistant, or its graph is gone."""
        return self._agents.get(self.get(assistant_id)["graph_id"])

    def named(self, name: str) -> str:
        """Return the id that a graph's name, or an id in any dress, stands for. Invalid if it is neither."""
        return assistant_of(name) if name in self._agents else identified(name)

    def create(
        self,
        graph_id: str,
        assistant_id: str | None = None,
        *,
        config: JsonObject | None = None,
        context: JsonObject | None = None,
        metadata: JsonObject | None = None,
        name: str | None = None,
        description: str | None = None,
        if_exists: Literal["raise", "do_nothing"] = "raise",
    ) -> JsonObject:
        """Return the row of a new assistant, or with `do_nothing` of the one there is.

        NotFound for an unknown graph, Unacceptable for a configuration told twice, Conflict if the id is taken.
        """
        self._agents.get(graph_id)
        config, context = mirrored(config, context)
        assistant_id = assistant_id or self._ids.random()
        existing = self._table.get(assistant_id)
        if existing is not None:
            if if_exists == "do_nothing":
                return existing
            raise Conflict(f"Assistant {assistant_id} already exists")
        now = self._now()
        row: JsonObject = {
            "assistant_id": assistant_id,
            "graph_id": graph_id,
            "config": config or {},
            "context": context or {},
            "metadata": writable(metadata),
            "name": name or "Untitled",
            "created_at": now,
            "updated_at": now,
            "version": 1,
            "description": description,
        }
        self._table.put(row)
        self._versions[assistant_id] = {1: _version_of(row)}
        return row

    def patch(self, assistant_id: str, changes: JsonObject) -> JsonObject:
        """Return the row in a new version, numbered after the highest there ever was.

        Metadata is merged key by key, everything else is replaced, except that an empty config changes nothing.
        Where config or context alone is told, the other follows: see `configuration.mirrored`. NotFound if there is
        no such assistant or graph, Unacceptable for a configuration told twice.
        """
        if "graph_id" in changes:
            self._agents.get(changes["graph_id"])
        config, context = mirrored(changes.get("config"), changes.get("context"))
        row = self._existing(assistant_id)
        fresh: JsonObject = {name: changes[name] for name in ("graph_id", "name", "description") if name in changes}
        if config:
            fresh["config"] = config
        if context is not None:
            fresh["context"] = context
        if "metadata" in changes:
            fresh["metadata"] = {**row["metadata"], **writable(changes["metadata"])}
        versions = self._versions[assistant_id]
        row = self._table.update(assistant_id, **fresh, version=max(versions) + 1, updated_at=self._now())
        versions[row["version"]] = _version_of(row)
        return row

    def delete(self, assistant_id: str) -> None:
        """Remove an assistant with its versions. NotFound if there is none."""
        if assistant_id not in self._table:
            raise NotFound(f"Assistant with ID {assistant_id} not found")
        self._table.delete(assistant_id)
        del self._versions[assistant_id]

    def search(
        self,
        *,
        graph_id: str | None = None,
        name: str | None = None,
        metadata: JsonObject | None = None,
        sort_by: str = "created_at",
        order: Order = "desc",
        offset: int = 0,
        limit: int | None = None,
    ) -> Page:
        """Return a page of the assistants that match everything given. NotFound for an unknown graph.

        `name` is looked for inside the names, in any case. Names and graphs are sorted in any case too.
        """
        return self._table.find(
            metadata=metadata,
            columns=self._of_graph(graph_id),
            where=_named_like(name),
            sort_by=sort_by,
            sort_key=(lambda row: row[sort_by].lower()) if sort_by in ("name", "graph_id") else None,
            order=order,
            offset=offset,
            limit=limit,
        )

    def count(self, *, graph_id: str | None = None, name: str | None = None, metadata: JsonObject | None = None) -> int:
        """Return how many assistants match everything given. NotFound for an unknown graph."""
        return self._table.count(metadata=metadata, columns=self._of_graph(graph_id), where=_named_like(name))

    def versions(
        self, assistant_id: str, *, metadata: JsonObject | None = None, offset: int = 0, limit: int = 10
    ) -> list[JsonObject]:
        """Return a page of an assistant's versions whose metadata contains this, the highest first.

        NotFound if there is no such assistant, and, as in the reference server, if there is nothing on the page.
        """
        versions = self._versions.get(assistant_id, {})
        found = [
            versions[number]
            for number in sorted(versions, reverse=True)
            if contains(versions[number]["metadata"], metadata or {})
        ][offset : offset + limit]
        if not found:
            raise NotFound(f"Assistant {assistant_id} not found")
        return found

    def set_latest(self, assistant_id: str, version: int | None) -> JsonObject:
        """Return the row after going back, or forth, to a version. NotFound if there is none of that number.

        As in the reference server, graph and context stay as they are.
        """
        self._existing(assistant_id)
        told = self._versions[assistant_id].get(version) if version is not None else None
        if told is None:
            raise NotFound(f"Version {version} not found for assistant {assistant_id}")
        kept = {name: told[name] for name in ("config", "metadata", "name", "description", "version")}
        return self._table.update(assistant_id, **kept, updated_at=self._now())

    def restore(self, row: JsonObject, versions: Iterable[JsonObject] = ()) -> None:
        """Put an assistant as it is told: a complete row, and complete versions as the API lists them.

        The version that the row is in need not be among them. An assistant with this id is replaced.
        """
        assistant_id = row["assistant_id"]
        told = {version["version"]: version for version in versions}
        self._versions[assistant_id] = {row["version"]: _version_of(row)} | told
        self._table.put({**row})

    def touch(self, assistant_id: str) -> None:
        """Let an assistant count as the one changed last of those with its `updated_at`."""
        self._table.update(assistant_id)

    def _existing(self, assistant_id: str) -> JsonObject:
        row = self._table.get(assistant_id)
        if row is None:
            raise NotFound(f"Assistant {assistant_id} not found")
        return row

    def _of_graph(self, graph_id: str | None) -> JsonObject | None:
        if graph_id is None:
            return None
        return {"graph_id": self._agents.get(graph_id).graph_id}

    def _now(self) -> str:
        return timestamp(self._clock.now())


def identified(text: str) -> str:
    """Return an assistant's id in its canonical dress. Invalid if the text is no UUID."""
    try:
        return canonical(text)
    except ValueError:
        raise Invalid("Invalid assistant ID: must be a UUID") from None


def _named_like(name: str | None) -> Predicate | None:
    if not name:
        return None
    part = name.lower()
    return lambda row: part in row["name"].lower()


def _version_of(row: JsonObject) -> JsonObject:
    """Return the version that a row is in, as the API lists it: created when the row became so."""
    return {
        "assistant_id": row["assistant_id"],
        "version": row["version"],
        "graph_id": row["graph_id"],
        "config": row["config"],
        "context": row["context"],
        "metadata": row["metadata"],
        "created_at": row["updated_at"],
        "name": row["name"],
        "description": row["description"],
    }
