"""A deployment recorded into a scenario file: read, noted as it comes, told, checked, and written at once."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from understudy import wire
from understudy.errors import SetupError
from understudy.paths import spelled
from understudy.recording import reading
from understudy.recording.agents import drawn
from understudy.recording.captured import Captured, RecordedRun
from understudy.recording.parts import Part
from understudy.recording.redaction import Redaction, numbered
from understudy.recording.short_ids import replaced, short_ids
from understudy.recording.telling import told
from understudy.recording.writing import write
from understudy.scenarios import ScenarioError, build, read

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from understudy.recording.deployment import Deployment
    from understudy.recording.progress import Progress
    from understudy.recording.selection import Selection
    from understudy.wire import Json, JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What to record, where to, and what to make of it."""

    selection: Selection
    out: Path
    redact: tuple[str, ...] | None = ()
    """Further patterns of secrets; None to keep all of them."""
    short_ids: bool = False


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was recorded. `counts` are rows by kind, `resumed` those of its threads that were read another time."""

    counts: dict[str, int]
    states: int
    redacted: int
    resumed: int
    notes: list[str]


async def record(deployment: Deployment, wish: Wish, progress: Progress) -> Recorded:
    """Record a deployment. The file appears when everything is read and found to be a valid scenario.

    What is read is noted beside it, in FILE.part; where that is left of an interrupted recording, it goes on. A
    SetupError says what went wrong; then the file is as it was.
    """
    if wish.out.is_dir():
        raise SetupError(f"cannot write {wish.out}: it is a folder")
    await deployment.reach()
    work = {"recording": deployment.url, "what": wish.selection.as_json(), "redact": _hidden(wish.redact)}
    path = wish.out.with_name(f"{wish.out.name}.part")
    again = f"give the same command again to go on with that, or remove {path.name} to begin anew"
    with Part(path, work, instead=again) as part:
        reader = _Reader(deployment, wish, part, progress)
        await reader.read()
        captured = reader.captured()
        scenario, count, notes = _finished(captured, wish)
        write(scenario, wish.out, kept=f"{path.name} is kept")
        part.remove()
    return Recorded(
        counts={kind: len(scenario.get(kind, ())) for kind in ("agents", *wish.selection.kinds)},
        states=sum(len(row["history"]) for row in scenario.get("threads", ())),
        redacted=count,
        resumed=reader.resumed,
        notes=notes,
    )


def _hidden(patterns: tuple[str, ...] | None) -> str | None:
    """Return what tells patterns from others without telling them: one may be the very secret."""
    return None if patterns is None else hashlib.sha256(wire.dumps(patterns)).hexdigest()


class _Reader:
    """Reads what is not noted yet, and notes it."""

    def __init__(self, deployment: Deployment, wish: Wish, part: Part, progress: Progress) -> None:
        self._deployment = deployment
        self._selection = wish.selection
        self._part = part
        self._progress = progress
        self._noted: dict[str, Json] = {}
        self._threads: dict[str, JsonObject] = {}
        self._wanted: dict[str, str] = {}
        self.resumed = 0
        for line in part.lines:
            if line["kind"] == "thread":
                self._threads[line["id"]] = line
            else:
                self._noted[line["kind"]] = line["rows"]
        self._salt: str = self._noted.get("salt") or secrets.token_hex(16)
        """It stays in the part, and goes with it."""
        self._redaction = None if wish.redact is None else Redaction(wish.redact, self._salt)

    async def read(self) -> None:
        """Read everything; what is selected and not there is told of before anything is noted."""
        deployment, selection = self._deployment, self._selection
        if "threads" in selection.kinds or selection.runs:
            self._wanted = await reading.thread_ids(deployment, selection)
        rows = await self._once("assistants", lambda: reading.assistants(deployment, selection))
        await self._once("graphs", lambda: self._graphs(rows))
        if "crons" in selection.kinds:
            owners = [row["assistant_id"] for row in rows]
            await self._once("crons", lambda: reading.crons(deployment, selection, owners))
        if "store" in selection.kinds:
            await self._once("store", lambda: reading.items(deployment, selection))
        await self._read_threads()
        self._progress.end()

    def captured(self) -> Captured:
        """Return all that is noted."""
        lines = [self._threads[thread_id] for thread_id in self._wanted if self._threads[thread_id]["row"]]
        return Captured(
            assistants=self._noted["assistants"],
            threads=[line["row"] for line in lines],
            crons=self._noted.get("crons", []),
            store=self._noted.get("store", []),
            graphs=self._noted["graphs"],
            runs=[run for line in lines for run in runs_of(line["row"], line["runs"])],
        )

    async def _once(self, kind: str, read: Callable[[], Json]) -> Json:
        if kind not in self._noted:
            self._progress.tell(kind, 0)
            self._note(kind, self._clean(await read(), is_schema=kind == "graphs"))
        return self._noted[kind]

    def _clean(self, rows: Json, *, is_schema: bool = False) -> Json:
        if self._redaction is None:
            return rows
        return self._redaction.schema(rows) if is_schema else self._redaction(rows)

    def _note(self, kind: str, rows: Json) -> None:
        if "salt" not in self._noted and kind != "salt":
            self._note("salt", self._salt)
        self._part.add({"kind": kind, "rows": rows})
        self._noted[kind] = rows

    async def _graphs(self, rows: list[JsonObject]) -> JsonObject:
        """Return what is told of each graph, asked by one of its assistants."""
        asked = {row["graph_id"]: row["assistant_id"] for row in rows}
        found: JsonObject = {}

        async def read(graph_id: str) -> None:
            found[graph_id] = await reading.graph(self._deployment, asked[graph_id])

        await self._deployment.each(asked, read)
        return {graph_id: found[graph_id] for graph_id in asked}

    async def _read_threads(self) -> None:
        """Read the threads that are not noted, or have changed since."""
        ahead = [each for each, at in self._wanted.items() if self._threads.get(each, {}).get("updated_at") != at]
        self.resumed = len(self._wanted) - len(ahead)
        done = self.resumed

        async def read(thread_id: str) -> None:
            nonlocal done
            row = await reading.thread(self._deployment, thread_id)
            runs = await reading.runs(self._deployment, thread_id) if row and self._selection.runs else []
            line = {"kind": "thread", "id": thread_id, "updated_at": self._wanted[thread_id]}
            line |= {"row": self._clean(row), "runs": self._clean(runs)}
            self._part.add(line)
            self._threads[thread_id] = line
            done += 1
            self._progress.tell("threads", done, len(self._wanted))

        self._progress.tell("threads", done, len(self._wanted))
        await self._deployment.each(ahead, read)


def runs_of(row: JsonObject, runs: list[JsonObject]) -> list[RecordedRun]:
    """Return the runs of a thread with the states that they made."""
    history = row["history"] or []
    by_id = {state["checkpoint"]["checkpoint_id"]: state for state in history}
    recorded = []
    for run in runs:
        states = [state for state in history if (state["metadata"] or {}).get("run_id") == run["run_id"]]
        first = next((state for state in states if not state["checkpoint"].get("checkpoint_ns")), None)
        parent = (first.get("parent_checkpoint") or {}).get("checkpoint_id") if first else None
        recorded.append(RecordedRun(row["thread_id"], run, states, by_id.get(parent)))
    return recorded


def _finished(captured: Captured, wish: Wish) -> tuple[JsonObject, int, list[str]]:
    """Return the scenario, how many different secrets were taken out of it, and notes on it."""
    agents = drawn(captured)
    notes: list[str] = []
    if wish.selection.runs:
        from understudy.recording.scripts import agents_from

        scripted = agents_from(captured.runs, agents)
        notes = [*scripted.notes]
        agents = {name: _loadable(name, scripted.agents[name], drawn, notes) for name, drawn in agents.items()}
    scenario, more = told(captured, agents, wish.selection.kinds)
    if wish.short_ids:
        scenario = replaced(scenario, short_ids(captured))
    scenario, count = numbered(scenario) if wish.redact is not None else (scenario, 0)
    return scenario, count, notes + more


def _loadable(name: str, scripted: JsonObject, drawn: JsonObject, notes: list[str]) -> JsonObject:
    """Return an agent with its script; as it is drawn if the script could not be loaded, which is noted.

    So are conditions on values that are nested more deeply than expressions may be.
    """
    try:
        build([read({"agents": {name: scripted}})])
    except ScenarioError as error:
        where = spelled(error.problems[0].path)
        notes.append(f"{name}: no script could be made of its runs, because of what {where} would be; its nodes fail")
        return drawn
    return scripted
