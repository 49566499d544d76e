"""Laws of crons: how they are found, changed and deleted. Their schedules are so far away that none starts a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from understudy.conformance.asking import Unexamined
from understudy.conformance.laws import finding

if TYPE_CHECKING:
    from understudy.wire import Json, JsonObject

CREATE = "POST /runs/crons"
CREATE_ON_THREAD = "POST /threads/{thread_id}/runs/crons"
GET = "GET /runs/crons/{cron_id}"
PATCH = "PATCH /runs/crons/{cron_id}"
DELETE = "DELETE /runs/crons/{cron_id}"
SEARCH = "POST /runs/crons/search"
COUNT = "POST /runs/crons/count"

CREATE_THREAD, DELETE_THREAD = "POST /threads", "DELETE /threads/{thread_id}"

SCHEDULES = ("0 0 29 2 *", "30 12 29 2 *")
"""At the end of February, in years that have it."""
ENDS = (None, "2090-01-01T00:00:00+00:00", "2080-06-01T12:00:00+00:00")
TAGS = ("red", "blue")

_FOUND = (SEARCH, COUNT, CREATE, GET)


class CronFinding(finding.Finding):
    """A law of finding crons."""

    kind = finding.Kind("cron_id", GET, SEARCH, COUNT)

    def make(self, chance: int) -> JsonObject:
        """Make a cron without a thread whose assistant, end and metadata depend on chance."""
        told: JsonObject = self.told(CREATE, self.cron(chance))
        return told

    def cron(self, chance: int) -> JsonObject:
        """Return what a cron is made from."""
        graphs = self.stage.graphs
        if not graphs:
            raise Unexamined("no graph is known")
        end = ENDS[chance % len(ENDS)]
        return {
            "assistant_id": graphs[chance % len(graphs)].assistant_id,
            "schedule": SCHEDULES[chance % 2],
            "enabled": chance % 4 > 0,
            "metadata": self.marked(tag=TAGS[chance % 2], size=chance % 3 + 2),
            **({} if end is None else {"end_time": end}),
        }

    def new_thread(self) -> str:
        """Make a thread and return its id."""
        return str(self.told(CREATE_THREAD, {"metadata": self.marked()})["thread_id"])

    def make_on(self, thread_id: str, chance: int) -> JsonObject:
        """Make a cron on a thread."""
        told: JsonObject = self.told(CREATE_ON_THREAD, self.cron(chance), thread_id=thread_id)
        return told


class CronIsFound(CronFinding, finding.IsFound):
    """Crons are created, and looked for after each."""

    name = "cron-is-found"
    sentence = "A cron that was created is found by its id, by a search and by a count."
    section = SEARCH
    operations = _FOUND
    steps = 5


class CronPagesPartition(CronFinding, finding.PagesPartition):
    """Crons with and without an end are listed page by page."""

    name = "cron-pages-partition"
    sentence = "The pages of a search list every cron once, in the order that was asked for."
    section = SEARCH
    operations = _FOUND


class CronSelect(CronFinding, finding.Selected):
    """Some members of crons are asked for."""

    name = "cron-select"
    sentence = "A search for crons that selects members answers with these members and no others."
    section = SEARCH
    operations = (SEARCH, CREATE)


class CronFilters(CronFinding):
    """Crons on threads and without are made, and searched for by what they are."""

    name = "cron-filters"
    sentence = "A search and a count of crons find all that meet every filter, and nothing else."
    section = SEARCH
    operations = (SEARCH, COUNT, CREATE, CREATE_ON_THREAD, CREATE_THREAD)

    @initialize(chances=st.lists(st.tuples(st.integers(0, 29), st.integers(0, 2)), min_size=1, max_size=5))
    def make_some(self, chances: list[tuple[int, int]]) -> None:
        self.threads = [self.new_thread(), self.new_thread()]
        self.made = [
            self.make_on(self.threads[place - 1], chance) if place else self.make(chance) for chance, place in chances
        ]

    @rule(
        graph=st.none() | st.integers(0, 9),
        thread=st.none() | st.integers(0, 1),
        enabled=st.none() | st.booleans(),
        tag=st.none() | st.sampled_from(TAGS),
    )
    def search(self, graph: int | None, thread: int | None, enabled: bool | None, tag: str | None) -> None:
        metadata: JsonObject = {} if tag is None else {"tag": tag}
        filters: dict[str, Json] = {"metadata": metadata}
        if graph is not None:
            filters["assistant_id"] = self.stage.graphs[graph % len(self.stage.graphs)].assistant_id
        if thread is not None:
            filters["thread_id"] = self.threads[thread]
        countable = dict(filters)
        if enabled is not None:
            filters["enabled"] = enabled

        expected = [row for row in self.made if _matches(row, filters)]
        self.same(sorted(self.ids(self.found(**filters))), sorted(self.ids(expected)), f"found by {filters}")
        expected = [row for row in self.made if _matches(row, countable)]
        self.same(self.counted(**countable), len(expected), f"counted by {countable}")


def _matches(row: JsonObject, filters: dict[str, Json]) -> bool:
    wanted = {name: value for name, value in filters.items() if name != "metadata"}
    metadata = filters["metadata"]
    assert isinstance(metadata, dict)
    return row["metadata"].items() >= metadata.items() and row.items() >= wanted.items()


_CHANGES: dict[str, st.SearchStrategy[Json]] = {
    "schedule": st.sampled_from(SCHEDULES),
    "timezone": st.sampled_from(("Europe/Berlin", "Asia/Tokyo")),
    "end_time": st.sampled_from(ENDS),
    "enabled": st.booleans(),
    "on_run_completed": st.sampled_from(("delete", "keep")),
    "metadata": st.dictionaries(st.sampled_from(("a", "b")), st.sampled_from((2, "two", [2])), max_size=2),
}


class CronPatchKeeps(CronFinding):
    """A cron is patched, and compared with what patches have said so far."""

    name = "cron-patch-keeps"
    sentence = "A patch of a cron merges metadata key by key, replaces what else it names, and keeps what it does not."
    section = PATCH
    operations = (PATCH, CREATE, GET)
    told_by_change = ("payload", "next_run_date", "updated_at")

    @initialize(chance=st.integers(0, 9))
    def create(self, chance: int) -> None:
        self.row = self.make(chance)

    @rule(change=st.fixed_dictionaries({}, optional=_CHANGES).filter(bool))
    def change_it(self, change: JsonObject) -> None:
        before = self.row
        answer = self.told(PATCH, change, cron_id=before["cron_id"])
        expected = {**before, **change, "metadata": {**before["metadata"], **change.get("metadata", {})}}

        self.same(self._kept(answer), self._kept(expected), f"the cron after a patch with {change}")
        if not change.keys() & {"schedule", "timezone"}:
            self.same(answer["next_run_date"], before["next_run_date"], f"when it is due after a patch with {change}")
        self.same(self.told(GET, cron_id=before["cron_id"]), answer, "the stored cron")
        self.row = answer

    def _kept(self, row: JsonObject) -> JsonObject:
        return {name: value for name, value in row.items() if name not in self.told_by_change}


class CronDelete(CronFinding):
    """Crons are made and deleted."""

    name = "cron-delete"
    sentence = "A deleted cron is gone everywhere, and no other is."
    section = DELETE
    operations = (DELETE, *_FOUND, PATCH)
    steps = 4

    @initialize(count=st.integers(1, 3))
    def make_some(self, count: int) -> None:
        self.left = [self.make(number) for number in range(count)]

    @rule(chance=st.integers(0, 9))
    def delete(self, chance: int) -> None:
        if not self.left:
            return
        cron_id = str(self.left.pop(chance % len(self.left))["cron_id"])
        deleted = self.ask(DELETE, cron_id=cron_id)
        if not deleted.ok:
            raise Unexamined(f"{DELETE} answered {deleted.status}: {deleted.text[:200]}")

        self.same(self.ask(GET, cron_id=cron_id).status, 404, "the status of a deleted cron")
        patched = self.ask(PATCH, {"enabled": False}, cron_id=cron_id)
        self.same(patched.status, 404, "the status of a patch of a deleted cron")
        self.same(self.ask(DELETE, cron_id=cron_id).status, 404, "the status of deleting it again")
        self.same(sorted(self.ids(self.found())), sorted(self.ids(self.left)), "what a search finds afterwards")
        self.same(self.counted(), len(self.left), "the count afterwards")


class CronOfThread(CronFinding):
    """Crons are made on two threads, and the threads are deleted one after the other."""

    name = "cron-of-thread"
    sentence = "A cron on a thread is listed with its thread, and goes with it."
    section = DELETE_THREAD
    operations = (CREATE_ON_THREAD, SEARCH, COUNT, GET, CREATE_THREAD, DELETE_THREAD)
    steps = 5

    @initialize()
    def make_threads(self) -> None:
        self.crons: dict[str, list[str]] = {self.new_thread(): [], self.new_thread(): []}

    @rule(place=st.integers(0, 1), chance=st.integers(0, 9))
    def make_one(self, place: int, chance: int) -> None:
        if place >= len(self.crons):
            return
        thread_id = list(self.crons)[place]
        row = self.make_on(thread_id, chance)
        self.crons[thread_id].append(str(row["cron_id"]))

        self.same(row["thread_id"], thread_id, "the thread of a cron that was made on it")
        self._hold_lists()

    @rule(place=st.integers(0, 1))
    def delete_thread(self, place: int) -> None:
        if place >= len(self.crons):
            return
        thread_id = list(self.crons)[place]
        deleted = self.ask(DELETE_THREAD, thread_id=thread_id)
        if not deleted.ok:
            raise Unexamined(f"{DELETE_THREAD} answered {deleted.status}: {deleted.text[:200]}")
        for cron_id in self.crons.pop(thread_id):
            status = self.ask(GET, cron_id=cron_id).status
            self.same(status, 404, "the status of a cron whose thread was deleted")
        self._hold_lists()

    def _hold_lists(self) -> None:
        for thread_id, crons in self.crons.items():
            found = self.ids(self.found(thread_id=thread_id))
            self.same(sorted(found), sorted(crons), f"the crons that are listed with thread {thread_id}")
            self.same(self.counted(thread_id=thread_id), len(crons), f"the count of crons of thread {thread_id}")
