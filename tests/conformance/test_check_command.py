"""`understudy check`: what it prints, and its exit status."""

from __future__ import annotations

import asyncio
import http.server
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.broken.changes import answers
from tests.conformance.broken.proxy import Told
from tests.conformance.checked import QUICK, Breakable, Check, breakable, dies, fails
from understudy.cli import main
from understudy.conformance.laws.running import Trial
from understudy.conformance.laws.threads import ThreadPatchMerges
from understudy.conformance.ledger import Ledger
from understudy.conformance.reaching import asking
from understudy.conformance.settings import Settings
from understudy.conformance.stage import Stage

COUNT = "POST /threads/count"
THREADS = ("--include-tag", "Threads")
FEW = ("--max-examples", "2")


# ------------------------------------------------------------------------------------------------------ what came of it


def test_a_server_that_keeps_its_contract_exits_with_0(deployment: Breakable, check: Check) -> None:
    told = check(deployment.url, *QUICK)

    assert told.status == 0
    assert told.verdict == f"{deployment.url} keeps its contract (agent-server, observed)"


def test_what_is_broken_is_told_with_its_line_its_answer_and_a_request_that_shows_it(
    deployment: Breakable, check: Check
) -> None:
    deployment.break_with({COUNT: fails})

    told = check(deployment.url, *QUICK)

    assert told.status == 1
    assert "1. POST /threads/count: Server error; Undocumented status code\n" in told.out
    assert "not_a_server_error, status_code_conformance, specs/agent-server.yaml:" in told.out
    assert 'answered 500 {"detail":"boom"}' in told.out
    assert "$ curl -X POST" in told.out
    assert told.verdict == f"{deployment.url} breaks its contract (agent-server, observed) in 1 way"


def test_the_request_that_is_shown_shows_it_again(deployment: Breakable, check: Check) -> None:
    deployment.break_with({COUNT: fails})

    told = check(deployment.url, *QUICK)

    curl = next(line for line in told.out.splitlines() if line.strip().startswith("$ curl"))
    assert f"{deployment.url}/threads/count" in curl
    assert deployment.server.post("/threads/count", {}).status_code == 500


def test_a_law_that_is_broken_is_told_with_its_sentence_and_all_that_leads_to_it(
    deployment: Breakable, check: Check
) -> None:
    deployment.break_with({COUNT: answers(lambda count: count + 1)})

    told = check(
        deployment.url, "--contract", "observed", "--phases", "laws", "--include-path", "/threads/search", *FEW
    )

    assert told.status == 1
    assert "law thread-is-found, specs/agent-server.yaml:" in told.out
    assert told.out.count("$ curl") >= 2
    assert " laws hold, 0 broken" not in told.out


def test_the_worst_is_told_first(deployment: Breakable, check: Check) -> None:
    deployment.break_with({COUNT: answers(str), "POST /threads/search": fails})

    told = check(deployment.url, *QUICK, "--include-path", "/threads/search")

    assert told.out.index("1. POST /threads/search: Server error") < told.out.index("2. POST /threads/count: ")


def test_a_law_that_could_not_be_looked_at_is_told_with_the_reason(deployment: Breakable, check: Check) -> None:
    deployment.break_with({COUNT: fails})

    told = check(
        deployment.url, "--contract", "observed", "--phases", "laws", "--include-path", "/threads/search", *FEW
    )

    assert "could not be examined: POST /threads/count answered 500" in told.out
    assert "thread-is-found" in told.out


def test_how_far_it_has_got_goes_to_stderr_a_line_for_each_phase(deployment: Breakable, check: Check) -> None:
    told = check(
        deployment.url,
        *("--contract", "observed", "--phases", "examples,laws", "--max-examples", "1"),
        *("--include-operation", "POST /threads/count", "--include-operation", "POST /threads/{thread_id}/copy"),
    )

    phases = [line.split()[0] for line in told.err.splitlines()[2:]]
    assert phases == ["examples", "laws", "cleaning"]
    assert "held to agent-server, observed" in told.err
    assert not {"examples", "laws", "cleaning"} & {line.split()[0] for line in told.out.splitlines()}


def test_where_no_law_could_be_looked_at_nothing_is_said_to_be_kept(deployment: Breakable, check: Check) -> None:
    deployment.break_with({"POST /assistants": fails})

    told = check(deployment.url, "--contract", "observed", "--phases", "laws", "--include-path", "/runs/crons", *FEW)

    assert told.status == 2
    assert "no graph is known" in told.out
    assert told.verdict == f"{deployment.url} could not be checked: none of the laws could be examined"


def test_a_law_whose_turn_does_not_come_in_time_does_not_hold(deployment: Breakable) -> None:
    settings = Settings(url=deployment.url)
    trial = Trial(ThreadPatchMerges, Stage(Ledger("1a")), deadline=0)

    trial.run(asking(settings, "late"), examples=5, seed=1)

    assert trial.unexamined == "the time was over before its turn came"


