"""`understudy check --api computer-agents`: what it asks for, what it prints, and its exit status."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest

from tests.conformance.broken.changes import answers
from tests.conformance.campaign import HEADERS, KEY
from tests.conformance.checked import Check
from tests.conformance.computer_agents.broken.changes import does_nothing
from tests.conformance.computer_agents.serving import API, Platform
from tests.conftest import Server
from understudy.cli import main
from understudy.conformance import Deployment, law_names, operation_names
from understudy.conformance.laws.computer_agents.agents import NEW_AGENT
from understudy.conformance.laws.computer_agents.platform import LIST
from understudy.contract.documents import load_contract
from understudy.errors import SetupError

QUICK = ("--contract", "observed", "--phases", "examples", "--max-examples", "2", "--include-path", "/v1/threads")
"""What is over in a moment."""


@pytest.mark.parametrize("prefix", ["", "/v1", "/v1/"])
def test_the_address_may_end_as_paths_begin(prefix: str, platform: Platform, check: Check) -> None:
    told = check(f"{platform.url}{prefix}", *QUICK)

    assert told.status == 0, told.out
    assert told.verdict == f"{platform.url} keeps its contract (computer-agents, observed)"


def test_what_executes_is_told(platform: Platform, check: Check) -> None:
    told = check(platform.url, *QUICK, "--graph-id", "agent_default")

    assert "agents agent_default" in told.err


def test_an_agent_that_is_not_there_is_told_with_the_nearest(
    platform: Platform, check: Check, capsys: pytest.CaptureFixture[str]
) -> None:
    told = check(platform.url, *QUICK, "--graph-id", "agent_defualt")

    assert told.status == 2
    assert 'the deployment has no agent "agent_defualt". Did you mean "agent_default"?' in told.err


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ((), "give a key with --api-key or --header"),
        (("--api-key", "tb_other"), "it refuses the key of --api-key or --header"),
        (("--header", "x-api-key: tb_other"), "it refuses the key of --api-key or --header"),
    ],
)
def test_without_its_key_nothing_is_checked(
    key: tuple[str, ...], told: str, platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["check", platform.url, "--api", API, *key])

    assert status == 2
    assert f"{platform.url} answers 401: {told}" in capsys.readouterr().err


def test_the_key_may_have_a_header_of_its_own(platform: Platform, capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["check", platform.url, "--api", API, "--header", f"X-API-Key: {KEY}", *QUICK])

    assert status == 0
    assert KEY not in capsys.readouterr().out


def test_what_is_no_such_deployment_is_told(running: Server, check: Check) -> None:
    told = check(running.url, *QUICK)

    assert told.status == 2
    assert (
        f"{running.url} is no Computer Agents deployment: GET /v1/agents answered 404 with application/json" in told.err
    )


def test_what_is_broken_is_told_with_its_line_and_no_key(platform: Platform, check: Check) -> None:
    platform.break_with({LIST: answers(lambda told: {"data": told["data"]})})

    told = check(platform.url, *QUICK)

    assert told.status == 1
    assert "specs/computer-agents.yaml:" in told.out
    assert KEY not in told.out + told.err


def test_what_is_known_does_not_fail(platform: Platform, check: Check, tmp_path: Path) -> None:
    platform.break_with({LIST: answers(lambda told: {"data": told["data"]})})
    known = ("--baseline", str(tmp_path / "known.json"))

    check(platform.url, *QUICK, *known, "--update-baseline")

    told = check(platform.url, *QUICK, *known)

    assert told.status == 0, told.out


@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")  # Schemathesis leaves closing them to chance
def test_reports_are_written(platform: Platform, check: Check, tmp_path: Path) -> None:
    told = check(platform.url, *QUICK, "--report", "html,sarif,junit,json")

    assert told.status == 0
    assert len(list((tmp_path / "report").iterdir())) >= 4
    assert all(KEY.encode() not in file.read_bytes() for file in (tmp_path / "report").rglob("*") if file.is_file())


def test_a_deployment_that_makes_no_agent_is_not_checked_and_nothing_is_left(platform: Platform, check: Check) -> None:
    platform.break_with({NEW_AGENT: does_nothing(403, error="Forbidden", message="not yours")})

    told = check(platform.url, *QUICK)

    assert told.status == 2
    assert "is no Computer Agents deployment: POST /v1/agents answered 403" in told.err
    assert platform.holds()["environments"] == []


def test_a_plan_sends_nothing_and_tells_what_would_be_made(platform: Platform, check: Check) -> None:
    told = check(platform.url, "--dry-run")

    assert told.status == 0
    assert "writes  POST /v1/threads/{threadId}/copy" in told.out
    assert "writes  GET /v1/environments/default" in told.out
    assert "Before: an agent and a computer are made. After: everything that was made is removed." in told.out


def test_the_published_contract_is_what_the_vendor_documents(platform: Platform, check: Check) -> None:
    told = check(platform.url, "--phases", "examples,laws,streams", "--max-examples", "1", "--include-tag", "Threads")

    assert told.status == 0, told.out
    promised, all_of_them = law_names(api=API), law_names(api=API, contract="observed")
    assert "copy-keeps-messages" in promised
    assert set(promised) < set(all_of_them)
    assert "copy-status" not in promised


def test_no_deployment_of_what_steers_the_server_is_checked(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["check", "http://127.0.0.1:9", "--api", "control"])

    assert status == 2
    assert 'no deployment of "control" can be checked' in capsys.readouterr().err


def test_a_suite_holds_a_deployment_law_by_law_and_operation_by_operation(platform: Platform) -> None:
    with Deployment(f"{platform.url}/v1", api=API, headers=HEADERS[API], contract="observed", max_examples=2) as held:
        held.check_law("copy-keeps-messages")
        held.check_operation("POST /v1/threads/{threadId}/copy")
        with pytest.raises(SetupError, match="has no law"):
            held.check_law("copy-is-whole")

    assert platform.holds()["threads"] == []
    assert "POST /v1/threads/{threadId}/copy" in operation_names(api=API, tags=["Threads"])


def test_two_servers_are_not_compared(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["compare", "http://127.0.0.1:9", "http://127.0.0.1:10", "--api", API])

    assert status == 2
    assert 'no two servers of "computer-agents" can be compared, but of agent-server.' in capsys.readouterr().err


def test_a_document_that_lacks_an_operation_has_drifted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = copy.deepcopy(load_contract(API).published)
    del document["paths"][LIST.partition(" ")[2]]["get"]
    theirs = tmp_path / "theirs.json"
    theirs.write_text(json.dumps(document))

    status = main(["drift", str(theirs), "--api", API])

    assert status == 1
    assert "1 difference from the published contract of computer-agents" in capsys.readouterr().out
