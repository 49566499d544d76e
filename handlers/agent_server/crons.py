"""Crons: create, find, change and delete them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.agents import webhooks
from understudy.errors import Invalid, NotFound, Unacceptable
from understudy.exchange import Answer, pagination
from understudy.state.schedules import check, check_timezone
from understudy.wire import canonical

from .queries import selected

if TYPE_CHECKING:
    from understudy.state.world import World
    from understudy.wire import JsonObject


async def create(world: World, body: JsonObject) -> JsonObject:
    """Make a cron whose runs each take place on a thread of their own."""
    await _check_webhook(world, body)
    return world.crons.create(body, _assistant(world, body))


async def create_on_thread(world: World, thread_id: str, body: JsonObject) -> JsonObject:
    """Make a cron whose runs all take place on a thread."""
    await _check_webhook(world, body)
    assistant_id = _assistant(world, body)
    try:
        world.threads.get(thread_id)
    except NotFound:
        raise NotFound(
            f"Thread with ID '{thread_id}' not found. Please verify the ID is correct and the thread hasn't been "
            "deleted or expired."
        ) from None
    return world.crons.create(body, assistant_id, thread_id)


async def search(world: World, body: JsonObject) -> Answer:
    """Return a page of the crons that match, the newest first."""
    sorted_by = body.get("sort_by")
    offset, limit = int(body.get("offset", 0)), int(body.get("limit", 10))
    columns = _columns(body)
    if "enabled" in body:
        columns["enabled"] = body["enabled"]
    page = world.crons.find(
        columns=columns,
        metadata=body.get("metadata"),
        sort_by=sorted_by or "created_at",
        order=body.get("sort_order", "desc") if sorted_by else "desc",
        offset=offset,
        limit=limit,
    )
    rows = selected(page.rows, body.get("select"))
    return Answer(rows, headers=pagination(offset=offset, limit=limit, shown=len(rows), more=page.more))


async def count(world: World, body: JsonObject) -> int:
    """Return how many crons match."""
    return world.crons.count(columns=_columns(body), metadata=body.get("metadata"))


async def get(world: World, cron_id: str) -> JsonObject:
    """Return a cron as it is now."""
    return world.crons.get(cron_id)


async def patch(world: World, cron_id: str, body: JsonObject) -> JsonObject:
    """Change a cron and the request from which its runs are made."""
    if not body:
        raise Unacceptable("Request body cannot be empty")
    check_timezone(body.get("timezone"))
    await _check_webhook(world, body)
    return world.crons.patch(cron_id, body)


async def delete(world: World, cron_id: str) -> None:
    """Delete a cron; the runs that it has started go on."""
    world.crons.delete(cron_id)


async def _check_webhook(world: World, body: JsonObject) -> None:
    if "webhook" in body:
        await webhooks.refuse_or_accept(body["webhook"], allow_loopback=world.allow_loopback_webhooks)


def _assistant(world: World, body: JsonObject) -> str:
    """Return the id of the assistant that a cron is to run. NotFound if there is none.

    In the order of the reference server, what makes no sense of timezone and schedule is refused before an assistant
    is looked for, but after a name that no assistant can have.
    """
    name = body["assistant_id"]
    missing = NotFound(f"Assistant '{name}' not found")
    try:
        assistant_id = world.assistants.named(name)
    except Invalid:
        raise missing from None
    check_timezone(body.get("timezone"))
    check(body["schedule"])
    try:
        world.assistants.get(assistant_id)
    except NotFound:
        raise missing from None
    return assistant_id


def _columns(body: JsonObject) -> JsonObject:
    """Return the columns that a search or a count is about. Invalid for an id that is none."""
    columns: JsonObject = {}
    for column, noun in (("assistant_id", "assistant"), ("thread_id", "thread")):
        if column in body:
            try:
                columns[column] = canonical(body[column])
            except ValueError:
                raise Invalid(f"Invalid {noun} ID: must be a UUID") from None
    return columns
