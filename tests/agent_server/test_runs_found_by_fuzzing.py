"""What generated requests found wrong with runs once, each as a request that anyone can read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.conftest import Server

RUN = {"assistant_id": "agent", "input": {"messages": []}}


@pytest.mark.parametrize("path", ["/runs", "/runs/wait", "/runs/stream", "/threads/{}/runs"])
@pytest.mark.parametrize("seconds", [1e300, -1e300, 3e11, 10**20])
def test_a_run_that_is_put_off_beyond_all_dates_is_refused(server: Server, path: str, seconds: float) -> None:
    answer = server.post(path.format(server.create_thread()), {**RUN, "after_seconds": seconds})

    assert answer.status_code == 422
    assert "imum of " in answer.json()["detail"]


def test_a_batch_with_such_a_run_starts_nothing(server: Server) -> None:
    answer = server.post("/runs/batch", [{**RUN, "on_completion": "keep"}, {**RUN, "after_seconds": 1e300}])

    assert answer.status_code == 422
    assert server.post("/threads/count", {}).json() == 0


def test_a_run_that_was_due_in_the_past_starts_now(server: Server) -> None:
    assert server.post("/runs/wait", {**RUN, "after_seconds": -5}).json()["messages"][0]["content"] == "echo "


@pytest.mark.parametrize("metadata", [3, "text", [["a", 1]]])
def test_the_metadata_of_a_config_are_an_object(server: Server, metadata: Any) -> None:
    assert server.post("/runs/wait", {**RUN, "config": {"metadata": metadata}}).status_code == 422


@pytest.mark.parametrize("metadata", [None, [], {}, {"a": 1}])
def test_the_metadata_of_a_config_may_be_missing(server: Server, metadata: Any) -> None:
    assert server.post("/runs/wait", {**RUN, "config": {"metadata": metadata}}).status_code == 200


@pytest.mark.parametrize("checkpoint_id", [5, [None, None], {"a": 1}, True, "zz"])
def test_the_id_of_a_checkpoint_is_a_uuid(server: Server, checkpoint_id: Any) -> None:
    answer = server.post(f"/threads/{server.create_thread()}/runs", {**RUN, "checkpoint_id": checkpoint_id})

    assert answer.status_code == 422


@pytest.mark.parametrize("checkpoint_id", [None, "", [], {}, False])
def test_an_empty_id_of_a_checkpoint_is_none(server: Server, checkpoint_id: Any) -> None:
    answer = server.post(f"/threads/{server.create_thread()}/runs", {**RUN, "checkpoint_id": checkpoint_id})

    assert answer.status_code == 200


@pytest.mark.parametrize("checkpoint_id", [5, [], {"a": 1}])
def test_so_is_the_id_of_a_checkpoint_in_a_configurable(server: Server, checkpoint_id: Any) -> None:
    config = {"configurable": {"checkpoint_id": checkpoint_id}}

    assert server.post(f"/threads/{server.create_thread()}/runs", {**RUN, "config": config}).status_code == 422


def test_a_run_on_a_malformed_thread_is_refused_in_words_of_its_own(server: Server) -> None:
    answer = server.post("/threads/zzz/runs", RUN)

    assert (answer.status_code, answer.json()) == (422, {"detail": "Invalid thread ID"})


@pytest.mark.parametrize("way", ["wait", "stream"])
def test_a_run_on_a_malformed_thread_is_a_400_to_who_stays_for_it(server: Server, way: str) -> None:
    answer = server.post(f"/threads/zzz/runs/{way}", RUN)

    assert (answer.status_code, answer.json()) == (400, {"detail": "badly formed hexadecimal UUID string"})


@pytest.mark.parametrize("way", ["wait", "stream", ""])
def test_the_id_of_a_thread_comes_in_any_dress(server: Server, way: str) -> None:
    thread = server.create_thread()

    answer = server.post(f"/threads/{thread.replace('-', '').upper()}/runs/{way}".rstrip("/"), RUN)

    assert answer.headers["content-location"].startswith(f"/threads/{thread}/runs/")


@pytest.mark.parametrize("suffix", ["runs/{}/join", "runs/{}/stream", "stream"])
def test_an_id_with_a_line_break_leads_nowhere(server: Server, suffix: str) -> None:
    path = suffix.format("33333333-3333-4333-8333-333333333333")

    assert server.get(f"/threads/a%0Ab/{path}").status_code == 404


@pytest.mark.parametrize(
    "how", [{"checkpoint": {"checkpoint_id": ""}}, {"config": {"configurable": {"checkpoint_id": ""}}}]
)
def test_a_run_from_an_empty_id_goes_on_from_the_latest_checkpoint(server: Server, how: dict[str, Any]) -> None:
    thread_id = server.create_thread()
    for _ in range(2):
        server.post(f"/threads/{thread_id}/runs/wait", {**RUN, "input": {}, **how}).raise_for_status()
    history = server.post(f"/threads/{thread_id}/history", {"limit": 100}).raise_for_status().json()
    ids = [state["checkpoint"]["checkpoint_id"] for state in history]
    parents = [(state["parent_checkpoint"] or {}).get("checkpoint_id") for state in history]
    assert parents == [*ids[1:], None]
