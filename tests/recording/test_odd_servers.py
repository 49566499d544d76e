"""A server that answers something odd is told of; no answer makes the command fall over."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.control.broken import ODD, places
from tests.recording.conftest import Deployment
from understudy.cli import main
from understudy.recording import deployment as asking
from understudy.wire import Json


@settings(max_examples=40, derandomize=True, deadline=None, suppress_health_check=[*HealthCheck], database=None)
@given(nth=st.integers(1, 30), place=st.integers(0, 10_000), value=st.sampled_from(ODD))
def test_an_odd_answer_is_told_of_or_does_no_harm(
    deployment: Deployment, capsys: pytest.CaptureFixture[str], nth: int, place: int, value: Json
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asking, "_json", _odd(asking._json, nth, place, value))
        status = main(["record", deployment.url, "-o", "out.yaml", "--at-once", "1"])

    told = capsys.readouterr()
    assert status in (0, 2), told.err
    if status == 2:
        assert told.err.startswith("understudy: ")
    for file in Path().iterdir():
        file.unlink()


def _odd(
    plain: Callable[[httpx.Response], Json], nth: int, place: int, value: Json
) -> Callable[[httpx.Response], Json]:
    """Return something that reads answers, the nth with something else in one place."""
    seen = [0]

    def read(answer: httpx.Response) -> Json:
        seen[0] += 1
        told = plain(answer)
        found = list(places(told))
        if seen[0] != nth or not found:
            return told
        holder, key = found[place % len(found)]
        holder[key] = value
        return plain(httpx.Response(200, content=json.dumps(told)))

    return read
