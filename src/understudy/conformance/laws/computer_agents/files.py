"""Laws of steps and the files of computers: forks from steps, what is put back, which files a fork begins with."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from understudy.conformance.asking import Unexamined
from understudy.conformance.laws.computer_agents.copies import OBSERVED
from understudy.conformance.laws.computer_agents.platform import (
    COPY,
    CREATE,
    EXECUTE,
    GET_COMPUTER,
    INITIALIZE,
    MESSAGES,
    NEW_COMPUTER,
    NEW_FORKED,
    REVERT,
    SNAPSHOT_FORK,
    SNAPSHOTS,
    STEP_FILES,
    STEP_FORK,
    STEPS,
    TEXT,
    PlatformLaw,
    ids,
    of,
    spoken,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from understudy.wire import JsonObject


class StepLaw(PlatformLaw):
    """What laws of steps have in common: a thread with steps, in a computer of its own."""

    operations: ClassVar[tuple[str, ...]] = (STEPS, CREATE, EXECUTE, NEW_COMPUTER)

    @initialize(texts=st.lists(TEXT, min_size=1, max_size=2, unique=True))
    def begin(self, texts: list[str]) -> None:
        self.place = str(self.new_computer()["id"])
        self.source = self.talk(*texts, environmentId=self.place)

    def a_step(self, chance: int) -> JsonObject:
        """Return one of the steps. Unexamined if the agent leaves none."""
        rows = self.step_rows(self.source)
        if not rows:
            raise Unexamined("the agent leaves no steps")
        return rows[chance % len(rows)]

    def files(self, thread_id: str, step_id: str) -> list[JsonObject]:
        """Return the files of the uppermost folder after a step, with their sizes."""
        told = self.told(STEP_FILES, threadId=thread_id, stepId=step_id)
        return [of(row, "path", "size", "type") for row in told["data"]]


class StepForkIsAFork(StepLaw):
    """A thread is forked from its steps."""

    name = "step-fork-is-a-fork"
    sentence = "A fork from a step begins with messages of its source, in a new computer that can be read."
    section = STEP_FORK
    operations = (STEP_FORK, CREATE, EXECUTE, NEW_COMPUTER, STEPS, MESSAGES, GET_COMPUTER)

    @rule(chance=st.integers(0, 5), mode=st.sampled_from(["historical", "latest"]))
    def fork(self, chance: int, mode: str) -> None:
        step, said = self.a_step(chance), self.messages(self.source)
        body = {"mode": mode, "environmentName": self.name_for("from a step")}
        answer = self.ask(STEP_FORK, body, threadId=self.source, stepId=step["id"])

        self.hold(answer.status == 201, f"a fork from step {step['sequence']} answered {answer.status}, not 201")
        forked = spoken(self.messages(answer.body["thread"]["id"]))
        self.same(
            forked, spoken(said)[: len(forked)], "the messages of the fork, compared with the first of its source"
        )
        place = answer.body["environmentId"]
        self.hold(place != self.place, "a fork from a step works in the computer of its source")
        self.same(self.computer(place)["name"], body["environmentName"], "the name of the new computer")


class StepForkKeepsUpToIt(StepLaw):
    """A thread is forked from its steps."""

    name = "step-fork-keeps-up-to-it"
    sentence = "A fork from a step has the messages up to that of the step, this one included."
    section = STEP_FORK
    operations = (STEP_FORK, CREATE, EXECUTE, NEW_COMPUTER, STEPS, MESSAGES)
    contracts: ClassVar[Collection[str]] = OBSERVED

    @rule(chance=st.integers(0, 5))
    def fork(self, chance: int) -> None:
        step, said = self.a_step(chance), self.messages(self.source)
        if step["sourceMessageId"] not in ids(said):
            return
        kept = said[: ids(said).index(step["sourceMessageId"]) + 1]
        body = {"environmentName": self.name_for("from a step")}
        told = self.forked(STEP_FORK, body, threadId=self.source, stepId=step["id"])

        self.same(spoken(self.messages(told["thread"]["id"])), spoken(kept), "the messages of the fork")


class RevertKeepsMessages(StepLaw):
    """The files of a thread's computer are put back to where they were after a step."""

    name = "revert-keeps-messages"
    sentence = "Putting files back leaves messages and earlier steps, and adds a snapshot and a step that tell of it."
    section = REVERT
    operations = (REVERT, CREATE, EXECUTE, NEW_COMPUTER, STEPS, MESSAGES, SNAPSHOTS)
    contracts: ClassVar[Collection[str]] = OBSERVED

    @rule(chance=st.integers(0, 5))
    def revert(self, chance: int) -> None:
        step, said, steps = self.a_step(chance), self.messages(self.source), self.step_rows(self.source)
        there = ids(self.snapshots(self.place))
        told = self.told(REVERT, {}, threadId=self.source, stepId=step["id"])

        self.same(self.messages(self.source), said, "the messages after files were put back")
        after = self.step_rows(self.source)
        self.same(after[: len(steps)], steps, "the earlier steps after files were put back")
        self.same(ids(after[len(steps) :]), [told["revertStepId"]], "the new steps")
        new = [row for row in ids(self.snapshots(self.place)) if row not in there]
        self.same(new, [told["snapshotId"]], "the new snapshots of the computer")
        self.same(told["revertedToStepId"], step["id"], "revertedToStepId")
        if step["snapshotAfterId"] is not None:
            then, now = (self.files(self.source, each) for each in (step["id"], told["revertStepId"]))
            self.same(now, then, f"the files after they were put back to step {step['sequence']}")


