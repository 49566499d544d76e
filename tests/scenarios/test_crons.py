"""Crons of a scenario are there from the start, filled in as the API would have made them."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.scenarios.worlds import NOON, T1, world_of
from understudy.scenarios import ScenarioError, Source, build, dump_text, find, read
from understudy.state.clock import Clock
from understudy.state.ids import assistant_of

AGENT = "agents: {clerk: {channels: {letter: last}, nodes: [write]}}\n"


def problems(text: str) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        world_of(AGENT + text)
    return str(caught.value).splitlines()


def only_cron(text: str) -> dict[str, Any]:
    (row,) = world_of(AGENT + text).crons
    told: dict[str, Any] = json.loads(json.dumps(row))
    return told


def test_an_agent_and_a_schedule_are_enough() -> None:
    cron = only_cron("crons: [{assistant_id: clerk, schedule: '@daily'}]")

    cron_id, clerk = cron["cron_id"], assistant_of("clerk")
    assert cron == {
        "cron_id": cron_id,
        "assistant_id": clerk,
        "thread_id": None,
        "user_id": "",
        "end_time": None,
        "schedule": "@daily",
        "timezone": None,
        "payload": {
            "assistant_id": clerk,
            "schedule": "@daily",
            "config": {"configurable": {"cron_id": cron_id}},
        },
        "next_run_date": "2026-01-02T00:00:00+00:00",
        "metadata": {},
        "on_run_completed": "delete",
        "enabled": True,
        "created_at": "2026-01-01T12:00:00+00:00",
        "updated_at": "2026-01-01T12:00:00+00:00",
    }


def test_everything_that_is_told_is_kept() -> None:
    cron = only_cron(
        f"""
threads: [{{thread_id: {T1}}}]
crons:
  - cron_id: "{{88888888-8888-4888-8888-888888888888}}"
    assistant_id: {assistant_of("clerk").upper()}
    thread_id: {T1}
    schedule: 0 6 * * *
    timezone: Asia/Tokyo
    end_time: soon
    payload: {{input: {{letter: x}}, config: {{tags: [a]}}}}
    metadata: {{a: 1}}
    enabled: false
    next_run_date: 2030-01-01
    created_at: 2025-01-01
    updated_at: 2025-06-01
"""
    )

    assert cron["cron_id"] == "88888888-8888-4888-8888-888888888888"
    assert (cron["assistant_id"], cron["thread_id"]) == (assistant_of("clerk"), T1)
    assert (cron["on_run_completed"], cron["enabled"], cron["end_time"]) == (None, False, "soon")
    assert cron["payload"]["input"] == {"letter": "x"}
    assert cron["payload"]["config"] == {"tags": ["a"], "configurable": {"cron_id": cron["cron_id"]}}
    assert cron["next_run_date"] == "2030-01-01T00:00:00+00:00"
    assert (cron["created_at"], cron["updated_at"]) == ("2025-01-01T00:00:00+00:00", "2025-06-01T00:00:00+00:00")


@pytest.mark.parametrize(
    ("row", "problem"),
    {
        "assistant_id: clork, schedule: '@daily'": 'no assistant "clork". Did you mean "clerk"?',
        f"assistant_id: {T1}, schedule: '@daily'": f'no assistant "{T1}"',
        "assistant_id: clerk, schedule: often": "Invalid cron schedule: 'often'",
        "assistant_id: clerk, schedule: 0 0 31 2 *": "failed to find next date",
        "assistant_id: clerk, schedule: '@daily', timezone: Mars/Base": "Invalid timezone: 'Mars/Base'",
        f"assistant_id: clerk, schedule: '@daily', thread_id: {T1}": f'no thread "{T1}"',
        "assistant_id: clerk, schedule: '@daily', next_run_date: soon": '"soon" is no time',
        "assistant_id: clerk": "schedule is missing",
        "assistant_id: clerk, shedule: '@daily'": 'unknown key "shedule". Did you mean "schedule"?',
    }.items(),
)
def test_a_mistake_is_told(row: str, problem: str) -> None:
    (told,) = problems(f"crons: [{{{row}}}]")

    assert problem in told


def test_a_cron_is_told_once() -> None:
    row = "{cron_id: 88888888-8888-4888-8888-888888888888, assistant_id: clerk, schedule: '@daily'}"

    (told,) = problems(f"crons: [{row}, {row}]")

    assert "the cron 88888888-8888-4888-8888-888888888888 is told twice" in told


def test_crons_survive_being_saved_and_loaded() -> None:
    clock = Clock(NOON)
    world = build([read(find("reference"))], clock, seed=1)
    thread = world.threads.create()["thread_id"]
    body = {"assistant_id": "steps", "schedule": "*/5 * * * *", "metadata": {"a": 1}, "end_time": "x"}
    world.crons.create(body, assistant_of("steps"), thread)
    cron_id = world.crons.create(body, assistant_of("steps"))["cron_id"]
    clock.advance(timedelta(minutes=1))
    world.crons.patch(cron_id, {"schedule": "0 0 1 1 *", "timezone": "Asia/Tokyo", "metadata": {"b": None}})

    again = build([read(Source("saved.yaml", dump_text(world)))])

    assert list(again.crons) == list(world.crons)
    assert dump_text(again) == dump_text(world)
