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

__tracebackhide__ = True  # pytest shows the line of the test


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
    """Return the file of a scenario that is given by its path, None for any other; that is how a path looks.

    SetupError for what is no scenario at all.
    """
    if not isinstance(scenario, (str, Path, Mapping)):
        raise SetupError(f"a scenario is a name, a path, a text or a dict, not {scenario!r}")
    if isinstance(scenario, Mapping) or (isinstance(scenario, str) and not scenario.endswith(_SUFFIXES)):
        return None
    return (folder or Path()) / scenario


@contextmanager
def telling_of(*scenarios: Given, folder: Path | None = None) -> Iterator[None]:
    """Let an error that is raised inside name scenarios as the caller does: by their file, or by their number."""
    try:
        yield
    except ControlError as error:
        if error.problems:
            alone = len(scenarios) == 1
            names = {
                f"begin[{at}]": path_of(given, folder) or ("scenario" if alone else f"scenario {at + 1}")
                for at, given in enumerate(scenarios)
            }
            names["scenario"] = names.get("begin[0]", "scenario")
            error.args = ("\n".join(_line(problem, names) for problem in error.problems),)
        raise


def _line(problem: JsonObject, names: Mapping[str, object]) -> str:
    place = str(names.get(problem["scenario"], problem["scenario"]))
    if problem.get("line") is not None:
        place += f":{problem['line']}"
    return ": ".join(part for part in (place, problem["path"], problem["what"]) if part)
