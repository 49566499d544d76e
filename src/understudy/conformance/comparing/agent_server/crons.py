"""Crons. None of them starts anything: they wait for the 29th of February."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from understudy.conformance.comparing.agent_server.runs import assistants
from understudy.conformance.comparing.agent_server.words import (
    CONFIGS,
    MARKED,
    METADATA,
    ORDERS,
    SMALL,
    columns,
    found,
    seldom,
    some,
)
from understudy.conformance.comparing.sequences import Graph, Row

if TYPE_CHECKING:
    from understudy.wire import Json, JsonObject

_SCHEDULE = "0 0 29 2 *"
_SCHEDULES = seldom(st.sampled_from(["every day", "", "0 0 31 2 *"]), st.sampled_from([_SCHEDULE, "30 12 29 2 *"]))


def _told(graph: Graph) -> dict[str, st.SearchStrategy[Json]]:
    return {
        "input": graph.inputs,
        "config": CONFIGS,
        "timezone": seldom(st.just("Nowhere/Land"), st.sampled_from(["Europe/Berlin", "UTC"])),
        "enabled": st.booleans(),
        "on_run_completed": seldom(st.just("bogus"), st.sampled_from(["delete", "keep"])),
        "end_time": st.just("2999-01-01T00:00:00+00:00"),
        "stream_mode": st.sampled_from(["values", ["updates"]]),
        "multitask_strategy": st.sampled_from(["enqueue", "reject"]),
    }


def _created(graph: Graph) -> st.SearchStrategy[Json]:
    first: dict[str, st.SearchStrategy[Json]] = {"assistant_id": assistants(graph), "metadata": METADATA}
    return some({**first, "schedule": _SCHEDULES}, **_told(graph))


def _plain(graph: Graph) -> JsonObject:
    return {"assistant_id": graph.graph_id, "schedule": _SCHEDULE, "metadata": MARKED}


def _searched(graph: Graph) -> st.SearchStrategy[Json]:
    return found(
        enabled=st.booleans(),
        thread_id=st.just("thread@0"),
        assistant_id=st.just("assistant@0"),
        sort_by=st.sampled_from(["created_at", "updated_at", "next_run_date", "end_time"]),
        sort_order=ORDERS,
        select=columns("cron_id", "schedule", "timezone", "enabled", "payload", "next_run_date"),
    )


_MADE = (("cron", "body/cron_id"),)

CREATE = Row("POST /runs/crons", 5, _created, makes=_MADE, plain=_plain)

ROWS = (
    CREATE,
    Row("POST /threads/{thread_id}/runs/crons", 3, _created, makes=_MADE, plain=_plain),
    Row("GET /runs/crons/{cron_id}", 3),
    Row(
        "PATCH /runs/crons/{cron_id}",
        5,
        lambda graph: some({}, schedule=_SCHEDULES, metadata=SMALL, **_told(graph)),
    ),
    Row("POST /runs/crons/search", 4, _searched),
    Row(
        "POST /runs/crons/count",
        2,
        lambda graph: found(limits=False, thread_id=st.just("thread@0"), assistant_id=st.just("assistant@0")),
    ),
    Row("DELETE /runs/crons/{cron_id}", 2),
)
