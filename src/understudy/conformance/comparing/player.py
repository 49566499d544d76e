"""A sequence played on one server: symbols filled in with that server's own ids, answers made comparable."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

import orjson

from understudy.conformance.comparing.canonical import Canonical
from understudy.conformance.comparing.deployment import PATIENCE
from understudy.conformance.comparing.differences import SERVER
from understudy.conformance.comparing.steps import CHECK, EXAMPLE, MADE_UP, NOTHING, filled

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from understudy.conformance.comparing.deployment import Answer, Deployment
    from understudy.conformance.comparing.steps import Step
    from understudy.conformance.comparing.traces import Traces
    from understudy.wire import Json, JsonObject

_FIRST_PAUSE, _LONGEST_PAUSE = 0.01, 0.5
_AT_WORK = ("pending", "running")


@dataclass(frozen=True, slots=True)
class Played:
    """What a server answered to each step, comparable; `values` are what marks and symbols stood for."""

    answers: list[JsonObject] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)


class Player:
    """Plays one sequence on one server; what it makes is noted in the traces.

    The first character of `example`, and the last one of the check's id, tell the two servers apart.
    """

    def __init__(self, deployment: Deployment, traces: Traces, example: str) -> None:
        self._deployment = deployment
        self._traces = traces
        self._names: dict[str, str] = {}
        self._canonical = Canonical(self._names)
        self.played = Played(values={CHECK: traces.check_id, EXAMPLE: example})

    def play(self, steps: Sequence[Step], stopped: Iterable[bool]) -> Played:
        """Take every step, unless it is `stopped` before."""
        for step, stop in zip(steps, stopped, strict=False):
            if stop:
                break
            self.played.answers.append(self._take(step))
        return self.played

    def _take(self, step: Step) -> JsonObject:
        for symbol in sorted(step.symbols()):
            if symbol not in self.played.values:
                self._make_up(symbol)
        body = None if step.body is NOTHING else orjson.dumps(self._filled(step.body))
        headers = self._filled(dict(step.headers))
        answer = self._deployment.ask(step.method, step.target(self._filled), body, headers)
        self._traces.note(step, answer, self.played.values)
        for symbol, place in step.makes:
            self._keep(symbol, answer.at(place))
        told = answer.to_json()
        if step.settles and (late := self._settle(step, answer)):
            told["settled"] = late
        return self._comparable(told)

    def _comparable(self, told: JsonObject) -> JsonObject:
        """Return an answer without what is the server's own: its address and marks, ids and times."""
        text = orjson.dumps(told).decode()
        address = self._deployment.address.shown.rstrip("/")
        for own, name in ((address, SERVER), (self.played.values[EXAMPLE], EXAMPLE), (self._traces.check_id, CHECK)):
            text = text.replace(own, name)
        copy: JsonObject = self._canonical.copy(orjson.loads(text))
        return copy

    def _settle(self, step: Step, answer: Answer) -> str | None:
        """Wait until nothing goes on any more on the thread of a run; return what still does after a while."""
        threads = [path["thread_id"] for path in (step.path,) if "thread_id" in path]
        ids = [str(self._filled(thread)) for thread in threads]
        rows = answer.body if isinstance(answer.body, list) else [answer.body]
        ids += [row["thread_id"] for row in rows if isinstance(row, dict) and isinstance(row.get("thread_id"), str)]
        for thread_id in dict.fromkeys(ids):
            if late := self._wait(thread_id):
                return late
        return None

    def _wait(self, thread_id: str) -> str | None:
        patience, pause = time.monotonic() + PATIENCE, _FIRST_PAUSE
        while True:
            thread = self._deployment.json("GET", f"/threads/{thread_id}")
            if thread is None:
                return None
            runs = self._deployment.json("GET", f"/threads/{thread_id}/runs?limit=3") or []
            at_work = [row["status"] for row in runs if row.get("status") in _AT_WORK]
            if thread.get("status") != "busy" and not at_work:
                return None
            if time.monotonic() > patience:
                return f"the thread is {thread.get('status')}, its runs {at_work}, after {PATIENCE:g} s"
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _filled(self, value: Json) -> Json:
        return filled(value, self.played.values)

    def _keep(self, symbol: str, value: str | None) -> None:
        if value is None:
            return  # a later step that needs it gets an id of nothing
        self.played.values.setdefault(symbol, value)
        self._names.setdefault(value, symbol)

    def _make_up(self, symbol: str) -> None:
        """Give a symbol a value that nothing has: another one in each sequence, on both servers of the same order."""
        side, example = self.played.values[EXAMPLE][:1], self.played.values[EXAMPLE][1:]
        made = hashlib.sha256(f"{self._traces.check_id[:-1]} {example} {symbol}".encode()).digest()
        value = str(UUID(bytes=made[:15] + side.encode(), version=4))
        self.played.values[symbol] = value
        self._names[value] = symbol if symbol.startswith(MADE_UP) else "missing"
