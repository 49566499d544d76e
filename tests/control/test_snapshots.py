"""A world that was saved and made anew from what was saved is the same world."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings

from tests.conftest import Server
from tests.control.programs import AGENTS, Player, programs, without_new_ids

NOON = "2026-01-01T12:00:00+00:00"


def begin(server: Server, name: str) -> Player:
    """Return somebody who asks a new world in which time stands still."""
    body = {"name": name, "begin": [{"name": "reference"}, {"text": AGENTS}], "clock": NOON, "if_exists": "reset"}
    server.post("/_understudy/worlds", {**body, "seed": 1}).raise_for_status()
    return Player(server.client, name)


def restore(server: Server, name: str, told: Any) -> Player:
    """Return somebody who asks a world that is as it is told."""
    server.put(f"/_understudy/worlds/{name}/snapshot", {"scenario": told}).raise_for_status()
    return Player(server.client, name)


@given(before=programs, after=programs)
@settings(max_examples=15, phases=[Phase.generate], derandomize=True, deadline=None, suppress_health_check=list(HealthCheck), database=None)
def test_a_restored_world_reads_as_the_saved_one_and_goes_on_alike(
    running: Server, before: list[Any], after: list[Any]
) -> None:
    saved = begin(running, "saved")
    saved.play(before)
    told = saved.snapshot("saved")

    restored = restore(running, "restored", told)
    restored.ids = {kind: list(ids) for kind, ids in saved.ids.items()}

    assert restored.snapshot("restored") == told
    assert restored.everything() == saved.everything()
    known = json.dumps(told)
    answers = [json.dumps(player.play(after) + [player.everything()]) for player in (saved, restored)]
    assert without_new_ids(answers[1], known) == without_new_ids(answers[0], known)
