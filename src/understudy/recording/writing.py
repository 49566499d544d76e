"""A scenario written into a file: checked first, then there at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from understudy.errors import SetupError
from understudy.recording.parts import replace
from understudy.scenarios import ScenarioError, Source, build, read
from understudy.scenarios.core_yaml import render

if TYPE_CHECKING:
    from understudy.wire import JsonObject


def write(scenario: JsonObject, out: Path, *, kept: str = "") -> None:
    """Write a scenario into a file, as JSON if it is called so. SetupError if it could not be loaded again."""
    text = as_text(scenario, out.suffix)
    try:
        build([read(Source(out.name, text))])
    except ScenarioError as error:
        told = f"this is no valid scenario and was not written to {out}"
        raise SetupError(f"{told}{'; ' if kept else ''}{kept}:\n{error}") from None
    replace(out, text.encode())


def as_text(scenario: JsonObject, suffix: str = ".yaml") -> str:
    """Return the text of a scenario file whose name ends so."""
    if suffix == ".json":
        return orjson.dumps(scenario, option=orjson.OPT_INDENT_2).decode() + "\n"
    return render(scenario)
