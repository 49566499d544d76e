"""What a server answered, as it is recorded: comparable, ids counted, in as few characters as tell it all."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tests.parity.sequence import Json
from understudy.conformance.comparing.canonical import Canonical
from understudy.conformance.comparing.differences import SERVER

PLATFORM = {
    "langgraph_version": r"\d+\.\d+\.\d+",
    "langgraph_api_version": r"\d+\.\d+\.\d+",
    "langgraph_plan": "enterprise",
    "langgraph_host": "self-hosted",
    "langgraph_api_url": rf"{SERVER}|http://.+",  # where a server thinks it is
}
"""What metadata say of the server, hundreds of times alike: told by one key instead."""

COUNTED = re.compile(r"\b([0-9a-f]{8})-0000-([0-9])000-([0-9a-f]{4})-000000000000\b")
SHORT = re.compile(r"<(\d+)\.(\d)\.([0-9a-f]{4})>")


def canonical(answers: Json, own: Iterable[str] = ()) -> Json:
    """A copy with every id but `own` counted in the order of appearance, and all times made one."""
    return Canonical({identity: identity for identity in own}, PLATFORM).copy(answers)


def shortened(text: str) -> str:
    """The text with its counted ids as `<number.version.step>`, as recordings have them."""
    return COUNTED.sub(lambda found: f"<{int(found[1], 16)}.{found[2]}.{found[3]}>", text)


def expanded(text: str) -> str:
    """The text with counted ids for all that `shortened` wrote."""
    return SHORT.sub(lambda found: f"{int(found[1]):08x}-0000-{found[2]}000-{found[3]}-000000000000", text)