class ForkHasTheFiles(StepLaw):
    """A thread whose agent may change files is forked into new computers."""

    name = "fork-has-the-files"
    sentence = "A new computer has all files, those that the thread changed, or none, as the fork says."
    section = "fileCopyMode of POST /v1/threads/{threadId}/copy"
    operations = (COPY, CREATE, EXECUTE, NEW_COMPUTER, SNAPSHOTS)
    contracts: ClassVar[Collection[str]] = OBSERVED

    @rule(files=st.sampled_from(["all", "thread_only", "none"]), cut=st.none() | st.just(0))
    def fork(self, files: str, cut: int | None) -> None:
        body = {**NEW_FORKED, "fileCopyMode": files, **({} if cut is None else {"truncateAtMessageIndex": cut})}
        told = self.forked(COPY, body, threadId=self.source)
        rows = self.snapshots(told["environmentId"])
        if files == "none":
            self.same(rows, [], "the snapshots of a computer that begins without files")
            return
        first = next((row for row in rows if row["id"] == told["snapshotId"]), None)
        self.hold(first is not None, f"the snapshot {told['snapshotId']} is not one of the new computer")
        assert first is not None
        newest = self.snapshots(self.place)[:1]
        # What is in a snapshot cannot be listed, but the same files have the same number, and changes are told.
        changed = newest and any(row["changedPaths"] for row in self.snapshots(self.place))
        if files == "all" and newest:
            self.same(first["ledgerCommitSha"], newest[0]["ledgerCommitSha"], "the files of a fork that has all")
        elif files == "thread_only" and changed:
            same = first["ledgerCommitSha"] == newest[0]["ledgerCommitSha"]
            kept = "nothing" if cut == 0 else "all of it"
            self.hold(
                same == (cut is None),
                f"a fork with {kept} of what the thread did has{' ' if same else ' not '}all files",
            )


class SnapshotForkBegins(PlatformLaw):
    """New computers are made from snapshots."""

    name = "snapshot-fork-begins"
    sentence = "A computer that is made from a snapshot is there under its name, and says which snapshot it was."
    section = SNAPSHOT_FORK
    operations = (SNAPSHOT_FORK, NEW_COMPUTER, INITIALIZE, SNAPSHOTS, GET_COMPUTER)

    @initialize()
    def begin(self) -> None:
        self.place = str(self.new_computer()["id"])
        self.first = self.told(INITIALIZE, environmentId=self.place)["snapshot"]

    @rule(description=st.none() | st.just("To try things out."))
    def fork(self, description: str | None) -> None:
        body = {"name": self.name_for("from a snapshot"), **({"description": description} if description else {})}
        self.hold(self.first["id"] in ids(self.snapshots(self.place)), "the first snapshot of a computer is not listed")
        told = self.told(SNAPSHOT_FORK, body, environmentId=self.place, snapshotId=self.first["id"])

        self.same(told["sourceSnapshotId"], self.first["id"], "sourceSnapshotId")
        self.hold(told["environment"]["id"] != self.place, "the new computer is the old one")
        self.same(of(self.computer(told["environment"]["id"]), *body), body, "the new computer, as it is read")
