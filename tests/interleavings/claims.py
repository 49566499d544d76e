"""What must hold between the events: at every moment, and whenever everything is at rest."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.interleavings.histories import check_history
from understudy.state.feeds import END, order
from understudy.state.life_cycle import ENDINGS

if TYPE_CHECKING:
    from tests.interleavings.stage import Call, Logged, Stage

FOLLOWING = {
    "pending": ("running", "success", "error", "interrupted"),
    "running": ("success", "error", "interrupted"),
    "success": (),
    "error": (),
    "interrupted": (),
}
"""The statuses that a run may have later, by the one that it has."""

RESTING = {
    status: {one for left in ENDINGS.values() if left.run == status for one in (left.rests, left.goes_on)}
    for status in FOLLOWING
}
"""The statuses that a thread may have, by that of the run that ended last."""

MISSING = ("error", b'{"error":"HTTPException","message":"404: Run not found"}')


@dataclass(slots=True, eq=False)
class Follower:
    """A client that follows a run: by its stream, or waiting for what it comes to.

    `run_id` is None until the answer tells which run was started. `modes` are those that are asked for.
    """

    call: Call
    kind: str
    run_id: str | None = None
    modes: tuple[str, ...] = ()
    last_event_id: str | None = None
    resumable: bool = False
    leaving: bool = False
    compared: bool = False

    def waited_for(self, run_id: str) -> bool:
        """Return whether the client has waited for this run, and knows what it came to."""
        return self.kind == "wait" and self.run_id == run_id and self.call.over and not self.leaving


@dataclass(slots=True)
class Claims:
    """The claims about one stage. `shortened` are the threads whose history a client has taken checkpoints from."""

    stage: Stage
    shortened: set[str] = field(default_factory=set)
    followers: list[Follower] = field(default_factory=list)
    _statuses: dict[str, str] = field(default_factory=dict)
    _last_ids: dict[int, tuple[int, int]] = field(default_factory=dict)
    _read: int = 0

    def at_every_moment(self) -> None:
        """Check what holds even while things are under way."""
        stage = self.stage
        assert not stage.troubles, stage.troubles
        for call in stage.calls:
            assert call.status is None or call.status < 500, (call, call.text)
            assert not call.over or call.task.exception() is None, call
        for logged in stage.log[self._read :]:
            here, last = order(logged.event.id), self._last_ids.get(logged.feed, (-1, 0))
            assert here > last, f"{logged} comes after {last}"
            self._last_ids[logged.feed] = here
        self._read = len(stage.log)
        statuses = {row["run_id"]: row["status"] for row in stage.world.runs}
        for run_id, status in statuses.items():
            before = self._statuses.get(run_id, status)
            assert status == before or status in FOLLOWING[before], f"{run_id}: {before} -> {status}"
        self._statuses = statuses

    def at_rest(self) -> None:
        """Check what holds when no task is at work."""
        world = self.stage.world
        len(world.threads)  # whose time is over is gone
        self.stage.run()
        self.at_every_moment()
        threads = {row["thread_id"] for row in world.threads}
        for thread_id in threads:
            self._check_runs(thread_id)
            check_history(world.threads.history(thread_id))
        self._check_leftovers(threads)
        for follower in self.followers:
            self._check_follower(follower)
        for thread_id in threads:
            self._check_thread(thread_id)
        assert not world.sending

    def at_the_end(self) -> None:
        """Check that nothing is left when every run has ended and every thread is gone."""
        world = self.stage.world
        assert not list(world.runs)
        assert not world.runs.playing
        assert not world.runs.queues
        assert not world.runs.visits
        assert not world.feeds._feeds
        assert not world.threads._ttls
        assert not world.threads._histories._at_hand
        assert not self.stage.gates
        assert [call for call in self.stage.calls if not call.over] == []

    def _check_runs(self, thread_id: str) -> None:
        """Check that what is to happen on a thread will happen, and that its row says so."""
        runs, now = self.stage.world.runs, self.stage.clock.now().isoformat()
        row = self.stage.world.threads.get(thread_id)
        active = runs.active(thread_id)
        at_work = {run_id: play for run_id, play in runs.playing.items() if play.thread_id == thread_id}
        playing = [run_id for run_id, play in at_work.items() if not play.cut]
        assert len(at_work) <= 1, f"{at_work} are played at once"
        assert (row["status"] == "busy") == bool(active or playing), (row["status"], active, playing)
        for run in active:
            if run["status"] == "running":
                assert playing == [run["run_id"]], "a run is running that nobody plays"
            else:
                assert at_work or active[0]["created_at"] > now, "a run is pending whose turn it is"
                assert run["run_id"] not in playing, "a run is pending that is played"
        due = not at_work and bool(active)
        assert (thread_id in runs.queues) == due, "a queue is there if and only if a run's time is to come"

    def _check_leftovers(self, threads: set[str]) -> None:
        world = self.stage.world
        for what, thread_ids in (
            ("runs", {row["thread_id"] for row in world.runs}),
            ("queues", set(world.runs.queues)),
            ("visits", set(world.runs.visits)),
            ("crons", {row["thread_id"] for row in world.crons if row["thread_id"]}),
            ("histories", {*world.threads._histories._at_hand, *world.threads._histories._packed}),
            ("times to live", set(world.threads._ttls)),
            ("feeds", {thread_id for thread_id, feed in world.feeds._feeds.items() if not feed._readers}),
        ):
            assert thread_ids <= threads, f"there are {what} of threads that are gone"
        readers = sum(len(feed._readers) for feed in world.feeds._feeds.values())
        following = [call for call in self.stage.calls if not call.over]
        assert readers <= len(following), f"{readers} readers for {following}"
        assert len(world.runs.playing) <= len(self.stage.gates), "a run is played that waits for nothing"

    def _check_follower(self, follower: Follower) -> None:
        call = follower.call
        if call.status != 200 or call.begun is None:
            return
        if follower.run_id is None:
            follower.run_id = call.headers["content-location"].rpartition("/")[2]
        run_id = follower.run_id
        known = run_id in call.runs
        of_run = [(at, one) for at, one in enumerate(self.stage.log) if one.event.run_id == run_id]
        live = _until_end([one for at, one in of_run if at >= call.begun])
        ended = any(one.is_end for one in live)
        was_over = not call.runs.get(run_id)
        if follower.leaving:
            assert call.over, f"{call} goes on although the client has left"
        elif ended or was_over:
            assert call.over, f"{call} goes on although the run has ended"
        else:
            assert not call.over, f"{call} has ended before the run"
        if follower.kind == "stream":
            before = [one for at, one in of_run if at < call.begun]
            self._check_stream(follower, before, live, known=known)

    def _check_stream(self, follower: Follower, before: list[Logged], live: list[Logged], *, known: bool) -> None:
        seen = follower.call.frames()
        replayed: list[Logged] = []
        if follower.last_event_id and follower.resumable:
            since = (-1, 0) if follower.last_event_id == "-" else order(follower.last_event_id)
            replayed = [one for one in before if order(one.event.id) > since and one.event.name != "error"]
        told = _until_end(replayed + live)
        expected: list[tuple[str, bytes, str | None]] = [
            (one.event.name, one.data, one.event.id if follower.resumable else None)
            for one in told
            if not one.is_end and (not follower.modes or one.event.mode in follower.modes)
        ]
        if told and told[-1].is_end and told[-1].event.data is not None:
            expected.append((*MISSING, None))  # it was deleted
        if not known:
            expected = [(*MISSING, None)]
        if follower.leaving:
            expected = expected[: len(seen)]
        assert seen == expected, f"{follower.call} saw {seen} and not {expected}"

    def _check_thread(self, thread_id: str) -> None:
        """Check that all agree on what the last run of a thread that is at rest has come to."""
        stage = self.stage
        row = stage.world.threads.get(thread_id)
        if row["status"] == "busy":
            return
        assert row["status"] in ("idle", "interrupted", "error")
        changes = [one for one in stage.log if one.thread_id == thread_id and one.event.name in (END, "state_update")]
        last = changes[-1] if changes else None
        if last is None or not last.is_end:
            return
        run = stage.world.runs.get(thread_id, last.event.run_id or "")
        if run is None:
            return
        assert row["status"] in RESTING[run["status"]], (row["status"], run["status"])
        if run["status"] == "interrupted" or thread_id in self.shortened:
            return
        state = stage.ask("GET", f"/threads/{thread_id}/state").json()
        if run["status"] == "success":
            assert row["error"] is None
            latest = stage.world.threads.history(thread_id).latest()
            assert latest is not None
            assert (row["status"] == "interrupted") == bool(latest.next), (row["status"], latest.next)
            assert row["values"] == latest.values, (row["values"], latest.values)
            if not any(task["result"] is not None for task in latest.tasks):
                # What tasks have done counts for the state at once, for the thread when all of their step are done.
                assert list(latest.next) == state["next"], (latest, state)
                assert row["values"] == state["values"], (row["values"], state["values"])
            asked = {one["id"] for one in state["interrupts"]}
            told = {one["id"] for of_task in row["interrupts"].values() for one in of_task}
            assert told == asked, (row, state)
        else:
            assert row["error"] is not None
        for follower in self.followers:
            if follower.waited_for(run["run_id"]) and not follower.compared:
                follower.compared = True
                self._check_result(follower, row)

    def _check_result(self, follower: Follower, row: dict[str, Any]) -> None:
        body = follower.call.json()
        if body == {} and follower.call.path == "/runs/wait":
            return  # of a run without a thread nothing is told but its events
        if row["status"] == "error":
            assert body == {"__error__": row["error"]}, (body, row)
        elif row["interrupts"]:
            asked = [one["id"] for of_task in row["interrupts"].values() for one in of_task]
            # A question that is shown in two modes is told twice.
            assert {one["id"] for one in body["__interrupt__"]} == set(asked), (body, row)
        else:
            assert body == (row["values"] or {}), (body, row)


def _until_end(events: list[Logged]) -> list[Logged]:
    ends = [at for at, one in enumerate(events) if one.is_end]
    return events[: ends[0] + 1] if ends else events
