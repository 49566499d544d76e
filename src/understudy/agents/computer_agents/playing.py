"""Plays executions: an agent of the world answers a thread, on a stage that no other API shows."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from understudy.agents.computer_agents import events
from understudy.agents.computer_agents.items import SAID, Items, headline, kind_of, title_of
from understudy.agents.computer_agents.staging import beginning, place_of, places, questions, resuming, staged
from understudy.agents.launching import launch, stop
from understudy.errors import Refusal
from understudy.state.clock import brief_timestamp, moment
from understudy.state.computer_agents import files
from understudy.state.computer_agents.executions import ENDINGS
from understudy.state.feeds import END
from understudy.state.life_cycle import ACTIVE
from understudy.state.runs import Stop

if TYPE_CHECKING:
    from understudy.state.computer_agents.executions import Ending, Execution
    from understudy.state.world import World
    from understudy.wire import JsonObject

log = logging.getLogger("understudy.executions")

_FAULT = "Error"

_A_MINUTE = 60


def execute(world: World, thread_id: str, request: JsonObject, *, is_new: bool = False) -> Execution:
    """Return the execution of what was said last in a thread; it goes on whoever reads its events.

    `request` is the body that asks for it; `is_new` says that the thread was made by it. Conflict if something is being
    executed in the thread.
    """
    execution = world.computer_agents.executions.begin(thread_id)
    turn = _Turn(world, execution, request)
    execution.cancel = turn.cancel
    turn.begin(is_new=is_new)
    return execution


def forget(world: World, thread_id: str) -> None:
    """Cancel what goes on in a thread, and remove what its agents kept for themselves."""
    world.computer_agents.executions.forget(thread_id)
    stage = world.computer_agents.stage
    if stage is not None:
        for place in places(stage, thread_id):
            stage.threads.delete(place)


class _Turn:
    """One execution at work: the agent's answer to the last message of a thread."""

    def __init__(self, world: World, execution: Execution, request: JsonObject) -> None:
        self._world = world
        self._platform = world.computer_agents
        self._execution = execution
        self._request = request
        self._thread_id = execution.thread_id
        thread = self._platform.threads.get(execution.thread_id)
        self._answers = thread["status"] == "permission_asked" and not is_rewound(request)
        self._environment_id: str = thread["environmentId"]
        self._agent_id: str = thread["agentId"]
        if self._platform.agents.name_of(self._agent_id) is None:
            self._agent_id = self._platform.agents.default()["id"]
        self._message = self._platform.messages.of(execution.thread_id)[-1]
        self._response_id = world.ids.named("resp")
        self._items = Items(world.ids)
        self._done: list[JsonObject] = []
        self._over = False
        self._run: JsonObject | None = None
        self._stage = staged(world, self._agent_id)

    def begin(self, *, is_new: bool) -> None:
        """Say that it has begun, and let it go on by itself."""
        platform, thread_id = self._platform, self._thread_id
        self._began = self._now()
        row = platform.threads.update(thread_id, status="running", startedAt=self._began, completedAt=None)
        platform.environments.use(self._environment_id)
        platform.agents.run(self._agent_id)
        self._step("user_message", headline(self._message["content"]))
        if is_new:
            self._tell(events.thread_created(platform.threads.shown(row)))
        self._tell(events.response_started(self._response_id))
        self._task = asyncio.ensure_future(self._play())

    def cancel(self) -> None:
        """End it at once: what was done stays."""
        self._end("cancelled")
        self._task.cancel()

    async def _play(self) -> None:
        try:
            ending, error = await self._played()
        except Refusal as refusal:
            ending, error = "failed", {"error": _FAULT, "message": refusal.detail}
        except Exception as fault:
            log.exception("execution %s cannot be played", self._execution.id)
            ending, error = "failed", {"error": type(fault).__name__, "message": str(fault)}
        self._end(ending, error)

    async def _played(self) -> tuple[Ending, JsonObject | None]:
        """Let the agent do its work; return how that ended, and with what error."""
        stage, error = self._stage, None
        place = place_of(stage, self._thread_id, self._agent_id)
        self._run = await launch(stage, place, self._order(stage.threads.get(place)))
        run_id = self._run["run_id"]
        reader = stage.feeds.of(place).read(lambda event: event.run_id == run_id)
        try:
            async for event in reader:
                if event.name == END:
                    break
                if event.name == "error":
                    error = event.data
                for item in self._items.of(event):
                    self._did(item)
        finally:
            reader.close()
        # What is behind is of no use: nobody reads the states of a stage.
        stage.runs.delete(run_id)
        stage.threads.prune([place], "keep_latest")
        if error is not None:
            return "failed", error
        left = stage.threads.get(place)
        if left["status"] != "interrupted":
            return "finished", None
        for question in questions(left):
            self._did(self._items.asked(question))
        return "asks", None

    def _order(self, left: JsonObject) -> JsonObject:
        """Return what is asked of the agent, which the execution before left on the stage like this."""
        conversation = self._platform.messages.of(self._thread_id)
        if self._answers and left["status"] == "interrupted":
            return resuming(self._agent_id, self._request, conversation, left)
        return beginning(self._stage.agents.get(self._agent_id), self._request, conversation)

    def _did(self, item: JsonObject) -> None:
        """Tell of something that the agent did, keep it as a step, and carry it out where it changes a file."""
        if self._over:
            return
        platform, step_id = self._platform, self._platform.steps.new_id()
        before = platform.snapshots.newest(self._environment_id)
        if item["type"] == "file_change" and isinstance(item.get("path"), str) and self._keeps_files:
            item = {**item, "kind": self._change_file(item, step_id)}
        self._done.append(item)
        metadata = {name: value for name, value in item.items() if name not in ("id", "type", "content")}
        self._step(kind_of(item), title_of(item), before=before, step_id=step_id, metadata=metadata)
        self._tell(events.item_completed(item))

    @property
    def _keeps_files(self) -> bool:
        return self._request.get("persistFileChanges") is not False

    def _change_file(self, item: JsonObject, step_id: str) -> str:
        """Write a file, or remove it if the item says so; return which it was."""
        snapshots = self._platform.snapshots
        tree = snapshots.files_now(self._environment_id)
        removed = item.get("kind") == "deleted"
        known = files.normal(item["path"]) in tree
        content = None if removed else item["content"]
        tree = files.written(tree, {item["path"]: content}, self._now())
        snapshots.take(self._environment_id, tree, thread_id=self._thread_id, step_id=step_id)
        return "deleted" if removed else "modified" if known else "added"

    def _end(self, ending: Ending, error: JsonObject | None = None) -> None:
        """Leave the thread as it is after this ending, and let its readers go. Nothing happens if it has ended."""
        if self._over:
            return
        for item in self._items.rest():
            self._did(item)
        self._over = True
        platform, left, now = self._platform, ENDINGS[ending], self._now()
        content = "\n\n".join(item["content"] for item in self._done if item["type"] in SAID)
        used = self._used(content)
        seconds = (moment(now) - moment(self._began)).total_seconds()
        if content or left.run == "success":
            reply = platform.messages.add(
                self._thread_id,
                "assistant",
                content,
                inputTokens=used[0],
                outputTokens=used[1],
                durationMs=round(seconds * 1000),
                actionsCount=sum(item["type"] not in SAID for item in self._done),
            )
            self._step("turn_completed", f"Turn {left.thread}", message_id=reply["id"])
        row = platform.threads.get(self._thread_id)
        platform.threads.update(
            self._thread_id,
            status=left.thread,
            completedAt=now,
            inputTokens=row["inputTokens"] + used[0],
            outputTokens=row["outputTokens"] + used[1],
            environmentMinutes=round((row["environmentMinutes"] or 0) + seconds / _A_MINUTE, 6),
        )
        if ending == "failed":
            told = error or {}
            self._tell(events.stream_error(str(told.get("error")), str(told.get("message"))))
        else:
            if ending != "cancelled":
                self._tell(events.response_completed(self._response_id, content, self._done, used))
            self._tell(events.stream_completed(self._execution.id, left.run, used))
        self._execution.feed.append(self._execution.id, END, None, keep=True)
        platform.executions.end(self._execution)
        if self._run is not None:
            row_on_stage = self._stage.runs.get(self._run["thread_id"], self._run["run_id"])
            if row_on_stage is not None and row_on_stage["status"] in ACTIVE:
                stop(self._stage, row_on_stage, Stop("interrupt", "the execution is cancelled"))

    def _used(self, content: str) -> tuple[int, int]:
        """Return the tokens that went in and came out: as the script tells them, else one for each word."""
        if self._items.tokens_in or self._items.tokens_out:
            return self._items.tokens_in, self._items.tokens_out
        return len(self._message["content"].split()), len(content.split())

    def _step(
        self,
        kind: str,
        title: str,
        *,
        before: str | None = None,
        step_id: str | None = None,
        message_id: str | None = None,
        metadata: JsonObject | None = None,
    ) -> None:
        after = self._platform.snapshots.newest(self._environment_id)
        self._platform.steps.add(
            self._thread_id,
            self._environment_id,
            kind,
            title,
            step_id=step_id,
            message_id=message_id or self._message["id"],
            event="response.item.completed" if step_id else None,
            before=before if step_id else after,
            after=after,
            metadata=metadata,
        )

    def _tell(self, event: JsonObject) -> None:
        told = {**event, "timestamp": self._now(), "threadId": self._thread_id}
        self._execution.feed.append(self._execution.id, "message", told, keep=True)

    def _now(self) -> str:
        return brief_timestamp(self._world.clock.now())


def is_rewound(request: JsonObject) -> bool:
    """Return whether a request puts its thread back before it says something."""
    return "truncateAtMessageIndex" in request or bool(request.get("editMessageId"))
