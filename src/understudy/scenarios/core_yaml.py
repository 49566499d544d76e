"""YAML by the core schema of its version 1.2: what JSON can say, and nothing else.

`no`, `on` and `2026-01-01` are texts, as they look; a key is always text; a tag makes nothing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import yaml

from understudy import wire
from understudy.paths import quoted

if TYPE_CHECKING:
    from understudy.paths import Path
    from understudy.wire import Json

MAX_DEPTH = wire.MAX_DEPTH + 6
"""Levels of nesting that a text may have: those of a body that a client sent, and those around it in a scenario."""

MOST_REPEATED = 1_000_000
"""How many values a text may hold again by aliases: a few lines can stand for more than there is room for."""

# Libyaml is ten times as fast as Python; PyYAML's wheels have it, a build from source may not.
if TYPE_CHECKING or not yaml.__with_libyaml__:
    from yaml import SafeDumper as _FastDumper
    from yaml import SafeLoader as _Parser
else:
    from yaml import CSafeDumper as _FastDumper
    from yaml import CSafeLoader as _Parser


def _int(text: str) -> int | float:
    number = int(text, 0) if text.startswith(("0o", "0x")) else int(text)
    # As everywhere on the wire: what does not fit into 64 bits is kept as a float.
    return number if -(2**63) <= number < 2**64 else _float(text)


def _float(text: str) -> float:
    number = float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
    if not math.isfinite(number):
        raise ValueError(text)
    return number


# By type: how its words look, what they begin with, and what they mean.
_TYPES: dict[str, tuple[str, str, Callable[[str], Json]]] = {
    "null": (r"~|null|Null|NULL|", "~nN", lambda _: None),
    "bool": (r"true|True|TRUE|false|False|FALSE", "tTfF", lambda text: text[0] in "tT"),
    "int": (r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789", _int),
    "float": (
        r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
        "-+.0123456789",
        _float,
    ),
}
_TAG = "tag:yaml.org,2002:"
_STR = _TAG + "str"
_MEANINGS: dict[str, Callable[[str], Json]] = {_TAG + name: meaning for name, (_, _, meaning) in _TYPES.items()}
_MEANINGS[_STR] = str

_RESOLVERS: dict[str, list[tuple[str, re.Pattern[str]]]] = {"": [(_TAG + "null", re.compile(r"\Z"))]}
for _name, (_pattern, _letters, _) in _TYPES.items():
    for _letter in _letters:
        _RESOLVERS.setdefault(_letter, []).append((_TAG + _name, re.compile(rf"(?:{_pattern})\Z")))


class Text:
    """The value of a YAML text, None for an empty one, and the lines on which its parts stand.

    `faults` are what is wrong with the text: where, what, and on which line. What is wrong is left out of the value.
    """

    def __init__(self, text: str) -> None:
        builder = _Builder()
        builder.build(text)
        self.value: Json = builder.value
        self.faults = builder.faults
        self._lines = builder.lines

    def line(self, path: Path) -> int | None:
        """Return the line, counted from 1, of the value at `path`, or of what there is on the way to it."""
        line, value = None, self.value
        for step in path:
            lines = self._lines.get(id(value), {})
            if step not in lines:
                break
            line, value = lines[step], value[step]
        return line


def render(value: Json) -> str:
    """Return YAML text that reads as this value."""
    text: str = yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    return text


class _Dumper(_FastDumper):
    yaml_implicit_resolvers = _RESOLVERS

    def ignore_aliases(self, data: object) -> bool:
        """Write everything out where it belongs."""
        return True


class _Level:
    """A list or an object while its parts come in; a key stands in `key` until its value has come."""

    def __init__(self, value: Json, anchor: str | None) -> None:
        self.value = value
        self.anchor = anchor
        self.size = self.height = 1
        self.lines: dict[str | int, int] = {}
        self.key: str | None = None
        self.drops_next = False

    @property
    def waits_for_key(self) -> bool:
        """Whether what comes next is the key of an object."""
        return isinstance(self.value, dict) and self.key is None

    @property
    def step(self) -> str | int:
        """Where the next value goes."""
        return len(self.value) if isinstance(self.value, list) else self.key or ""

    def put(self, part: Json, size: int, height: int) -> None:
        """Take in the next value: how many values it consists of, and how many levels."""
        self.size += size
        self.height = max(self.height, height + 1)
        if self.drops_next:
            self.drops_next = False
            self.key = ""
        elif isinstance(self.value, list):
            self.value.append(part)
        else:
            self.value[self.key] = part
            self.key = None


class _Builder:
    """Makes a value of the events of a parser, without recursion: no text nests too deep for it."""

    def __init__(self) -> None:
        self.value: Json = None
        self.faults: list[tuple[Path, str, int]] = []
        self.lines: dict[int, dict[str | int, int]] = {}
        self._levels: list[_Level] = []
        # By name, a value with its size and height.
        self._anchors: dict[str | None, tuple[Json, int, int]] = {}
        self._repeated = 0

    def build(self, text: str) -> None:
        """Take in a text."""
        try:
            for event in self._of_one_document(yaml.parse(text, _Parser)):
                deepest = len(self._levels) + self._take(event)
                if deepest > MAX_DEPTH:
                    self.faults.append(((), f"nested deeper than {MAX_DEPTH} levels", _line(event)))
                    return
                if self._repeated > MOST_REPEATED:
                    self.faults.append(((), f"aliases repeat more than {MOST_REPEATED} values", _line(event)))
                    return
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + 1 if mark else 1
            self.faults.append(((), f"no YAML: {error.problem or error.context}", line))
        except yaml.reader.ReaderError as error:
            line = text.count("\n", 0, error.position) + 1
            self.faults.append(((), f"no YAML: {error.reason}", line))

    def _of_one_document(self, events: Iterator[yaml.Event]) -> Iterator[yaml.Event]:
        documents = 0
        for event in events:
            documents += isinstance(event, yaml.DocumentStartEvent)
            if documents > 1:
                self._fault("a second document begins; a scenario is one", event)
                return
            yield event

    def _take(self, event: yaml.Event) -> int:
        """Take in the next part; return how many levels are put in at once."""
        if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            self._open(event)
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            level = self._levels.pop()
            self.lines[id(level.value)] = level.lines
            self._put(level.value, level.anchor, level.size, level.height)
        elif isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.AliasEvent):
            self._place(event)
            if event.anchor not in self._anchors:
                self._fault(f"*{event.anchor} stands for no value before it", event)
            value, size, height = self._anchors.get(event.anchor, (None, 1, 0))
            self._repeated += size
            self._put(value, None, size, height)
            return height
        return 0

    def _open(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        is_map = isinstance(event, yaml.MappingStartEvent)
        self._place(event)
        if event.tag not in (None, "!", _TAG + ("map" if is_map else "seq")):
            self._refuse_tag(event.tag, event)
        self._levels.append(_Level({} if is_map else [], event.anchor))

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        if self._levels and self._levels[-1].waits_for_key and not self._levels[-1].drops_next:
            self._key(event)
            return
        self._place(event)
        tag = event.tag or (_tag_of(event.value) if event.implicit[0] else _STR)
        value: Json = event.value
        if tag in _MEANINGS:
            try:
                value = _MEANINGS[tag](event.value)
            except (IndexError, ValueError):
                self._fault(f"{quoted(event.value)} is no {tag.removeprefix(_TAG)} that JSON can say", event)
        elif tag != "!":
            self._refuse_tag(tag, event)
        self._put(value, event.anchor)

    def _key(self, event: yaml.ScalarEvent) -> None:
        level = self._levels[-1]
        if event.value == "<<" and event.implicit[0]:
            self._fault("merge keys (<<) are not read; give whole values by aliases", event)
        elif event.value in level.value:
            self._fault(f"the key {quoted(event.value)} is there twice", event)
        level.key = event.value
        level.lines[event.value] = _line(event)
        if event.anchor:
            self._anchors[event.anchor] = event.value, 1, 0

    def _place(self, event: yaml.Event) -> None:
        """Note where a value begins, and that it begins where none may."""
        if not self._levels:
            return
        level = self._levels[-1]
        if level.waits_for_key:
            self._fault("a key is text, not a list, an object or an alias", event)
            level.drops_next = True
        elif isinstance(level.value, list):
            level.lines[level.step] = _line(event)

    def _put(self, value: Json, anchor: str | None, size: int = 1, height: int = 0) -> None:
        if anchor:
            self._anchors[anchor] = value, size, height
        if self._levels:
            self._levels[-1].put(value, size, height)
        else:
            self.value = value

    def _refuse_tag(self, tag: str, event: yaml.Event) -> None:
        shown = f"!!{tag.removeprefix(_TAG)}" if tag.startswith(_TAG) else tag
        self._fault(f"the tag {shown} is not read; a scenario holds what JSON can say", event)

    def _fault(self, what: str, event: yaml.Event) -> None:
        path = tuple(level.step for level in self._levels if not level.waits_for_key)
        self.faults.append((path, what, _line(event)))


def _tag_of(word: str) -> str:
    """Return the tag of a plain word."""
    for tag, pattern in _RESOLVERS.get(word[:1], ()):
        if pattern.match(word):
            return tag
    return _STR


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1
