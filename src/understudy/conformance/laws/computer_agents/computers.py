"""Laws of computers: how they are configured, listed and run, and which is the default one."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from understudy.conformance.asking import Unexamined
from understudy.conformance.computer_agents.places import SET_DEFAULT
from understudy.conformance.laws.computer_agents.copies import OBSERVED
from understudy.conformance.laws.computer_agents.platform import (
    COMPUTER,
    COMPUTERS,
    CREATE,
    DELETE_COMPUTER,
    GET_COMPUTER,
    LIST_COMPUTERS,
    NEW_COMPUTER,
    PATCH_COMPUTER,
    PUT_COMPUTER,
    PlatformLaw,
    ids,
    of,
    without,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from understudy.wire import JsonObject

GET_DEFAULT = f"GET {COMPUTERS}/default"
STATUS, START, STOP = f"GET {COMPUTER}/status", f"POST {COMPUTER}/start", f"POST {COMPUTER}/stop"

CONFIGURED = st.fixed_dictionaries(
    {},
    optional={
        "description": st.sampled_from(["Where the tools are.", "☃"]),
        "internetAccess": st.booleans(),
        "runtimes": st.sampled_from([{}, {"python": "3.12"}]),
        "environmentVariables": st.sampled_from([[], [{"key": "LANG", "value": "en"}]]),
        "setupScripts": st.sampled_from([[], ["mkdir -p /workspace/out"]]),
        "documentation": st.sampled_from([[], ["Results belong in /workspace/out."]]),
    },
)
"""What is said of a computer, and told again as it was said."""


class ComputerReadsBack(PlatformLaw):
    """A computer is made, and configured bit by bit."""

    name = "computer-reads-back"
    sentence = "A computer is configured as it was said; changing it changes what is named, and nothing else."
    section = PATCH_COMPUTER
    operations = (PATCH_COMPUTER, NEW_COMPUTER, GET_COMPUTER)

    @initialize(given=CONFIGURED)
    def begin(self, given: JsonObject) -> None:
        told = self.new_computer(**given)
        self.place = str(told["id"])
        self.same(of(told, *given), given, "what is told of a new computer")
        self.same(self.computer(self.place), told, "a new computer as it is read")

    @rule(changes=CONFIGURED)
    def patch(self, changes: JsonObject) -> None:
        before = self.computer(self.place)
        told = self.told(PATCH_COMPUTER, changes, environmentId=self.place)["environment"]
        after = self.computer(self.place)

        self.same(told, after, "the answer to a change, compared with the computer")
        lasting = {**without(before, "updatedAt"), **changes}
        self.same(without(after, "updatedAt"), lasting, f"a computer after {changes}")


class ComputerIsReplaced(PlatformLaw):
    """A computer is configured anew."""

    name = "computer-is-replaced"
    sentence = "A computer that is configured anew is as a new one but for what is said, and is the same one."
    section = PUT_COMPUTER
    operations = (PUT_COMPUTER, NEW_COMPUTER, GET_COMPUTER)
    contracts: ClassVar[Collection[str]] = OBSERVED

    @rule(before=CONFIGURED, given=CONFIGURED)
    def replace(self, before: JsonObject, given: JsonObject) -> None:
        place = self.new_computer(**before)
        self.told(PUT_COMPUTER, {**given, "name": place["name"]}, environmentId=place["id"])

        new = self.new_computer(**given)
        own = ("id", "imageTag", "lastBuildAt", "createdAt", "updatedAt")
        self.same(without(self.computer(place["id"]), *own), without(new, *own), "a computer that was configured anew")


class SecretsAreKept(PlatformLaw):
    """A computer is given secrets."""

    name = "secrets-are-kept"
    sentence = "What is secret about a computer is told to nobody."
    section = "secrets of POST /v1/environments"
    operations = (NEW_COMPUTER, GET_COMPUTER, LIST_COMPUTERS)
    examples = 0.1
    contracts: ClassVar[Collection[str]] = OBSERVED
    steps = 2

    @rule()
    def give(self) -> None:
        # Nobody else may say the same by chance: a word that stands in this file may come up in what is made up.
        secret = f"{self.stage.ledger.check_id[::-1]}-{self.marks['understudy_example']}"
        body = {"name": self.name_for("safe"), "secrets": [{"key": "K", "value": secret}]}
        told = self.ask(NEW_COMPUTER, body)
        if not told.ok:
            raise Unexamined(f"a computer with secrets is refused: {told.status}")
        place = told.body["environment"]["id"]
        for answer in (told, self.ask(GET_COMPUTER, environmentId=place), self.ask(LIST_COMPUTERS)):
            self.hold(secret not in answer.text, f"{answer.operation} tells what is secret")


class ComputersOfAProject(PlatformLaw):
    """Computers are made for a project, listed page by page, and deleted."""

    name = "computers-of-a-project"
    sentence = "A list of computers has all of the project, in pages, and none that was deleted."
    section = LIST_COMPUTERS
    operations = (LIST_COMPUTERS, NEW_COMPUTER, DELETE_COMPUTER, GET_COMPUTER, "POST /v1/projects")

    @initialize(many=st.integers(1, 3))
    def begin(self, many: int) -> None:
        self.project = str(self.new_project()["id"])
        self.made = [str(self.new_computer(projectId=self.project)["id"]) for _ in range(many)]

    @rule(limit=st.integers(1, 4))
    def turn_pages(self, limit: int) -> None:
        whole = ids(self.computers(projectId=self.project))
        self.same(sorted(whole), sorted(self.made), "the computers of a project")
        pages = [
            self.told(LIST_COMPUTERS, query={"projectId": self.project, "limit": limit, "offset": offset})
            for offset in range(0, len(whole), limit)
        ]
        self.whole_list(pages, whole, limit, "computers")

    @rule(hard=st.sampled_from([None, "true", "false"]))
    def delete(self, hard: str | None) -> None:
        if not self.made:
            return
        gone = self.made.pop()
        self.told(DELETE_COMPUTER, query={"hard": hard} if hard else None, environmentId=gone)
        answer = self.ask(GET_COMPUTER, environmentId=gone)
        self.hold(answer.status == 404, f"a deleted computer answered {answer.status}, not 404")
        left = ids(self.computers(projectId=self.project))
        self.same(sorted(left), sorted(self.made), "the computers of a project, after one was deleted")


class ComputerRunsAsTold(PlatformLaw):
    """A computer is started and stopped."""

    name = "computer-runs-as-told"
    sentence = "The status of a computer follows what it was told last: it runs, or it is stopped."
    section = STATUS
    operations = (STATUS, NEW_COMPUTER, START, STOP)
    examples = 0.3

    @initialize()
    def begin(self) -> None:
        self.place = str(self.new_computer()["id"])

    @rule(operation=st.sampled_from([START, STOP]))
    def tell(self, operation: str) -> None:
        told = self.told(operation, {}, environmentId=self.place)
        status = "running" if operation == START else "stopped"
        self.same(told["status"], status, f"the answer to {operation}")
        self.same(self.told(STATUS, environmentId=self.place)["status"], status, f"the status after {operation}")


class DefaultIsTold(PlatformLaw):
    """The default computer is read by its name and in the list."""

    name = "default-is-told"
    sentence = "Exactly one computer is the default one, and it is what is told when the default is asked for."
    section = GET_DEFAULT
    operations = (GET_DEFAULT, LIST_COMPUTERS)
    examples = 0.1
    steps = 1

    @rule()
    def read(self) -> None:
        told = self.told(GET_DEFAULT)["environment"]["id"]
        marked = [row["id"] for row in self.computers() if row["isDefault"]]
        self.same(marked, [told], "the computers that are listed as the default one")


class DefaultMoves(PlatformLaw):
    """Another computer is made the default one, and then the one that was."""

    name = "default-moves"
    sentence = "A computer that becomes the default one takes the place of the one that was."
    section = SET_DEFAULT
    operations = (SET_DEFAULT, NEW_COMPUTER, GET_DEFAULT, LIST_COMPUTERS, CREATE)
    examples = 0.1
    steps = 1

    @rule()
    def move(self) -> None:
        before = self.stage.default_id
        if before is None:
            raise Unexamined("the default computer is somebody's, and is not moved")
        place = str(self.new_computer()["id"])
        try:
            told = self.told(SET_DEFAULT, {}, environmentId=place)["environment"]
            self.hold(told["isDefault"] is True, "the computer that was made the default one is told as none")
            self._is_the_only(place)
        finally:
            self.ask(SET_DEFAULT, {}, environmentId=before)
        self._is_the_only(before)

    def _is_the_only(self, place: str) -> None:
        marked = [row["id"] for row in self.computers() if row["isDefault"]]
        self.same(marked, [place], "the default computers, after one was made so")
        self.same(self.told(GET_DEFAULT)["environment"]["id"], place, "the default computer, asked for as such")
