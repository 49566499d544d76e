"""Steps over HTTP: their list, what they changed, the files after them, and how files are put back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.computer_agents.conversing import files, perform, read_thread, say, step, steps, talk, write

if TYPE_CHECKING:
    from tests.conftest import Server


@pytest.fixture
def source(server: Server) -> dict[str, Any]:
    """A thread in which a file was written twice."""
    perform(server)
    return talk(server, "first", "second", agentId="coder")


@pytest.fixture
def changes(server: Server, source: dict[str, Any]) -> list[dict[str, Any]]:
    """The two steps that wrote it."""
    return [row for row in steps(server, source) if row["stepKind"] == "file_change"]


def get(server: Server, row: dict[str, Any], what: str, **query: str) -> dict[str, Any]:
    answer = server.get(f"/v1/threads/{row['threadId']}/steps/{row['id']}/{what}", params=query)
    return dict(answer.raise_for_status().json())


def revert(server: Server, row: dict[str, Any], **body: Any) -> dict[str, Any]:
    answer = server.post(f"/v1/threads/{row['threadId']}/steps/{row['id']}/revert", body)
    return dict(answer.raise_for_status().json())


def test_steps_come_in_the_order_in_which_they_were_done(server: Server, source: dict[str, Any]) -> None:
    rows = steps(server, source)

    kinds = ["user_message", "file_change", "assistant_message", "turn_completed"]
    assert [row["stepKind"] for row in rows] == kinds * 2
    assert [row["sequence"] for row in rows] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert {row["environmentId"] for row in rows} == {source["environmentId"]}


def test_steps_tell_the_message_that_they_were_done_for(server: Server, source: dict[str, Any]) -> None:
    first, answer = read_thread(server, source)["messages"][:2]

    sources = [row["sourceMessageId"] for row in steps(server, source)[:4]]

    assert sources == [first["id"], first["id"], first["id"], answer["id"]]


def test_a_step_that_changes_files_stands_between_two_snapshots(server: Server, changes: list[dict[str, Any]]) -> None:
    first, second = changes

    assert first["snapshotBeforeId"] is None
    assert second["snapshotBeforeId"] == first["snapshotAfterId"]
    assert (second["title"], second["metadata"]["kind"]) == ("src/hello.py", "modified")
    snapshots = server.get(f"/v1/environments/{first['environmentId']}/snapshots").json()["data"]
    assert [row["sourceStepId"] for row in snapshots] == [second["id"], first["id"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"limit": 3}, [1, 2, 3]),
        ({"limit": 3, "offset": 6}, [7, 8]),
        ({"limit": 0}, [1]),
        ({"limit": 1000}, [1, 2, 3, 4, 5, 6, 7, 8]),
        ({"offset": 99}, []),
        ({"compact": "true"}, [1, 2, 3, 4, 5, 6, 7, 8]),
    ],
)
def test_a_page_of_steps(server: Server, source: dict[str, Any], query: dict[str, Any], expected: list[int]) -> None:
    rows = server.get(f"/v1/threads/{source['id']}/steps", params=query).raise_for_status().json()["data"]

    assert [row["sequence"] for row in rows] == expected


def test_a_page_that_does_not_fit_is_refused(server: Server, source: dict[str, Any]) -> None:
    for query in ({"limit": "many"}, {"offset": "-1"}):
        assert server.get(f"/v1/threads/{source['id']}/steps", params=query).status_code == 400


def test_the_diff_of_a_step_is_in_the_unified_format(server: Server, changes: list[dict[str, Any]]) -> None:
    told = get(server, changes[1], "diff")

    assert told["changedPaths"] == ["src/hello.py"]
    assert (told["additions"], told["deletions"]) == (1, 1)
    assert "-first" in told["diff"]
    assert "+second" in told["diff"]
    assert told["path"] is None
    assert told["sequence"] == changes[1]["sequence"]
    assert told["fromCommitSha"] != told["toCommitSha"]


def test_the_first_change_comes_from_nothing(server: Server, changes: list[dict[str, Any]]) -> None:
    told = get(server, changes[0], "diff")

    assert (told["fromCommitSha"], told["snapshotBeforeId"]) == (None, None)
    assert told["toCommitSha"] is not None


def test_a_step_that_changed_nothing_has_an_empty_diff(server: Server, source: dict[str, Any]) -> None:
    told = get(server, step(server, source, "assistant_message"), "diff")

    assert (told["diff"], told["changedPaths"], told["additions"]) == ("", [], 0)


@pytest.mark.parametrize(("path", "paths"), [("src/hello.py", ["src/hello.py"]), ("src/other.py", [])])
def test_the_diff_of_one_file(server: Server, changes: list[dict[str, Any]], path: str, paths: list[str]) -> None:
    told = get(server, changes[1], "diff", path=path)

    assert (told["path"], told["changedPaths"]) == (path, paths)
    assert bool(told["diff"]) is bool(paths)


def test_files_are_listed_a_folder_at_a_time(server: Server, changes: list[dict[str, Any]]) -> None:
    (folder,) = get(server, changes[0], "files")["data"]
    inside = get(server, changes[0], "files", prefix="src")

    assert (folder["path"], folder["type"], folder["hasChildren"]) == ("src", "directory", True)
    assert [(row["path"], row["size"], row["type"]) for row in inside["data"]] == [("src/hello.py", 5, "file")]
    assert (inside["prefix"], inside["snapshotId"]) == ("src", changes[0]["snapshotAfterId"])


def test_a_folder_that_is_not_there_is_empty(server: Server, changes: list[dict[str, Any]]) -> None:
    assert get(server, changes[0], "files", prefix="docs")["data"] == []


def test_a_file_is_read_as_it_was_after_the_step(server: Server, changes: list[dict[str, Any]]) -> None:
    told = [get(server, row, "file", path="src/hello.py") for row in changes]

    assert [one["content"] for one in told] == ["first", "second"]
    assert told[0]["stepId"] == changes[0]["id"]
    assert told[0]["snapshotId"] == changes[0]["snapshotAfterId"]


def test_a_file_is_downloaded_as_bytes(server: Server, changes: list[dict[str, Any]]) -> None:
    first = changes[0]

    answer = server.get(
        f"/v1/threads/{first['threadId']}/steps/{first['id']}/file/download", params={"path": "src/hello.py"}
    )

    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.content == b"first"


@pytest.mark.parametrize("what", ["file", "file/download"])
@pytest.mark.parametrize(("query", "status"), [({"path": "no.py"}, 404), ({"path": "src"}, 404), ({}, 400)])
def test_what_is_no_file_cannot_be_read(
    server: Server, changes: list[dict[str, Any]], what: str, query: dict[str, str], status: int
) -> None:
    first = changes[0]

    answer = server.get(f"/v1/threads/{first['threadId']}/steps/{first['id']}/{what}", params=query)

    assert answer.status_code == status


def test_reverting_puts_all_files_back(server: Server, source: dict[str, Any], changes: list[dict[str, Any]]) -> None:
    told = revert(server, changes[0])

    assert files(server, source["environmentId"]) == {"src/hello.py": "first"}
    assert told["thread"]["id"] == source["id"]
    assert told["environmentId"] == source["environmentId"]
    assert told["revertedToStepId"] == changes[0]["id"]
    assert told["revertedChangeStepId"] is None
    added = step(server, source, "system")
    assert (added["id"], added["snapshotAfterId"]) == (told["revertStepId"], told["snapshotId"])
    assert added["snapshotBeforeId"] == changes[1]["snapshotAfterId"]
    assert len(read_thread(server, source)["messages"]) == 4


def test_reverting_one_file_leaves_the_others(
    server: Server, source: dict[str, Any], changes: list[dict[str, Any]]
) -> None:
    write(server, source["environmentId"], "notes.md", "mine")

    told = revert(
        server,
        changes[0],
        historyActionType="reapply",
        revertedFilePath="src/hello.py",
        revertedFileName="hello.py",
        revertedChangeStepId=changes[1]["id"],
    )

    assert files(server, source["environmentId"]) == {"notes.md": "mine", "src/hello.py": "first"}
    assert told["revertedChangeStepId"] == changes[1]["id"]
    metadata = step(server, source, "system")["metadata"]
    assert metadata["historyActionType"] == "reapply"
    assert metadata["revertedFileName"] == "hello.py"


def test_reverting_a_file_that_was_not_there_removes_it(server: Server) -> None:
    perform(server)
    made = talk(server, "look", "first", agentId="coder")

    revert(server, steps(server, made)[0], revertedFilePath="src/hello.py")

    assert files(server, made["environmentId"]) == {}


def test_a_thread_goes_on_with_the_files_that_were_put_back(
    server: Server, source: dict[str, Any], changes: list[dict[str, Any]]
) -> None:
    revert(server, changes[0])
    say(server, source, "third")

    assert [row["sequence"] for row in steps(server, source)][-1] == 13
    assert "-first" in get(server, step(server, source, "file_change"), "diff")["diff"]


def test_a_revert_that_does_not_fit_is_refused(server: Server, changes: list[dict[str, Any]]) -> None:
    first = changes[0]

    answer = server.post(f"/v1/threads/{first['threadId']}/steps/{first['id']}/revert", {"historyActionType": "forget"})

    assert answer.status_code == 400


@pytest.mark.parametrize("what", ["diff", "files", "file?path=a", "file/download?path=a"])
def test_a_step_that_is_not_there_is_not_found(server: Server, source: dict[str, Any], what: str) -> None:
    no_step = server.get(f"/v1/threads/{source['id']}/steps/step_1/{what}")
    no_thread = server.get(f"/v1/threads/thread_1/steps/step_1/{what}")

    assert no_step.json() == {"error": "Not Found", "message": "Step step_1 not found"}
    assert no_thread.json() == {"error": "Not Found", "message": "Thread thread_1 not found"}


def test_the_steps_of_a_thread_that_is_not_there_are_not_found(server: Server) -> None:
    assert server.get("/v1/threads/thread_1/steps").status_code == 404
    assert server.post("/v1/threads/thread_1/steps/step_1/revert", {}).status_code == 404
