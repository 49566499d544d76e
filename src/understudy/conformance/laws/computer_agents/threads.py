"""Laws of threads: what is told of them, how they are changed, found and listed, and what is left of a deleted one."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from understudy.conformance.laws.computer_agents.copies import OBSERVED
from understudy.conformance.laws.computer_agents.platform import (
    CHANCE,
    COPY,
    CREATE,
    DELETE,
    EXECUTE,
    GET,
    LIST,
    MESSAGES,
    METADATA,
    MOST,
    NEW_COMPUTER,
    SEARCH,
    STATUS,
    STEPS,
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

    from understudy.wire import Json, JsonObject

_PREVIEWED = 40
"""As much of the last message every preview is sure to have, if it is that long."""


FILTERS = st.sampled_from(
    [{"appId": "a"}, {"appId": "c"}, {"status": "active"}, {"status": "failed"}, {"appId": "b", "status": "archived"}]
)
"""Some of them meet nothing."""


class ThreadTellsItsMessages(PlatformLaw):
    """Something is said in a thread, now and then after it was put back."""

    name = "thread-tells-its-messages"
    sentence = (
        "A thread tells how many messages it has, what the last one was and when, and both kinds of tokens together."
    )
    section = GET
    operations = (GET, CREATE, EXECUTE, MESSAGES)

    @initialize(text=TEXT)
    def begin(self, text: str) -> None:
        self.source = self.talk(text)

    @rule(text=TEXT, cut=st.none() | st.integers(0, 2))
    def speak(self, text: str, cut: int | None) -> None:
        self.say(self.source, text, **({} if cut is None else {"truncateAtMessageIndex": cut}))

    @rule()
    def read(self) -> None:
        thread, said = self.thread(self.source), self.messages(self.source)

        self.same(thread["messages"], said, "the messages of a thread, compared with their list")
        told = of(thread, "messageCount", "lastMessageAt", "totalTokens")
        tokens = thread["inputTokens"] + thread["outputTokens"]
        expected = {"messageCount": len(said), "lastMessageAt": said[-1]["createdAt"], "totalTokens": tokens}
        self.same(told, expected, f"what a thread with {len(said)} messages tells of them")
        preview, last = thread["lastMessagePreview"] or "", said[-1]["content"]
        self.hold(preview[:_PREVIEWED] == last[:_PREVIEWED], f"the preview of {last!r} is {preview!r}")


class ThreadUpdateKeeps(PlatformLaw):
    """A thread is changed, a member or two at a time."""

    name = "thread-update-keeps"
    sentence = "Changing a thread changes what is named, and nothing else."
    section = UPDATE
    operations = (UPDATE, CREATE, GET)

    @initialize(title=st.sampled_from(["", "Harvest"]), metadata=METADATA)
    def begin(self, title: str, metadata: JsonObject) -> None:
        self.source = str(self.new_thread(title=title, metadata=metadata, appId="almanac")["id"])

    @rule(
        changes=st.fixed_dictionaries(
            {}, optional={"title": st.sampled_from(["Plan", "☃"]), "appId": st.sampled_from(["a", None])}
        ),
        metadata=st.none() | METADATA,
    )
    def change(self, changes: JsonObject, metadata: JsonObject | None) -> None:
        before = self.thread(self.source)
        body = {**changes, **({} if metadata is None else {"metadata": {**before["metadata"], **metadata}})}
        told = self.told(UPDATE, body, threadId=self.source)["thread"]
        after = self.thread(self.source)

        self.same(without(after, "updatedAt"), {**without(before, "updatedAt"), **body}, f"a thread after {body}")
        self.same(told, without(after, "messages"), "the answer to a change, compared with the thread")
        self.hold(after["updatedAt"] >= before["updatedAt"], "updatedAt went back")


class ManyThreadsLaw(PlatformLaw):
    """What laws of lists have in common: some threads in a computer of their own."""

    operations: ClassVar[tuple[str, ...]] = (LIST, CREATE, NEW_COMPUTER)

    @initialize(apps=st.lists(st.sampled_from(["a", "b", None]), min_size=2, max_size=5))
    def begin(self, apps: list[str | None]) -> None:
        self.place = str(self.new_computer()["id"])
        self.made = [str(self.new_thread(environmentId=self.place, appId=app)["id"]) for app in apps]


class ThreadPagesPartition(ManyThreadsLaw):
    """Threads are listed page by page."""

    name = "thread-pages-partition"
    sentence = (
        "The pages of a list of threads are the whole list, and tell how many there are and whether others follow."
    )
    section = LIST

    @rule(limit=st.integers(1, 6))
    def turn_pages(self, limit: int) -> None:
        whole = ids(self.listed(environmentId=self.place))
        self.same(sorted(whole), sorted(self.made), "the threads of a computer")
        pages = [
            self.told(LIST, query={"environmentId": self.place, "limit": limit, "offset": offset})
            for offset in range(0, len(whole), limit)
        ]
        self.whole_list(pages, whole, limit, "threads")

    @rule()
    def read_beyond(self) -> None:
        told = self.told(LIST, query={"environmentId": self.place, "limit": MOST, "offset": len(self.made)})
        expected = {"data": [], "has_more": False, "total_count": len(self.made)}
        self.same(of(told, *expected), expected, "the page behind the last thread")


class ThreadsInOrder(ManyThreadsLaw):
    """Threads are changed, and listed."""

    name = "threads-in-order"
    sentence = "Threads are listed by their last change, the newest first."
    section = LIST
    operations = (LIST, CREATE, NEW_COMPUTER, UPDATE)
    contracts: ClassVar[Collection[str]] = OBSERVED

    @rule(chance=CHANCE)
    def touch(self, chance: int) -> None:
        touched = self.made[chance % len(self.made)]
        self.told(UPDATE, {"title": f"No. {chance}"}, threadId=touched)
        rows = self.listed(environmentId=self.place)

        times = [row["updatedAt"] for row in rows]
        self.hold(times == sorted(times, reverse=True), f"threads are listed with updatedAt {times}")


class ThreadFilters(ManyThreadsLaw):
    """Threads differ in app, status and age, and are listed by these."""

    name = "thread-filters"
    sentence = "A list of threads has exactly those that meet every filter."
    section = LIST
    operations = (LIST, CREATE, NEW_COMPUTER, UPDATE, GET)

    @rule(chance=CHANCE, status=st.sampled_from(["active", "archived", "completed"]))
    def change(self, chance: int, status: str) -> None:
        self.told(UPDATE, {"status": status}, threadId=self.made[chance % len(self.made)])

    @rule(filters=FILTERS)
    def find(self, filters: JsonObject) -> None:
        rows = [self.thread(thread_id) for thread_id in self.made]
        expected = ids([row for row in rows if of(row, *filters) == filters])
        self.same(sorted(ids(self._those(**filters))), sorted(expected), f"the threads found by {filters}")

    @rule(chance=CHANCE)
    def find_younger(self, chance: int) -> None:
        rows = [self.thread(thread_id) for thread_id in self.made]
        moment = rows[chance % len(rows)]["createdAt"]
        found = ids(self._those(createdAfter=moment))
        ages = {row["id"]: _moment(row["createdAt"]) for row in rows}

        missing = [each for each, created in ages.items() if created > _moment(moment) and each not in found]
        self.hold(not missing, f"threads that were created after {moment} are not found: {missing}")
        older = [each for each in found if ages.get(each, _moment(moment)) < _moment(moment)]
        self.hold(not older, f"threads that were created before {moment} are found as younger: {older}")

    def _those(self, **filters: Json) -> list[JsonObject]:
        return self.listed(environmentId=self.place, **filters)


class DeletedThreadIsGone(PlatformLaw):
    """A thread that was copied is deleted."""

    name = "deleted-thread-is-gone"
    sentence = "A deleted thread cannot be read, has left all lists, and takes no copy of it along."
    section = DELETE
    operations = (DELETE, CREATE, EXECUTE, NEW_COMPUTER, COPY, GET, LIST, SEARCH, MESSAGES, STEPS, STATUS)
    steps = 2

    @rule(text=TEXT)
    def delete(self, text: str) -> None:
        place = str(self.new_computer()["id"])
        gone = self.talk(text, environmentId=place, title="Pears")
        copy = str(self.forked(COPY, {}, threadId=gone)["thread"]["id"])
        said = spoken(self.messages(copy))
        self.told(DELETE, threadId=gone)

        for operation in (GET, MESSAGES, STEPS, STATUS):
            answer = self.ask(operation, threadId=gone)
            self.hold(answer.status == 404, f"{operation} of a deleted thread answered {answer.status}, not 404")
        again = self.ask(DELETE, threadId=gone)
        self.hold(again.status == 404, f"deleting it a second time answered {again.status}, not 404")
        self.same(ids(self.listed(environmentId=place)), [copy], "the threads of its computer")
        found = self.told(SEARCH, {"query": "pears", "environmentId": place})["results"]
        self.same([each["thread"]["id"] for each in found], [copy], "the threads that a search finds")
        self.same(spoken(self.messages(copy)), said, "the messages of a copy whose source was deleted")


class SearchFinds(PlatformLaw):
    """Threads are searched for what they are called, and for what was said."""

    name = "search-finds"
    sentence = "A search finds the threads of a computer whose title or messages have the text, and tells how many."
    section = SEARCH
    contracts: ClassVar[Collection[str]] = OBSERVED
    operations = (SEARCH, CREATE, EXECUTE, NEW_COMPUTER)
    steps = 3

    @initialize(
        titles=st.lists(st.sampled_from(["Quince", "Medlar", ""]), min_size=1, max_size=3), spoken=st.booleans()
    )
    def begin(self, titles: list[str], spoken: bool) -> None:
        self.place = str(self.new_computer()["id"])
        self.named = [(str(self.new_thread(title=title, environmentId=self.place)["id"]), title) for title in titles]
        self.said = self.talk("What is a quince?", environmentId=self.place) if spoken else None

    @rule(text=st.sampled_from(["quince", "Quince", "medlar", "sorb"]))
    def search(self, text: str) -> None:
        told = self._searched(text)
        expected = [thread_id for thread_id, title in self.named if text.lower() in title.lower()]
        expected += [self.said] if self.said and text.lower() in "what is a quince?" else []

        found = sorted(str(each["thread"]["id"]) for each in told["results"])
        self.same(found, sorted(expected), f"the threads found by {text!r}")
        self.same(of(told, "total", "hasMore"), {"total": len(expected), "hasMore": False}, f"how many has {text!r}")

    @precondition(lambda self: self.said is not None)
    @rule()
    def show_messages(self) -> None:
        told = self._searched("quince", includeMessages=True)
        rows = {each["thread"]["id"]: each.get("matchingMessages") or [] for each in told["results"]}
        said = [message["content"] for message in rows.get(self.said, [])]
        self.hold("What is a quince?" in said, f"the messages that were found are {said}")

    def _searched(self, text: str, **more: Json) -> JsonObject:
        told: JsonObject = self.told(SEARCH, {"query": text, "environmentId": self.place, **more})
        return told


class SearchTellsTheBestFirst(SearchFinds):
    """Threads are searched for what they are called, and for what was said."""

    name = "search-tells-the-best-first"
    sentence = "What a search finds comes by its score, the best first, page by page."
    section = SEARCH

    @rule(text=st.sampled_from(["quince", "medlar"]), limit=st.integers(1, 3))
    def search_in_order(self, text: str, limit: int) -> None:
        whole = self._searched(text)["results"]
        scores = [each["score"] for each in whole]
        self.hold(scores == sorted(scores, reverse=True), f"what is found by {text!r} has the scores {scores}")
        for offset in range(0, len(whole), limit):
            page = self._searched(text, limit=limit, offset=offset)
            self.same(page["results"], whole[offset : offset + limit], f"page with limit={limit}, offset={offset}")
            self.same(page["hasMore"], offset + limit < len(whole), "hasMore")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
