"""Made-up sequences of requests to the Computer Agents API, and everything that can be read of a world afterwards."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import orjson
from hypothesis import strategies as st

from tests.computer_agents.conversing import SCRIPTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import httpx

AGENTS = (
    SCRIPTS
    + """
  counting:
    channels: {messages: messages, n: sum}
    nodes:
      count:
        - when: text == "fail"
          do: {raise: {error: ValueError, message: no more}}
        - do:
            - write: {n: 1}
            - store: {get: {namespace: [notes], key: last}}
            - say: "{{ state.n }} {{ visit }} {{ item.value.text if item else 'nothing' }}"
            - store: {put: {namespace: [notes], key: last, value: {text: "{{ text }}"}}}
"""
)
"""The agents that are asked; the last one remembers more than what was said."""

Step = tuple[Any, ...]

_PATHS = ["src/hello.py", "notes.md", "a/b"]
_AGENTS = ["coder", "clerk", "careful", "forgetful", "counting", "agent_default", "unknown"]
_TEXTS = ["hello", "undo", "look", "leave", "fail", "", "plan\nmore"]

_at = st.integers(0, 7)
"""Which one of those that there are is meant."""

_options = st.fixed_dictionaries(
    {},
    optional={
        "title": st.sampled_from(["", "Copy of it"]),
        "truncateAtMessageIndex": st.integers(0, 4),
        "environmentTarget": st.sampled_from(["existing_environment", "new_forked_environment"]),
        "fileCopyMode": st.sampled_from(["all", "thread_only", "none"]),
        "environmentName": st.just("Fork"),
    },
)

_steps = st.one_of(
    st.tuples(st.just("thread"), st.sampled_from(_AGENTS), _at, st.sampled_from([None, *_TEXTS])),
    st.tuples(st.just("say"), _at, st.sampled_from(_TEXTS), st.sampled_from([None, 0, 2])),
    st.tuples(st.just("say"), _at, st.sampled_from(_TEXTS), st.none()),
    st.tuples(st.just("copy"), _at, _options),
    st.tuples(st.just("fork from message"), _at, _options),
    st.tuples(st.just("fork from step"), _at, _at, st.sampled_from(["historical", "latest"])),
    st.tuples(st.just("revert"), _at, _at, st.sampled_from([None, *_PATHS])),
    st.tuples(st.just("change thread"), _at, _at, st.sampled_from(["archived", "completed", "permission_asked"])),
    st.tuples(
        st.just("delete"), st.sampled_from(["threads", "environments", "agents", "projects"]), _at, st.booleans()
    ),
    st.tuples(st.just("resume"), _at),
    st.tuples(st.just("cancel"), _at),
    st.tuples(st.just("project"), st.sampled_from([None, "project_mine"])),
    st.tuples(st.just("agent"), st.booleans(), st.sampled_from([None, "agent_mine"])),
    st.tuples(st.just("computer"), st.booleans(), _at),
    st.tuples(st.just("change"), st.sampled_from(["environments", "agents", "projects"]), _at),
    st.tuples(st.just("put"), _at),
    st.tuples(st.sampled_from(["start", "stop", "set-default", "snapshots/initialize"]), _at),
    st.tuples(st.just("fork snapshot"), _at, _at),
    st.tuples(st.just("default")),
    st.tuples(st.just("wait"), st.sampled_from([0.5, 61.0])),
)

programs: st.SearchStrategy[list[Step]] = st.lists(_steps, min_size=4, max_size=40)


class Player:
    """Somebody who asks a world of a server."""

    def __init__(self, client: httpx.Client, world: str) -> None:
        self._client = client
        self._headers = {"X-Understudy-World": world}

    def play(self, steps: Iterable[Step]) -> list[Any]:
        """Take steps, and return what was answered."""
        return [told for step in steps if (told := self._take(*step)) is not None]

    def everything(self) -> dict[str, Any]:
        """Return what a world answers to all that can be asked for, by path."""
        return {path: self._get(path) for path in self._paths()}

    def rows(self, noun: str) -> list[dict[str, Any]]:
        """Return the rows of a list."""
        return list(orjson.loads(self._get(f"/v1/{noun}?limit=100")[1])["data"])

    def _paths(self) -> Iterator[str]:
        for noun in ("threads", "agents", "environments", "projects"):
            yield f"/v1/{noun}?limit=100"
            yield from (f"/v1/{noun}/{row['id']}" for row in self.rows(noun))
        yield "/v1/agents/models"
        for row in self.rows("environments"):
            yield from (f"/v1/environments/{row['id']}/{part}" for part in ("status", "snapshots"))
        for row in self.rows("threads"):
            path = f"/v1/threads/{row['id']}"
            yield from (f"{path}/{part}" for part in ("messages", "status", "steps?limit=100"))
            for step in orjson.loads(self._get(f"{path}/steps?limit=100")[1])["data"]:
                yield from (f"{path}/steps/{step['id']}/{part}" for part in ("diff", "files", "files?prefix=src"))
                yield from (f"{path}/steps/{step['id']}/file?path={name}" for name in _PATHS)

    def _get(self, path: str) -> tuple[int, bytes]:
        answer = self._client.get(path, headers=self._headers)
        assert answer.status_code < 500, answer.text
        return answer.status_code, answer.content

    def _post(self, path: str, body: Any = None, method: str = "POST") -> Any:
        answer = self._client.request(method, path, json=body, headers=self._headers)
        assert answer.status_code < 500, answer.text
        return answer.status_code, answer.text

    def _pick(self, noun: str, at: int) -> str:
        rows = self.rows(noun)
        return str(rows[at % len(rows)]["id"]) if rows else f"{noun}_none"

    def _step(self, thread_id: str, at: int) -> str:
        steps = orjson.loads(self._get(f"/v1/threads/{thread_id}/steps?limit=100")[1]).get("data")
        return str(steps[at % len(steps)]["id"]) if steps else "step_none"

    def _take(self, kind: str, *told: Any) -> Any:
        match kind, *told:
            case "thread", agent, at, text:
                there = self._pick("environments", at) if at else None
                body = {"agentId": agent, "environmentId": there, "content": text, "title": f"No. {at}"}
                return self._post("/v1/threads", {name: value for name, value in body.items() if value is not None})
            case "say", at, text, kept:
                body = {"content": text} if kept is None else {"content": text, "truncateAtMessageIndex": kept}
                return self._post(f"/v1/threads/{self._pick('threads', at)}/messages", body)
            case "copy", at, options:
                return self._post(f"/v1/threads/{self._pick('threads', at)}/copy", options)
            case "fork from message", at, options:
                return self._post(f"/v1/threads/{self._pick('threads', at)}/fork-from-message", options)
            case "fork from step", at, step, mode:
                thread = self._pick("threads", at)
                return self._post(f"/v1/threads/{thread}/steps/{self._step(thread, step)}/fork", {"mode": mode})
            case "revert", at, step, path:
                thread = self._pick("threads", at)
                body = {"revertedFilePath": path} if path else {}
                return self._post(f"/v1/threads/{thread}/steps/{self._step(thread, step)}/revert", body)
            case "change thread", at, other, status:
                body = {"status": status, "environmentId": self._pick("environments", other), "metadata": {"n": at}}
                return self._post(f"/v1/threads/{self._pick('threads', at)}", body, "PATCH")
            case "delete", noun, at, hard:
                query = f"?hard={str(hard).lower()}" if noun in ("environments", "agents") else ""
                return self._post(f"/v1/{noun}/{self._pick(noun, at)}{query}", None, "DELETE")
            case (("resume" | "cancel"), at):
                return self._post(f"/v1/threads/{self._pick('threads', at)}/{kind}")
            case "project", given:
                return self._post("/v1/projects", {"name": "Orchard", **({"id": given} if given else {})})
            case "agent", default, given:
                body = {"name": "Almanac", "model": "m", "isDefault": default, **({"id": given} if given else {})}
                return self._post("/v1/agents", body)
            case "computer", default, at:
                project = self.rows("projects")
                owner = {"projectId": project[at % len(project)]["id"]} if project else {}
                body = {"name": f"No. {at}", "isDefault": default, "secrets": [{"key": "K", "value": "v"}], **owner}
                return self._post("/v1/environments", body)
            case "change", noun, at:
                return self._post(f"/v1/{noun}/{self._pick(noun, at)}", {"description": f"No. {at}"}, "PATCH")
            case "put", at:
                path = f"/v1/environments/{self._pick('environments', at)}"
                return self._post(path, {"name": "New", "computeProfile": "lite"}, "PUT")
            case (("start" | "stop" | "set-default" | "snapshots/initialize"), at):
                return self._post(f"/v1/environments/{self._pick('environments', at)}/{kind}", {})
            case "fork snapshot", at, which:
                computer = self._pick("environments", at)
                rows = orjson.loads(self._get(f"/v1/environments/{computer}/snapshots")[1]).get("data")
                snapshot = rows[which % len(rows)]["id"] if rows else "snapshot_none"
                return self._post(f"/v1/environments/{computer}/snapshots/{snapshot}/fork", {})
            case "wait", seconds:
                self._post("/_understudy/clock/advance", {"seconds": seconds})
                return None
            case _:
                return self._get("/v1/environments/default")


_DRAWN = re.compile(r"\b[a-z]+_[A-Za-z0-9]{21}\b")


def without_new_ids(told: Any, known: str) -> str:
    """Return what was told as text, with a number for each id that was not known before."""
    numbers: dict[str, str] = {}

    def number(found: re.Match[str]) -> str:
        drawn = found[0]
        return drawn if drawn in known else numbers.setdefault(drawn, f"new {len(numbers)}")

    return _DRAWN.sub(number, repr(told))
