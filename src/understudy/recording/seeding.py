"""A scenario made on a deployment by its public API: looked at first, then made thing by thing, each whole or not."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

import orjson

from understudy.errors import SetupError, did_you_mean
from understudy.recording.comparing import Difference, differences
from understudy.recording.deployment import PAGE, Deployment, Refused
from understudy.recording.making import Maker
from understudy.recording.parts import Part, replace
from understudy.recording.plan import key_of
from understudy.recording.selection import KINDS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine, Mapping
    from pathlib import Path

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
    left_out: Mapping[str, int] = field(default_factory=dict)
    """How many rows of the Computer Agents API the scenario has, by their section: none of them is made."""


async def seed(
    deployment: Deployment, plan: Plan, map_file: Path, progress: Progress, *, if_exists: IfExists = "raise"
) -> Seeded:
    """Make what is planned, and tell how its ids are called there, also in `map_file`.

    What the file says was made before is not made again. SetupError if something is in the way or goes wrong; nothing
    that is half made stays, and doing the same again goes on.
    """
    async with _begun(deployment, plan, map_file, if_exists) as (seeding, ahead, part):
        await seeding.make(ahead, part, progress)
        told = {"url": deployment.url, "scenario": plan.name, "ids": seeding.seeded.ids}
        replace(map_file, orjson.dumps(told, option=orjson.OPT_INDENT_2) + b"\n")
        part.remove()
    return seeding.seeded


async def ahead_of(
    deployment: Deployment, plan: Plan, map_file: Path, *, if_exists: IfExists = "raise"
) -> dict[str, dict[str, JsonObject]]:
    """Return what `seed` would make now, rows by kind and by what they are called. SetupError as it would say it."""
    async with _begun(deployment, plan, map_file, if_exists) as (_, ahead, _):
        return ahead


@contextlib.asynccontextmanager
async def _begun(
    deployment: Deployment, plan: Plan, map_file: Path, if_exists: IfExists
) -> AsyncIterator[tuple[_Seeding, dict[str, dict[str, JsonObject]], Part]]:
    """Look at everything that a seeding needs, and give what is still to be made."""
    await look(deployment, plan)
    seeding = _Seeding(deployment, plan)
    before = _mapped(map_file, deployment.url)
    work = {"seeding": plan.name, "on": deployment.url}
    path = map_file.with_name(f"{map_file.name}.part")
    with Part(path, work, instead=f"seed that first, or remove {path.name}") as part:
        seeding.recall(before, part)
        yield seeding, await seeding.ahead(if_exists), part


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
        ids = {str(kind): {**told["ids"][kind]} for kind in told["ids"]}
        where = told["url"]
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError):
        raise SetupError(f"{file} is no map of ids that was written by a seeding; name another with --map") from None
    if where != url:
        raise SetupError(f"{file} tells of what was made on {where}; name another with --map, or remove it")
    return ids


class _Seeding:
    def __init__(self, deployment: Deployment, plan: Plan) -> None:
        self._deployment = deployment
        self._plan = plan
        self._begun: set[tuple[str, str]] = set()
        self._kept: set[tuple[str, str]] = set()
        self.seeded = Seeded(left_out=plan.left_out)
        self._maker = Maker(deployment, plan, self.seeded.ids)

    def recall(self, before: dict[str, dict[str, str]], part: Part) -> None:
        """Take up what was made `before`, and what the part says was made or begun."""
        for kind, ids in before.items():
            self.seeded.ids.setdefault(kind, {}).update(ids)
        for line in part.lines:
            kind, key = thing = (line["kind"], line["id"])
            self._begun.add(thing) if line["did"] == "begin" else self._begun.discard(thing)
            if line["did"] == "make":
                self.seeded.ids[kind][key] = line["to"]
                told = [Difference(tuple(each["path"]), each["wanted"], each["found"]) for each in line["differences"]]
                self.seeded.differences += [(kind, key, difference) for difference in told]

    async def ahead(self, if_exists: IfExists) -> dict[str, dict[str, JsonObject]]:
        """Return what is to be made. SetupError if something of it is there, unless that is to be kept."""
        ids = self.seeded.ids
        rows = {kind: {key_of(kind, row): row for row in getattr(self._plan, kind)} for kind in KINDS}
        there = await self._there(rows)
        made = {(kind, key) for kind in KINDS for key in ids[kind] if key in rows[kind]}
        for kind, key in made - there:
            del ids[kind][key]  # Somebody has deleted it since, or begun a deployment anew at this address.
        self.seeded.differences = [told for told in self.seeded.differences if told[1] in ids[told[0]]]
        self.seeded.before = sum(map(len, ids.values()))
        self._kept = there - made - self._begun
        if self._kept and if_exists == "raise":
            names = sorted(f"{_NOUNS[kind]} {key}" for kind, key in self._kept)
            shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
            told = f"{self._deployment.url} has {shown} already"
            raise SetupError(f"{told}; --if-exists keep leaves such things as they are")
        return {
            kind: {key: row for key, row in told.items() if key not in ids[kind] and (kind, key) not in self._kept}
            for kind, told in rows.items()
        }

    async def make(self, ahead: dict[str, dict[str, JsonObject]], part: Part, progress: Progress) -> None:
        """Make what is ahead, in the order of its kinds."""
        for kind, key in self._kept:
            self._note(part, kind, key, key, [])
        self.seeded.kept = len(self._kept)
        for kind, rows in ahead.items():
            for key in rows:
                if (kind, key) in self._begun:
                    await self._undone(kind, key, rows[key], part)
            await self._make(kind, rows, part, progress)
        progress.end()

    async def _there(self, rows: dict[str, dict[str, JsonObject]]) -> set[tuple[str, str]]:
        """Return what of a plan is there. Of crons, which get new ids, it is what was made before."""
        ids = self.seeded.ids
        # Those that a server makes for its graphs are there anyway.
        found = {("assistants", key) for key in self._plan.of_graphs if key in ids["assistants"]}
        threads = [*rows["threads"]]
        for at in range(0, len(threads), PAGE):
            body = {"ids": threads[at : at + PAGE], "limit": PAGE, "select": ["thread_id"]}
            found |= {("threads", row["thread_id"]) for row in await self._deployment.post("/threads/search", body)}
        if ids["crons"]:
            known = {row["cron_id"] async for row in self._deployment.rows("/runs/crons/search", {}, "cron_id")}
            found |= {("crons", key) for key, there in ids["crons"].items() if there in known}

        async def seek(one: tuple[str, str]) -> None:
            kind, key = one
            if await self._maker.is_there(kind, key, rows[kind][key]):
                found.add(one)

        await self._deployment.each([(kind, key) for kind in ("assistants", "store") for key in rows[kind]], seek)
        return found

    async def _make(self, kind: str, rows: dict[str, JsonObject], part: Part, progress: Progress) -> None:
        done = 0

        async def make(key: str) -> None:
            nonlocal done
            part.add({"did": "begin", "kind": kind, "id": key})
            try:
                made = await self._maker.make(kind, rows[key])
            except Refused as refused:
                await to_its_end(self._undone(kind, key, rows[key], part))
                self.seeded.refused.append((kind, key, f"{refused.status} {refused.detail}"))
            except BaseException:
                # Also when it is interrupted: what is half made goes, if the deployment still answers.
                with contextlib.suppress(SetupError):
                    await to_its_end(self._undone(kind, key, rows[key], part))
                raise
            else:
                self._note(part, kind, key, made.to, differences(made.wanted, made.found))
            done += 1
            progress.tell(kind, done, len(rows))

        await self._deployment.each(rows, make)

    def _note(self, part: Part, kind: str, key: str, there: str, found: list[Difference]) -> None:
        part.add({"did": "make", "kind": kind, "id": key, "to": there, "differences": found})
        self.seeded.ids[kind][key] = there
        self.seeded.differences += [(kind, key, difference) for difference in found]

    async def _undone(self, kind: str, key: str, row: JsonObject, part: Part) -> None:
        await self._maker.unmake(kind, key, row)
        part.add({"did": "unmake", "kind": kind, "id": key})


_NOUNS = {"assistants": "the assistant", "threads": "the thread", "store": "the item"}


async def to_its_end(doing: Coroutine[None, None, None]) -> None:
    """Await something to its end; who is stopped meanwhile is told so only then."""
    task = asyncio.ensure_future(doing)
    stopped: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            stopped = error
    failed = task.exception()
    if stopped:
        raise stopped
    if failed:
        raise failed
