"""Where scenarios come from: those that ship with the package, files, and data that is at hand already."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from pathlib import Path as FilePath
from typing import TYPE_CHECKING

from understudy.config import APIS
from understudy.errors import SetupError, did_you_mean
from understudy.scenarios.core_yaml import Text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
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


def known_as(name: str, apis: Iterable[str]) -> list[tuple[str, str]]:
    """Return the scenarios that ship under a name, each by its API and its own name; none if none does.

    `demo` is that of each API that has one, `computer-agents/demo` that of a single one.
    """
    api, slash, inner = name.partition("/")
    pairs = [(each, inner if slash else name) for each in apis if not slash or each == api]
    return [(each, own) for each, own in pairs if own in bundled(each)]


def nearest(name: str, apis: Collection[str]) -> str:
    """Return ` Did you mean "…"?` for the scenario of these APIs whose name is nearest to one that none has."""
    api, slash, _ = name.partition("/")
    if slash and api in APIS and api not in apis:
        return f" Scenarios of {api} are served with --api {api}."
    return did_you_mean(name, {f"{each}/{own}" if slash else own for each in apis for own in bundled(each)})


def find(wanted: str, api: str = "agent-server") -> Source:
    """Return the scenario of this name, or in this file; see `find_all`."""
    return find_all(wanted, (api,))[0]


def find_all(wanted: str, apis: Collection[str]) -> list[Source]:
    """Return the scenarios of this name that ship for these APIs, or the one in this file.

    `large:threads=5000,users=7` tells it options. SetupError names the nearest scenario there is, or why the file
    cannot be read.
    """
    told = _OPTIONS.fullmatch(wanted)
    name, options = (told["name"], told["options"]) if told else (wanted, "")
    if shipped := known_as(name, apis):
        return [_read(file, file.name, options) for file in (_folder(api) / f"{own}.yaml" for api, own in shipped)]
    path = FilePath(name)
    if not name.endswith(_SUFFIXES) and not path.is_file():
        raise SetupError(f'no scenario "{name}".{nearest(name, apis)} A file of your own ends in .yaml.')
    return [_read(path, name, options, path)]


def _read(file: Traversable, place: str, options: str, path: FilePath | None = None) -> Source:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SetupError(f"cannot read the scenario {place}: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise SetupError(f"cannot read the scenario {place}: not UTF-8 at byte {error.start}") from None
    return Source(place, text, dict(pair.split("=", 1) for pair in options.split(",") if pair), path)


def _folder(api: str) -> Traversable:
    return files("understudy.fixtures") / api
