"""`understudy compare`: what it prints, and its exit status."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from tests.conformance.comparing.servers import Exchange, Fake
from understudy.cli import main

SHORT = ("--max-examples", "40", "--max-differences", "1", "--include", "Assistants")


def patch_says_something_else(exchange: Exchange) -> None:
    if exchange.at("PATCH /assistants/*") and exchange.status == 200:
        exchange.body = exchange.body | {"version": 7}


def compare(fakes: tuple[Fake, Fake], *options: str) -> int:
    return main(["compare", *(fake.url for fake in fakes), *(options or SHORT)])


def test_two_that_are_alike_exit_with_0(fakes: tuple[Fake, Fake], capsys: pytest.CaptureFixture[str]) -> None:
    status = compare(fakes)

    assert status == 0
    assert "0 differences in 40 sequences" in capsys.readouterr().out


def test_a_difference_is_shown_with_its_requests_and_exits_with_1(
    fakes: tuple[Fake, Fake], capsys: pytest.CaptureFixture[str]
) -> None:
    fakes[1].app.fault = patch_says_something_else

    status = compare(fakes)

    told = capsys.readouterr().out
    assert status == 1
    assert "step 2 PATCH /assistants/{assistant_id}: body.version: 2 | 7" in told
    assert "assistant_1=$(curl -s -X POST" in told
    assert f'curl -s -X PATCH "{fakes[0].url}/assistants/$assistant_1"' in told
    assert f'curl -s -X PATCH "{fakes[1].url}/assistants/$assistant_1"' in told
    assert "seed 1" in told


def test_a_program_reads_json(fakes: tuple[Fake, Fake], capsys: pytest.CaptureFixture[str]) -> None:
    fakes[1].app.fault = patch_says_something_else

    compare(fakes, *SHORT, "--format", "json")

    told = json.loads(capsys.readouterr().out)
    assert told["same"] is False
    (difference,) = told["differences"]
    assert difference["operation"] == "PATCH /assistants/{assistant_id}"
    assert difference["places"] == [{"step": 2, "place": "body.version", "a": "2", "b": "7"}]
    assert [step["operation"] for step in difference["steps"]] == [
        "POST /assistants",
        "PATCH /assistants/{assistant_id}",
    ]


def test_what_is_known_is_counted_and_no_failure(
    fakes: tuple[Fake, Fake], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    fakes[1].app.fault = patch_says_something_else
    known = tmp_path / "known.yaml"
    known.write_text(
        "- {operation: 'PATCH /assistants/*', place: body.version, values: '* | 7', reason: seven is fine}\n"
        "- {operation: POST /assistants, place: body.name, reason: it was so once}\n"
    )

    status = compare(fakes, *SHORT, "--known", str(known))

    told = capsys.readouterr().out
    assert status == 0
    assert "1 known difference showed" in told
    assert "does not show any more: POST /assistants: body.name (it was so once)" in told


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a: 1", "it holds a list"),
        ("- 7", "entry 1: it is"),
        ("- {operation: x, place: y}", "entry 1: reason is missing"),
        ("- {operation: x, place: y, raeson: z}", 'unknown key "raeson". Did you mean "reason"?'),
        ("- {operation: x, place: 7, reason: z}", "place is a text, not 7"),
        ("- {", "known.yaml"),
    ],
)
def test_a_file_of_known_differences_is_read_with_care(
    text: str, complaint: str, fakes: tuple[Fake, Fake], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    known = tmp_path / "known.yaml"
    known.write_text(text)

    status = compare(fakes, "--known", str(known))

    assert status == 2
    assert complaint in capsys.readouterr().err


@pytest.mark.parametrize("side", [0, 1])
def test_a_server_that_cannot_be_reached_is_named(
    side: int, fakes: tuple[Fake, Fake], capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and nobody listens there
        gone = f"http://127.0.0.1:{taken.getsockname()[1]}"
        urls = [fakes[0].url, fakes[1].url]
        urls[side] = gone

        status = main(["compare", *urls])

    assert status == 2
    assert f"{gone} cannot be reached" in capsys.readouterr().err


def test_servers_without_a_graph_in_common_cannot_be_compared(
    fakes: tuple[Fake, Fake], capsys: pytest.CaptureFixture[str]
) -> None:
    fakes[1].play("demo")

    status = compare(fakes)

    assert status == 2
    assert "have no graph in common" in capsys.readouterr().err


def test_a_graph_that_one_has_not_is_named(fakes: tuple[Fake, Fake], capsys: pytest.CaptureFixture[str]) -> None:
    status = compare(fakes, "--graph-id", "stepz")

    assert status == 2
    assert f'{fakes[0].url} has no graph "stepz". Did you mean "steps"?' in capsys.readouterr().err


def test_only_the_graph_that_is_asked_for_runs(fakes: tuple[Fake, Fake]) -> None:
    compare(fakes, "--graph-id", "steps", "--max-examples", "20")

    ran = {
        exchange.asked["assistant_id"] for exchange in fakes[0].app.asked if exchange.at("POST /threads/*/runs/wait")
    }
    assert "steps" in ran
    assert not ran & {"agent", "chat", "custom", "parent", "par", "ctx", "cfg"}


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (("--include", "Theads"), 'nothing is called "Theads". Did you mean "Threads"?'),
        (("--include", "System"), "no operation that can be compared is left"),
        (("--api", "agent-sever"), 'unknown API "agent-sever". Did you mean "agent-server"?'),
        (("--header", "secret"), "--header 1 is not of the form NAME:VALUE"),
        (("--api-key-b", " "), "--api-key-b is empty"),
        (("--known", "nowhere.yaml"), "--known nowhere.yaml: No such file"),
    ],
)
def test_an_option_that_is_wrong_says_so(
    options: tuple[str, ...], complaint: str, fakes: tuple[Fake, Fake], capsys: pytest.CaptureFixture[str]
) -> None:
    status = compare(fakes, *options)

    told = capsys.readouterr().err
    assert status == 2
    assert complaint in told
    assert "secret" not in told


def test_operations_are_chosen_by_tag_name_and_path(fakes: tuple[Fake, Fake]) -> None:
    compare(
        fakes, "--include", "/store", "--include", "Crons", "--exclude", "DELETE /store/items", "--max-examples", "30"
    )

    asked = {exchange.path.split("/")[1] for exchange in fakes[0].app.asked if exchange.method in ("PUT", "PATCH")}
    assert asked == {"store", "runs"}


def test_credentials_are_sent_to_whom_they_are_for_and_shown_to_nobody(
    fakes: tuple[Fake, Fake], capsys: pytest.CaptureFixture[str]
) -> None:
    fakes[1].app.fault = patch_says_something_else
    for fake in fakes:
        fake.app.credentials.clear()

    compare(fakes, *SHORT, "--api-key-a", "key-of-a", "--header-b", "x-api-key: key-of-b")

    told = capsys.readouterr()
    assert fakes[0].app.credentials == {"key-of-a"}
    assert fakes[1].app.credentials == {"key-of-b"}
    assert "key-of" not in told.out + told.err
    assert "x-api-key: [hidden]" in told.out


def test_user_and_password_of_an_address_are_not_shown(
    fakes: tuple[Fake, Fake], capsys: pytest.CaptureFixture[str]
) -> None:
    fakes[1].app.fault = patch_says_something_else
    one = fakes[0].url.replace("://", "://ada:lovelace@")

    main(["compare", one, fakes[1].url, *SHORT])

    told = capsys.readouterr()
    assert "lovelace" not in told.out + told.err
    assert f"A {fakes[0].url}" in told.out


def test_what_is_no_address_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["compare", "localhost:2024", "http://127.0.0.1:1"])

    assert status == 2
    assert "URL_A is the base address of a server" in capsys.readouterr().err
