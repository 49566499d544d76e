"""What made-up requests meet in a deployment: threads with runs that are over or wait, crons, assistants of the check.

A few of each are kept and met again and again; a request that ends one gets it to itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from understudy.conformance.ground import Ground
from understudy.conformance.stage import Stage

if TYPE_CHECKING:
    import requests

    from understudy.conformance.ground import Makers
    from understudy.conformance.stage import Graph
    from understudy.wire import JsonObject

_LATER = 1_000_000
"""Seconds after which a run starts that is to be waiting."""


class AgentServerGround(Ground[Stage]):
    """Makes threads, runs, crons and assistants."""

    def __init__(self, url: str, session: requests.Session, stage: Stage, timeout: float) -> None:
        super().__init__(url, session, stage, timeout)
        self.waiting: set[str] = set()
        """The threads on which a run waits that does not start for days: whoever waits for one there waits long."""

    def graph(self, chance: int) -> Graph | None:
        """Return one of the graphs; None where there is none."""
        graphs = self.stage.graphs
        return graphs[chance % len(graphs)] if graphs else None

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
        answer = self._asked("POST", f"/threads/{thread['thread_id']}/runs/wait", {**self._start(graph), **watched})
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
        answer = self._asked("POST", path, body)
        if answer is None:
            return None
        made = str(answer.json()[name])
        if name != "run_id":
            self.ledger.made(f"{name.removesuffix('_id')}s", made)
        return {name: made}

    makers: ClassVar[Makers] = {
        "assistant": assistant,
        "thread": thread,
        "run": run,
        "pending run": pending,
        "cron": cron,
    }
