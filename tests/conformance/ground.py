"""What a campaign meets on the server: threads with runs in every state, crons, an assistant; made when wanted."""

from __future__ import annotations

from functools import cache
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid5

import httpx

INPUTS: dict[str, list[Any]] = {
    "agent": [{"messages": [{"role": "user", "content": text}]} for text in ("hi", "ask", "boom")],
    "steps": [{"n": 1}, {"n": 1, "mode": "boom"}],
    "chat": [{"messages": [{"role": "user", "content": "hi"}]}],
    "custom": [{"x": "x"}],
    "parent": [{"v": "v"}, {"v": "v", "ask": True}],
    "par": [{"out": []}],
    "ctx": [{"k": None}],
    "cfg": [{"k": None}],
}
"""What each graph of the scenario `reference` can be started with."""

GRAPHS = tuple(INPUTS)

STARTED = [{"assistant_id": graph, "input": told} for graph, inputs in INPUTS.items() for told in inputs]

_GRAPHS = UUID("6ba7b821-9dad-11d1-80b4-00c04fd430c8")
"""The namespace of the ids of those assistants."""

_LATER = 1e6
"""Seconds after which a run starts that is to be waiting."""


class Ground:
    """What is there on a server, and made there if it is not."""

    def __init__(self, url: str) -> None:
        self._client = httpx.Client(base_url=url, timeout=20)

    def assistant(self) -> str:
        """Return the id of an assistant of its own."""
        return str(self._post("/assistants", {"graph_id": "agent", "name": "ground"})["assistant_id"])

    def cron(self) -> str:
        """Return the id of a cron that starts nothing soon."""
        cron = {"assistant_id": "agent", "schedule": "0 0 29 2 *", "input": INPUTS["agent"][0]}
        return str(self._post("/runs/crons", cron)["cron_id"])

    def thread(self, chance: int) -> str:
        """Return the id of a thread on which something has run."""
        return self.over(chance)[0]

    def over(self, chance: int) -> tuple[str, str]:
        """Return the ids of a thread and of a run on it that is over: a success, a failure, or one that waits."""
        thread_id = self._thread()
        resumable = {"stream_resumable": True, "stream_mode": ["values", "updates", "messages-tuple"]}
        body = {**STARTED[chance % len(STARTED)], **resumable}
        answer = self._sent(f"/threads/{thread_id}/runs/wait", body)
        return thread_id, answer.headers["content-location"].rpartition("/")[2]

    def waiting(self) -> tuple[str, str]:
        """Return the ids of a thread and of a run on it that does not start for days."""
        thread_id = self._thread()
        run = self._post(f"/threads/{thread_id}/runs", {**STARTED[0], "after_seconds": _LATER})
        return thread_id, str(run["run_id"])

    def waits(self, thread_id: str) -> bool:
        """Return whether a run on a thread does not start for days, and so nobody can wait for it or those after it."""
        answer = self._client.get("/threads/{}/runs".format(quote(thread_id, safe="")), params={"status": "pending"})
        rows = answer.json() if answer.is_success else []
        return any(row["kwargs"]["config"]["configurable"]["__after_seconds__"] > 0 for row in rows)

    def _restore(self) -> None:
        """Make the assistants anew that bear the names of graphs: some request has deleted one."""
        for graph in GRAPHS:
            assistant = {"graph_id": graph, "assistant_id": str(uuid5(_GRAPHS, graph)), "if_exists": "do_nothing"}
            self._client.post("/assistants", json=assistant).raise_for_status()

    def _thread(self) -> str:
        return str(self._post("/threads", {})["thread_id"])

    def _post(self, path: str, body: Any) -> Any:
        return self._sent(path, body).json()

    def _sent(self, path: str, body: Any) -> httpx.Response:
        answer = self._client.post(path, json=body)
        if answer.status_code == httpx.codes.NOT_FOUND:
            self._restore()
            answer = self._client.post(path, json=body)
        return answer.raise_for_status()


@cache
def ground(url: str) -> Ground:
    """Return what is there on the server at a URL."""
    return Ground(url)
