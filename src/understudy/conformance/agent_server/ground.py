"""What made-up requests meet in a deployment: threads with runs that are over or wait, crons, assistants of the check.

A few of each are kept and met again and again; a request that ends one gets it to itself.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import requests

    from understudy.conformance.ledger import Ledger
    from understudy.conformance.stage import Graph, Stage
    from understudy.wire import JsonObject

SOME = 4
"""How many of a kind are kept."""

_LATER = 1_000_000
"""Seconds after which a run starts that is to be waiting."""


class Ground:
    """Hands out ids of what is there, and makes it if it is not. Several workers may ask at once."""

    def __init__(self, url: str, session: requests.Session, stage: Stage, timeout: float) -> None:
        self._url = url.rstrip("/")
        self._session = session
        self._stage = stage
        self._timeout = timeout
        self._lock = threading.RLock()
        self._kept: dict[str, list[dict[str, str]]] = {}
        self._turns: dict[str, int] = {}
        self.waiting: set[str] = set()
        """The threads on which a run waits that does not start for days: whoever waits for one there waits long."""

    @property
    def ledger(self) -> Ledger:
        """What was made."""
        return self._stage.ledger

    def graph(self, chance: int) -> Graph | None:
        """Return one of the graphs; None where there is none."""
        graphs = self._stage.graphs
        return graphs[chance % len(graphs)] if graphs else None

    def some(self, kind: str, *, to_itself: bool) -> dict[str, str] | None:
        """Return the path parameters of something of a kind (see `MAKERS`); None if it cannot be made.

        `to_itself` is for whoever is going to end it: nobody else gets it.
        """
        with self._lock:
            kept = self._kept.setdefault(kind, [])
            if to_itself:
                return kept.pop() if len(kept) == SOME else MAKERS[kind](self)
            if len(kept) < SOME:
                made = MAKERS[kind](self)
                if made is None:
                    return kept[0] if kept else None
                kept.append(made)
                return made
            turn = self._turns[kind] = self._turns.get(kind, -1) + 1
            return kept[turn % SOME]

    def forget(self, names: dict[str, str]) -> None:
        """Say that something is not there any more: whatever lives in it is gone as well."""
        with self._lock:
            for kept in self._kept.values():
                kept[:] = [each for each in kept if not names.items() <= each.items()]

    def assistant(self) -> dict[str, str] | None:
        """Make an assistant."""
        graph = self.graph(0)
        if graph is None:
            return None
        return self._made("assistant_id", "/assistants", {"graph_id": graph.graph_id, **self._marked()})

    def thread(self) -> dict[str, str] | None:
        """Make a thread with a graph, if there is one, on which nothing has run."""
        graph = self.graph(len(self.ledger.of("threads")))
        metadata = {**self.ledger.mark, **({"graph_id": graph.graph_id} if graph else {})}
        return self._made("thread_id", "/threads", {"metadata": metadata})

    def run(self) -> dict[str, str] | None:
        """Make a thread and a run on it that is over, and can be watched again."""
        graph = self.graph(len(self.ledger.of("threads")))
        thread = self.thread()
        if graph is None or thread is None:
            return None
        watched = {"stream_resumable": True, "stream_mode": ["values", "updates", "messages-tuple"]}
        answer = self._post(f"/threads/{thread['thread_id']}/runs/wait", {**self._start(graph), **watched})
        run_id = answer.headers.get("content-location", "").rpartition("/")[2] if answer is not None else ""
        return {**thread, "run_id": run_id} if run_id else None

    def pending(self) -> dict[str, str] | None:
        """Make a thread and a run on it that does not start for days."""
        graph, thread = self.graph(0), self.thread()
        if graph is None or thread is None:
            return None
        self.waiting.add(thread["thread_id"])
        start = {**self._start(graph), "after_seconds": _LATER}
        made = self._made("run_id", f"/threads/{thread['thread_id']}/runs", start)
        return made and {**thread, **made}

    def cron(self) -> dict[str, str] | None:
        """Make a cron that starts nothing soon."""
        graph = self.graph(0)
        if graph is None:
            return None
        start = {name: value for name, value in self._start(graph).items() if name != "stream_resumable"}
        return self._made("cron_id", "/runs/crons", {**start, "schedule": "0 0 29 2 *"})

    def _start(self, graph: Graph) -> JsonObject:
        told = graph.inputs[len(self.ledger.of("threads")) % len(graph.inputs)]
        return {"assistant_id": graph.assistant_id, "input": told, **self._marked()}

    def _marked(self) -> JsonObject:
        return {"metadata": self.ledger.mark}

    def _made(self, name: str, path: str, body: JsonObject) -> dict[str, str] | None:
        answer = self._post(path, body)
        if answer is None:
            return None
        made = str(answer.json()[name])
        if name != "run_id":
            self.ledger.made(f"{name.removesuffix('_id')}s", made)
        return {name: made}

    def _post(self, path: str, body: JsonObject) -> requests.Response | None:
        import requests

        try:
            answer = self._session.post(f"{self._url}{path}", json=body, timeout=self._timeout)
        except requests.RequestException:
            return None
        return answer if answer.ok else None


MAKERS: dict[str, Callable[[Ground], dict[str, str] | None]] = {
    "assistant": Ground.assistant,
    "thread": Ground.thread,
    "run": Ground.run,
    "pending run": Ground.pending,
    "cron": Ground.cron,
}
"""How something of a kind is made; each gives path parameters, or None where it cannot be made."""
