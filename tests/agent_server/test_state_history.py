"""The history of threads over HTTP: which states it has, in which order, and which of them are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.agent_server.ran import thread_that_ran

if TYPE_CHECKING:
    from tests.conftest import Server


@pytest.fixture
def thread(server: Server) -> str:
    """A thread of four steps, from -1 to 2."""
    made = server.create_thread(metadata={"graph_id": "steps"})
    for node, n in [("__input__", 0), ("__start__", 1), ("a", 10), ("b", 100)]:
        server.post(f"/threads/{made}/state", {"values": {"n": n}, "as_node": node}).raise_for_status()
    return made


def listed(server: Server, thread: str, query: str) -> Any:
    return server.get(f"/threads/{thread}/history{query}").raise_for_status().json()


def searched(server: Server, thread: str, **body: Any) -> Any:
    return server.post(f"/threads/{thread}/history", body).raise_for_status().json()


def steps(states: Any) -> list[int]:
    return [state["metadata"]["step"] for state in states]


def test_the_newest_state_comes_first_and_each_names_the_one_before_it(server: Server, thread: str) -> None:
    history = listed(server, thread, "?limit=10")

    assert [(state["metadata"]["step"], state["values"]["n"]) for state in history] == [
        (2, 111), (1, 11), (0, 1), (-1, 0),
    ]  # fmt: skip
    assert [state["parent_checkpoint"] for state in history] == [
        *(state["checkpoint"] for state in history[1:]),
        None,
    ]
    assert [state["created_at"] for state in history] == sorted(
        (state["created_at"] for state in history), reverse=True
    )
    assert history[0] == server.get(f"/threads/{thread}/state").json()


def test_there_is_one_state_unless_more_are_asked_for(server: Server, thread: str) -> None:
    assert steps(listed(server, thread, "")) == [2]
    assert steps(searched(server, thread)) == [2]


@pytest.mark.parametrize(
    ("limit", "shown"), [("2", [2, 1]), ("0", []), ("-1", []), ("1000", [2, 1, 0, -1]), ("9" * 30, [2, 1, 0, -1])]
)
def test_any_integer_limits_the_list(server: Server, thread: str, limit: str, shown: list[int]) -> None:
    assert steps(listed(server, thread, f"?limit={limit}")) == shown


@pytest.mark.parametrize("limit", ["x", "1.5", "1e3", "None"])
def test_what_is_no_integer_is_no_limit(server: Server, thread: str, limit: str) -> None:
    answer = server.get(f"/threads/{thread}/history?limit={limit}")

    assert (answer.status_code, answer.json()) == (422, {"detail": f"Invalid limit {limit}"})


def test_the_list_goes_on_strictly_before_a_checkpoint_comparing_ids_as_text(server: Server, thread: str) -> None:
    newest, second, *_ = listed(server, thread, "?limit=10")

    def before(text: str) -> list[int]:
        return steps(listed(server, thread, f"?limit=10&before={text}"))

    assert before(newest["checkpoint_id"]) == [1, 0, -1]
    assert before(second["checkpoint_id"]) == [0, -1]
    assert before("zzz") == [2, 1, 0, -1]
    assert before("00000000") == []
    assert before("") == [2, 1, 0, -1]


def test_the_search_goes_on_before_a_checkpoint_in_either_form(server: Server, thread: str) -> None:
    newest = listed(server, thread, "")[0]

    for before in (
        {"checkpoint_id": newest["checkpoint_id"]},
        newest["checkpoint"],
        {"configurable": {"checkpoint_id": newest["checkpoint_id"]}},
    ):
        assert steps(searched(server, thread, before=before, limit=10)) == [1, 0, -1]
    assert steps(searched(server, thread, before={}, limit=10)) == [2, 1, 0, -1]


@pytest.mark.parametrize(
    ("metadata", "found"),
    [
        ({}, [2, 1, 0, -1]),
        ({"source": "input"}, [-1]),
        ({"source": "update"}, [2, 1, 0]),
        ({"source": "update", "step": 1}, [1]),
        ({"step": -1}, [-1]),
        ({"step": "1"}, []),
        ({"graph_id": "steps"}, [2, 1, 0, -1]),
        ({"nosuch": None}, [2, 1, 0, -1]),
        ({"nosuch": 0}, []),
        ({"parents": {}}, [2, 1, 0, -1]),
    ],
)
def test_the_search_finds_states_by_their_metadata(
    server: Server, thread: str, metadata: Any, found: list[int]
) -> None:
    assert steps(searched(server, thread, metadata=metadata, limit=10)) == found


def test_the_search_compares_metadata_as_a_whole(server: Server) -> None:
    row = thread_that_ran("subgraphs")
    server.load({"threads": [row]})
    outer = listed(server, row["thread_id"], "")[0]
    subgraph = {"checkpoint_ns": outer["tasks"][0]["checkpoint"]["checkpoint_ns"]}

    def found(metadata: Any) -> int:
        return len(searched(server, row["thread_id"], checkpoint=subgraph, metadata=metadata, limit=10))

    assert found({"parents": {"": outer["checkpoint_id"]}}) == 2
    assert found({"parents": {}}) == 0


def test_the_search_finds_one_checkpoint(server: Server, thread: str) -> None:
    history = listed(server, thread, "?limit=10")

    for state in history:
        for checkpoint in (state["checkpoint"], {"checkpoint_id": state["checkpoint_id"]}):
            assert searched(server, thread, checkpoint=checkpoint, limit=10) == [state]
    assert searched(server, thread, checkpoint={"checkpoint_id": "nope"}) == []
    assert searched(server, thread, checkpoint={}, limit=10) == history


def test_filters_hold_together_and_the_limit_counts_what_they_leave(server: Server, thread: str) -> None:
    newest = listed(server, thread, "")[0]
    wanted = {"before": newest["checkpoint"], "metadata": {"source": "update"}}

    assert steps(searched(server, thread, **wanted, limit=10)) == [1, 0]
    assert steps(searched(server, thread, **wanted, limit=1)) == [1]


def test_a_subgraph_has_a_history_of_its_own(server: Server) -> None:
    row = thread_that_ran("subgraphs")
    server.load({"threads": [row]})
    thread = row["thread_id"]
    (task,) = server.get(f"/threads/{thread}/state?subgraphs=true").json()["tasks"]
    namespace = f"child:{task['id']}"

    inner = searched(server, thread, checkpoint={"checkpoint_ns": namespace}, limit=10)

    assert [(state["metadata"]["step"], state["next"]) for state in inner] == [(0, ["inner"]), (-1, ["__start__"])]
    assert inner[0] == task["state"]
    assert all(state["checkpoint"]["checkpoint_ns"] == namespace for state in inner)
    assert steps(listed(server, thread, "?limit=10")) == [1, 0, -1]
    assert searched(server, thread, checkpoint={"checkpoint_ns": "nope"}) == []
    assert searched(server, thread, checkpoint=inner[1]["checkpoint"], limit=10) == inner[1:]


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("limit", 0, "0 is less than the minimum of 1"),
        ("limit", 1001, "1001 is greater than the maximum of 1000"),
        ("limit", "3", '"3" is not of type "integer"'),
        ("limit", None, 'null is not of type "integer"'),
        ("before", "str", '"str" is not of type "object"'),
        ("checkpoint", None, 'null is not of type "object"'),
        ("metadata", [], '[] is not of type "object"'),
    ],
)
def test_a_search_that_does_not_fit_the_document_is_refused(
    server: Server, thread: str, field: str, value: Any, complaint: str
) -> None:
    answer = server.post(f"/threads/{thread}/history", {field: value})

    assert (answer.status_code, answer.json()["detail"].partition("\n")[0]) == (422, complaint)


def test_an_integer_may_be_written_with_a_fraction_of_nothing(server: Server, thread: str) -> None:
    assert steps(searched(server, thread, limit=2.0)) == [2, 1]


def test_a_thread_that_never_ran_has_no_history(server: Server) -> None:
    thread = server.create_thread(metadata={"graph_id": "steps"})

    assert listed(server, thread, "?limit=10") == []
    assert searched(server, thread, limit=10) == []


def test_pages_put_together_by_before_are_the_whole_history(server: Server, thread: str) -> None:
    whole = listed(server, thread, "?limit=100")

    pages = listed(server, thread, "?limit=1")
    while page := listed(server, thread, f"?limit=1&before={pages[-1]['checkpoint_id']}"):
        pages += page

    assert pages == whole


def test_a_checkpoint_that_is_no_text_is_refused_as_a_beginning(server: Server) -> None:
    thread = server.create_thread(metadata={"graph_id": "steps"})
    server.post(f"/threads/{thread}/state", {"values": {"n": 1}})

    refused = server.post(f"/threads/{thread}/history", {"before": {"configurable": {"checkpoint_id": 5}}})

    assert refused.status_code == 422
    assert "not 5" in refused.json()["detail"]
