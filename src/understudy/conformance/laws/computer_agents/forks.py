"""Laws of forks: threads with a computer of their own, or in another one that is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from understudy.conformance.laws.computer_agents.copies import ANY_CUT, CUT, OBSERVED, CopyLaw
from understudy.conformance.laws.computer_agents.platform import (
    COPY,
    CREATE,
    EXECUTE,
    FORK,
    GET,
    GET_COMPUTER,
    LIST_COMPUTERS,
    MESSAGES,
    METADATA,
    NEW_COMPUTER,
    NEW_FORKED,
    SNAPSHOTS,
    TEXT,
    PlatformLaw,
    ids,
    of,
    spoken,
    without,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from understudy.wire import JsonObject

NAME = st.none() | st.sampled_from(["Sandbox", "☃"])

_OWN = ("id", "name", "status", "isDefault", "imageTag", "lastBuildAt", "buildHash", "createdAt", "updatedAt")
"""What a computer has that no other one has, however alike they are configured."""


class ForkLaw(CopyLaw):
    """What laws of forks have in common: a thread in a computer that is configured."""

    @initialize(texts=st.lists(TEXT, min_size=1, max_size=2), title=st.just(""), metadata=METADATA)
    def begin(self, texts: list[str], title: str, metadata: JsonObject) -> None:
        self.title = title
        self.place = self.new_computer(internetAccess=False, description="Where the tools are.")
        self.source = self.talk(*texts, environmentId=self.place["id"], metadata=metadata)


class ForkHasItsOwnComputer(ForkLaw):
    """Threads are forked into new computers."""

    name = "fork-has-its-own-computer"
    sentence = "A fork into a new computer works in one that was not there before, can be read, and is listed."
    section = "environmentTarget of POST /v1/threads/{threadId}/copy"
    operations = (COPY, CREATE, EXECUTE, NEW_COMPUTER, GET, GET_COMPUTER, LIST_COMPUTERS)
    examples = 0.2

    @rule(cut=CUT, name=NAME)
    def fork(self, cut: int | None, name: str | None) -> None:
        before = ids(self.computers())
        called = f"{self.place['name']} Fork" if name is None else self.name_for(name)
        named = {} if name is None else {"environmentName": called}
        told = self.copy(**NEW_FORKED, **named, **({} if cut is None else {"truncateAtMessageIndex": cut}))
        new = told["environmentId"]

        self.hold(new not in before, f"a fork into a new computer works in {new}, which was there already")
        self.same(self.thread(told["thread"]["id"])["environmentId"], new, "the computer of the fork, as it is read")
        there = self.ask(GET_COMPUTER, environmentId=new)
        self.hold(there.ok, f"the computer of the fork, {new}, answered {there.status}")
        listed = ids(self.computers())
        self.hold(new in listed, f"the computer of the fork, {new}, is not listed among {len(listed)}")
        names = [told["environmentName"], there.body["environment"]["name"]]
        self.same(names, [called, called], "the name of the new computer, as it is told and read")


class ForkIsConfiguredAsItsSource(ForkLaw):
    """Threads are forked into new computers."""

    name = "fork-is-configured-as-its-source"
    sentence = "The new computer of a fork is configured as that of its source, and is not the default one."
    section = "environmentTarget of POST /v1/threads/{threadId}/copy"
    operations = (COPY, CREATE, EXECUTE, NEW_COMPUTER, GET_COMPUTER)
    contracts: ClassVar[Collection[str]] = OBSERVED

    @rule()
    def fork(self) -> None:
        made = self.computer(self.copy(**NEW_FORKED)["environmentId"])

        self.same(without(made, *_OWN), without(self.computer(self.place["id"]), *_OWN), "the computer of a fork")
        self.hold(made["isDefault"] is False, "the computer of a fork is the default one")


class ForkModeTells(ForkLaw):
    """Threads are forked in all ways."""

    name = "fork-mode-tells"
    sentence = "forkMode tells how a fork came to its computer, and snapshotId with which files that began."
    section = "ForkResult"
    operations = (COPY, CREATE, EXECUTE, NEW_COMPUTER, MESSAGES, SNAPSHOTS)
    contracts: ClassVar[Collection[str]] = OBSERVED

    @rule(cut=ANY_CUT, files=st.sampled_from([None, "all", "thread_only", "none"]))
    def fork(self, cut: int | None, files: str | None) -> None:
        cut_short = cut is not None and cut < len(self.messages(self.source))
        told = self.copy(
            **NEW_FORKED,
            **({} if cut is None else {"truncateAtMessageIndex": cut}),
            **({} if files is None else {"fileCopyMode": files}),
        )
        self.same(told["forkMode"], "historical" if cut_short else "latest", f"forkMode of a fork with the cut {cut}")
        begun = told["snapshotId"]
        self.hold((begun is None) == (files == "none"), f"snapshotId with fileCopyMode {files} is {begun}")
        rows = {row["id"]: row for row in self.snapshots(told["environmentId"])}
        self.hold(begun is None or begun in rows, f"the snapshot {begun} is not listed with the new computer")
        if begun is not None:
            self.same(rows[begun]["sourceThreadId"], self.source, "the thread that the first snapshot comes from")

    @rule(other=st.booleans())
    def stay(self, other: bool) -> None:
        target = self.stage.computer_id if other else self.place["id"]
        told = self.copy(environmentTarget="existing_environment", targetEnvironmentId=target)
        mode = "existing_environment" if other else "current_environment"

        self.same(of(told, "forkMode", "snapshotId"), {"forkMode": mode, "snapshotId": None}, f"a fork into {target}")


class ExistingComputerIsUsed(ForkLaw):
    """Threads are forked into computers that are there."""

    name = "existing-computer-is-used"
    sentence = "A fork into a computer that is there works in that one, or in its source's, and no new one is made."
    section = "targetEnvironmentId of POST /v1/threads/{threadId}/copy"
    operations = (COPY, CREATE, EXECUTE, NEW_COMPUTER, GET, LIST_COMPUTERS)
    examples = 0.2

    @rule(named=st.booleans())
    def fork(self, named: bool) -> None:
        label = self.stage.ledger.label
        before = [row["id"] for row in self.computers() if row["name"].startswith(label)]
        target = self.stage.computer_id if named else self.place["id"]
        told = self.copy(environmentTarget="existing_environment", **({"targetEnvironmentId": target} if named else {}))
        where = [told["environmentId"], told["thread"]["environmentId"]]

        self.same(where, [target, target], "the computer of the fork, as it is told")
        self.same(self.thread(told["thread"]["id"])["environmentId"], target, "the computer of the fork, as it is read")
        after = [row["id"] for row in self.computers() if row["name"].startswith(label)]
        self.same(after, before, "the computers after a fork into one that was there")


class ForkFromMessageCutsBefore(ForkLaw):
    """Threads are forked at messages of their user."""

    name = "fork-from-message-cuts-before"
    sentence = "A fork from a message has the messages before it, and neither it nor what follows."
    section = FORK
    operations = (FORK, CREATE, EXECUTE, NEW_COMPUTER, MESSAGES)

    @rule(chance=st.integers(0, 3))
    def fork(self, chance: int) -> None:
        said = self.messages(self.source)
        turns = [at for at, message in enumerate(said) if message["role"] == "user"]
        at = turns[chance % len(turns)]
        answer = self.ask(FORK, {"truncateAtMessageIndex": at}, threadId=self.source)

        self.hold(answer.status == 201, f"a fork from message {at} answered {answer.status}, not 201")
        forked = self.messages(answer.body["thread"]["id"])
        self.same(spoken(forked), spoken(said[:at]), f"the messages of a fork from message {at}")


class ForkFromMessageFindsTheLast(ForkLaw):
    """Threads are forked without saying at which message."""

    name = "fork-from-message-finds-the-last"
    sentence = "A fork from no certain message is one from the last message of the user."
    section = FORK
    operations = (FORK, CREATE, EXECUTE, NEW_COMPUTER, MESSAGES)
    contracts: ClassVar[Collection[str]] = OBSERVED

    @rule()
    def fork(self) -> None:
        said = self.messages(self.source)
        last = max(at for at, message in enumerate(said) if message["role"] == "user")
        told = self.forked(FORK, {}, threadId=self.source)

        self.same(spoken(self.messages(told["thread"]["id"])), spoken(said[:last]), "the messages of the fork")


class EmptyThreadForks(PlatformLaw):
    """A thread in which nothing was said is copied and forked."""

    name = "empty-thread-forks"
    sentence = "A thread in which nothing was said can be copied and forked, and so can that again."
    section = COPY
    operations = (COPY, FORK, CREATE, MESSAGES)
    contracts: ClassVar[Collection[str]] = OBSERVED

    @initialize()
    def begin(self) -> None:
        self.source = str(self.new_thread()["id"])

    @rule(operation=st.sampled_from([COPY, FORK]), body=st.sampled_from([{}, NEW_FORKED]))
    def fork(self, operation: str, body: JsonObject) -> None:
        answer = self.ask(operation, body, threadId=self.source)

        self.hold(answer.ok, f"{operation} of an empty thread with {body} answered {answer.status}")
        self.same(answer.body["messagesCopied"], 0, "messagesCopied of an empty thread")
        self.source = str(answer.body["thread"]["id"])
        self.same(self.messages(self.source), [], "the messages of a fork of an empty thread")
