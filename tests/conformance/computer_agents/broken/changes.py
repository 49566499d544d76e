"""The kinds of changes that most faults of the Computer Agents API are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from tests.conformance.broken.changes import answers
from tests.conformance.broken.proxy import Told

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conformance.broken.proxy import Asked, Change
    from understudy.wire import Json, JsonObject

_END = b"\n\n"


def rows(edit: Callable[[list[Any]], list[Any]]) -> Change:
    """Change the rows of lists."""
    return answers(lambda told: {**told, "data": edit(told["data"])})


def member(name: str, **instead: Json) -> Change:
    """Tell something else of what is answered."""
    return answers(lambda told: {**told, name: {**told[name], **instead}})


def telling(**instead: Json) -> Change:
    """Tell something else beside what is answered."""
    return answers(lambda told: {**told, **instead})


def streaming(edit: Callable[[list[JsonObject]], list[JsonObject]]) -> Change:
    """Change the events of streams."""

    async def change(asked: Asked) -> Told:
        told = await asked.told()
        if not told.content.startswith(b"data: "):
            return told
        events = [orjson.loads(part.removeprefix(b"data: ")) for part in told.content.split(_END)[:-1]]
        framed = b"".join(b"data: %b%b" % (orjson.dumps(event), _END) for event in edit(events))
        return Told(told.status, framed, told.headers)

    return change


def later_by_one(body: Any) -> Any:
    """Cut a message too late."""
    at = (body or {}).get("truncateAtMessageIndex")
    return {**body, "truncateAtMessageIndex": at + 1} if isinstance(at, int) else body


def does_nothing(status: int = 200, **told: Json) -> Change:
    """Say that it is done."""

    async def change(asked: Asked) -> Told:
        return Told(status, orjson.dumps(told))

    return change
