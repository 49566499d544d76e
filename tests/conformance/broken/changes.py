"""The kinds of changes that most faults are made of."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from tests.conformance.broken.proxy import Told

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from tests.conformance.broken.proxy import Asked, Change
    from understudy.wire import Json


def asks(edit: Callable[[Any], Json]) -> Change:
    """Pass on another body than the one that came."""

    async def change(asked: Asked) -> Told:
        return await asked.told(body=edit(asked.body))

    return change


def answers(edit: Callable[[Any], Json]) -> Change:
    """Change the JSON of answers of success."""

    async def change(asked: Asked) -> Told:
        told = await asked.told()
        return told.saying(edit(told.body)) if told.ok else told

    return change


def streams(edit: Callable[[list[bytes]], list[bytes]]) -> Change:
    """Change the events of streams that come to their end."""

    async def change(asked: Asked) -> Told:
        told = await asked.told()
        return told.streaming(edit(told.events)) if told.ok else told

    return change


def each(edit: Callable[[Any], Json]) -> Callable[[list[Any]], list[Json]]:
    """Return what changes every row of a list."""
    return lambda rows: [edit(row) for row in rows]


def without(*names: str) -> Change:
    """Leave members of the body out of account."""
    return asks(lambda body: {name: value for name, value in (body or {}).items() if name not in names})


def without_query(*names: str) -> Change:
    """Leave parameters out of account."""

    async def change(asked: Asked) -> Told:
        query = asked.query
        for name in names:
            query = query.remove(name)
        return await asked.told(query=query)

    return change


def moved(by: int) -> Change:
    """Begin each page but the first at another row."""
    return asks(lambda body: {**body, "offset": body["offset"] + by} if body.get("offset") else body)


def turned(body: Any) -> Any:
    """Turn the order that a search asks for."""
    return {**body, "sort_order": "asc" if body.get("sort_order", "desc") == "desc" else "desc"}


def answers_as(read: str, status: int, body: bytes = b"") -> Change:
    """Do nothing, but say so of what is not there."""

    async def change(asked: Asked) -> Told:
        told = await asked.told(operation=read, query=type(asked.query)(), body=None)
        return Told(status, body) if told.ok else told

    return change


def notes(name: str) -> Change:
    """Keep in mind which is the newest: what the answer has under a name."""

    async def change(asked: Asked) -> Told:
        told = await asked.told()
        if told.ok:
            asked.memory["newest"] = told.body[name]
        return told

    return change


def leaves_out_the_newest(name: str) -> Change:
    """Leave out of a list what was noted."""

    async def change(asked: Asked) -> Told:
        told = await asked.told()
        newest = asked.memory.get("newest")
        return told.saying([row for row in told.body if row.get(name) != newest]) if told.ok else told

    return change


async def notes_the_patch(asked: Asked) -> Told:
    """Keep in mind the metadata of the last patch of something, and tell these alone."""
    [name] = asked.path.values()
    asked.memory[name] = {"metadata": asked.body["metadata"]} if "metadata" in asked.body else {}
    return await with_what_is_noted(asked)


async def with_what_is_noted(asked: Asked) -> Told:
    """Tell what was noted of something in place of what is so."""
    told = await asked.told()
    [name] = asked.path.values()
    return told.saying({**told.body, **asked.memory.get(name, {})}) if told.ok else told


async def overlooks_a_conflict(asked: Asked) -> Told:
    """Give what exists to whoever wants to create it."""
    return await asked.told(body={**asked.body, "if_exists": "do_nothing"})


async def silence() -> AsyncIterator[bytes]:
    """Send nothing more, for ever."""
    await asyncio.Event().wait()
    yield b""
