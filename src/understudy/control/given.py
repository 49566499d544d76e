"""Scenarios as callers give them - by name, by path, as data, as text - and as the control plane takes them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from understudy.control.asking import ControlError
from understudy.errors import SetupError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from understudy.wire import Json, JsonObject

Given: TypeAlias = "str | Path | Mapping[str, Json]"
"""A scenario: the name of one that ships with the server, a file of one's own, its text, or what it says as data."""

_SUFFIXES = (".yaml", ".yml", ".json")


def sent(scenario: Given, folder: Path | None = None) -> JsonObject:
    """Return what the control plane is sent for a scenario; paths are those of `folder`, files are read here.

    A text of several lines is a scenario's own. SetupError if a file cannot be read.
    """
    if isinstance(scenario, Mapping):
        return {"scenario": dict(scenario)}
    if isinstance(scenario, str) and "\n" in scenario:
        return {"text": scenario}
    if (file := path_of(scenario, folder)) is None:
        return {"name": str(scenario)}
    try:
        return {"text": file.read_text(encoding="utf-8-sig")}
    except OSError as error:
        raise SetupError(f"cannot read the scenario {file}: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise SetupError(f"cannot read the scenario {file}: not UTF-8 at byte {error.start}") from None


def path_of(scenario: Given, folder: Path | None = None) -> Path | None:
    """Return the file of a scenario that is given by its path, None for any other; that is how a path looks."""
    if isinstance(scenario, Mapping) or (isinstance(scenario, str) and not scenario.endswith(_SUFFIXES)):
        return None
    return (folder or Path()) / scenario


@contextmanager
def telling_of(*scenarios: Given) -> Iterator[None]:
    """Let an error that is raised inside name the files of the scenarios that it is about."""
    try:
        yield
    except ControlError as error:
        called = {f"begin[{at}]": path_of(given) for at, given in enumerate(scenarios)}
        called["scenario"] = called.get("begin[0]")
        if not any(called.values()) or not error.problems:
            raise
        lines = [_line(problem, called.get(problem["scenario"])) for problem in error.problems]
        raise ControlError("\n".join(lines), error.status, error.problems) from None


def _line(problem: JsonObject, file: Path | None) -> str:
    place = str(file or problem["scenario"])
    if problem.get("line") is not None:
        place += f":{problem['line']}"
    return ": ".join(part for part in (place, problem["path"], problem["what"]) if part)
