"""Conversations with agents: had on a server, recorded, and had again with the agents made of the recording."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterable
from typing import Any

import httpx

from understudy.recording import reading
from understudy.recording.agents import drawn
from understudy.recording.captured import Captured, RecordedRun
from understudy.recording.deployment import Deployment
from understudy.recording.recorder import runs_of

Body = dict[str, Any]

_ID = re.compile(r"\b([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|call_[0-9a-f]{24})\b")
_KWARGS = ("input", "command", "context", "interrupt_before", "interrupt_after")

_TIME = re.compile(r"\b1\d{12}\b")


def says(text: str, **more: Any) -> Body:
    """Return the body of a run with a message of a user."""
    return {"input": {"messages": [{"role": "user", "content": text}]}, **more}


def gives(**values: Any) -> Body:
    """Return the body of a run with these values as its input."""
    return {"input": values}


def answers(value: Any) -> Body:
    """Return the body of a run that answers a question; `{"by_node": {…}}` answers several by the node that asks."""
    return {"command": {"resume": value}}


AGAIN: Body = {"input": None}
"""The body of a run that goes on where the thread is."""


def hold(url: str, graph_id: str, conversation: list[Body]) -> tuple[str, list[Any]]:
    """Have a conversation on a new thread; return the thread and what each run was answered.

    A run goes on `from_the_first` state that led to a node, or from where the thread is.
    """
    with httpx.Client(base_url=url, timeout=30) as client:
        thread_id: str = client.post("/threads", json={}).json()["thread_id"]
        path = f"/threads/{thread_id}"
        told = []
        for body in conversation:
            tasks = client.get(f"{path}/state").json()["tasks"] if by_node(body) else []
            ids = {task["name"]: task["interrupts"][0]["id"] for task in tasks if task["interrupts"]}
            told_by_id = {ids[node]: answer for node, answer in by_node(body).items()}
            whole = {"command": {"resume": told_by_id}} if told_by_id else dict(body)
            if "from_the_first" in body:
                states = client.get(f"{path}/history", params={"limit": 100}).json()
                node = whole.pop("from_the_first")
                there = [state for state in states if state["next"] == [node]]
                whole["checkpoint_id"] = there[-1]["checkpoint"]["checkpoint_id"]
            answer = client.post(f"{path}/runs/wait", json={"assistant_id": graph_id, **whole})
            told.append(answer.json())
    return thread_id, told


def by_node(body: Body) -> dict[str, Any]:
    """Return the answers in a body that are told by the node that asked."""
    resume = (body.get("command") or {}).get("resume")
    answers_by_node: dict[str, Any] = resume.get("by_node", {}) if isinstance(resume, dict) else {}
    return answers_by_node


def recorded(url: str, graph_ids: list[str], thread_ids: list[str]) -> Captured:
    """Return what is told of these graphs and threads."""
    return asyncio.run(_recorded(url, graph_ids, thread_ids))


async def _recorded(url: str, graph_ids: list[str], thread_ids: list[str]) -> Captured:
    captured = Captured()
    async with Deployment(url) as deployment:
        for graph_id in graph_ids:
            rows = await deployment.post("/assistants/search", {"graph_id": graph_id, "limit": 1})
            captured.assistants += rows
            captured.graphs[graph_id] = await reading.graph(deployment, rows[0]["assistant_id"])
        for thread_id in thread_ids:
            row = await reading.thread(deployment, thread_id)
            assert row is not None
            captured.threads.append(row)
            captured.runs += runs_of(row, await reading.runs(deployment, thread_id))
    return captured


def as_json(captured: Captured) -> Any:
    """Return what scripts are made of, as a file keeps it."""
    runs = [
        {
            "thread_id": run.thread_id,
            "row": {key: run.row[key] for key in ("run_id", "created_at", "status")}
            | {"metadata": {"graph_id": run.graph_id}, "kwargs": _only(_KWARGS, run.row["kwargs"])},
            "states": [_state(state) for state in run.states],
            "before": run.before and _state(run.before),
        }
        for run in captured.runs
    ]
    return json.loads(json.dumps({"drawn": drawn(captured), "runs": runs}))


def _state(state: Any) -> Any:
    place = _only(("checkpoint_id", "checkpoint_ns"), state["checkpoint"])
    return {
        **_only(("values", "next", "tasks", "parent_checkpoint"), state),
        "metadata": _only(("run_id", "source", "step"), state["metadata"]),
        "checkpoint": place,
    }


def _only(names: Iterable[str], row: Any) -> Any:
    return {name: row[name] for name in names if name in row}


def from_json(told: Any) -> tuple[list[RecordedRun], dict[str, Any]]:
    """Return the runs and the agents that such a file keeps."""
    return [RecordedRun(**run) for run in told["runs"]], told["drawn"]


def history(runs: list[RecordedRun]) -> Any:
    """Return what runs show of themselves, oldest first, without times, ids and what depends on the server."""
    told = [
        {
            "status": run.row["status"],
            "states": [
                {
                    "values": state["values"],
                    "next": state["next"],
                    "place": state["checkpoint"].get("checkpoint_ns", ""),
                    "metadata": {key: state["metadata"].get(key) for key in ("source", "step")},
                    "tasks": [
                        {
                            **{key: task.get(key) for key in ("name", "path", "error", "result")},
                            "interrupts": [asked["value"] for asked in task["interrupts"]],
                        }
                        for task in state["tasks"]
                    ],
                }
                for state in run.states
            ],
        }
        for run in sorted(runs, key=lambda run: (run.thread_id, run.row["created_at"]))
    ]
    return without_ids(told)


def without_ids(told: Any) -> Any:
    """Return the same with ids that say only which are the same, and no times."""
    ids: dict[str, str] = {}
    # Messages that a model streams have ids of their own kind.
    text = _TIME.sub("TIME", json.dumps(told)).replace('"id": "lc_run--', '"id": "')
    return json.loads(_ID.sub(lambda found: ids.setdefault(found[0], f"id-{len(ids)}"), text))
