"""What goes wrong with copies of threads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.conformance.broken.fault import Fault

if TYPE_CHECKING:
    from tests.conformance.broken.proxy import Asked, Told

COPY = "POST /threads/{thread_id}/copy"
THREAD = "GET /threads/{thread_id}"
STATE = "GET /threads/{thread_id}/state"
WRITE = "POST /threads/{thread_id}/state"
HISTORY = "POST /threads/{thread_id}/history"


async def remembers_source(asked: Asked) -> Told:
    told = await asked.told()
    asked.memory[told.body["thread_id"]] = asked.path["thread_id"]
    return told


async def goes_to_source(asked: Asked) -> Told:
    thread_id = asked.path["thread_id"]
    return await asked.told(path={"thread_id": asked.memory.get(thread_id, thread_id)})


async def reads_without_metadata(asked: Asked) -> Told:
    told = await asked.told()
    return told.saying({**told.body, "metadata": {}}) if asked.path["thread_id"] in asked.memory else told


async def copies_without_metadata(asked: Asked) -> Told:
    told = await remembers_source(asked)
    return told.saying({**told.body, "metadata": {}})


async def reads_without_a_past(asked: Asked) -> Told:
    told = await asked.told()
    return told.saying(told.body[:1]) if told.ok and asked.path["thread_id"] in asked.memory else told


async def tells_the_source(asked: Asked) -> Told:
    told = await asked.told()
    return told.saying(await asked.ask(THREAD, **asked.path))


FAULTS = (
    Fault(
        "copy-shares-state",
        "A copy is but another name of its source.",
        "copy-is-independent",
        {COPY: remembers_source, **dict.fromkeys((STATE, WRITE, HISTORY), goes_to_source)},
    ),
    Fault(
        "copy-forgets-metadata",
        "A copy has no metadata.",
        "copy-equals-source",
        {COPY: copies_without_metadata, THREAD: reads_without_metadata},
    ),
    Fault(
        "copy-forgets-the-past",
        "A copy has the latest checkpoint of its source only.",
        "copy-equals-source",
        {COPY: remembers_source, HISTORY: reads_without_a_past},
    ),
    Fault(
        "copy-has-the-id-of-its-source",
        "Who copies a thread is told of the thread itself.",
        "copy-equals-source",
        {COPY: tells_the_source},
        also=frozenset({"copy-is-independent"}),
    ),
)
