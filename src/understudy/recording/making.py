"""Single things made on a deployment: assistants, threads, crons, items of the store; and taken away again."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

from understudy.recording import reading
from understudy.recording.deployment import Deployment, Refused
from understudy.recording.plan import key_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from understudy.recording.plan import Plan
    from understudy.recording.supersteps import Superstep
    from understudy.wire import Json, JsonObject

_CONTENT = ("config", "context", "name", "description", "metadata")


@dataclass(frozen=True, slots=True)
class Made:
    """A thing that was made: how it is called there, and the rows that were wanted and found, to be compared."""

    to: str
    wanted: JsonObject
    found: JsonObject


class Maker:
    """Makes the things of a plan. `ids` are by kind those that are made already."""

    def __init__(self, deployment: Deployment, plan: Plan, ids: Mapping[str, Mapping[str, str]]) -> None:
        self._deployment = deployment
        self._plan = plan
        self._ids = ids
        self._makers = {
            "assistants": self._assistant,
            "threads": self._thread,
            "crons": self._cron,
            "store": self._item,
        }

    async def make(self, kind: str, row: JsonObject) -> Made:
        """Make one thing. Refused if the deployment does not take it; it may then be half made."""
        return await self._makers[kind](row)

    async def is_there(self, kind: str, key: str, row: JsonObject) -> bool:
        """Return whether an assistant or an item is there, made by somebody: not by a server for its graph."""
        if kind == "store":
            return await self._stored(row) is not None
        if key in self._plan.of_graphs:
            return False
        try:
            await self._deployment.get(f"/assistants/{key}")
        except Refused as refused:
            if refused.status != 404:
                raise
            return False
        return True

    async def unmake(self, kind: str, key: str, row: JsonObject) -> None:
        """Take away what was begun, as far as it is there; of a cron nobody knows how it would be called."""
        if kind == "crons":
            await self._forget_cron(row)
        elif kind == "store":
            await self._deployment.ask("DELETE", "/store/items", {"namespace": row["namespace"], "key": row["key"]})
        elif key not in self._plan.of_graphs:
            await self._gone(f"/{kind}/{key}")

    async def _gone(self, path: str) -> None:
        try:
            await self._deployment.ask("DELETE", path)
        except Refused as refused:
            if refused.status != 404:
                raise

    async def _assistant(self, row: JsonObject) -> Made:
        own = self._plan.of_graphs.get(row["assistant_id"])
        if own is not None:
            # The one that the server makes for a graph is there, and is left as it is.
            found = await self._deployment.get(f"/assistants/{own}")
            return Made(own, _told(row), _told(found))
        # One that was set back tells its version twice.
        numbered = {version["version"]: version for version in (row, *row.get("versions", ()))}
        versions = [numbered[number] for number in sorted(numbered)]
        path = f"/assistants/{row['assistant_id']}"
        first, *later = versions
        body = {"assistant_id": row["assistant_id"], "graph_id": first["graph_id"], **_content(first)}
        found = await self._deployment.post("/assistants", body)
        for version in later:
            found = await self._deployment.ask(
                "PATCH", path, {"graph_id": version["graph_id"], **_content(version, patch=True)}
            )
        if later and versions[-1]["version"] != row["version"]:
            at = sorted(numbered).index(row["version"]) + 1
            found = await self._deployment.post(f"{path}/latest", {"version": at})
        return Made(row["assistant_id"], _told(row), _told(found))

    async def _thread(self, row: JsonObject) -> Made:
        thread_id = row["thread_id"]
        steps = self._plan.steps.get(thread_id, [])
        straight = [step for at, step in takewhile(lambda pair: _follows(*pair), enumerate(steps))]
        body: JsonObject = {"thread_id": thread_id, "metadata": row["metadata"]}
        if row.get("ttl"):
            body["ttl"] = {"ttl": row["ttl"]["ttl_minutes"], "strategy": row["ttl"].get("strategy", "delete")}
        if straight:
            body["supersteps"] = [{"updates": step.updates} for step in straight]
        await self._deployment.post("/threads", body)
        if len(straight) < len(steps):
            await self._branch(thread_id, steps, len(straight))
        found = await reading.thread(self._deployment, thread_id)
        return Made(thread_id, row, found or {})

    async def _branch(self, thread_id: str, steps: list[Superstep], done: int) -> None:
        """Make the states that do not follow the one before them."""
        found = await reading.thread(self._deployment, thread_id)
        made = [state["checkpoint"]["checkpoint_id"] for state in (found or {}).get("history") or ()]
        for step in steps[done:]:
            body: JsonObject = {**step.updates[0]}
            if step.start is not None and step.start < len(made):
                body["checkpoint"] = {"checkpoint_id": made[step.start], "checkpoint_ns": ""}
            answer = await self._deployment.post(f"/threads/{thread_id}/state", body)
            made.append(answer["checkpoint"]["checkpoint_id"])

    async def _cron(self, row: JsonObject) -> Made:
        thread_id = row["thread_id"] and self._ids["threads"].get(row["thread_id"], row["thread_id"])
        path = f"/threads/{thread_id}/runs/crons" if thread_id else "/runs/crons"
        found = await self._deployment.post(path, self._cron_body(row))
        return Made(found["cron_id"], _cron_told(row), _cron_told(found))

    def _cron_body(self, row: JsonObject) -> JsonObject:
        body = {**row["payload"], "schedule": row["schedule"], "assistant_id": self._assistant_there(row)}
        for name in ("metadata", "timezone", "end_time", "enabled", "on_run_completed"):
            if row.get(name) is not None and not (name == "on_run_completed" and row["thread_id"]):
                body[name] = row[name]
        configurable = {**(body.get("config") or {}).get("configurable", {})}
        configurable.pop("cron_id", None)
        config = {**(body.get("config") or {}), "configurable": configurable}
        if not configurable:
            del config["configurable"]
        return {name: value for name, value in {**body, "config": config}.items() if value not in (None, {})}

    def _assistant_there(self, row: JsonObject) -> str:
        told: str = row["assistant_id"]
        return self._ids["assistants"].get(told) or self._plan.of_graphs.get(told, told)

    async def _forget_cron(self, row: JsonObject) -> None:
        """Delete a cron that was made before anybody could note how it is called."""
        known = {*self._ids["crons"].values()}
        body: JsonObject = {"assistant_id": self._assistant_there(row)}
        async for cron in self._deployment.rows("/runs/crons/search", body, "cron_id", "schedule"):
            if cron["cron_id"] not in known and _cron_told(cron) == _cron_told(row):
                await self._gone(f"/runs/crons/{cron['cron_id']}")
                return

    async def _item(self, row: JsonObject) -> Made:
        body = {"namespace": row["namespace"], "key": row["key"], "value": row["value"]}
        if row.get("ttl"):
            body["ttl"] = row["ttl"]
        await self._deployment.ask("PUT", "/store/items", body)
        found = await self._stored(row)
        return Made(key_of("store", row), {"value": row["value"]}, {"value": (found or {}).get("value")})

    async def _stored(self, row: JsonObject) -> JsonObject | None:
        found: Json = None
        with contextlib.suppress(Refused):
            found = await self._deployment.get("/store/items", namespace=".".join(row["namespace"]), key=row["key"])
        return found if isinstance(found, dict) else None


def _follows(at: int, step: Superstep) -> bool:
    return step.start == (at - 1 if at else None)


def _content(version: JsonObject, *, patch: bool = False) -> JsonObject:
    """Return what a version says, config and context as the server takes them: one of them has what is configurable."""
    told = {name: version[name] for name in _CONTENT if version.get(name) not in (None, {})}
    if "context" in told and "configurable" in told.get("config", {}):
        config = {name: value for name, value in told["config"].items() if name != "configurable"}
        told["config"] = config
        if not config or patch:
            del told["config"]
    return told


def _told(row: JsonObject) -> JsonObject:
    return {name: row.get(name) for name in ("graph_id", *_CONTENT, "version")}


def _cron_told(row: JsonObject) -> JsonObject:
    payload = row.get("payload") or {}
    return {
        **{name: row.get(name) for name in ("schedule", "timezone", "metadata", "enabled", "on_run_completed")},
        "input": payload.get("input"),
        "end_time": row.get("end_time"),
    }
