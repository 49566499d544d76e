"""What a server answered, without what no two servers share: ids are counted, times and versions are always the same.

An id keeps what it tells: its version, the step of a checkpoint's id, the name behind an assistant's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from uuid import UUID

from understudy.conformance.comparing.differences import ID, TIME

if TYPE_CHECKING:
    from collections.abc import Mapping

    from understudy.wire import Json

WHENEVER = "<time>"
PLATFORM: Mapping[str, str] = {
    "langgraph_version": ".*",
    "langgraph_api_version": ".*",
    "langgraph_plan": ".*",
    "langgraph_host": ".*",
    "langgraph_api_url": ".*",
}
"""What metadata say of the server, hundreds of times alike, by patterns: told by one key instead."""

_RANDOM, _BY_NAME, _BY_STEP, _BY_TIME = 4, 5, 6, 7
_EVENT_ID = re.compile(r"\b\d{13}-\d+(?:\.\d+)?\b")
_MILLISECONDS = re.compile(r"\b17\d{11}\b|\b18\d{11}\b")
_CUT = re.compile(r"""(?<=['"])[0-9a-f][0-9a-f-]{0,34}$""")
"""An id that a text ends in the middle of."""
_CUT_TIME = re.compile(r"(?<='__request_start_time_ms__': )\d{1,12}$")
"""The milliseconds of a time that a text ends in the middle of."""
_ADDRESS = re.compile(r"0x[0-9a-f]{6,16}")
_COUNTED = re.compile(r"\b([0-9a-f]{8})-0000-[0-9]000-[0-9a-f]{4}-000000000000\b|\b0{24}([0-9a-f]{8})\b")


class Canonical:
    """Makes the answers of one server comparable, one after the other: every id is counted in order of appearance.

    `names` are what to write for ids, or for any other text that is this server's own; they may grow on the way.
    """

    def __init__(self, names: Mapping[str, str], platform: Mapping[str, str] = PLATFORM) -> None:
        self._names = names
        self._platform = {key: re.compile(pattern, re.DOTALL) for key, pattern in platform.items()}
        self._counted: dict[str, str] = {}

    def copy(self, value: Json) -> Json:
        """Return a copy with every id named or counted, and all times made one."""
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, list):
            return [self.copy(item) for item in value]
        if isinstance(value, dict):
            copy = {self._text(key): self.copy(item) for key, item in value.items()}
            if all(key in copy and pattern.fullmatch(str(copy[key])) for key, pattern in self._platform.items()):
                copy = {key: item for key, item in copy.items() if key not in self._platform}
                copy["langgraph_*"] = "<platform>"
            return copy
        if isinstance(value, int) and not isinstance(value, bool) and _MILLISECONDS.fullmatch(str(value)):
            return 0
        return value

    def _text(self, text: str) -> str:
        text = ID.sub(lambda found: self._name(found[0]), TIME.sub(WHENEVER, text))
        text = _CUT.sub(lambda found: found[0] if ID.fullmatch(found[0]) else "<id, cut off>", text)
        text = _CUT_TIME.sub("0", text)
        return _ADDRESS.sub("0x0", _MILLISECONDS.sub("0", _EVENT_ID.sub("<event id>", text)))

    def _name(self, identity: str) -> str:
        if identity in self._names:
            return self._names[identity]
        if identity not in self._counted:
            self._counted[identity] = _numbered(identity, len(self._counted) + len(self._names) + 1)
        return self._counted[identity]


def shown(text: str) -> str:
    """Return a text with counted ids as a person reads them: `<id 7>`."""
    return _COUNTED.sub(lambda found: f"<id {int(found[1] or found[2], 16)}>", text)


def _numbered(identity: str, number: int) -> str:
    if "-" not in identity:
        return f"{number:032x}"
    uuid = UUID(identity)
    if uuid.version == _BY_NAME:
        return identity
    version = uuid.version if uuid.version in (_RANDOM, _BY_STEP, _BY_TIME) else 0  # a task's id is a plain hash
    rest = identity[19:23] if version == _BY_STEP else "8000"
    return f"{number:08x}-0000-{version}000-{rest}-000000000000"
