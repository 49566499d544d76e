"""The summary that is written every morning."""

import pytest


# The world of this test stands still at this moment until it is moved.
@pytest.mark.frozen_time("2026-01-05T07:59:00Z")
async def test_a_summary_is_written_every_morning(desk, agent_server):
    conversation = await desk.summarize_daily()

    agent_server.clock.advance(60)
    assert await desk.told(conversation) == ["It was a quiet day."]

    agent_server.clock.advance(to="2026-01-07T12:00:00Z")
    assert await desk.told(conversation) == ["It was a quiet day."] * 3
