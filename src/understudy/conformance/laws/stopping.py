"""Laws of runs that are stopped: by whoever cancels them, or by a run that comes later."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import rule

from understudy.conformance.laws.playing import (
    CANCEL,
    CREATE,
    DAYS,
    GET,
    LIST,
    NEW_THREAD,
    PLAYED,
    THREAD,
    WAIT,
    RunLaw,
    chances,
)


class CancelEndsRun(RunLaw):
    """Runs that wait are cancelled, alone or together with others."""

    name = "cancel-ends-run"
    sentence = "A run that is cancelled ends as interrupted, no other does, and its thread can be used again."
    section = CANCEL
    operations = (CANCEL, "POST /runs/cancel", CREATE, GET, THREAD, WAIT, NEW_THREAD)
    steps = 1

    @rule(chance=chances, how=st.sampled_from(["answered", "waited for", "listed"]), both=st.booleans())
    def cancel(self, chance: int, how: str, both: bool) -> None:
        self.pick(chance)
        thread_id = self.new_thread()
        body = self.started(chance, after_seconds=DAYS)
        run_ids = [self.create(thread_id, body)["run_id"] for _ in range(2)]
        cancelled = run_ids if both else run_ids[:1]
        for run_id in cancelled:
            self.same(self.run_of(thread_id, run_id)["status"], "pending", f"run {run_id}, which starts in days, is")
        self._cancel(how, thread_id, cancelled)

        for run_id in cancelled:
            self._stopped(thread_id, run_id)
        for run_id in run_ids[len(cancelled) :]:
            self.same(self.run_of(thread_id, run_id)["status"], "pending", f"run {run_id}, which nobody cancelled, is")
            self._cancel(how, thread_id, [run_id])
        again = self.ask(CANCEL, thread_id=thread_id, run_id=run_ids[0])
        self.hold(again.status == 404, f"run {run_ids[0]} is over, and cancelling it is answered with {again.status}")
        self.soon(
            lambda: self.thread(thread_id)["status"],
            lambda status: status != "busy",
            lambda status: f"thread {thread_id} is {status}, though both of its runs are cancelled",
        )
        run_id, _ = self.waited(thread_id, self.started(chance))
        status = self.run_of(thread_id, run_id)["status"]
        self.hold(status in PLAYED, f"run {run_id}, after those that were cancelled, is {status}")

    def _stopped(self, thread_id: str, run_id: str) -> None:
        self.soon(
            lambda: self.run_of(thread_id, run_id)["status"],
            lambda status: status == "interrupted",
            lambda status: f"run {run_id}, which was cancelled, is {status}",
        )

    def _cancel(self, how: str, thread_id: str, run_ids: list[str]) -> None:
        if how == "listed":
            self.accepted(self.ask("POST /runs/cancel", {"thread_id": thread_id, "run_ids": run_ids}))
            return
        query = {"wait": "true"} if how == "waited for" else None
        for run_id in run_ids:
            self.accepted(self.ask(CANCEL, query=query, thread_id=thread_id, run_id=run_id))


class NewcomerStopsOthers(RunLaw):
    """While a run waits on a thread, one is started that is to stop it."""

    name = "newcomer-stops-others"
    sentence = "A run with `multitask_strategy: interrupt` stops the active one; with `rollback`, it removes it."
    section = "multitask_strategy of RunCreateStateful"
    operations = (CREATE, GET, LIST, NEW_THREAD)
    steps = 1

    @rule(chance=chances, strategy=st.sampled_from(["interrupt", "rollback"]))
    def come(self, chance: int, strategy: str) -> None:
        self.pick(chance)
        thread_id = self.new_thread()
        former = self.create(thread_id, self.started(chance, after_seconds=DAYS))["run_id"]
        body = self.started(chance, multitask_strategy=strategy)
        answer = self.ask(CREATE, body, thread_id=thread_id)
        self.hold(answer.status != 409, f"a run that is to {strategy} another is refused: {answer.text[:200]}")
        newcomer = self.accepted(answer).body["run_id"]

        self._look(thread_id, former, strategy)
        self.over(thread_id, newcomer)
        self._look(thread_id, former, strategy)
        status = self.run_of(thread_id, newcomer)["status"]
        self.hold(status in PLAYED, f"run {newcomer}, which was to {strategy} {former}, is {status}")

    def _look(self, thread_id: str, former: str, strategy: str) -> None:
        expected = "interrupted" if strategy == "interrupt" else None
        self.soon(
            lambda: {row["run_id"]: row["status"] for row in self.runs(thread_id)}.get(former),
            lambda status: status == expected,
            lambda status: f"run {former} is {status or 'gone'}, but the newcomer was to {strategy} it",
        )


class RollbackLaw(RunLaw):
    """A law of what is undone."""

    steps = 1
    examples = 0.2

    def rolled_back(self, chance: int, waited: bool) -> tuple[str, str]:
        """Return the ids of a thread and of its only run, which was told to stop and be undone before it began."""
        self.pick(chance)
        thread_id = self.new_thread()
        run_id = str(self.create(thread_id, self.started(chance, after_seconds=DAYS))["run_id"])
        query = {"action": "rollback", **({"wait": "true"} if waited else {})}
        self.accepted(self.ask(CANCEL, query=query, thread_id=thread_id, run_id=run_id))
        return thread_id, run_id


class RollbackRemovesRun(RollbackLaw):
    """A run that waits is cancelled, and what it has done is to be undone."""

    name = "rollback-removes-run"
    sentence = "A run that is cancelled with `action: rollback` is gone."
    section = "parameter action"
    operations = (CANCEL, CREATE, GET, LIST, NEW_THREAD)

    @rule(chance=chances, waited=st.booleans())
    def cancel(self, chance: int, waited: bool) -> None:
        thread_id, run_id = self.rolled_back(chance, waited)

        self.soon(
            lambda: self.ask(GET, thread_id=thread_id, run_id=run_id).status,
            lambda status: status == 404,
            lambda status: f"run {run_id}, which was rolled back, is asked for and answered with {status}",
        )
        self.same(self.runs(thread_id), [], f"the runs after the only one, {run_id}, was rolled back")


class RollbackFreesThread(RollbackLaw):
    """A run that waits is cancelled and undone, and its thread looked at."""

    name = "rollback-frees-thread"
    sentence = "A thread whose only run was rolled back is not busy any more."
    section = "status of Thread"
    operations = (CANCEL, CREATE, THREAD, NEW_THREAD)

    @rule()
    def cancel(self) -> None:
        thread_id, run_id = self.rolled_back(0, waited=False)

        self.soon(
            lambda: self.thread(thread_id)["status"],
            lambda status: status != "busy",
            lambda status: f"thread {thread_id} is {status}, though its only run {run_id} was rolled back",
        )
