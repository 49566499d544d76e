"""Whether two answers say the same, up to what no two servers share: ids, times, versions, sizes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from tests.recorded.exchange import SERVER, Json

ID = re.compile(r"\b(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32})\b")
TIME = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{6})?\+00:00(?!\d)")
VERSION = re.compile(r"\d+\.\d+\.\d+")
ADDRESS = re.compile(rf"{SERVER}|https?://[^/]+")
NOT_KEPT = "<not kept>"  # in a recording: something was here, and what it was is no evidence

SIZES = {"bytes", "total_bytes", "content-length"}
VERSIONS = {"version", "langgraph_version", "langgraph_api_version", "langgraph_py_version"}
STAMPS = {"__request_start_time_ms__"}
ADDRESSES = {"langgraph_api_url"}  # where a server thinks it is, which need not be where it was asked
# Where the kind of a uuid is part of the answer; task ids are plain hashes, so other places are not held to it.
OF_ONE_KIND = {"assistant_id", "checkpoint_id", "cron_id", "parent_checkpoint_id", "run_id", "thread_id"}


class Twins:
    """Which id of the live server stands for which recorded one: learnt from answers, one to one."""

    def __init__(self) -> None:
        self._live: dict[str, str] = {}
        self._recorded: dict[str, str] = {}

    def spoken(self, recorded: Json) -> Json:
        """A copy with the live server's ids; an id not met before was chosen by who speaks, and stays."""
        if isinstance(recorded, str):
            return ID.sub(lambda found: self._own(found[0]), recorded)
        if isinstance(recorded, list):
            return [self.spoken(item) for item in recorded]
        if isinstance(recorded, dict):
            return {self.spoken(key): self.spoken(value) for key, value in recorded.items()}
        return recorded

    def agree(self, recorded: str, live: str) -> bool:
        """True if `live` stands for `recorded`; two ids that are both new are paired from now on."""
        if recorded not in self._live and live not in self._recorded:
            self._live[recorded], self._recorded[live] = live, recorded
        return self._live.get(recorded) == live

    def twin(self, recorded: str) -> str | None:
        """The text with the live server's ids, or None while one of its ids has no twin."""
        if any(found not in self._live for found in ID.findall(recorded)):
            return None
        return ID.sub(lambda found: self._live[found[0]], recorded)

    def _own(self, identity: str) -> str:
        # The server answers an undashed id of ours in its dashed form: that one is ours as well.
        for form in (identity, str(UUID(identity))):
            self.agree(form, form)
        return self._live.get(identity, identity)


@dataclass(frozen=True)
class Difference:
    """One place where the answers part: a JSON pointer, what was recorded there and what came now."""

    pointer: str
    recorded: Json
    live: Json

    def __str__(self) -> str:
        return f"{self.pointer}: recorded {_short(self.recorded)}, answered {_short(self.live)}"


class _Absent:
    def __repr__(self) -> str:
        return "nothing"


ABSENT = _Absent()


def differences(recorded: Json, live: Json, twins: Twins, pointer: str = "") -> Iterator[Difference]:
    """Every place where `live` does not say what `recorded` says; pairs the ids it meets on the way."""
    key = pointer.rpartition("/")[2]
    if recorded == NOT_KEPT and live is not ABSENT:
        return
    if isinstance(recorded, dict) and isinstance(live, dict):
        for ours, theirs in _paired_keys(recorded, live, twins):
            value, other = recorded.get(ours, ABSENT), live.get(theirs, ABSENT)
            yield from differences(value, other, twins, f"{pointer}/{_escaped(ours)}")
    elif isinstance(recorded, list) and isinstance(live, list):
        for index in range(max(len(recorded), len(live))):
            value, other = (row[index] if index < len(row) else ABSENT for row in (recorded, live))
            yield from differences(value, other, twins, f"{pointer}/{index}")
    elif not _same(key, recorded, live, twins):
        yield Difference(pointer, recorded, live)


def _paired_keys(recorded: dict[str, Json], live: dict[str, Json], twins: Twins) -> Iterator[tuple[str, str]]:
    """Each recorded key with its live one; keys that are ids not met before pair up in order."""
    known = {ours: theirs for ours in recorded if (theirs := twins.twin(ours)) in live and theirs is not None}
    fresh = [theirs for theirs in live if theirs not in known.values()]
    for ours in recorded:
        if ours in known:
            yield ours, known[ours]
        elif ID.search(ours) and fresh and ID.search(fresh[0]) and _same("", ours, fresh[0], twins):
            yield ours, fresh.pop(0)
        else:
            yield ours, ours
    for theirs in fresh:
        if theirs not in recorded:
            yield theirs, theirs


def _same(key: str, recorded: Json, live: Json, twins: Twins) -> bool:
    if type(recorded) is not type(live):  # 1, 1.0 and true are three answers
        return False
    if not isinstance(recorded, str):
        return bool(_plain(key, recorded) == _plain(key, live))
    ours, theirs = _plain(key, recorded), _plain(key, live)
    if ID.sub("<id>", ours) != ID.sub("<id>", theirs):
        return False
    pairs = list(zip(ID.findall(ours), ID.findall(theirs), strict=True))
    if key in OF_ONE_KIND and any(_kind(one) != _kind(other) for one, other in pairs):
        return False
    return all(twins.agree(one, other) for one, other in pairs)


def _plain(key: str, value: Json) -> Json:
    if key in SIZES and isinstance(value, int | str):
        return "<size>"
    if key in STAMPS:
        return "<time>"
    if not isinstance(value, str):
        return value
    if key == "allow":  # a set of methods, in whatever order the server's set has them
        return ", ".join(sorted(value.split(", ")))
    if key in ADDRESSES:
        return ADDRESS.sub("<address>", value)
    if key in VERSIONS:
        return VERSION.sub("<version>", value)
    # What a validator says after its first line (rule and value echoed) is its library's own wording.
    said, broken, _rule = value.partition("\n\nFailed validating ")
    return TIME.sub("<time>", said if broken else value)


def _kind(identity: str) -> tuple[int | None, int]:
    """The version of a uuid with what it carries: a name (5), which makes the whole of it, or a step (6)."""
    uuid = UUID(identity)
    return uuid.version, {5: uuid.int, 6: uuid.clock_seq}.get(uuid.version or 0, 0)


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def _short(value: Json) -> str:
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:200]}… ({len(text)} characters)"