def test_a_law_that_gets_no_answer_is_no_law_that_holds(deployment: Breakable, check: Check) -> None:
    copy = "POST /threads/{thread_id}/copy"

    async def hangs(asked: Any) -> Told:
        await asyncio.sleep(2)
        return Told(500)

    deployment.break_with({copy: hangs})

    told = check(
        *(deployment.url, "--contract", "observed", "--phases", "laws", "--timeout", "1", "--max-examples", "1"),
        *("--include-operation", copy, "--shard", "4/50"),
    )

    assert told.status == 1
    assert told.verdict.endswith(f"no whole answer came from {copy}")


# ------------------------------------------------------------------------------------------------------ what is sent


def test_a_dry_run_lists_what_would_be_sent_and_sends_nothing(check: Check) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and nobody listens there
        told = check(f"http://127.0.0.1:{taken.getsockname()[1]}", "--dry-run", "--include-tag", "Threads")

    assert told.status == 0
    assert "Nothing was sent." in told.out
    assert "writes  POST /threads\n" in told.out
    assert "reads   POST /threads/search\n" in told.out
    assert "copy-is-independent: " in told.out
    assert "/assistants" not in told.out.partition("laws")[0]


def test_a_check_that_only_reads_changes_nothing(deployment: Breakable, check: Check) -> None:
    deployment.server.create_thread(metadata={"whose": "somebody's"})
    before = deployment.holds()

    told = check(deployment.url, "--read-only", "--phases", "examples,coverage", "--contract", "observed", *THREADS)

    assert told.status == 0
    assert deployment.holds() == before
    assert "0 laws" in told.err


# ------------------------------------------------------------------------------------------------------ baselines


@pytest.fixture
def known(deployment: Breakable, check: Check, tmp_path: Path) -> Path:
    """A baseline that knows of a count that fails."""
    deployment.break_with({COUNT: fails})
    path = tmp_path / "known.json"
    told = check(deployment.url, *QUICK, "--baseline", str(path), "--update-baseline")
    assert f"{path}: 2 entries added, 2 in all" in told.out
    return path


def test_what_the_baseline_knows_is_counted_and_no_failure(deployment: Breakable, check: Check, known: Path) -> None:
    written = json.loads(known.read_text())
    for number, entry in enumerate(written["entries"], start=41):
        entry["deviations"] = {f"D{number}": "boom"}
    known.write_text(json.dumps(written))

    told = check(deployment.url, *QUICK, "--baseline", str(known))

    assert told.status == 0
    assert "known from the baseline, and no failures: 2: D41 D42" in told.out
    assert "Server error" not in told.out


@pytest.mark.parametrize("operation", ["POST /runs/wait", "POST /threads/count"])
def test_an_operation_that_is_down_is_news_whatever_ships_as_known_of_some_requests(
    deployment: Breakable, check: Check, operation: str
) -> None:
    deployment.break_with({operation: fails})

    told = check(deployment.url, "--phases", "coverage", "--max-examples", "2", "--include-operation", operation)

    assert told.status == 1
    assert f"1. {operation}: Server error" in told.out


def test_what_the_baseline_does_not_know_is_news(deployment: Breakable, check: Check, known: Path) -> None:
    deployment.break_with({COUNT: fails, "POST /threads/search": fails})

    told = check(deployment.url, *QUICK, "--include-path", "/threads/search", "--baseline", str(known))

    assert told.status == 1
    assert "1. POST /threads/search: Server error" in told.out
    assert "POST /threads/count" not in told.out


@pytest.mark.parametrize(("options", "status"), [((), 0), (("--strict-baseline",), 1)])
def test_what_the_baseline_knows_and_does_not_occur_is_listed(
    options: tuple[str, ...], status: int, deployment: Breakable, check: Check, known: Path
) -> None:
    deployment.break_with({})

    told = check(deployment.url, *QUICK, "--baseline", str(known), *options)

    assert told.status == status
    assert "in the baseline, but not seen any more: 2" in told.out
    assert "    POST /threads/count: not_a_server_error" in told.out
    assert ("--strict-baseline" in told.verdict) is bool(options)


@pytest.mark.parametrize("name", ["auto", "none", "langgraph-api-0.16.7"])
def test_a_baseline_is_only_written_into_a_file_of_ones_own(name: str, deployment: Breakable, check: Check) -> None:
    told = check(deployment.url, *QUICK, "--baseline", name, "--update-baseline")

    assert told.status == 2
    assert told.err.splitlines()[-1].startswith(
        f"understudy: --update-baseline writes into a file of your own, not into --baseline {name}"
    )


