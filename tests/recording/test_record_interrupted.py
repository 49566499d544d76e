"""A recording that does not come to its end leaves nothing half-written, and goes on another time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.recording.conftest import Deployment
from tests.recording.meddling import Trouble
from understudy.cli import main
from understudy.scenarios import build, find, read


def _record(deployment: Deployment, *options: str) -> int:
    return main(["record", deployment.url, "-o", "out.yaml", *options])


def _trouble_at(deployment: Deployment, kind: Trouble, end: str, after: int) -> None:
    """Let so many requests whose path ends so through, and then none."""
    seen = [0]

    def trouble(asked: str) -> Trouble | None:
        seen[0] += asked.endswith(end)
        return kind if seen[0] > after else None

    deployment.between.trouble = trouble


@pytest.mark.parametrize("kind", ["500", "dropped", "html"])
def test_what_goes_wrong_midway_is_told_and_what_was_read_is_kept(
    deployment: Deployment, capsys: pytest.CaptureFixture[str], kind: Trouble
) -> None:
    Path("out.yaml").write_text("what was there before")
    _trouble_at(deployment, kind, "/history", 2)

    status = _record(deployment)

    assert status == 2
    assert f"POST {deployment.url}/threads/" in capsys.readouterr().err
    assert Path("out.yaml").read_text() == "what was there before"
    assert Path("out.yaml.part").exists()
    assert sorted(file.name for file in Path().iterdir()) == ["out.yaml", "out.yaml.part"]


def test_the_same_command_goes_on(deployment: Deployment) -> None:
    _record(deployment)
    whole = Path("out.yaml").read_text()
    _trouble_at(deployment, "dropped", "/history", 3)
    assert _record(deployment, "--at-once", "1") == 2
    deployment.between.reset()

    status = _record(deployment, "--at-once", "1")

    assert status == 0
    assert Path("out.yaml").read_text() == whole
    assert not Path("out.yaml.part").exists()
    assert len([asked for asked in deployment.between.asked if asked.endswith("/history")]) == 2
    assert "POST /store/items/search" not in deployment.between.asked


def test_a_thread_that_changed_meanwhile_is_read_again(deployment: Deployment) -> None:
    thread = deployment.create_thread(metadata={"user": "eve"})
    _trouble_at(deployment, "500", "/history", 5)
    _record(deployment, "--at-once", "1")
    deployment.between.reset()
    deployment.patch(f"/threads/{thread}", {"metadata": {"user": "mallory"}})
    first = deployment.post("/threads/search", {"sort_by": "updated_at", "sort_order": "asc"}).json()[0]["thread_id"]
    deployment.patch(f"/threads/{first}", {"metadata": {"user": "mallory"}})

    _record(deployment)

    assert Path("out.yaml").read_text().count("user: mallory") >= 2


def test_a_thread_that_is_deleted_meanwhile_is_left_out(deployment: Deployment) -> None:
    _trouble_at(deployment, "500", "/history", 4)
    _record(deployment, "--at-once", "1")
    deployment.between.reset()
    first = deployment.post("/threads/search", {"sort_by": "updated_at", "sort_order": "asc"}).json()[0]["thread_id"]
    deployment.delete(f"/threads/{first}")

    _record(deployment)

    assert first not in {row["thread_id"] for row in read(find("out.yaml")).value["threads"]}


def test_other_options_do_not_go_on_with_it(deployment: Deployment, capsys: pytest.CaptureFixture[str]) -> None:
    _trouble_at(deployment, "500", "/history", 2)
    _record(deployment)
    deployment.between.reset()

    status = _record(deployment, "--limit", "3")

    assert status == 2
    assert "out.yaml.part was left by other work than this: give the same command again" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["record", "snapshot"])
@pytest.mark.parametrize("out", [".", "/"])
def test_a_folder_is_no_file_to_write(
    deployment: Deployment, capsys: pytest.CaptureFixture[str], command: str, out: str
) -> None:
    assert main([command, deployment.url, "-o", out]) == 2
    assert capsys.readouterr().err.startswith(f"understudy: cannot write {out}: ")
    assert [*Path().iterdir()] == []


def test_a_torn_line_never_was(deployment: Deployment) -> None:
    _trouble_at(deployment, "500", "/history", 3)
    _record(deployment)
    deployment.between.reset()
    with Path("out.yaml.part").open("ab") as part:
        part.write(b'{"kind":"thread","id":"1111')

    assert _record(deployment) == 0
    assert len(read(find("out.yaml")).value["threads"]) == 5


def test_a_damaged_line_is_told_of(deployment: Deployment, capsys: pytest.CaptureFixture[str]) -> None:
    Path("out.yaml.part").write_bytes(b"not json\n")

    assert _record(deployment) == 2
    assert "out.yaml.part is damaged at line 1; remove it to begin anew" in capsys.readouterr().err


def test_two_at_once_do_not_write_the_same_file(deployment: Deployment, capsys: pytest.CaptureFixture[str]) -> None:
    import fcntl

    with Path("out.yaml.part").open("wb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        status = _record(deployment)

    assert status == 2
    assert "out.yaml.part is in use" in capsys.readouterr().err


def test_a_file_that_cannot_be_written_is_told_of(deployment: Deployment, capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["record", deployment.url, "-o", "no/such/folder/out.yaml"])

    assert status == 2
    assert "cannot write no/such/folder/out.yaml.part: No such file or directory" in capsys.readouterr().err


def test_ctrl_c_ends_with_130_and_the_same_command_goes_on(
    deployment: Deployment, interrupted: Callable[..., str]
) -> None:
    said = interrupted("record", deployment.url, "-o", "out.yaml")

    assert "Traceback" not in said
    assert not Path("out.yaml").exists()
    assert _record(deployment) == 0
    build([read(find("out.yaml"))])


@pytest.mark.parametrize(
    ("kind", "complaint"),
    [
        ("html", "is no Agent Server: POST /assistants/search answered 200 with text/html"),
        ("500", "is no Agent Server: POST /assistants/search answered 500 with text/plain"),
        ("401", "answers 401: give a key with --api-key or --header"),
        ("elsewhere", "answers 307: it is elsewhere. Give that address."),
        ("dropped", "/assistants/search was not answered: "),
    ],
)
def test_what_is_no_agent_server_is_told_and_nothing_is_written(
    deployment: Deployment, capsys: pytest.CaptureFixture[str], kind: Trouble, complaint: str
) -> None:
    deployment.between.trouble = lambda asked: kind

    status = _record(deployment)

    assert status == 2
    assert complaint in capsys.readouterr().err
    assert [*Path().iterdir()] == []


def test_a_deployment_that_has_enough_for_now_is_asked_again(deployment: Deployment) -> None:
    asked_before: set[str] = set()

    def trouble(asked: str) -> Trouble | None:
        first = asked not in asked_before
        asked_before.add(asked)
        return "429" if first and asked.endswith("/history") else None

    deployment.between.trouble = trouble

    assert _record(deployment) == 0


def test_one_that_always_has_enough_is_told_of(deployment: Deployment, capsys: pytest.CaptureFixture[str]) -> None:
    deployment.between.trouble = lambda asked: "429" if asked.endswith("/history") else None

    assert _record(deployment) == 2
    assert "/history was answered 429: enough for now" in capsys.readouterr().err


def test_nobody_at_the_address_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = tmp_path / "out.yaml"

    status = main(["record", "http://127.0.0.1:1", "-o", str(out)])

    assert status == 2
    assert "POST http://127.0.0.1:1/assistants/search was not answered: All connection attempts failed" in (
        capsys.readouterr().err
    )
