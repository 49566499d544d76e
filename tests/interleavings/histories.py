"""What holds for the checkpoints of any thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from understudy.state.checkpoints import Checkpoint, History


def check_history(history: History) -> None:
    """Check that a thread's checkpoints are well formed, in every namespace."""
    for _, steps in history:
        ids = [step.id for step in steps]
        assert ids == sorted(set(ids)), "checkpoint ids grow"
        known = dict(zip(ids, steps, strict=True))
        for step in steps:
            assert step.parent != step.id
            parent = known.get(step.parent or "")
            if parent is not None:
                assert parent.id < step.id
                # A run that keeps only its last checkpoint skips steps.
                assert step.step > parent.step, f"step {step.step} comes after {parent.step}"
            _check_tasks(step)
        orjson.dumps([step.values for step in steps])


def _check_tasks(step: Checkpoint) -> None:
    names = sorted(task["name"] for task in step.tasks)
    assert sorted(step.next) == names, f"{step.next} are next, and {names} are tasks"
    for task in step.tasks:
        assert task["id"]
    assert step.metadata["source"] in ("input", "loop", "update", "fork")
