"""Laws of what changes an assistant: patches, their versions, and the choice of the latest."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from understudy.conformance.laws.assistants import CREATE, GET, PATCH
from understudy.conformance.laws.finding import Own

if TYPE_CHECKING:
    from understudy.wire import Json, JsonObject

VERSIONS = "POST /assistants/{assistant_id}/versions"
LATEST = "POST /assistants/{assistant_id}/latest"

KEPT = ("config", "metadata", "name", "description")
"""What the latest brings back of a version in any contract; context and graph only as the document promises."""

_CHANGES: dict[str, st.SearchStrategy[Json]] = {
    "name": st.sampled_from(("Ada", "Bob", "Eve")),
    "description": st.sampled_from(("counts", "reads", "")),
    "metadata": st.dictionaries(st.sampled_from(("a", "b", "c")), st.sampled_from((2, "two", None, [2])), max_size=2),
    "config": st.sampled_from(({"tags": ["x"]}, {"recursion_limit": 7}, {"tags": ["y"], "recursion_limit": 9})),
}
CHANGES = st.fixed_dictionaries({}, optional=_CHANGES)
"""What patches say. Neither context nor `config.configurable`: each shows in the other."""


class VersionLaw(Own):
    """What laws of versions have in common: an assistant that is patched, and the versions that are listed of it."""

    @initialize()
    def create(self) -> None:
        body = {"graph_id": self.graph.graph_id, "name": "Zoe", "metadata": self.marked()}
        self.row: JsonObject = self.told(CREATE, body)
        self.assistant_id = str(self.row["assistant_id"])

    def patch(self, change: JsonObject) -> JsonObject:
        """Patch the assistant, and return the answer."""
        told: JsonObject = self.told(PATCH, change, assistant_id=self.assistant_id)
        return told

    def versions(self) -> list[JsonObject]:
        """Return all versions, asked for as clients do: with a body."""
        told: list[JsonObject] = self.told(VERSIONS, {"limit": 1000}, assistant_id=self.assistant_id)
        return told

    def choose(self, version: int) -> JsonObject:
        """Make a version the latest, named in the way of the document and in that of clients."""
        asked = {"version": version}
        told: JsonObject = self.told(LATEST, asked, query=dict(asked), assistant_id=self.assistant_id)
        return told


class AssistantVersionsGrow(VersionLaw):
    """An assistant is patched, and its versions are listed before and after."""

    name = "assistant-versions-grow"
    sentence = "A patch adds one version, with a higher number than any; older versions stay as they were."
    section = VERSIONS
    operations = (VERSIONS, PATCH, CREATE)

    @rule(change=CHANGES, number=st.integers(0, 99))
    def change_it(self, change: JsonObject, number: int) -> None:
        before = self.versions()
        answer = self.patch({**change, "name": f"{self.row['name']} {number}"})
        self.row = answer
        after = self.versions()

        self.same(len(after), len(before) + 1, "the number of versions after a patch")
        self.same(after[1:], before, "the older versions after a patch")
        numbers = [version["version"] for version in after]
        self.hold(
            all(later > earlier for later, earlier in pairwise(numbers)),
            f"versions are not listed from the highest down: {numbers}",
        )
        self.same(answer["version"], numbers[0], "the version that the patch answered with")
        self.same(_content(after[0]), _content(answer), "the version that the patch added")

    @rule(size=st.integers(1, 3), offset=st.integers(0, 2))
    def list_a_page(self, size: int, offset: int) -> None:
        whole = self.versions()
        answer = self.ask(VERSIONS, {"limit": size, "offset": offset}, assistant_id=self.assistant_id)
        if not answer.ok and offset >= len(whole):
            return  # some say that there are none instead of listing none
        self.hold(answer.ok, f"limit {size} and offset {offset} answered {answer.status}: {answer.text[:200]}")

        self.same(answer.body, whole[offset : offset + size], f"the versions with limit {size} and offset {offset}")


class AssistantLatest(VersionLaw):
    """Versions of an assistant become the latest, with patches in between."""

    name = "assistant-latest"
    sentence = "Choosing a version brings back its content and loses no version."
    section = LATEST
    operations = (LATEST, VERSIONS, PATCH, CREATE, GET)

    @rule(change=CHANGES)
    def change_it(self, change: JsonObject) -> None:
        highest = max(int(version["version"]) for version in self.versions())
        answer = self.patch(change)

        self.hold(answer["version"] > highest, f"a patch made version {answer['version']}, there was {highest} before")

    @rule(chance=st.integers(0, 9))
    def choose_one(self, chance: int) -> None:
        before = self.versions()
        chosen = before[chance % len(before)]
        number = int(chosen["version"])
        answer = self.choose(number)
        stored = self.told(GET, assistant_id=self.assistant_id)

        self.same(answer["version"], number, "the version of the answer")
        expected = {name: chosen[name] for name in KEPT if name in chosen}
        self.same({name: answer.get(name) for name in expected}, expected, f"what version {number} brought back")
        self.same(stored, answer, "the assistant afterwards")
        self.same(self.versions(), before, "the versions afterwards")


class AssistantLatestWhole(VersionLaw):
    """The context and the graph of an assistant change, and an older version is chosen."""

    name = "assistant-latest-whole"
    sentence = "Choosing a version brings back its context and its graph too."
    section = LATEST
    operations = (LATEST, PATCH, CREATE)
    contracts = ("published",)
    examples = 0.2
    steps = 2

    @rule(number=st.integers(0, 9))
    def go_back(self, number: int) -> None:
        before = self.patch({"context": {"before": number}, "graph_id": self.graph.graph_id})
        self.patch({"context": {"number": number}, "graph_id": self.stage.graphs[-1].graph_id})
        answer = self.choose(int(before["version"]))

        brought = {name: answer.get(name) for name in ("context", "graph_id")}
        self.same(brought, {name: before[name] for name in brought}, f"what version {before['version']} brought back")


class AssistantPatchKeeps(VersionLaw):
    """An assistant is patched, and compared with what patches have said so far."""

    name = "assistant-patch-keeps"
    sentence = "A patch merges metadata key by key, replaces what else it names, and keeps what it does not."
    section = PATCH
    operations = (PATCH, CREATE, GET)

    @rule(change=CHANGES)
    def change_it(self, change: JsonObject) -> None:
        before, answer = self.row, self.patch(change)
        expected = {**before, **change, "metadata": {**before["metadata"], **change.get("metadata", {})}}

        self.same(_content(answer), _content(expected), f"the assistant after a patch with {change}")
        self.same(answer["created_at"], before["created_at"], "the time of creation after a patch")
        self.row = answer

    @invariant()
    def is_stored(self) -> None:
        if hasattr(self, "row"):
            self.same(self.told(GET, assistant_id=self.assistant_id), self.row, "the stored assistant")


class AssistantContextKeepsConfig(VersionLaw):
    """The context of an assistant with a config is patched."""

    name = "assistant-context-keeps-config"
    sentence = "A patch of the context keeps the rest of the config."
    section = PATCH
    operations = (PATCH, CREATE)
    contracts = ("published",)
    examples = 0.2
    steps = 3

    @rule(config=_CHANGES["config"], number=st.integers(0, 9))
    def change_it(self, config: JsonObject, number: int) -> None:
        self.patch({"config": config})
        answer = self.patch({"context": {"number": number}})

        kept = {name: answer["config"].get(name) for name in config}
        self.same(kept, config, "what the config had before the context was patched")


def _content(row: JsonObject) -> JsonObject:
    """Return what a version has of its own, without what tells it from others."""
    names = ("graph_id", "config", "context", "metadata", "name", "description")
    return {name: row[name] for name in names if name in row}
