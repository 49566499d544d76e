"""Made-up programs of requests that leave much behind in a world, and all that can be read of it afterwards."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
from hypothesis import strategies as st

AGENTS = """
agents:
  wide:
    channels: {log: append, total: sum, messages: messages}
    nodes:
      split: {write: {log: ["split {{ visit }}"], total: 1}}
      left: {write: {log: [left]}}
      right: {write: {log: [right]}}
      asked: [{interrupt: first?, as: one}, {interrupt: second?, as: two}, {write: {log: ["{{ one }} {{ two }}"]}}]
      joined: {say: "{{ state.log | length }} by now"}
    edges:
      - [__start__, split]
      - [split, left]
      - [split, right]
      - [left, asked]
      - {from: [asked, right], to: joined}
      - [joined, __end__]
  sent:
    channels: {log: append, things: last}
    nodes:
      plan: {write: {things: [a], log: ["plan {{ visit }}"]}}
      ask: [{interrupt: "{{ input }}?"}, {write: {log: ["{{ input }} {{ resume }}"]}}]
    edges:
      - [__start__, plan]
      - {from: plan, to: ask, each: "{{ state.things }}"}
      - [ask, __end__]
  deep:
    channels: {log: append}
    nodes: {pre: {write: {log: ["pre {{ visit }}"]}}, wide: null}
    subgraphs: {wide: wide}
  clerk:
    channels: {messages: messages, letter: last}
    nodes:
      write:
        - when: visit % 3 == 2
          do: {raise: ValueError}
        - do: {say: "{{ visit }}"}
"""

CHANGED = """
agents:
  clerk: {channels: {messages: last, other: append}, nodes: {other: {write: {other: [1]}}}}
  fresh: {channels: {n: sum}, nodes: {one: {write: {n: 1}}}}
