"""Forks before a message and after a step, over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.computer_agents.conversing import files, perform, said, say, step, steps, talk, thread

if TYPE_CHECKING:
    from tests.conftest import Server


@pytest.fixture
def source(server: Server) -> dict[str, Any]:
    """A thread in which a file was written twice."""
    perform(server)
    return talk(server, "first", "second", title="Harvest", agentId="coder")


def before_message(server: Server, source: dict[str, Any], **body: Any) -> dict[str, Any]:
    answer = server.post(f"/v1/threads/{source['id']}/fork-from-message", body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def after_step(server: Server, row: dict[str, Any], **body: Any) -> dict[str, Any]:
    answer = server.post(f"/v1/threads/{row['threadId']}/steps/{row['id']}/fork", body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def test_without_an_index_the_fork_ends_before_the_last_message_of_the_user(
    server: Server, source: dict[str, Any]
) -> None:
    told = before_message(server, source)

    assert said(server, told["thread"]) == [("user", "first"), ("assistant", "Written: first")]
    assert (told["forkMode"], told["messagesCopied"]) == ("current_environment", 2)
    assert told["thread"]["title"] == "Harvest Copy"


def test_the_index_may_be_that_of_any_message(server: Server, source: dict[str, Any]) -> None:
    assert before_message(server, source, truncateAtMessageIndex=3)["messagesCopied"] == 3


def test_where_no_user_has_spoken_all_is_kept(server: Server) -> None:
    source = thread(server, messages=[{"role": "system", "content": "Be kind."}], schedule={})

    assert before_message(server, source)["messagesCopied"] == 1


def test_a_fork_before_a_message_takes_a_new_computer_if_asked(server: Server, source: dict[str, Any]) -> None:
    told = before_message(
        server,
        source,
        title="Sowing",
        environmentTarget="new_forked_environment",
        environmentName="Sandbox",
        fileCopyMode="thread_only",
    )

    assert (told["thread"]["title"], told["environmentName"], told["forkMode"]) == ("Sowing", "Sandbox", "historical")
    assert files(server, told["environmentId"]) == {"src/hello.py": "first"}


@pytest.mark.parametrize("body", [{"fileCopyMode": "all"}, {"truncateAtMessageIndex": -1}, {"color": "red"}])
def test_a_fork_that_does_not_fit_is_refused(server: Server, source: dict[str, Any], body: dict[str, Any]) -> None:
    answer = server.post(f"/v1/threads/{source['id']}/fork-from-message", body)

    assert answer.status_code == 400
    assert answer.json()["details"][0]["field"] == next(iter(body))


def test_a_fork_before_a_message_needs_a_body(server: Server, source: dict[str, Any]) -> None:
    assert server.client.post(f"/v1/threads/{source['id']}/fork-from-message").status_code == 400


def test_a_thread_that_is_not_there_cannot_be_forked(server: Server) -> None:
    assert server.post("/v1/threads/thread_1/fork-from-message", {}).status_code == 404
    assert server.post("/v1/threads/thread_1/steps/step_1/fork", {}).status_code == 404


def test_after_a_step_the_computer_is_as_it_was_then(server: Server, source: dict[str, Any]) -> None:
    first = next(row for row in steps(server, source) if row["stepKind"] == "file_change")

    told = after_step(server, first)

    assert said(server, told["thread"]) == [("user", "first")]
    assert told["forkMode"] == "historical"
    assert told["environmentName"] == "default Fork"
    assert files(server, told["environmentId"]) == {"src/hello.py": "first"}
    (snapshot,) = server.get(f"/v1/environments/{told['environmentId']}/snapshots").json()["data"]
    assert (snapshot["id"], snapshot["sourceThreadId"], snapshot["sourceStepId"]) == (
        told["snapshotId"],
        source["id"],
        first["id"],
    )


def test_after_a_step_the_computer_can_be_as_it_is_now(server: Server, source: dict[str, Any]) -> None:
    first = next(row for row in steps(server, source) if row["stepKind"] == "file_change")

    told = after_step(server, first, mode="latest", title="From here", environmentName="Sandbox")

    assert (told["thread"]["title"], told["environmentName"]) == ("From here", "Sandbox")
    assert said(server, told["thread"]) == [("user", "first")]
    assert told["forkMode"] == "latest"
    assert files(server, told["environmentId"]) == {"src/hello.py": "second"}


def test_after_the_last_step_as_it_is_now_nothing_is_left_out(server: Server, source: dict[str, Any]) -> None:
    told = after_step(server, step(server, source, "turn_completed"), mode="latest")

    assert told["messagesCopied"] == 4
    assert told["forkMode"] == "latest"


def test_the_end_of_a_turn_has_the_answer_in_it(server: Server, source: dict[str, Any]) -> None:
    first = next(row for row in steps(server, source) if row["stepKind"] == "turn_completed")

    assert said(server, after_step(server, first)["thread"]) == [("user", "first"), ("assistant", "Written: first")]


def test_after_a_step_before_any_file_the_computer_is_empty(server: Server) -> None:
    source = talk(server, "hello")

    told = after_step(server, steps(server, source)[0])

    assert files(server, told["environmentId"]) == {}


def test_a_step_of_no_message_has_those_before_it(server: Server, source: dict[str, Any]) -> None:
    first = next(row for row in steps(server, source) if row["stepKind"] == "file_change")
    server.post(f"/v1/threads/{source['id']}/steps/{first['id']}/revert", {}).raise_for_status()

    told = after_step(server, step(server, source, "system"))

    assert told["messagesCopied"] == 4
    assert files(server, told["environmentId"]) == {"src/hello.py": "first"}


def test_steps_are_not_copied_and_those_of_a_fork_begin_anew(server: Server, source: dict[str, Any]) -> None:
    made = before_message(server, source)["thread"]

    say(server, made, "third")

    assert [row["sequence"] for row in steps(server, made)] == [1, 2, 3, 4]


@pytest.mark.parametrize(("body", "field"), [({"mode": "soon"}, "mode"), ({"title": 7}, "title")])
def test_a_fork_from_a_step_that_does_not_fit_is_refused(
    server: Server, source: dict[str, Any], body: dict[str, Any], field: str
) -> None:
    first = steps(server, source)[0]

    answer = server.post(f"/v1/threads/{source['id']}/steps/{first['id']}/fork", body)

    assert answer.status_code == 400
    assert answer.json()["details"][0]["field"] == field


def test_a_step_of_another_thread_is_not_found(server: Server, source: dict[str, Any]) -> None:
    other = talk(server, "hello")

    answer = server.post(f"/v1/threads/{other['id']}/steps/{steps(server, source)[0]['id']}/fork", {})

    assert answer.status_code == 404
