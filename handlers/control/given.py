"""Scenarios as requests give them: by name, as data or as text."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from understudy.errors import Invalid, SetupError
from understudy.paths import quoted, spelled
from understudy.scenarios import Scenario, ScenarioError, Source, find, known_as, nearest, read

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from understudy.wire import JsonObject


class Unusable(Invalid):
    """A scenario that cannot be used; `problems` are all that is wrong with it, as the document describes them."""

    def __init__(self, error: ScenarioError) -> None:
        super().__init__(str(error))
        self.problems: list[JsonObject] = [
            {"scenario": problem.source, "path": spelled(problem.path), "what": problem.what, "line": problem.line}
            for problem in error.problems
        ]


def scenarios_of(given: JsonObject, apis: Collection[str], called: str = "scenario") -> list[Scenario]:
    """Return the scenario of a `ScenarioGiven`; what is sent along is `called` so where problems are told.

    Only scenarios that ship with the server for its APIs have names here: a request reads no file. A name may be that
    of one for each API. Invalid for another name. What is wrong inside a scenario is told when it is built or loaded,
    see `refusing`.
    """
    if "name" in given:
        return _named(given["name"], apis)
    return [read(Source(called, given["text"])) if "text" in given else read(given["scenario"], called=called)]


@contextmanager
def refusing() -> Iterator[None]:
    """Turn what is wrong with scenarios that are built or loaded inside into a refusal that lists it."""
    try:
        yield
    except ScenarioError as error:
        raise Unusable(error) from None
    except SetupError as error:
        raise Invalid(str(error)) from None


def _named(wanted: str, apis: Collection[str]) -> list[Scenario]:
    name, colon, options = wanted.partition(":")
    shipped = known_as(name, apis)
    if not shipped:
        raise Invalid(f"no scenario {quoted(name)} ships with this server.{nearest(name, apis)}")
    pairs = [pair.partition("=") for pair in options.split(",")] if colon else []
    if not all(key and sign for key, sign, _ in pairs):
        raise Invalid(f"{quoted(wanted)}: options are written like large:threads=10,users=2")
    return [read(find(own, api), {key: value for key, _, value in pairs}) for api, own in shipped]
