"""Laws of copying threads."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from understudy.conformance.laws.computer_agents.platform import (
    CHANCE,
    COPY,
    CREATE,
    DELETE,
    EXECUTE,
    GET,
    MESSAGES,
    METADATA,
    NEW_FORKED,
    TEXT,
    UPDATE,
    PlatformLaw,
    ids,
    of,
    spoken,
    without,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from understudy.wire import JsonObject

OBSERVED = ("observed",)

CUT = st.none() | st.integers(0, 2)
"""Where a copy is cut, if anywhere: within a conversation that has a message and its answer."""

ANY_CUT = st.none() | st.integers(0, 5)
"""The same, and some places behind the end. Of these the vendor says nothing."""


class CopyLaw(PlatformLaw):
    """What laws of copies have in common: a thread in which something was said."""

    operations: ClassVar[tuple[str, ...]] = (COPY, CREATE, EXECUTE, MESSAGES)

    @initialize(texts=st.lists(TEXT, min_size=1, max_size=2), title=st.sampled_from(["", "Harvest"]), metadata=METADATA)
    def begin(self, texts: list[str], title: str, metadata: JsonObject) -> None:
        self.title = title
        self.source = self.talk(*texts, title=title, metadata=metadata)

    def copy(self, **body: object) -> JsonObject:
        return self.forked(COPY, body, threadId=self.source)


class CopyKeepsMessages(CopyLaw):
    """A thread is copied, whole and cut."""

    name = "copy-keeps-messages"
    sentence = "A copy has the messages of its source up to the cut, in their order, and nothing after it."
    section = COPY

    @rule(cut=CUT)
    def copy_to(self, cut: int | None) -> None:
        told = self.copy(**({} if cut is None else {"truncateAtMessageIndex": cut}))
        kept = spoken(self.messages(self.source))[:cut]

        self.same(spoken(self.messages(told["thread"]["id"])), kept, f"the messages of a copy with the cut {cut}")
        self.same(told["messagesCopied"], len(kept), f"messagesCopied of a copy with the cut {cut}")

    @rule()
    def copy_a_copy(self) -> None:
        self.source = self.copy()["thread"]["id"]


class CopiedMessagesAreNew(CopyLaw):
    """A thread is copied, and its messages compared one by one."""

    name = "copied-messages-are-new"
    sentence = "Copied messages have ids of their own and are what those of the source are in all else."
    section = COPY
    contracts: ClassVar[Collection[str]] = OBSERVED

    @rule(cut=ANY_CUT)
    def copy_to(self, cut: int | None) -> None:
        there = self.messages(self.source)
        thread_id = self.copy(**({} if cut is None else {"truncateAtMessageIndex": cut}))["thread"]["id"]
        copied = self.messages(thread_id)

        shared = set(ids(there)) & set(ids(copied))
        self.same(len(copied), len(there[:cut]), f"the number of messages of a copy with the cut {cut}")
        self.hold(not shared, f"messages of a copy have ids of the source: {sorted(shared)}")
        self.hold(all(message["threadId"] == thread_id for message in copied), "a copied message names another thread")
        for message, source in zip(copied, there, strict=False):
            self.same(without(message, "id", "threadId"), without(source, "id", "threadId"), "a copied message")


class CopyStatus(CopyLaw):
    """A thread is copied, with little said of it and with much."""

    name = "copy-status"
    sentence = "A copy that is told nothing but a title is a 200, one that is told how to fork a 201."
    section = "200 and 201 of POST /v1/threads/{threadId}/copy"
    contracts: ClassVar[Collection[str]] = OBSERVED

    @rule(body=st.sampled_from([{}, {"title": "Again"}]))
    def copy_plainly(self, body: JsonObject) -> None:
        self._is(200, body)

    @rule(
        body=st.sampled_from(
            [
                {"truncateAtMessageIndex": 1},
                {"environmentTarget": "existing_environment"},
                {"environmentStrategy": "reuse_current", "title": "Again"},
                {"fileCopyMode": "none"},
                NEW_FORKED,
            ]
        )
    )
    def fork(self, body: JsonObject) -> None:
        self._is(201, body)

    def _is(self, status: int, body: JsonObject) -> None:
        answer = self.ask(COPY, body, threadId=self.source)
        self.hold(answer.status == status, f"a copy with {body} answered {answer.status}, not {status}")


class CopyBeginsLikeItsSource(CopyLaw):
    """A thread is copied with a title and without."""

    name = "copy-begins-like-its-source"
    sentence = "A copy has the agent and the computer of its source, is completed, and has the given title or `… Copy`."
    section = COPY
    operations = (COPY, CREATE, EXECUTE, MESSAGES, GET)

    @rule(title=st.none() | st.sampled_from(["Second try", "☃"]))
    def copy_with(self, title: str | None) -> None:
        source = self.thread(self.source)
        told = self.copy(**({} if title is None else {"title": title}))["thread"]
        called = f"{self.title} Copy" if title is None else title
        expected = {**of(source, "agentId", "environmentId"), "status": "completed"}
        if title or self.title:  # what a copy of a thread without a title is called, the vendor does not say
            expected["title"] = called

        self.hold(told["id"] != self.source, f"the copy has the id of its source, {told['id']}")
        self.same(of(told, *expected), expected, "what is told of a copy")
        self.same(of(self.thread(told["id"]), *expected), expected, "a copy as it is read")


class CopyInherits(CopyLaw):
    """A thread that is said much of is copied."""

    name = "copy-inherits"
    sentence = "A copy has the project, the app, the task and the metadata of its source, and has cost nothing."
    section = COPY
    operations = (COPY, CREATE, EXECUTE, MESSAGES, GET, UPDATE)
    contracts: ClassVar[Collection[str]] = OBSERVED

    @rule(app=st.sampled_from(["almanac", None]), metadata=METADATA)
    def copy_after(self, app: str | None, metadata: JsonObject) -> None:
        changes = {"appId": app, "task": "Plan it.", "metadata": self.marked(**metadata)}
        self.told(UPDATE, changes, threadId=self.source)
        copy = self.thread(self.copy()["thread"]["id"])

        names = ("projectId", "appId", "task", "metadata")
        self.same(of(copy, *names), of(self.thread(self.source), *names), "what a copy has of its source")
        spent = of(copy, "inputTokens", "outputTokens", "totalCost")
        self.same(spent, dict.fromkeys(spent, 0), "what a copy has cost")


class CopyIsIndependent(CopyLaw):
    """A thread and its copy are talked to, changed and deleted in turns."""

    name = "copy-is-independent"
    sentence = "What is done to a copy does not show in its source, nor the other way round."
    section = COPY
    operations = (COPY, CREATE, EXECUTE, MESSAGES, GET, UPDATE, DELETE)
    steps = 5

    @initialize(texts=st.lists(TEXT, min_size=1, max_size=1), new=st.booleans(), metadata=METADATA)
    def begin(self, texts: list[str], new: bool, metadata: JsonObject) -> None:
        self.title = "Harvest"
        self.source = self.talk(*texts, title=self.title, metadata=metadata)
        self.pair = [self.source, str(self.copy(**(NEW_FORKED if new else {}))["thread"]["id"])]
        self.gone = False

    @precondition(lambda self: not self.gone)
    @rule(side=st.integers(0, 1), text=TEXT)
    def talk_to(self, side: int, text: str) -> None:
        before = self.thread(self.pair[1 - side])
        self.say(self.pair[side], text)
        self._is_unchanged(side, before, "talked to")

    @precondition(lambda self: not self.gone)
    @rule(side=st.integers(0, 1), metadata=METADATA, chance=CHANCE)
    def change(self, side: int, metadata: JsonObject, chance: int) -> None:
        before = self.thread(self.pair[1 - side])
        self.told(UPDATE, {"title": f"No. {chance}", "metadata": self.marked(**metadata)}, threadId=self.pair[side])
        self._is_unchanged(side, before, "changed")

    @precondition(lambda self: not self.gone)
    @rule(side=st.integers(0, 1))
    def delete(self, side: int) -> None:
        before = self.thread(self.pair[1 - side])
        self.told(DELETE, threadId=self.pair[side])
        self.gone = True
        self._is_unchanged(side, before, "deleted")

    @precondition(lambda self: self.gone)
    @rule()
    def copy_again(self) -> None:
        [left] = [each for each in self.pair if self.ask(GET, threadId=each).ok]
        self.pair = [left, str(self.forked(COPY, {}, threadId=left)["thread"]["id"])]
        self.gone = False

    def _is_unchanged(self, side: int, before: JsonObject, done: str) -> None:
        changed, other = ("source", "copy") if side == 0 else ("copy", "source")
        after = self.ask(GET, threadId=self.pair[1 - side])
        what = f"the {other}, after the {changed} was {done}"
        self.hold(after.ok, f"{what}, answered {after.status}")
        self.same(after.body["thread"], before, what)
