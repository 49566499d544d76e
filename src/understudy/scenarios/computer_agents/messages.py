"""Messages between a scenario and a world: short forms written out, rows filled in and checked."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from understudy.scenarios.computer_agents.rows import is_whole, timed
from understudy.state.clock import brief_timestamp, moment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from understudy.paths import Path
    from understudy.scenarios.references import Complain
    from understudy.state.ids import Ids
    from understudy.wire import JsonObject

TICK = timedelta(seconds=1)
"""Lies between two messages when nothing is said of their times."""

_SHORT = ("user", "assistant", "system")
"""Who may be told with what they said: `{user: Hello}`."""


def complete(
    rows: Sequence[JsonObject], thread_id: str, start: str, ids: Ids, path: Path, complain: Complain
) -> list[JsonObject]:
    """Return the messages of a thread with everything that was left out; the first was said at `start`."""
    whole: list[JsonObject] = []
    seen: set[str] = set()
    for at, told in enumerate(rows):
        place = (*path, at)
        row = timed(_written_out(told, place, complain), place, complain)
        if row.get("threadId", thread_id) != thread_id:
            complain((*place, "threadId"), f"not that of the thread, {thread_id}")
        if not is_whole("Message", row):
            last = brief_timestamp(moment(whole[-1]["createdAt"]) + TICK) if whole else start
            drafted = {"id": ids.named("msg"), "threadId": thread_id, "role": "user", "content": "", "metadata": {}}
            row = {**drafted, "createdAt": last, **row}
        if row["id"] in seen:
            complain((*place, "id"), f"the message {row['id']} is there twice")
        seen.add(row["id"])
        whole.append(row)
    return whole


def _written_out(row: JsonObject, path: Path, complain: Complain) -> JsonObject:
    """Return a message with `role` and `content`."""
    short = [name for name in _SHORT if name in row]
    if len(short) + ("role" in row) > 1 or (short and "content" in row):
        complain(path, "says twice who says what: say role and content, or one of user, assistant and system")
    elif not short and not ("role" in row and "content" in row):
        missing = "content" if "role" in row else "role" if "content" in row else "user or assistant"
        complain(path, f"{missing} is missing: a message is like {{user: Hello}}, or {{role: user, content: Hello}}")
    if not short:
        return row
    said = {"role": short[0], "content": row[short[0]]}
    return {**said, **{name: value for name, value in row.items() if name not in short}}
