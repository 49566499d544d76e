"""Commands to a thread: start a run, answer an interrupt, ask how it stands, subscribe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.agents.protocol import run_options
from understudy.agents.protocol.answers import CommandRefused, failure, success
from understudy.agents.protocol.channels import Subscription, is_channel, is_namespace, whole
from understudy.agents.protocol.session import Gap
from understudy.agents.protocol.settling import asked, settled
from understudy.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from understudy.agents.protocol.session import Session
    from understudy.state.world import World
    from understudy.wire import Json, JsonObject

    Launch = Callable[[JsonObject], Awaitable[JsonObject]]
    Method = Callable[[JsonObject], Awaitable[JsonObject]]


class Commands:
    """Carries out the commands of one reader of a thread.

    `launch` starts a run from the body of a request and returns its row; `told` says what a Refusal of it is called.
    """

    def __init__(
        self, world: World, thread_id: str, session: Session, launch: Launch, told: Callable[[Refusal], str]
    ) -> None:
        self._world = world
        self._thread_id = thread_id
        self._session = session
        self._launch = launch
        self._told = told
        self._methods: dict[str, Method] = {
            "run.start": self._start,
            "input.respond": self._respond,
            "agent.getTree": self._tree,
            "subscription.subscribe": self._subscribe,
            "subscription.unsubscribe": self._unsubscribe,
            "subscription.reconnect": self._reconnect,
        }
        self._starting = (self._start, self._respond)

    async def answer(self, command: JsonObject) -> JsonObject:
        """Carry out a command and return the answer to it."""
        method = self._methods.get(command["method"])
        meta = self._meta()
        try:
            if method is None:
                raise CommandRefused("unknown_command", f"Unknown protocol command: {command['method']}")
            params = command.get("params")
            result = await method(params if isinstance(params, dict) else {})
        except CommandRefused as refused:
            return failure(command["id"], refused)
        except Refusal as refusal:
            return failure(command["id"], CommandRefused("unknown_error", self._told(refusal)))
        return success(command["id"], result, self._meta() if method in self._starting else meta)

    def _meta(self) -> JsonObject:
        return {"applied_through_seq": self._session.applied}

    async def _start(self, params: JsonObject) -> JsonObject:
        run_options.check(params)
        resumes = params.get("input") is not None and await self._waits()
        command = {"resume": params["input"]} if resumes else None
        run = await self._launch(run_options.body(self._thread_id, params, command))
        return {"run_id": run["run_id"]}

    async def _waits(self) -> bool:
        """Return whether the thread waits for an answer, which input then is."""
        telling = self._session.telling
        if telling is not None and telling.pending:
            return True
        waiting = bool(await settled(self._world, self._thread_id))
        run = telling and self._world.runs.get(self._thread_id, telling.run_id)
        return waiting or bool(run and run["status"] == "interrupted")

    async def _respond(self, params: JsonObject) -> JsonObject:
        answers = run_options.responses(params)
        waiting = await settled(self._world, self._thread_id)
        telling = self._session.telling
        pending = telling.pending if telling is not None else {}
        for interrupt_id, namespace, _ in answers:
            if interrupt_id in pending:
                if pending[interrupt_id] != namespace:
                    raise CommandRefused(
                        "no_such_interrupt", "Interrupt namespace does not match the pending interrupt."
                    )
            elif waiting is not None and interrupt_id not in waiting:
                raise CommandRefused("no_such_interrupt", f"Unknown or already-consumed interrupt: {interrupt_id}")
        assistant_id = asked(self._world, self._thread_id) or (telling and telling.assistant_id)
        if assistant_id is None:
            raise CommandRefused("no_such_run", "No interrupted run is bound to this thread.")
        command = {"resume": {interrupt_id: response for interrupt_id, _, response in answers}}
        command |= {name: params[name] for name in ("update", "goto") if params.get(name) is not None}
        options = {"assistant_id": assistant_id, "config": params.get("config"), "metadata": params.get("metadata")}
        await self._launch(run_options.body(self._thread_id, options, command))
        for interrupt_id, _, _ in answers:
            pending.pop(interrupt_id, None)
        return {}

    async def _tree(self, params: JsonObject) -> JsonObject:
        if self._session.telling is None:
            raise _no_run()
        return {"tree": self._session.telling.tree()}

    async def _subscribe(self, params: JsonObject) -> JsonObject:
        name = self._world.ids.random()
        count = self._session.subscribe(name, self._subscription(params, "subscription.subscribe"))
        return {"subscription_id": name, "replayed_events": count}

    async def _unsubscribe(self, params: JsonObject) -> JsonObject:
        name = params.get("subscription_id")
        if not isinstance(name, str):
            raise self._complaint("invalid_argument", "subscription.unsubscribe requires a subscription_id.")
        if name not in self._session.subscriptions:
            raise self._complaint("no_such_subscription", f"Unknown subscription: {name}")
        del self._session.subscriptions[name]
        return {}

    async def _reconnect(self, params: JsonObject) -> JsonObject:
        if self._session.telling is None:
            raise _no_run()
        subscription = self._subscription(params, "subscription.reconnect")
        since = whole(params.get("since"))
        if since is None:
            raise self._complaint("invalid_argument", "subscription.reconnect requires a non-negative integer since.")
        name = params.get("subscription_id")
        name = name if isinstance(name, str) and name else self._world.ids.random()
        try:
            count = self._session.subscribe(name, subscription, since=since)
        except Gap as gap:
            raise self._complaint("resume_gap", str(gap), since=gap.since, min_available_seq=gap.first) from None
        return {"subscription_id": name, "replayed_events": count}

    def _subscription(self, params: JsonObject, method: str) -> Subscription:
        channels = params.get("channels")
        if not isinstance(channels, list) or not channels:
            raise self._complaint("invalid_argument", f"{method} requires a non-empty channels array.")
        if not all(map(is_channel, channels)):
            raise self._complaint("invalid_argument", f"{method} received an unsupported channel.")
        namespaces = params.get("namespaces")
        if not isinstance(namespaces, list) or not all(map(is_namespace, namespaces)):
            namespaces = []
        return Subscription(frozenset(channels), tuple(map(tuple, namespaces)), whole(params.get("depth")))

    def _complaint(self, error: str, message: str, **more: Json) -> CommandRefused:
        """Return a refusal that tells the place among the events, as it does once a run was told."""
        if self._session.telling is None:
            return CommandRefused(error, message)
        return CommandRefused(error, message, **more, meta=self._meta())


def _no_run() -> CommandRefused:
    return CommandRefused("no_such_run", "No active run is bound to this thread.")