"""

_NUMBERS = st.sampled_from([0, 0, 0, 0, 1, 2])
_AGENTS = st.sampled_from(["wide", "sent", "sent", "deep", "clerk", "parent"])
_NODES = st.sampled_from(
    [None, "split", "left", "right", "plan", "ask", "pre", "write", "a", "__end__", "__copy__", "__input__"]
)
_VALUES = st.sampled_from(
    [{"log": ["told"]}, {"messages": [{"role": "user", "content": "Hi"}]}, {"n": 1}, {"total": 2}, None]
)
_METADATA = st.sampled_from(
    [{}, {"user": "ada"}, {"user": "bob", "graph_id": "wide"}, {"graph_id": "gone"}, {"graph_id": [1]}]
)
_TTLS = st.sampled_from([None, {"ttl": 1}, {"ttl": 2.5, "strategy": "keep_latest"}, {"ttl": 600}])
_COMMANDS = st.sampled_from(
    [None, None, {"resume": "yes"}, {"resume": "no"}, {"goto": "left"}, {"update": {"log": ["told"]}, "resume": 1}]
)

# A request: its kind, which of the things that there are it is about, and what is said.
_runs = st.tuples(
    st.just("run"),
    _NUMBERS,
    _AGENTS,
    _VALUES,
    _COMMANDS,
    st.sampled_from([{}, {}, {"interrupt_before": "*"}, {"durability": "exit"}, {"interrupt_after": ["split"]}]),
)
_others = st.one_of(
    st.tuples(st.just("thread"), _METADATA, _TTLS),
    st.tuples(st.just("patch thread"), _NUMBERS, _METADATA, _TTLS),
    st.tuples(
        st.sampled_from(["copy", "delete thread", "cancel", "delete run", "delete assistant", "delete cron"]), _NUMBERS
    ),
    st.tuples(st.just("prune"), _NUMBERS, st.sampled_from(["delete", "keep_latest"])),
    st.tuples(st.just("later"), _NUMBERS, _AGENTS, st.sampled_from([30, 90])),
    st.tuples(st.just("update"), _NUMBERS, _VALUES, _NODES),
    st.tuples(st.just("assistant"), _AGENTS, st.sampled_from([{}, {"a": 1}])),
    st.tuples(st.just("patch assistant"), _NUMBERS, st.sampled_from(["", "Other"]), st.sampled_from([{}, {"b": 2}])),
    st.tuples(st.just("latest"), _NUMBERS, st.integers(1, 3)),
    st.tuples(st.just("cron"), st.none() | _NUMBERS, _AGENTS, st.sampled_from(["* * * * *", "0 6 * * *"])),
    st.tuples(st.just("patch cron"), _NUMBERS, st.booleans()),
    st.tuples(
        st.just("put"), st.sampled_from(["a", "b", "a.b"]), st.sampled_from("kl"), st.sampled_from([None, 1, 99])
    ),
    st.tuples(st.just("delete item"), st.sampled_from("ab"), st.sampled_from("kl")),
    st.tuples(st.just("read items")),
    st.tuples(st.just("load")),
    st.tuples(st.just("advance"), st.sampled_from([0.001, 20, 60, 3600])),
)

# Half of them start runs.
programs = st.lists(st.one_of(_runs, _others.map(tuple)), min_size=1, max_size=12)
beginnings = programs.map(lambda program: [("thread", {}, None), *program])
"""Programs in which there is a thread from the start."""


class Player:
    """Somebody who sends the requests of programs to one world, and reads it."""

    def __init__(self, client: httpx.Client, world: str) -> None:
        self._client = client
        self._world = {"x-understudy-world": world}
        self.ids: dict[str, list[str]] = {"thread": [], "run": [], "assistant": [], "cron": []}

    def ask(self, method: str, path: str, json: Any = None) -> Any:
        """Return status and body of an answer."""
        answer = self._client.request(method, path, json=json, headers=self._world)
        assert answer.status_code < 500, (method, path, json, answer.text)
        is_json = "json" in answer.headers.get("content-type", "")
        return answer.status_code, answer.json() if is_json else answer.text

    def play(self, program: list[tuple[Any, ...]]) -> list[Any]:
        """Return what is answered to a program, request by request."""
        return [_KINDS[kind](self, *told) for kind, *told in program]

    def everything(self) -> dict[str, Any]:
        """Return all that can be read, by request."""
        asked: dict[str, Any] = {}

        def get(path: str) -> Any:
            asked[path] = self.ask("GET", path)
            return asked[path][1]

        def search(path: str, **body: Any) -> Any:
            asked[f"{path} {body}"] = self.ask("POST", path, body)
            return asked[f"{path} {body}"][1]

        for by in ("created_at", "updated_at", "name", "graph_id"):
            search("/assistants/search", sort_by=by, limit=1000)
        for row in search("/assistants/search", limit=1000):
            search(f"/assistants/{row['assistant_id']}/versions", limit=1000)
            get(f"/assistants/{row['assistant_id']}/graph?xray=true")
            get(f"/assistants/{row['assistant_id']}/schemas")
        for by in ("created_at", "updated_at", "state_updated_at", "status"):
            search("/threads/search", sort_by=by, limit=1000)
        search("/threads/search", status="interrupted", limit=1000)
        search("/threads/search", metadata={"user": "ada"}, limit=1000)
        for row in search("/threads/search", limit=1000):
            thread = f"/threads/{row['thread_id']}"
            get(f"{thread}?include=ttl")
            get(f"{thread}/state")
            get(f"{thread}/state?subgraphs=true")
            get(f"{thread}/storage")
            states = search(f"{thread}/history", limit=1000)
            tasks = [task for state in states for task in state["tasks"]] if isinstance(states, list) else []
            for task in tasks:
                if task["checkpoint"]:
                    search(f"{thread}/history", limit=1000, checkpoint=task["checkpoint"])
            for run in get(f"{thread}/runs?limit=1000"):
                get(f"{thread}/runs/{run['run_id']}")
        for by in ("created_at", "updated_at", "next_run_date"):
            search("/runs/crons/search", sort_by=by, limit=1000)
        search("/runs/crons/count")
        search("/threads/count")
        search("/store/namespaces")
        search("/store/items/search", namespace_prefix=[], limit=1000, refresh_ttl=False)
        search("/store/items/search", namespace_prefix=["a"], limit=1000, refresh_ttl=False)
        return asked

    def snapshot(self, world: str) -> Any:
        """Return what a world is told as, once it has come to rest."""
        for _ in range(500):
            status, told = self.ask("GET", f"/_understudy/worlds/{world}/snapshot")
            if status == 200:
                return told
        raise AssertionError("runs are played without end")

    def _id(self, kind: str, number: int) -> str:
        """Return the id of a thing that there is, or was."""
        known = self.ids[kind]
        return known[number % len(known)] if known else "00000000-0000-4000-8000-000000000000"

    def _made(self, kind: str, asked: Any) -> Any:
        status, row = asked
        if status < 300 and isinstance(row, dict) and f"{kind}_id" in row:
            self.ids[kind].append(row[f"{kind}_id"])
        return asked

    def _thread(self, metadata: Any, ttl: Any) -> Any:
        return self._made(
            "thread", self.ask("POST", "/threads", {"metadata": metadata, **({"ttl": ttl} if ttl else {})})
        )

    def _patch_thread(self, at: int, metadata: Any, ttl: Any) -> Any:
        path = f"/threads/{self._id('thread', at)}"
        return self.ask("PATCH", path, {"metadata": metadata, **({"ttl": ttl} if ttl else {})})

    def _copy(self, at: int) -> Any:
        return self._made("thread", self.ask("POST", f"/threads/{self._id('thread', at)}/copy"))

    def _run(self, at: int, agent: str, values: Any, command: Any, options: Any) -> Any:
        path = f"/threads/{self._id('thread', at)}/runs/wait"
        body = {"assistant_id": agent, "input": None if command else values, "command": command, **options}
        answer = self._client.post(path, json=body, headers=self._world)
        if answer.status_code == 200:
            self.ids["run"].append(answer.headers["content-location"].rpartition("/")[2])
        return answer.status_code, answer.json()

    def _later(self, at: int, agent: str, seconds: int) -> Any:
        path = f"/threads/{self._id('thread', at)}/runs"
        return self._made("run", self.ask("POST", path, {"assistant_id": agent, "input": {}, "after_seconds": seconds}))

    def _of_run(self, method: str, at: int, action: str = "") -> Any:
        run_id = self._id("run", at)
        for thread_id in self.ids["thread"]:
            if self.ask("GET", f"/threads/{thread_id}/runs/{run_id}")[0] == 200:
                return self.ask(method, f"/threads/{thread_id}/runs/{run_id}{action}")
        return None

    def _update(self, at: int, values: Any, node: Any) -> Any:
        told = {"values": values, **({"as_node": node} if node else {})}
        return self.ask("POST", f"/threads/{self._id('thread', at)}/state", told)

    def _assistant(self, agent: str, context: Any) -> Any:
        return self._made("assistant", self.ask("POST", "/assistants", {"graph_id": agent, "context": context}))

    def _cron(self, at: int | None, agent: str, schedule: str) -> Any:
        path = "/runs/crons" if at is None else f"/threads/{self._id('thread', at)}/runs/crons"
        return self._made("cron", self.ask("POST", path, {"assistant_id": agent, "schedule": schedule, "input": {}}))

    def _put(self, label: str, key: str, ttl: Any) -> Any:
        body = {"namespace": [label, "x"], "key": key, "value": {"v": [1, None, "\u2028\x07"]}, "ttl": ttl}
        return self.ask("PUT", "/store/items", body)


_KINDS: dict[str, Any] = {
    "thread": Player._thread,
    "patch thread": Player._patch_thread,
    "copy": Player._copy,
    "delete thread": lambda self, at: self.ask("DELETE", f"/threads/{self._id('thread', at)}"),
    "prune": lambda self, at, strategy: self.ask(
        "POST", "/threads/prune", {"thread_ids": [self._id("thread", at)], "strategy": strategy}
    ),
    "run": Player._run,
    "later": Player._later,
    "cancel": lambda self, at: self._of_run("POST", at, "/cancel?wait=true"),
    "delete run": lambda self, at: self._of_run("DELETE", at),
    "update": Player._update,
    "assistant": Player._assistant,
    "patch assistant": lambda self, at, name, metadata: self.ask(
        "PATCH", f"/assistants/{self._id('assistant', at)}", {"name": name, "metadata": metadata}
    ),
    "latest": lambda self, at, version: self.ask(
        "POST", f"/assistants/{self._id('assistant', at)}/latest", {"version": version}
    ),
    "delete assistant": lambda self, at: self.ask("DELETE", f"/assistants/{self._id('assistant', at)}"),
    "cron": Player._cron,
    "patch cron": lambda self, at, enabled: self.ask(
        "PATCH", f"/runs/crons/{self._id('cron', at)}", {"enabled": enabled}
    ),
    "delete cron": lambda self, at: self.ask("DELETE", f"/runs/crons/{self._id('cron', at)}"),
    "put": Player._put,
    "delete item": lambda self, label, key: self.ask("DELETE", "/store/items", {"namespace": [label, "x"], "key": key}),
    "read items": lambda self: self.ask("POST", "/store/items/search", {"namespace_prefix": []}),
    "load": lambda self: self.ask("POST", "/_understudy/scenarios", {"text": CHANGED})[0],
    "advance": lambda self, seconds: self.ask("POST", "/_understudy/clock/advance", {"seconds": seconds}),
}

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{32}\b")


def without_new_ids(answers: Any, known: str) -> Any:
    """Return answers with numbers for the ids that a text does not have, counted as they occur."""
    old = set(_ID.findall(known))
    names: dict[str, str] = {}
    text = json.dumps(answers)
    return json.loads(
        _ID.sub(lambda found: found[0] if found[0] in old else names.setdefault(found[0], f"#{len(names)}"), text)
    )


def differences(one: Any, other: Any, at: str = "") -> list[str]:
    """Return where two answers differ, and how."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return [line for key in one for line in differences(one[key], other[key], f"{at}/{key}")]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        return [line for key, pair in pairs for line in differences(*pair, f"{at}/{key}")]
    return [] if one == other else [f"{at}: {json.dumps(one)[:300]} and {json.dumps(other)[:300]}"]
