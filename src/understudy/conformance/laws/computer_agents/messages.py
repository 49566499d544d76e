"""Laws of what is said: lists of messages and steps, what an execution adds, what its stream tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from understudy.conformance import streams
from understudy.conformance.asking import Unexamined
from understudy.conformance.laws.computer_agents.copies import CUT, OBSERVED
from understudy.conformance.laws.computer_agents.platform import (
    CANCEL,
    CREATE,
    EXECUTE,
    GET,
    MESSAGES,
    STATUS,
    STEPS,
    TEXT,
    PlatformLaw,
    ids,
    of,
    spoken,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from understudy.conformance.asking import Answer
    from understudy.wire import JsonObject

_ENDS = ("stream.completed", "stream.error")
"""What the last event of a stream is."""


class TalkLaw(PlatformLaw):
    """What laws of executions have in common: a thread in which something was said."""

    operations: ClassVar[tuple[str, ...]] = (EXECUTE, CREATE, MESSAGES)

    @initialize(texts=st.lists(TEXT, min_size=1, max_size=2))
    def begin(self, texts: list[str]) -> None:
        self.source = self.talk(*texts)


class MessagePagesPartition(TalkLaw):
    """Messages are listed page by page, in both orders."""

    name = "message-pages-partition"
    sentence = "The pages of a list of messages are the whole conversation, in its order or in the other."
    section = MESSAGES
    operations = (MESSAGES, CREATE, EXECUTE)

    @rule(limit=st.integers(1, 5), order=st.sampled_from([None, "asc", "desc"]))
    def turn_pages(self, limit: int, order: str | None) -> None:
        whole = ids(self.thread(self.source)["messages"])
        rows = whole[::-1] if order == "desc" else whole
        asked = {"limit": limit, **({"order": order} if order else {})}
        pages = [
            self.told(MESSAGES, query={**asked, "offset": offset}, threadId=self.source)
            for offset in range(0, len(whole), limit)
        ]
        self.whole_list(pages, rows, limit, f"messages in the order {order}")


class StepsInOrder(TalkLaw):
    """Steps are listed page by page."""

    name = "steps-in-order"
    sentence = "Steps are listed in the order of their numbers, and their pages are the whole list."
    section = STEPS
    operations = (STEPS, CREATE, EXECUTE)
    contracts: ClassVar[Collection[str]] = OBSERVED

    @rule(limit=st.integers(1, 4))
    def turn_pages(self, limit: int) -> None:
        whole = self.step_rows(self.source)
        numbers = [step["sequence"] for step in whole]
        self.hold(numbers == sorted(set(numbers)), f"the numbers of the steps are {numbers}")
        for offset in range(0, len(whole) + 1, limit):
            page = self.step_rows(self.source, limit=limit, offset=offset)
            self.same(page, whole[offset : offset + limit], f"the page of steps with limit={limit}, offset={offset}")


class ExecutionAddsTwoMessages(TalkLaw):
    """Something is said, at the end of a thread and in place of what was said before."""

    name = "execution-adds-two-messages"
    sentence = "What is executed leaves the messages before it, and adds that of the user and an answer."
    section = EXECUTE

    @rule(text=TEXT, cut=CUT)
    def speak(self, text: str, cut: int | None) -> None:
        before = self.messages(self.source)
        self.say(self.source, text, **({} if cut is None else {"truncateAtMessageIndex": cut}))
        after, kept = self.messages(self.source), before[:cut]

        self.same(after[: len(kept)], kept, f"the messages before what was said with the cut {cut}")
        new = after[len(kept) :]
        self.same([message["role"] for message in new], ["user", "assistant"], "who said the new messages")
        self.same(new[0]["content"], text, "what the user said")


class EditReplaces(TalkLaw):
    """A message is said otherwise."""

    name = "edit-replaces"
    sentence = "A message that replaces another leaves those before that, and nothing that followed."
    section = "editMessageId of POST /v1/threads/{threadId}/messages"
    contracts: ClassVar[Collection[str]] = OBSERVED

    @rule(chance=st.integers(0, 3))
    def edit(self, chance: int) -> None:
        before = self.messages(self.source)
        turns = [at for at, message in enumerate(before) if message["role"] == "user"]
        at = turns[chance % len(turns)]
        self.say(self.source, "Otherwise.", editMessageId=before[at]["id"])

        kept = spoken(self.messages(self.source))[: at + 1]
        expected = [*spoken(before[:at]), {"role": "user", "content": "Otherwise."}]
        self.same(kept, expected, f"the messages after message {at} was replaced")


class StreamIsWhole(TalkLaw):
    """Something is executed, in a thread that is there or in a new one, and streamed."""

    name = "execution-stream-is-whole"
    sentence = "The stream of an execution is made of lines of data that fit the document, and ends with its run."
    section = "text/event-stream of POST /v1/threads/{threadId}/messages"
    operations = (EXECUTE, CREATE)
    phase = "streams"

    @rule(text=TEXT)
    def speak(self, text: str) -> None:
        answer = self.ask(EXECUTE, {"content": text}, threadId=self.source)
        self._is_whole(answer)

    @rule(text=TEXT)
    def create(self, text: str) -> None:
        told = self._is_whole(self.ask(CREATE, self.begun(messages=[{"role": "user", "content": text}])))
        first = told[0]["type"]
        self.hold(first == "thread.created", f"the stream of a new thread begins with {first}, not thread.created")

    def _is_whole(self, answer: Answer) -> list[JsonObject]:
        told = self.executed(answer)
        self.hold(not answer.response.stream_cut_short, f"the stream does not end: {len(told)} events")
        try:
            streams.check_each(answer.events, self.event_schema(answer.operation))
        except streams.Broken as broken:
            self.fail(str(broken))
        kinds = [event["type"] for event in told]
        self.hold(kinds[-1:] == ["stream.completed"], f"a stream ends with {kinds[-1:]}, of {kinds}")
        self.hold(not any(kind in _ENDS for kind in kinds[:-1]), f"something follows the end of a stream: {kinds}")
        self.same(told[-1]["run"]["status"], "success", "the status of the run at the end of its stream")
        return told


class StreamTellsWhatIsStored(TalkLaw):
    """Something is executed, and what is streamed compared with what is kept."""

    name = "stream-tells-what-is-stored"
    sentence = "What a stream says the agent has answered is the message that is kept."
    section = "response.completed of POST /v1/threads/{threadId}/messages"
    phase = "streams"

    @rule(text=TEXT)
    def speak(self, text: str) -> None:
        told = self.say(self.source, text)
        answered = [event["response"]["content"] for event in told if event["type"] == "response.completed"]
        kept = self.messages(self.source)[-1]["content"]
        self.same(answered, [kept], "what response.completed tells, compared with the last message")


class StreamInOrder(TalkLaw):
    """Something is executed and streamed."""

    name = "execution-events-in-order"
    sentence = "An execution is told from its start, item by item, to what the agent answered."
    section = "ExecutionEvent"
    phase = "streams"
    contracts: ClassVar[Collection[str]] = OBSERVED

    @rule(text=TEXT)
    def speak(self, text: str) -> None:
        told = self.say(self.source, text)
        kinds = [event["type"] for event in told]
        items = ["response.item.completed"] * (len(kinds) - 3)
        self.same(kinds, ["response.started", *items, "response.completed", "stream.completed"], "the events")
        said = [event["item"]["content"] for event in told[1:-2] if event["item"]["type"] == "message"]
        kept = self.messages(self.source)[-1]["content"]
        self.hold(all(text in kept for text in said), f"the items say {said}, but what is kept is {kept!r}")


class SameKeyIsCarriedOutOnce(TalkLaw):
    """A request comes twice, with the same Idempotency-Key."""

    name = "same-key-is-carried-out-once"
    sentence = "A request that comes again with the same Idempotency-Key is carried out once."
    section = "Idempotency-Key"
    examples = 0.3

    @rule(text=TEXT)
    def say_twice(self, text: str) -> None:
        before = self.messages(self.source)
        key = {"Idempotency-Key": f"{self.stage.ledger.label} {self.source} {len(before)}"}
        for _ in range(2):
            self.executed(self.ask(EXECUTE, {"content": text}, headers=key, threadId=self.source))

        after = self.messages(self.source)
        self.same(len(after), len(before) + 2, "the number of messages after something was said twice with one key")

    @rule()
    def create_twice(self) -> None:
        key = {"Idempotency-Key": f"{self.stage.ledger.label} {self.source}"}
        made = [self.told(CREATE, self.begun(title="Once"), headers=key)["thread"]["id"] for _ in range(2)]
        self.same(made[1], made[0], "the thread of the second request")


class StatusAgrees(TalkLaw):
    """Something is executed, and asked how it stands."""

    name = "status-agrees"
    sentence = "What is told of an execution's status is what its thread says, and after a success it is completed."
    section = STATUS
    operations = (STATUS, CREATE, EXECUTE, GET)

    @rule(text=TEXT)
    def speak(self, text: str) -> None:
        self.say(self.source, text)
        thread, told = self.thread(self.source), self.told(STATUS, threadId=self.source)

        names = ("status", "startedAt", "completedAt")
        self.same(of(told, *names), of(thread, *names), "the status, compared with the thread")
        self.same(told["status"], "completed", "the status after an execution has succeeded")


class NothingToCancel(TalkLaw):
    """Somebody cancels what has ended already."""

    name = "nothing-to-cancel"
    sentence = (
        "Cancelling where nothing is executed is refused, with the words `no active execution`, and changes nothing."
    )
    section = CANCEL
    operations = (CANCEL, CREATE, EXECUTE, GET)

    @rule()
    def cancel(self) -> None:
        before = self.thread(self.source)
        answer = self.ask(CANCEL, threadId=self.source)

        self.hold(answer.status == 400, f"cancelling nothing answered {answer.status}, not 400")
        said = answer.body.get("message") if isinstance(answer.body, dict) else None
        self.hold("no active execution" in str(said).lower(), f"cancelling nothing was refused with {said!r}")
        self.same(self.thread(self.source), before, "the thread after nothing was cancelled")


class CancelEnds(PlatformLaw):
    """An execution that was just begun is cancelled."""

    name = "cancel-ends"
    sentence = "Once an execution is cancelled its thread says so, and something else can be said."
    section = CANCEL
    operations = (CANCEL, CREATE, EXECUTE, GET)
    examples = 0.2
    steps = 1

    @rule()
    def cancel(self) -> None:
        body = self.begun(content="/understudy wait 60", stream=False)
        thread_id = str(self.told(CREATE, body)["thread"]["id"])
        answer = self.ask(CANCEL, threadId=thread_id)
        if not answer.ok:
            raise Unexamined("it was over before it could be cancelled")

        self.same(self.thread(thread_id)["status"], "cancelled", "the status of a thread that was cancelled")
        self.say(thread_id, "Go on.")
        self.same(self.thread(thread_id)["status"], "completed", "the status once it went on")
