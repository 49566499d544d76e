"""Refunds, which somebody has to approve."""

import pytest
from desk import Approval


async def test_a_refund_waits_for_approval(desk):
    conversation = await desk.open()

    approval = await desk.complain(conversation, "The kettle leaks. I want a refund.")

    assert approval == Approval(question="Refund the kettle?", amount=49.9)


@pytest.mark.parametrize(
    ("approved", "answer"), [(True, "The money is on its way."), (False, "I am sorry, we cannot refund this.")]
)
async def test_the_agent_goes_on_with_the_decision(desk, approved, answer):
    conversation = await desk.open()
    await desk.complain(conversation, "The kettle leaks. I want a refund.")

    assert await desk.decide(conversation, approved=approved) == answer


# The server is busy twice. `Retry-After: 0` lets the test not wait; `times` says how often it is busy, and the test
# fails if the desk gives up before.
@pytest.mark.fault("rate_limit", operation="POST /threads/{thread_id}/runs/wait", times=2, retry_after=0)
async def test_a_busy_server_is_asked_again(desk, agent_server):
    conversation = await desk.open()

    approval = await desk.complain(conversation, "The kettle leaks. I want a refund.")

    assert approval is not None
    agent_server.journal.expect("POST /threads/{thread_id}/runs/wait", status=429, times=2)
    agent_server.journal.expect("POST /threads/{thread_id}/runs/wait", status=200, times=1)
