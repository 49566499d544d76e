"""Which operations and stream modes were used: as the control plane tells it, and as the command prints it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from langgraph_sdk import get_sync_client
from websockets.sync.client import connect

from tests.conftest import Server
from tests.control.journals import JOURNAL, RUN
from understudy.cli import main
from understudy.config import Settings
from understudy.state import journal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COVERAGE = "/_understudy/coverage"
OTHER = {"x-understudy-world": "other"}


@pytest.fixture
def fresh() -> Iterator[Server]:
    """A server of which nothing was asked so far."""
    server = Server(Settings(strict=True))
    server.play("reference")
    yield server
    server.close()


def used(server: Server, of: str = "world", **options: Any) -> dict[str, dict[str, int]]:
    """Return the operations that were used, by method and path, with how often each was answered with each status."""
    told = server.get(COVERAGE, params={"of": of}, **options).raise_for_status().json()
    return {f"{row['method']} {row['path']}": row["statuses"] for row in told["operations"] if row["statuses"]}


def modes(server: Server) -> dict[str, int]:
    """Return the stream modes that were used, with how often."""
    told = server.get(COVERAGE, params={"of": "world"}).json()["stream_modes"]
    return {mode: times for mode, times in told.items() if times}


def test_operations_are_counted_by_status(server: Server) -> None:
    thread = server.create_thread()
    server.get(f"/threads/{thread}")
    server.get(f"/threads/{uuid4()}")
    server.get(f"/threads/{uuid4()}")

    assert used(server) == {"POST /threads": {"200": 1}, "GET /threads/{thread_id}": {"200": 1, "404": 2}}


def test_all_operations_that_can_succeed_are_told(server: Server) -> None:
    told = server.get(COVERAGE, params={"of": "world"}).json()

    rows = {f"{row['method']} {row['path']}": row for row in told["operations"]}
    assert rows["POST /threads"].items() >= {"operation": "create_thread_threads_post", "tag": "Threads"}.items()
    assert "WEBSOCKET /threads/{thread_id}/stream/events" in rows
    assert [*told["stream_modes"]][:3] == ["values", "messages", "messages-tuple"]
    assert {"lifecycle", "run_modes", "state_update"} < {*told["stream_modes"]}


def test_what_can_only_be_refused_is_told_once_it_was_asked_for(server: Server) -> None:
    def told() -> set[str]:
        rows = server.get(COVERAGE, params={"of": "world"}).json()["operations"]
        return {f"{row['method']} {row['path']}" for row in rows}

    before = told()
    server.get("/mcp")

    assert told() - before == {"GET /mcp"}


def test_a_websocket_is_an_operation_too(server: Server) -> None:
    thread = server.create_thread()

    with connect(f"{server.url.replace('http', 'ws')}/threads/{thread}/stream/events"):
        told = used(server)

    assert told["WEBSOCKET /threads/{thread_id}/stream/events"] == {"101": 1}


@pytest.mark.parametrize(
    ("path", "body", "counted"),
    [
        ("/runs/stream", {}, {"values": 1}),
        ("/runs/stream", {"stream_mode": "updates"}, {"updates": 1}),
        ("/runs/stream", {"stream_mode": ["values", "messages-tuple"]}, {"values": 1, "messages-tuple": 1}),
        ("/runs/wait", {}, {}),
        ("/runs", {"stream_mode": ["debug"]}, {"debug": 1}),
        ("/runs/stream", {"stream_mode": "bogus"}, {}),
        ("/runs/stream", {"assistant_id": "nobody", "stream_mode": "updates"}, {}),
    ],
)
def test_stream_modes_are_counted_where_they_are_asked_for(
    server: Server, path: str, body: dict[str, Any], counted: dict[str, int]
) -> None:
    server.post(path, {**RUN, **body})

    assert modes(server) == counted


def test_the_modes_of_joined_streams_are_counted(server: Server) -> None:
    thread = server.create_thread()
    run = server.post(f"/threads/{thread}/runs", RUN).json()["run_id"]

    server.get(f"/threads/{thread}/runs/{run}/stream?stream_mode=updates")
    for query in ("", "?stream_modes=lifecycle,state_update"):
        with server.client.stream("GET", f"/threads/{thread}/stream{query}"):
            pass

    assert modes(server) == {"updates": 1, "run_modes": 1, "lifecycle": 1, "state_update": 1}


def test_neither_a_full_journal_nor_a_new_one_forgets_what_was_used(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "MOST", 1)
    for _ in range(4):
        server.get("/ok")
    server.delete(JOURNAL)

    assert used(server) == {"GET /ok": {"200": 4}}


def test_the_server_counts_for_all_worlds_also_those_that_are_gone(fresh: Server) -> None:
    fresh.get("/ok")
    fresh.get("/ok", headers=OTHER)
    fresh.post("/threads", {}, headers=OTHER)

    assert used(fresh) == {"GET /ok": {"200": 1}}
    assert used(fresh, headers=OTHER) == {"GET /ok": {"200": 1}, "POST /threads": {"200": 1}}

    fresh.delete("/_understudy/worlds/other").raise_for_status()

    assert used(fresh, of="server") == {"GET /ok": {"200": 2}, "POST /threads": {"200": 1}}
    assert used(fresh, headers=OTHER) == {}


def test_what_the_sdk_uses_is_counted(server: Server) -> None:
    with get_sync_client(url=server.url) as client:
        thread = client.threads.create()["thread_id"]
        list(client.runs.stream(thread, "agent", input=RUN["input"], stream_mode=["values", "custom"]))

    assert used(server).items() >= {"POST /threads/{thread_id}/runs/stream": {"200": 1}}.items()
    assert modes(server) == {"values": 1, "custom": 1}


class TestTheCommand:
    def test_it_prints_what_was_used_and_what_never_was_by_tag(
        self, fresh: Server, capsys: pytest.CaptureFixture[str]
    ) -> None:
        fresh.create_thread()
        fresh.post("/threads", {"thread_id": "none"})
        fresh.post("/runs/stream", RUN)

        assert main(["coverage", fresh.url]) == 0

        lines = capsys.readouterr().out.splitlines()
        assert "Threads: 1 of 16" in lines
        assert "       2  POST      /threads  (200 1x, 422 1x)" in lines
        assert "       1  POST      /runs/stream  (200)" in lines
        assert "   never  POST      /threads/search" in lines
        assert "Stream modes: 1 of 12" in lines
        assert "       1  values" in lines
        assert "   never  updates" in lines
        assert re.fullmatch(r"3 of [0-9]+ used \([0-9.]+ %\)", lines[-1])

    def test_it_tells_of_one_world(self, fresh: Server, capsys: pytest.CaptureFixture[str]) -> None:
        fresh.get("/ok", headers=OTHER)
        fresh.get("/info")

        assert main(["coverage", fresh.url, "--world", "other"]) == 0

        assert re.search("^1 of [0-9]+ used", capsys.readouterr().out, re.MULTILINE)

    def test_a_world_that_is_not_there_is_not_made(self, fresh: Server, capsys: pytest.CaptureFixture[str]) -> None:
        fresh.get("/ok", headers=OTHER)

        assert main(["coverage", fresh.url, "--world", "othr"]) == 2

        assert capsys.readouterr().err.endswith('has no world "othr". Did you mean "other"?\n')
        assert "othr" not in fresh.worlds

    def test_servers_and_files_are_added_up(
        self, fresh: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        fresh.get("/ok")
        assert main(["coverage", fresh.url, "--format", "json"]) == 0
        file = tmp_path / "one.json"
        file.write_text(capsys.readouterr().out)
        fresh.get("/ok")
        fresh.post("/runs/stream", RUN)

        assert main(["coverage", str(file), fresh.url, str(file), "--format", "json"]) == 0

        told = json.loads(capsys.readouterr().out)
        rows = {row["path"]: row["statuses"] for row in told["operations"] if row["statuses"]}
        assert rows == {"/ok": {"200": 4}, "/runs/stream": {"200": 1}}
        assert (told["stream_modes"]["values"], told["used"]) == (1, 3)
        assert told["percent"] == round(300 / told["known"], 1)

    @pytest.mark.parametrize(("least", "status"), [("2", 0), ("3", 1), ("100", 1), ("0", 0)])
    def test_it_fails_where_less_was_used_than_should_be(
        self, fresh: Server, capsys: pytest.CaptureFixture[str], least: str, status: int
    ) -> None:
        fresh.get("/ok")
        fresh.get("/info")

        assert main(["coverage", fresh.url, "--fail-under", least]) == status

        said = capsys.readouterr().err
        assert re.fullmatch(rf"understudy: 2\.[0-9] % is less than --fail-under {least}\n" if status else "", said)

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("{", "no JSON"),
            ("[]", "no coverage"),
            ('{"operations": [{"operation": 1}], "stream_modes": {}}', "no coverage (KeyError: 'method')"),
            (
                '{"operations": [], "stream_modes": {"values": "many"}}',
                "no coverage (a count of values that is 'many')",
            ),
            ('{"operations": [], "stream_modes": 1}', "no coverage"),
        ],
    )
    def test_a_file_that_holds_no_coverage_is_refused(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, told: str
    ) -> None:
        file = tmp_path / "wrong.json"
        file.write_text(text)

        assert main(["coverage", str(file)]) == 2

        assert capsys.readouterr().err.startswith(f"understudy: {file}: {told}")

    def test_a_file_that_is_not_there_is_told(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["coverage", str(tmp_path / "none.json")]) == 2

        assert capsys.readouterr().err == f"understudy: {tmp_path / 'none.json'}: No such file or directory\n"

    def test_a_server_that_does_not_answer_is_told(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["coverage", "http://127.0.0.1:1"]) == 2

        assert capsys.readouterr().err.startswith("understudy: http://127.0.0.1:1 does not answer")

    @pytest.mark.parametrize("percent", ["-1", "101", "half", "nan"])
    def test_a_percentage_is_a_number_up_to_100(self, capsys: pytest.CaptureFixture[str], percent: str) -> None:
        with pytest.raises(SystemExit) as ended:
            main(["coverage", "x.json", f"--fail-under={percent}"])

        assert ended.value.code == 2
        assert f"a percentage is a number from 0 to 100, not '{percent}'" in capsys.readouterr().err


def test_the_command_needs_the_key_of_the_control_plane(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Server(Settings(strict=True, control_key="sesame"))
    try:
        refused = main(["coverage", server.url])
        said = capsys.readouterr().err
        with_key = main(["coverage", server.url, "--control-key", "sesame"])
        monkeypatch.setenv("UNDERSTUDY_CONTROL_KEY", "sesame")
        from_environment = main(["coverage", server.url])
    finally:
        server.close()

    assert (refused, with_key, from_environment) == (2, 0, 0)
    assert said == "understudy: missing control key: send it in the x-understudy-key header\n"
    assert "sesame" not in capsys.readouterr().out
