"""A scenario made on a deployment by its public API: looked at first, then made thing by thing, each whole or not."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

import orjson

from understudy.errors import SetupError, did_you_mean
from understudy.recording.comparing import differences
from understudy.recording.deployment import PAGE, Deployment, Refused
from understudy.recording.making import Maker
from understudy.recording.parts import Part, replace
from understudy.recording.selection import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from understudy.recording.comparing import Difference
    from understudy.recording.plan import Plan
    from understudy.recording.progress import Progress
    from understudy.wire import JsonObject

IfExists: TypeAlias = Literal["raise", "keep"]


@dataclass(slots=True)
class Seeded:
    """What was made. `ids` are by kind those of the scenario and those there."""

    ids: dict[str, dict[str, str]] = field(default_factory=lambda: {kind: {} for kind in KINDS})
    differences: list[tuple[str, str, Difference]] = field(default_factory=list)
    """What came out otherwise: kind, id in the scenario, and the difference."""
    refused: list[tuple[str, str, str]] = field(default_factory=list)
    """What the deployment did not take: kind, id in the scenario, and what it answered."""
    kept: int = 0
    """How many things were there already, and were left as they are."""
    before: int = 0
    """How many things an earlier time had made."""


async def seed(
    deployment: Deployment, plan: Plan, map_file: Path, progress: Progress, *, if_exists: IfExists = "raise"
) -> Seeded:
    """Make what is planned, and tell how its ids are called there, also in `map_file`.

    What the file says was made before is not made again. SetupError if something is in the way or goes wrong; nothing
    that is half made stays, and doing the same again goes on.
    """
    await look(deployment, plan)
    seeding = _Seeding(deployment, plan, progress, if_exists)
    before = _mapped(map_file, deployment.url)
    work = {"seeding": plan.name, "on": deployment.url}
    path = map_file.with_name(f"{map_file.name}.part")
    with Part(path, work, instead=f"seed that first, or remove {path.name}") as part:
        await seeding.make(part, before)
        told = {"url": deployment.url, "scenario": plan.name, "ids": seeding.seeded.ids}
        replace(map_file, orjson.dumps(told, option=orjson.OPT_INDENT_2) + b"\n")
        part.remove()
    return seeding.seeded


async def look(deployment: Deployment, plan: Plan) -> None:
    """Return if it is a deployment that has the graphs that a plan needs. SetupError if not. Nothing is changed."""
    await deployment.reach()
    known: set[str] = set()
    for graph in plan.graphs:
        try:
            await deployment.post("/assistants/search", {"graph_id": graph, "limit": 1})
        except Refused:
            if not known:
                found = deployment.rows("/assistants/search", {}, "assistant_id", "graph_id")
                known = {row["graph_id"] async for row in found}
            told = f'{deployment.url} has no graph "{graph}".{did_you_mean(graph, known)}'
            raise SetupError(f"{told} --map-graph {graph}=NAME takes another for it.") from None


def _mapped(file: Path, url: str) -> dict[str, dict[str, str]]:
    """Return the ids of what was made before. SetupError if it was made elsewhere."""
    try:
        told = orjson.loads(file.read_bytes())
        ids: dict[str, dict[str, str]] = told["ids"]
        where = told["url"]
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError):
        raise SetupError(f"{file} is no map of ids that was written by a seeding; name another with --map") from None
    if where != url:
        raise SetupError(f"{file} tells of what was made on {where}; name another with --map, or remove it")
    return ids


class _Seeding:
    def __init__(self, deployment: Deployment, plan: Plan, progress: Progress, if_exists: IfExists) -> None:
        self._deployment = deployment
        self._plan = plan
        self._progress = progress
        self._if_exists = if_exists
        self.seeded = Seeded()
        self._maker = Maker(deployment, plan, self.seeded.ids)

    async def make(self, part: Part, before: dict[str, dict[str, str]]) -> None:
        """Make everything that neither `before` nor the part says is made."""
        for kind, ids in before.items():
            self.seeded.ids.setdefault(kind, {}).update(ids)
        begun: set[tuple[str, str]] = set()
        for line in part.lines:
            thing = (line["kind"], line["id"])
            begun.add(thing) if line["did"] == "begin" else begun.discard(thing)
            if line["did"] == "make":
                self.seeded.ids[line["kind"]][line["id"]] = line["to"]
        self.seeded.before = sum(map(len, self.seeded.ids.values()))
        ahead = {kind: self._ahead(kind) for kind in KINDS}
        for kind, key in await self._there(ahead, begun):
            self.seeded.ids[kind][key] = key
            part.add({"did": "make", "kind": kind, "id": key, "to": key})
            del ahead[kind][key]
            self.seeded.kept += 1
        for kind, rows in ahead.items():
            for key in rows:
                if (kind, key) in begun:
                    await self._undone(kind, key, rows[key], part)
            await self._make(kind, rows, part)
        self._progress.end()

    def _ahead(self, kind: str) -> dict[str, JsonObject]:
        rows: list[JsonObject] = getattr(self._plan, kind)
        keyed = {key_of(kind, row): row for row in rows}
        return {key: row for key, row in keyed.items() if key not in self.seeded.ids[kind]}

    async def _there(
        self, ahead: dict[str, dict[str, JsonObject]], begun: set[tuple[str, str]]
    ) -> set[tuple[str, str]]:
        """Return what is to be made and is there already, made by somebody else. SetupError unless that may be."""
        found: set[tuple[str, str]] = set()

        async def seek(one: tuple[str, str]) -> None:
            kind, key = one
            if await self._maker.is_there(kind, key, ahead[kind][key]):
                found.add(one)

        threads = [*ahead["threads"]]
        for at in range(0, len(threads), PAGE):
            body = {"ids": threads[at : at + PAGE], "limit": PAGE, "select": ["thread_id"]}
            found |= {("threads", row["thread_id"]) for row in await self._deployment.post("/threads/search", body)}
        await self._deployment.each([(kind, key) for kind in ("assistants", "store") for key in ahead[kind]], seek)
        found -= begun
        if found and self._if_exists == "raise":
            names = sorted(f"{_NOUNS[kind]} {key}" for kind, key in found)
            shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
            told = f"{self._deployment.url} has {shown} already"
            raise SetupError(f"{told}; --if-exists keep leaves such things as they are")
        return found

    async def _make(self, kind: str, rows: dict[str, JsonObject], part: Part) -> None:
        done = 0

        async def make(key: str) -> None:
            nonlocal done
            part.add({"did": "begin", "kind": kind, "id": key})
            try:
                made = await self._maker.make(kind, rows[key])
            except Refused as refused:
                await self._undone(kind, key, rows[key], part)
                self.seeded.refused.append((kind, key, f"{refused.status} {refused.detail}"))
            except BaseException:
                # Also when it is interrupted: what is half made goes, if the deployment still answers.
                with contextlib.suppress(SetupError):
                    await asyncio.shield(self._undone(kind, key, rows[key], part))
                raise
            else:
                part.add({"did": "make", "kind": kind, "id": key, "to": made.to})
                self.seeded.ids[kind][key] = made.to
                found = differences(made.wanted, made.found)
                self.seeded.differences += [(kind, key, difference) for difference in found]
            done += 1
            self._progress.tell(kind, done, len(rows))

        await self._deployment.each(rows, make)

    async def _undone(self, kind: str, key: str, row: JsonObject, part: Part) -> None:
        await self._maker.unmake(kind, key, row)
        part.add({"did": "unmake", "kind": kind, "id": key})


_NOUNS = {"assistants": "the assistant", "threads": "the thread", "crons": "the cron", "store": "the item"}

_KEYS: dict[str, Callable[[JsonObject], str]] = {
    "assistants": lambda row: str(row["assistant_id"]),
    "threads": lambda row: str(row["thread_id"]),
    "crons": lambda row: str(row["cron_id"]),
    "store": lambda row: "/".join([*row["namespace"], row["key"]]),
}


def key_of(kind: str, row: JsonObject) -> str:
    """Return what a row is called in a map of ids."""
    return _KEYS[kind](row)
