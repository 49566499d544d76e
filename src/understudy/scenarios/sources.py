"""Where scenarios come from: those that ship with the package, files, and data that is at hand already."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from pathlib import Path as FilePath
from typing import TYPE_CHECKING

from understudy.errors import SetupError, did_you_mean
from understudy.scenarios.core_yaml import Text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.resources.abc import Traversable

_SUFFIXES = (".yaml", ".yml", ".json")
_OPTIONS = re.compile(r"(?P<name>.*?):(?P<options>\w+=[^,=]*(?:,\w+=[^,=]*)*)")


@dataclass(frozen=True)
class Source:
    """A scenario's YAML text, the file that problems with it are told of, and options that change what it generates."""

    file: str
    text: str
    options: Mapping[str, str] = field(default_factory=dict)
    path: FilePath | None = None
    """The file of the user's own that holds the text, if one does."""

    @property
    def name(self) -> str:
        """What the scenario is called."""
        return FilePath(self.file).stem

    @cached_property
    def content(self) -> Text:
        """What the text says, and where its parts stand."""
        return Text(self.text)


def bundled(api: str = "agent-server") -> list[str]:
    """Return the names of the scenarios that ship with the package for an API, in order."""
    return sorted(FilePath(file.name).stem for file in _folder(api).iterdir() if file.name.endswith(".yaml"))


def find(wanted: str, api: str = "agent-server") -> Source:
    """Return the scenario of this name, or in this file; `large:threads=5000,users=7` tells it options.

    SetupError names the nearest scenario there is, or why the file cannot be read.
    """
    told = _OPTIONS.fullmatch(wanted)
    name, options = (told["name"], told["options"]) if told else (wanted, "")
    file: Traversable = _folder(api) / f"{name}.yaml"
    place, path = file.name, None
    if name not in bundled(api):
        file = path = FilePath(name)
        place = name
        if not name.endswith(_SUFFIXES) and not file.is_file():
            hint = did_you_mean(name, bundled(api))
            raise SetupError(f'no scenario "{name}".{hint} A file of your own ends in .yaml.')
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SetupError(f"cannot read the scenario {name}: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise SetupError(f"cannot read the scenario {name}: not UTF-8 at byte {error.start}") from None
    return Source(place, text, dict(pair.split("=", 1) for pair in options.split(",") if pair), path)


def _folder(api: str) -> Traversable:
    return files("understudy.fixtures") / api
