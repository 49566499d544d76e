"""Whether two answers say the same, up to what no two servers share: ids, times, versions, sizes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from understudy.wire import Json, JsonObject

SERVER = "<server>"
"""The address of the server that answers, wherever it names itself."""

ID = re.compile(r"\b(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32})\b")
TIME = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{6})?\+00:00(?!\d)")

_VERSION = re.compile(r"\d+\.\d+\.\d+")
_ADDRESS = re.compile(rf"{SERVER}|https?://[^/]+")

_SIZES = {"bytes", "total_bytes", "content-length"}
_VERSIONS = {"version", "langgraph_version", "langgraph_api_version", "langgraph_py_version"}
_STAMPS = {"__request_start_time_ms__"}
_ADDRESSES = {"langgraph_api_url"}
"""Where a server thinks it is, which need not be where it was asked."""
_OF_ONE_KIND = {"assistant_id", "checkpoint_id", "cron_id", "parent_checkpoint_id", "run_id", "thread_id"}
"""Where the kind of a uuid is part of the answer; task ids are plain hashes, so other places are not held to it."""


class Twins:
    """Which id of one server stands for which of the other: learnt from answers, one to one."""

    def __init__(self) -> None:
        self._others: dict[str, str] = {}
        self._ones: dict[str, str] = {}

    def spoken(self, value: Json) -> Json:
        """Return a copy with the other's ids; an id not met before was chosen by who speaks, and stays."""
        if isinstance(value, str):
            return ID.sub(lambda found: self._own(found[0]), value)
        if isinstance(value, list):
            return [self.spoken(item) for item in value]
        if isinstance(value, dict):
            return {self.spoken(key): self.spoken(item) for key, item in value.items()}
        return value

    def agree(self, one: str, other: str) -> bool:
        """Return whether `other` stands for `one`; two ids that are both new are paired from now on."""
        if one not in self._others and other not in self._ones:
            self._others[one], self._ones[other] = other, one
        return self._others.get(one) == other

    def twin(self, one: str) -> str | None:
        """Return the text with the other's ids, or None while one of its ids has no twin."""
        if any(found not in self._others for found in ID.findall(one)):
            return None
        return ID.sub(lambda found: self._others[found[0]], one)

    def _own(self, identity: str) -> str:
        # A server answers an undashed id of ours in its dashed form: that one is ours as well.
        for form in (identity, str(UUID(identity))):
            self.agree(form, form)
        return self._others.get(identity, identity)


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where the answers part: a JSON pointer, and what stands there in each; ABSENT where nothing does."""

    pointer: str
    one: Json
    other: Json

    def __str__(self) -> str:
        return f"{self.pointer}: {_short(self.one)} | {_short(self.other)}"


class _Absent:
    def __repr__(self) -> str:
        return "nothing"


ABSENT = _Absent()


def differences(
    one: Json,
    other: Json,
    twins: Twins,
    pointer: str = "",
    *,
    alike: Callable[[Json, Json], bool] = lambda one, other: False,
) -> Iterator[Difference]:
    """Yield every place where `other` does not say what `one` says; pairs the ids it meets on the way.

    What is `alike` is not looked at.
    """
    if alike(one, other):
        return
    if isinstance(one, dict) and isinstance(other, dict):
        for ours, theirs in _paired_keys(one, other, twins):
            values = one.get(ours, ABSENT), other.get(theirs, ABSENT)
            yield from differences(*values, twins, f"{pointer}/{_escaped(ours)}", alike=alike)
    elif isinstance(one, list) and isinstance(other, list):
        for index in range(max(len(one), len(other))):
            values = tuple(row[index] if index < len(row) else ABSENT for row in (one, other))  # type: ignore[assignment]
            yield from differences(*values, twins, f"{pointer}/{index}", alike=alike)
    elif not _same(pointer.rpartition("/")[2], one, other, twins):
        yield Difference(pointer, one, other)


def of_answers(one: JsonObject, other: JsonObject, twins: Twins) -> Iterator[Difference]:
    """Yield the differences of two answers; an event too many or too few doesn't make all later ones differ.

    An answer is an object, with its `events` in a list if it is a stream; each has its name in `event`.
    """
    if "events" not in one or "events" not in other:
        yield from differences(one, other, twins)
        return
    yield from differences(_without_events(one), _without_events(other), twins)
    names = [[ID.sub("*", event["event"]) for event in each["events"]] for each in (one, other)]
    if names[0] != names[1]:
        yield Difference("/events", *(", ".join(each) for each in names))
        return
    for index, (event, twin) in enumerate(zip(one["events"], other["events"], strict=True)):
        yield from differences(event, twin, twins, f"/events/{index}")


def _without_events(answer: JsonObject) -> JsonObject:
    return {key: value for key, value in answer.items() if key != "events"}


def _paired_keys(one: JsonObject, other: JsonObject, twins: Twins) -> Iterator[tuple[str, str]]:
    """Yield each key of the one with that of the other; keys that are ids not met before pair up in order."""
    known = {ours: theirs for ours in one if (theirs := twins.twin(ours)) in other and theirs is not None}
    fresh = [theirs for theirs in other if theirs not in known.values()]
    for ours in one:
        if ours in known:
            yield ours, known[ours]
        elif ID.search(ours) and fresh and ID.search(fresh[0]) and _same("", ours, fresh[0], twins):
            yield ours, fresh.pop(0)
        else:
            yield ours, ours
    for theirs in fresh:
        if theirs not in one:
            yield theirs, theirs


def _same(key: str, one: Json, other: Json, twins: Twins) -> bool:
    if type(one) is not type(other):  # 1, 1.0 and true are three answers
        return False
    if not isinstance(one, str):
        return bool(_plain(key, one) == _plain(key, other))
    ours, theirs = _plain(key, one), _plain(key, other)
    if ID.sub("<id>", ours) != ID.sub("<id>", theirs):
        return False
    pairs = list(zip(ID.findall(ours), ID.findall(theirs), strict=True))
    if key in _OF_ONE_KIND and any(_kind(mine) != _kind(its) for mine, its in pairs):
        return False
    return all(twins.agree(mine, its) for mine, its in pairs)


def _plain(key: str, value: Json) -> Json:
    if key in _SIZES and isinstance(value, int | str):
        return "<size>"
    if key in _STAMPS:
        return "<time>"
    if not isinstance(value, str):
        return value
    if key == "allow":  # a set of methods, in whatever order the server's set has them
        return ", ".join(sorted(value.split(", ")))
    if key in _ADDRESSES:
        return _ADDRESS.sub("<address>", value)
    if key in _VERSIONS:
        return _VERSION.sub("<version>", value)
    # What a validator says after its first line (rule and value echoed) is its library's own wording.
    said, broken, _rule = value.partition("\n\nFailed validating ")
    return TIME.sub("<time>", said if broken else value)


def _kind(identity: str) -> tuple[int | None, int]:
    """Return the version of a uuid with what it carries: a name (5), which makes the whole of it, or a step (6)."""
    uuid = UUID(identity)
    return uuid.version, {5: uuid.int, 6: uuid.clock_seq}.get(uuid.version or 0, 0)


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def _short(value: Json) -> str:
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:200]}… ({len(text)} characters)"
