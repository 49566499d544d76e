"""How much a journal keeps, and what falls out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.control.journals import HELD, JOURNAL, RUN, entry, paths
from understudy.state import journal

if TYPE_CHECKING:
    import pytest

    from tests.conftest import Server


def test_only_the_last_requests_are_kept(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "MOST", 3)
    for _ in range(5):
        server.get("/ok")

    told = server.get(JOURNAL).json()

    assert ([each["number"] for each in told["entries"]], told["dropped"]) == ([3, 4, 5], 2)


def test_only_so_much_of_bodies_is_kept_in_all(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "MOST_BYTES", 5000)
    for number in range(5):
        server.create_thread(metadata={"number": number, "text": "x" * 1000})

    told = server.get(JOURNAL).json()

    kept = [each["body"]["metadata"]["number"] for each in told["entries"]]
    assert kept == list(range(5))[-len(kept) :]
    assert 0 < len(kept) < 5
    assert told["dropped"] == 5 - len(kept)


def test_the_body_of_a_request_counts_as_soon_as_its_stream_begins(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "MOST_BYTES", 3000)

    with server.client.stream("POST", "/runs/stream", json={**HELD, "metadata": {"text": "x" * 4000}}) as stream:
        begun = stream.iter_bytes()
        next(begun)
        server.get("/ok")

        assert paths(server) == ["GET /ok"]


def test_large_bodies_do_not_wait_to_be_taken_up(server: Server) -> None:
    for _ in range(3):
        server.create_thread(metadata={"text": "x" * 100_000})

    assert server.world.journal._bytes > 600_000


def test_a_request_that_is_too_large_is_told_without_body_and_verdict(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "MOST_OF_ONE", 300)

    server.create_thread(metadata={"text": "x" * 1000})

    told = entry(server)
    assert (told["body"], told["answer"], sorted(told["cut"])) == (None, None, ["answer", "body"])
    assert told["request_verdict"]["kept"] is told["answer_verdict"]["kept"] is None


def test_of_a_stream_that_is_too_long_the_beginning_is_kept(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "MOST_OF_ONE", 400)

    server.post("/runs/stream", RUN)

    told = entry(server)
    assert (told["cut"], told["stream"]["events"], told["ended"]) == (["answer"], {"metadata": 1}, "complete")
    assert told["answer_verdict"]["kept"] is None


def test_what_was_dropped_while_it_was_open_comes_back_no_more(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "MOST", 1)
    thread = server.create_thread()

    with server.client.stream("POST", f"/threads/{thread}/runs/stream", json=RUN) as stream:
        last = server.get("/ok")
        stream.read()

    assert paths(server) == ["GET /ok"]
    assert server.world.journal._bytes == len(last.content)


def test_all_that_was_weighed_is_dropped_again(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "MOST", 2)
    for _ in range(5):
        server.post("/runs/stream", RUN)
        server.create_thread(metadata={"user": "ada"})

    last = [server.get("/ok"), server.get("/info")]

    assert paths(server) == ["GET /ok", "GET /info"]
    assert server.world.journal._bytes == sum(len(each.content) for each in last)
