"""What a customer reads, while it is written."""

import pytest


async def test_an_answer_comes_word_by_word(desk):
    conversation = await desk.open()

    words = [word async for word in desk.ask(conversation, "Where is my parcel?")]

    assert len(words) > 5
    assert "".join(words) == "Your parcel comes tomorrow, between nine and twelve."


# The connection breaks after three events. The client of langgraph-sdk asks for the rest, since the run is resumable;
# without `stream_resumable=True` in desk.py this test fails.
@pytest.mark.fault("drop_stream", after=3, times=1)
async def test_an_answer_is_whole_although_the_connection_breaks(desk, agent_server):
    conversation = await desk.open()

    words = [word async for word in desk.ask(conversation, "Where is my parcel?")]

    assert "".join(words) == "Your parcel comes tomorrow, between nine and twelve."
    agent_server.journal.expect("GET /threads/{thread_id}/runs/{run_id}/stream", times=1)


async def test_an_answer_can_be_read_again_from_its_beginning(desk):
    conversation = await desk.open()
    async for _ in desk.ask(conversation, "Where is my parcel?"):
        break  # the customer reloads the page

    words = [word async for word in desk.follow(conversation)]

    assert "".join(words) == "Your parcel comes tomorrow, between nine and twelve."


# An agent of this test alone. What the shop's agents say elsewhere does not matter to it.
@pytest.mark.scenario({"agents": {"support": {"nodes": {"reply": {"say": "Grüß Gott! 🐈"}}}}})
async def test_an_answer_may_have_any_characters(desk):
    conversation = await desk.open()

    words = [word async for word in desk.ask(conversation, "Hello!")]

    assert "".join(words) == "Grüß Gott! 🐈"