# ------------------------------------------------------------------------------------------------------ wrong options


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (("--include-tag", "Theads"), '--include-tag: the document has no "Theads". Did you mean "Threads"?'),
        (("--exclude-path", "/thread"), '--exclude-path: the document has no "/thread". Did you mean "/threads"?'),
        (("--include-operation", "POST /thread"), 'no "POST /thread". Did you mean "POST /threads"?'),
        (("--include-tag", "Store", "--exclude-tag", "Store"), "there is nothing to check"),
        (("--phases", "laws,lws"), '--phases: there is no "lws". Did you mean "laws"?'),
        (("--report", "htm"), '--report: there is no "htm". Did you mean "html"?'),
        (("--contract", "publishd"), '"publishd" is no value of --contract. Did you mean "published"?'),
        (("--api", "agent-sever"), 'unknown API "agent-sever". Did you mean "agent-server"?'),
        (("--max-examples", "0"), '--max-examples is a whole number, at least 1, not "0"'),
        (("--max-time", "soon"), '--max-time is a whole number, at least 1, not "soon"'),
        (("--workers", "-1"), "--workers"),
        (("--seed", "x"), '--seed is a whole number, at least 0, not "x"'),
        (("--timeout", "x"), '--timeout is a whole number, at least 1, not "x"'),
        (("--shard", "6/5"), '--shard is written as in 2/5, the second of five parts, not "6/5"'),
        (("--rate-limit", "5"), '--rate-limit is written as in 100/m (s, m, h or d), not "5"'),
        (("--header", "hush"), "--header 1 is not of the form NAME:VALUE"),
        (("--header", "x-tenant: hush\nhush"), "--header 1 is not of the form NAME:VALUE"),
        (("--api-key", "hush\nhush"), "--api-key is empty, or has characters that no header may have"),
        (("--api-key", "hush→"), "--api-key is empty, or has characters that no header may have"),
        (("--include-path", "/threads/count", "--phases", "examples", "--shard", "2/2"), "nothing to check in part 2"),
        (("--spec", "nowhere.yaml"), "cannot read nowhere.yaml: No such file"),
        (("--baseline", "nowhere.json"), 'there is no baseline "nowhere.json"'),
        (("--graph-id", "stepz"), 'the deployment has no graph "stepz". Did you mean "steps"?'),
        (("--report", "json", "--report-dir", __file__), f"cannot write reports to {__file__}"),
        (("--includ-tag", "Threads"), 'unknown argument "--includ-tag". Did you mean "--include-tag"?'),
    ],
)
def test_an_option_that_is_wrong_says_so_and_leaves_nothing_behind(
    options: tuple[str, ...], complaint: str, deployment: Breakable, capsys: pytest.CaptureFixture[str]
) -> None:
    before = deployment.holds()

    try:
        status = main(["check", deployment.url, *options])
    except SystemExit as exit:
        status = int(str(exit.code))

    told = capsys.readouterr().err
    assert status == 2
    assert complaint in told
    assert "Traceback" not in told
    assert "hush" not in told
    assert deployment.holds() == before


@pytest.mark.parametrize("text", ["no json", "[]", '{"format_version": 7, "entries": []}'])
def test_a_file_that_is_no_baseline_is_named(text: str, deployment: Breakable, check: Check, tmp_path: Path) -> None:
    path = tmp_path / "known.json"
    path.write_text(text)

    told = check(deployment.url, *QUICK, "--baseline", str(path))

    assert told.status == 2
    assert f"{path} is no baseline" in told.err


@pytest.mark.parametrize(
    "url", ["localhost:2024", "ftp://ada:lovelace@host", "http://ada:lovelace@host:port", "http://"]
)
def test_what_is_no_address_is_refused_and_no_password_told(url: str, check: Check) -> None:
    told = check(url)

    assert told.status == 2
    assert "is no address" in told.err
    assert "lovelace" not in told.err


# ------------------------------------------------------------------------------------------- what is no Agent Server


@pytest.fixture
def web_server() -> Iterator[str]:
    """A web server that is no Agent Server, whatever it is asked."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("options", [(), ("--read-only",), ("--sweep",)])
def test_what_is_no_agent_server_is_not_checked(options: tuple[str, ...], web_server: str, check: Check) -> None:
    told = check(web_server, *options)

    assert told.status == 2
    assert f"{web_server} is no Agent Server: POST /assistants/search answered 501 with text/html" in told.err


@pytest.mark.parametrize("options", [(), ("--read-only",), ("--sweep",)])
def test_where_nobody_answers_nothing_is_checked(options: tuple[str, ...], check: Check) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and nobody listens there
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"

        told = check(url, *options)

    assert told.status == 2
    assert told.err.startswith(f"understudy: nobody answers at {url}: ")
    assert told.err.count("\n") == 1


def test_a_deployment_that_dies_is_told_of_with_what_was_found_before(check: Check) -> None:
    with breakable() as mortal:
        mortal.break_with({COUNT: fails, "POST /threads/search": dies(mortal)})

        told = check(
            mortal.url,
            *("--contract", "observed", "--phases", "examples,laws", "--max-examples", "2"),
            *("--include-path", "/threads/count", "--include-path", "/threads/search", "--include-tag", "Store"),
        )

    assert told.status == 1
    assert "POST /threads/count: Server error" in told.out
    assert f"understudy check --sweep {mortal.url}" in told.verdict
    assert "Traceback" not in told.out + told.err
