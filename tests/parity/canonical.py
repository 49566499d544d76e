"""What a server answered, without what no two servers share: ids are counted, times and versions are always the same.

An id keeps what it tells: its version, the step of a checkpoint's id, the name behind an assistant's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from uuid import UUID

from tests.parity.sequence import Json
from tests.recorded.compare import ID, TIME
from tests.recorded.exchange import SERVER

RANDOM, BY_NAME, BY_STEP, BY_TIME = 4, 5, 6, 7
WHENEVER = "<time>"
EVENT_ID = re.compile(r"\b\d{13}-\d+(?:\.\d+)?\b")
MILLISECONDS = re.compile(r"\b17\d{11}\b|\b18\d{11}\b")
PLATFORM = {
    "langgraph_version": r"\d+\.\d+\.\d+",
    "langgraph_api_version": r"\d+\.\d+\.\d+",
    "langgraph_plan": "enterprise",
    "langgraph_host": "self-hosted",
    "langgraph_api_url": rf"{SERVER}|http://.+",  # where a server thinks it is
}
"""What metadata say of the server, hundreds of times alike: told by one key instead."""
ADDRESS = re.compile(r"0x[0-9a-f]{6,16}")


def canonical(answers: Json, own: Iterable[str] = ()) -> Json:
    """A copy with every id but `own` counted in the order of appearance, and all times made one."""
    return _Counting(own).copy(answers)


COUNTED = re.compile(r"\b([0-9a-f]{8})-0000-([0-9])000-([0-9a-f]{4})-000000000000\b")
SHORT = re.compile(r"<(\d+)\.(\d)\.([0-9a-f]{4})>")


def shortened(text: str) -> str:
    """The text with its counted ids as `<number.version.step>`, as recordings have them."""
    return COUNTED.sub(lambda found: f"<{int(found[1], 16)}.{found[2]}.{found[3]}>", text)


def expanded(text: str) -> str:
    """The text with counted ids for all that `shortened` wrote."""
    return SHORT.sub(lambda found: f"{int(found[1]):08x}-0000-{found[2]}000-{found[3]}-000000000000", text)


class _Counting:
    def __init__(self, own: Iterable[str]) -> None:
        self._counted = {identity: identity for identity in own}

    def copy(self, value: Json) -> Json:
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, list):
            return [self.copy(item) for item in value]
        if isinstance(value, dict):
            copy = {self._text(key): self.copy(item) for key, item in value.items()}
            if all(re.fullmatch(said, str(copy.get(key))) for key, said in PLATFORM.items()):
                copy = {key: item for key, item in copy.items() if key not in PLATFORM} | {"langgraph_*": "<platform>"}
            return copy
        if isinstance(value, int) and not isinstance(value, bool) and MILLISECONDS.fullmatch(str(value)):
            return 0
        return value

    def _text(self, text: str) -> str:
        text = ID.sub(lambda found: self._count(found[0]), TIME.sub(WHENEVER, text))
        return ADDRESS.sub("0x0", MILLISECONDS.sub("0", EVENT_ID.sub("<event id>", text)))

    def _count(self, identity: str) -> str:
        if identity not in self._counted:
            self._counted[identity] = _numbered(identity, len(self._counted) + 1)
        return self._counted[identity]


def _numbered(identity: str, number: int) -> str:
    if "-" not in identity:
        return f"{number:032x}"
    uuid = UUID(identity)
    if uuid.version == BY_NAME:
        return identity
    version = uuid.version if uuid.version in (RANDOM, BY_STEP, BY_TIME) else 0  # a task's id is a plain hash
    rest = identity[19:23] if version == BY_STEP else "8000"
    return f"{number:08x}-0000-{version}000-{rest}-000000000000"
