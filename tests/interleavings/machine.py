"""Anything that clients can do to one world, in any order, at any moment."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.interleavings.claims import Claims, Follower
from tests.interleavings.requests import (
    AGENT_OF,
    THREADS,
    actions,
    agents,
    bodies,
    commands,
    kinds,
    numbers,
    rests,
    threads,
)
from tests.interleavings.stage import Call, Gate, Stage

FIGURES = Counter({"interleavings": 0, "steps": 0, "requests": 0, "runs": 0, "events": 0})
"""What has been tried so far in this process, attempts to make a failure smaller included."""


class Interleavings(RuleBasedStateMachine):
    """Requests, agents that go on, clients that leave, time that passes: in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.stage = Stage()
        self.claims = Claims(self.stage)
        self.runs: list[tuple[str, str]] = []
        self.crons: list[str] = []
        self.rested = True
        self.sound = True
        self.steps = 0

    def teardown(self) -> None:
        try:
            if self.sound:
                self.finish()
        finally:
            requests, runs, events = len(self.stage.calls), len(self.runs), len(self.stage.log)
            FIGURES.update(interleavings=1, steps=self.steps, requests=requests, runs=runs, events=events)
            self.stage.close()

    @invariant()
    def what_must_hold_holds(self) -> None:
        if self.rested:
            self.claims.at_rest()
        else:
            self.claims.at_every_moment()
        self.note_runs()
        self.sound = True
        self.steps += 1

    # What clients do

    @rule(thread=threads, again=st.booleans(), ttl=st.sampled_from([None, None, 1]), steps=st.booleans(), rest=rests)
    def create_thread(self, thread: str, again: bool, ttl: int | None, steps: bool, rest: int | None) -> None:
        body: dict[str, Any] = {"thread_id": thread, "metadata": {"graph_id": AGENT_OF[thread]}}
        if again:
            body["if_exists"] = "do_nothing"
        if ttl:
            body["ttl"] = {"ttl": ttl, "strategy": "keep_latest" if steps else "delete"}
        if steps:
            body["supersteps"] = [{"updates": [{"values": {"log": ["made"]}, "as_node": "a"}]}]
        self.send("POST", "/threads", body, rest)

    @rule(thread=threads, kind=kinds, body=bodies(), rest=rests)
    def start_one_more(self, thread: str, kind: str, body: dict[str, Any], rest: int | None) -> None:
        self.launch(thread, kind, {**body, "assistant_id": AGENT_OF[thread]}, rest)

    @rule(thread=threads, kind=kinds, body=bodies(), rest=rests)
    def start(self, thread: str, kind: str, body: dict[str, Any], rest: int | None) -> None:
        self.launch(thread, kind, {**body, "assistant_id": AGENT_OF[thread]}, rest)

    @rule(thread=threads, kind=kinds, body=bodies(), command=commands, rest=rests)
    def resume(self, thread: str, kind: str, body: dict[str, Any], command: Any, rest: int | None) -> None:
        told = {name: value for name, value in body.items() if name != "input"}
        self.launch(thread, kind, {**told, "assistant_id": AGENT_OF[thread], "command": command}, rest)

    @rule(agent=agents, kind=st.sampled_from(["", "/stream", "/wait", "/batch"]), body=bodies(), rest=rests)
    def start_alone(self, agent: str, kind: str, body: dict[str, Any], rest: int | None) -> None:
        body["assistant_id"] = agent
        if kind == "/batch":
            self.send("POST", "/runs/batch", [body, body], rest)
        else:
            self.launch(None, kind, body, rest)

    @rule(which=numbers, action=actions, wait=st.booleans(), rest=rests)
    def cancel(self, which: int, action: str, wait: bool, rest: int | None) -> None:
        if run := self.run(which):
            query = {"action": action, "wait": str(wait).lower()}
            self.send("POST", f"/threads/{run[0]}/runs/{run[1]}/cancel", None, rest, query=query)

    @rule(whose=st.sampled_from(["all", "pending", "running"]) | threads, action=actions, rest=rests)
    def cancel_many(self, whose: str, action: str, rest: int | None) -> None:
        body: dict[str, Any] = {"status": whose}
        if whose in THREADS:
            run_ids = [run_id for thread_id, run_id in self.runs if thread_id == whose]
            if not run_ids:
                return
            body = {"thread_id": whose, "run_ids": run_ids}
        self.send("POST", "/runs/cancel", body, rest, query={"action": action})

    @rule(which=numbers, whole_thread=st.booleans(), rest=rests)
    def delete(self, which: int, whole_thread: bool, rest: int | None) -> None:
        if whole_thread:
            self.send("DELETE", f"/threads/{self.thread(which)}", None, rest)
        elif run := self.run(which):
            self.claims.shortened.add(run[0])
            self.send("DELETE", f"/threads/{run[0]}/runs/{run[1]}", None, rest)

    @rule(
        which=numbers,
        how=st.sampled_from(["copy", "prune", "live"]),
        strategy=st.sampled_from(["delete", "keep_latest"]),
        rest=rests,
    )
    def tend(self, which: int, how: str, strategy: str, rest: int | None) -> None:
        thread = self.thread(which)
        if how == "copy":
            self.send("POST", f"/threads/{thread}/copy", None, rest)
        elif how == "prune":
            self.send("POST", "/threads/prune", {"thread_ids": [thread], "strategy": strategy}, rest)
        else:
            self.send("PATCH", f"/threads/{thread}", {"ttl": {"ttl": 1, "strategy": strategy}}, rest)

    @rule(which=numbers, node=st.sampled_from([None, "a", "d", "__end__", "__copy__"]), rest=rests)
    def update_state(self, which: int, node: str | None, rest: int | None) -> None:
        thread = self.thread(which)
        row = self.stage.world.threads.seek(thread)
        busy = self.rested and row is not None and row["status"] == "busy"
        values = None if node in ("__end__", "__copy__") else {"log": ["updated"]}
        told = {"values": values, **({"as_node": node} if node else {})}
        call = self.send("POST", f"/threads/{thread}/state", told, rest)
        if busy and rest is None:
            assert call.status == 409, call

    @rule(which=numbers, cancels=st.booleans(), rest=rests)
    def join(self, which: int, cancels: bool, rest: int | None) -> None:
        if run := self.run(which):
            query = {"cancel_on_disconnect": "true"} if cancels else {}
            call = self.send("GET", f"/threads/{run[0]}/runs/{run[1]}/join", None, rest, query=query)
            self.claims.followers.append(Follower(call, "wait", run[1]))

    @rule(
        which=numbers,
        since=st.sampled_from(["", "-", "0-0"]) | st.integers(0, 5),
        wanted=st.sampled_from([(), (), ("values",), ("custom", "updates")]),
        cancels=st.booleans(),
        rest=rests,
    )
    def join_stream(
        self, which: int, since: str | int, wanted: tuple[str, ...], cancels: bool, rest: int | None
    ) -> None:
        run = self.run(which)
        if run is None:
            return
        row = self.stage.world.runs.get(*run)
        resumable = row is not None and row["kwargs"]["resumable"]
        if isinstance(since, int):
            ids = [one.event.id for one in self.stage.log if one.event.run_id == run[1]]
            since = ids[since] if since < len(ids) else ""
        query: dict[str, Any] = {"cancel_on_disconnect": "true"} if cancels else {}
        if wanted:
            query["stream_mode"] = str(list(wanted)).replace("'", '"')
        headers = {"last_event_id": since} if since else {}
        call = self.send("GET", f"/threads/{run[0]}/runs/{run[1]}/stream", None, rest, query=query, **headers)
        self.claims.followers.append(
            Follower(call, "stream", run[1], modes=wanted, last_event_id=since, resumable=resumable)
        )

    @rule(which=numbers, mode=st.sampled_from(["run_modes", "lifecycle", "state_update"]), rest=rests)
    def follow_thread(self, which: int, mode: str, rest: int | None) -> None:
        self.send("GET", f"/threads/{self.thread(which)}/stream", None, rest, query={"stream_modes": mode})

    @precondition(lambda self: any(not call.over for call in self.stage.calls))
    @rule(which=numbers, rest=rests)
    def leave(self, which: int, rest: int | None) -> None:
        calls = [call for call in self.stage.calls if not call.over]
        self.go(calls[which % len(calls)])
        self.wait(rest)

    @rule(which=st.none() | numbers, agent=agents, keep=st.booleans(), body=bodies(), rest=rests)
    def make_cron(self, which: int | None, agent: str, keep: bool, body: dict[str, Any], rest: int | None) -> None:
        thread = None if which is None else THREADS[which % len(THREADS)]
        told = {
            name: value
            for name, value in body.items()
            if name in ("input", "webhook", "interrupt_before", "interrupt_after", "multitask_strategy", "durability")
        }
        if thread is None:
            told["on_run_completed"] = "keep" if keep else "delete"
        told |= {"assistant_id": AGENT_OF[thread] if thread else agent, "schedule": "* * * * *"}
        call = self.send("POST", f"/threads/{thread}/runs/crons" if thread else "/runs/crons", told, rest)
        if call.over and call.status == 200:
            self.crons.append(call.json()["cron_id"])

    @precondition(lambda self: self.crons)
    @rule(rest=rests)
    def delete_cron(self, rest: int | None) -> None:
        self.send("DELETE", f"/runs/crons/{self.crons.pop()}", None, rest)

    # What happens by itself

    @precondition(lambda self: self.stage.gates)
    @rule(which=numbers, rest=rests)
    def go_on(self, which: int, rest: int | None) -> None:
        self.stage.open(self.gate(which))
        self.wait(rest)

    @precondition(lambda self: len(self.stage.gates) > 1)
    @rule(first=numbers, second=numbers, rest=rests)
    def go_on_at_once(self, first: int, second: int, rest: int | None) -> None:
        for which in (first, second):
            self.stage.open(self.gate(which))
        self.wait(rest)

    @rule(seconds=st.sampled_from([1, 60, 600]), rest=rests)
    def pass_time(self, seconds: int, rest: int | None) -> None:
        self.stage.advance(seconds)
        self.wait(rest)

    # How it is done

    def send(self, method: str, path: str, body: Any, rest: int | None, **options: Any) -> Call:
        call = self.stage.send(method, path, body, **options)
        self.wait(rest)
        return call

    def launch(self, thread: str | None, kind: str, body: dict[str, Any], rest: int | None) -> None:
        if thread is None:
            for name in ("if_not_exists", "multitask_strategy"):
                body.pop(name, None)
            if (body.get("command") or {}).get("resume"):
                return
        prefix = "" if thread is None else f"/threads/{thread}"
        call = self.send("POST", f"{prefix}/runs{kind}", body, rest)
        if kind:
            resumable = bool(body.get("stream_resumable"))
            self.claims.followers.append(Follower(call, kind[1:], resumable=resumable))

    def wait(self, rest: int | None) -> None:
        self.sound = False
        self.stage.run(rest)
        self.rested = rest is None

    def go(self, call: Call) -> None:
        self.stage.leave(call)
        for follower in self.claims.followers:
            if follower.call is call:
                follower.leaving = True

    def note_runs(self) -> None:
        known = set(self.runs)
        self.runs += [run for row in self.stage.world.runs if (run := (row["thread_id"], row["run_id"])) not in known]

    def run(self, which: int) -> tuple[str, str] | None:
        return self.runs[-1 - which % len(self.runs)] if self.runs else None

    def thread(self, which: int) -> str:
        there: list[str] = [*THREADS, *(row["thread_id"] for row in self.stage.world.threads)]
        return there[which % len(there)]

    def gate(self, which: int) -> Gate:
        return self.stage.gates[which % len(self.stage.gates)]

    def finish(self) -> None:
        """Let everything come to its end, and look what is left."""
        stage = self.stage
        for cron_id in [row["cron_id"] for row in stage.world.crons]:
            stage.ask("DELETE", f"/runs/crons/{cron_id}")
        stage.advance(3600)
        for _ in range(1000):
            stage.run()
            if not stage.gates:
                break
            for gate in list(stage.gates):
                stage.open(gate)
        self.claims.at_rest()
        for row in list(stage.world.threads):
            stage.ask("DELETE", f"/threads/{row['thread_id']}")
        for call in stage.calls:
            if not call.over:
                self.go(call)
        stage.run()
        self.claims.at_every_moment()
        self.claims.at_the_end()
