"""Laws of assistants: how they are found and listed, made twice, and deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from understudy.conformance.asking import Unexamined
from understudy.conformance.laws import finding

if TYPE_CHECKING:
    from understudy.wire import Json, JsonObject

CREATE = "POST /assistants"
GET = "GET /assistants/{assistant_id}"
PATCH = "PATCH /assistants/{assistant_id}"
DELETE = "DELETE /assistants/{assistant_id}"
SEARCH = "POST /assistants/search"
COUNT = "POST /assistants/count"

CREATE_CRON, GET_CRON = "POST /runs/crons", "GET /runs/crons/{cron_id}"
CREATE_THREAD, GET_THREAD = "POST /threads", "GET /threads/{thread_id}"
WAIT = "POST /threads/{thread_id}/runs/wait"

NAMES = ("Ada", "adam", "b_b", "bob", "100%")
PARTS = ("ad", "DA", "b", "_", "%", "zzz")
TAGS = ("red", "blue")

_FOUND = (SEARCH, COUNT, CREATE, GET)


class AssistantFinding(finding.Finding):
    """A law of finding assistants."""

    kind = finding.Kind("assistant_id", GET, SEARCH, COUNT)

    def make(self, chance: int) -> JsonObject:
        """Make an assistant whose graph, name and metadata depend on chance."""
        body = {
            "graph_id": self.stage.graphs[chance % len(self.stage.graphs)].graph_id if self.stage.graphs else "agent",
            "name": NAMES[chance % len(NAMES)],
            "metadata": self.marked(tag=TAGS[chance % 2], size=chance % 3 + 2),
        }
        told: JsonObject = self.told(CREATE, body)
        return told


class AssistantIsFound(AssistantFinding, finding.IsFound):
    """Assistants are created, and looked for after each."""

    name = "assistant-is-found"
    sentence = "An assistant that was created is found by its id, by a search and by a count."
    section = SEARCH
    operations = _FOUND
    steps = 5


class AssistantPagesPartition(AssistantFinding, finding.PagesPartition):
    """Assistants are listed page by page."""

    name = "assistant-pages-partition"
    sentence = "The pages of a search list every assistant once, in the order that was asked for."
    section = SEARCH
    operations = _FOUND


class AssistantSelect(AssistantFinding, finding.Selected):
    """Some members of assistants are asked for."""

    name = "assistant-select"
    sentence = "A search for assistants that selects members answers with these members and no others."
    section = SEARCH
    operations = (SEARCH, CREATE)


class AssistantFilters(AssistantFinding):
    """Assistants of several kinds are made, and searched for by what they are."""

    name = "assistant-filters"
    sentence = "A search and a count of assistants find all that meet every filter, and nothing else."
    section = SEARCH
    operations = (SEARCH, COUNT, CREATE)

    @initialize(chances=st.lists(st.integers(0, 29), min_size=1, max_size=6))
    def make_some(self, chances: list[int]) -> None:
        self.made = [self.make(chance) for chance in chances]

    @rule(
        graph=st.none() | st.integers(0, 9),
        part=st.none() | st.sampled_from(PARTS),
        tag=st.none() | st.sampled_from(TAGS),
        size=st.none() | st.integers(2, 5),
    )
    def search(self, graph: int | None, part: str | None, tag: str | None, size: int | None) -> None:
        wanted = {name: value for name, value in (("tag", tag), ("size", size)) if value is not None}
        filters: dict[str, Json] = {"metadata": wanted}
        if graph is not None and self.stage.graphs:
            filters["graph_id"] = self.stage.graphs[graph % len(self.stage.graphs)].graph_id
        if part is not None:
            filters["name"] = part
        expected = [row for row in self.made if _matches(row, filters)]

        self.same(sorted(self.ids(self.found(**filters))), sorted(self.ids(expected)), f"found by {filters}")
        self.same(self.counted(**filters), len(expected), f"counted by {filters}")


def _matches(row: JsonObject, filters: dict[str, Json]) -> bool:
    wanted = filters["metadata"]
    assert isinstance(wanted, dict)
    return (
        row["metadata"].items() >= wanted.items()
        and filters.get("graph_id", row["graph_id"]) == row["graph_id"]
        and str(filters.get("name", "")).casefold() in row["name"].casefold()
    )


class AssistantIfExists(finding.Own):
    """An assistant is created under an id that is taken."""

    name = "assistant-if-exists"
    sentence = "An id that is taken is refused, or with `do_nothing` answered with the stored assistant as it is."
    section = CREATE
    operations = (CREATE, GET)
    steps = 4

    @initialize(number=st.integers(0, 9))
    def create(self, number: int) -> None:
        self.assistant_id = self.new_id(number)
        self.row = self.told(CREATE, self._body("Ada", size=1))
        self.same(self.row["assistant_id"], self.assistant_id, "the id of what was created with one")

    @rule(word=st.sampled_from((None, "raise", "do_nothing")), name=st.sampled_from(NAMES))
    def create_again(self, word: str | None, name: str) -> None:
        body = self._body(name, size=2)
        answer = self.ask(CREATE, body if word is None else {**body, "if_exists": word})

        if word == "do_nothing":
            self.hold(answer.ok, f"with do_nothing, an id that is taken answered {answer.status}: {answer.text[:200]}")
            self.same(answer.body, self.row, "what do_nothing answered")
        else:
            self.same(answer.status, 409, f"the status of an id that is taken, with if_exists {word}")
        self.same(self.told(GET, assistant_id=self.assistant_id), self.row, "the stored assistant afterwards")

    def _body(self, name: str, **metadata: Json) -> JsonObject:
        identity = {"assistant_id": self.assistant_id, "graph_id": self.graph.graph_id, "name": name}
        return {**identity, "metadata": self.marked(**metadata)}


class AssistantDelete(AssistantFinding):
    """Assistants with crons are made and deleted."""

    name = "assistant-delete"
    sentence = "A deleted assistant is gone everywhere, and so are its crons; no other assistant is."
    section = DELETE
    operations = (DELETE, *_FOUND, PATCH)
    steps = 5

    @initialize(count=st.integers(1, 3))
    def make_some(self, count: int) -> None:
        self.left = [self.make(number) for number in range(count)]

    @rule(chance=st.integers(0, 9), with_cron=st.booleans())
    def delete(self, chance: int, with_cron: bool) -> None:
        if not self.left:
            return
        row = self.left.pop(chance % len(self.left))
        assistant_id = str(row["assistant_id"])
        cron = self._cron(assistant_id) if with_cron else None
        deleted = self.ask(DELETE, assistant_id=assistant_id)
        if not deleted.ok:
            raise Unexamined(f"{DELETE} answered {deleted.status}: {deleted.text[:200]}")

        for operation, body in ((GET, None), (PATCH, {"name": "Eve"}), (DELETE, None)):
            asked = {} if body is None else {"body": body}
            again = self.ask(operation, **asked, assistant_id=assistant_id)  # type: ignore[arg-type]  # a body
            self.same(again.status, 404, f"the status of {operation} after it was deleted")
        self.same(sorted(self.ids(self.found())), sorted(self.ids(self.left)), "what a search finds afterwards")
        self.same(self.counted(), len(self.left), "the count afterwards")
        if cron is not None:
            self.same(self.ask(GET_CRON, cron_id=cron).status, 404, "the status of a cron of a deleted assistant")

    def _cron(self, assistant_id: str) -> str:
        body = {"assistant_id": assistant_id, "schedule": "0 0 29 2 *", "metadata": self.marked()}
        return str(self.told(CREATE_CRON, body)["cron_id"])


class AssistantDeleteThreads(finding.Own):
    """An assistant that has run on a thread is deleted."""

    name = "assistant-delete-threads"
    sentence = "The threads that a deleted assistant ran on stay, and with `delete_threads` go with it."
    section = DELETE
    operations = (DELETE, CREATE, CREATE_THREAD, GET_THREAD, WAIT)
    examples = 0.2
    steps = 2

    @rule(word=st.sampled_from((None, "false", "true")))
    def delete(self, word: str | None) -> None:
        body = {"graph_id": self.graph.graph_id, "metadata": self.marked()}
        assistant_id = self.told(CREATE, body)["assistant_id"]
        ran, other = (self.told(CREATE_THREAD, {"metadata": self.marked()})["thread_id"] for _ in range(2))
        self.told(WAIT, {"assistant_id": assistant_id, "input": self.graph.inputs[0]}, thread_id=ran)
        deleted = self.ask(DELETE, query=None if word is None else {"delete_threads": word}, assistant_id=assistant_id)
        if not deleted.ok:
            raise Unexamined(f"{DELETE} answered {deleted.status}: {deleted.text[:200]}")

        expected = 404 if word == "true" else 200
        what = f"the thread it ran on, deleted with delete_threads {word}"
        self.same(self.ask(GET_THREAD, thread_id=ran).status, expected, f"the status of {what}")
        self.same(self.ask(GET_THREAD, thread_id=other).status, 200, "the status of a thread it did not run on")
