"""The files that `understudy check` writes, and what is in none of them."""

from __future__ import annotations

import base64
import html
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.conformance.broken.proxy import Change, Told
from tests.conformance.checked import QUICK, Breakable, Check, breakable, fails
from understudy.cli import main
from understudy.conformance.reporting.hiding import HIDDEN, Hiding
from understudy.conformance.settings import Settings

# Schemathesis opens its files once to see whether it can, and leaves closing them to chance.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")

COUNT = "POST /threads/count"
ALL = ("--report", "html,junit,json,ndjson,har,sarif")
LAWS = (
    *("--contract", "observed", "--phases", "examples,laws", "--max-examples", "2"),
    *("--include-path", "/threads/count", "--include-path", "/threads/search"),
)
"""A few laws, and what is made up for the same operations."""


async def never_finds(asked: Any) -> Told:
    return Told(200, b"[]")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "report"


@pytest.fixture(scope="module")
def reported(breaking: Breakable, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of all reports about a server that breaks a law and fails."""
    folder = tmp_path_factory.mktemp("reports")
    breaking.break_with({"POST /threads/search": never_finds, COUNT: fails})
    assert main(["check", breaking.url, *LAWS, *ALL, "--report-dir", str(folder)]) == 1
    return folder


@pytest.fixture
def sarif(reported: Path) -> dict[str, Any]:
    """The run that a SARIF file tells of."""
    log = json.loads((reported / "check.sarif").read_text())
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    return dict(run)


# ------------------------------------------------------------------------------------------------------------- SARIF


def test_sarif_has_a_rule_for_every_law_and_for_every_check_that_failed(sarif: dict[str, Any]) -> None:
    rules = {rule["id"]: rule for rule in sarif["tool"]["driver"]["rules"]}

    assert rules["thread-is-found"]["shortDescription"]["text"].endswith(".")
    assert rules["not_a_server_error"]["shortDescription"]["text"] == "Server error"
    assert len(rules) == len(sarif["tool"]["driver"]["rules"])


def test_sarif_tells_of_each_result_where_the_document_says_otherwise(sarif: dict[str, Any]) -> None:
    rules = [rule["id"] for rule in sarif["tool"]["driver"]["rules"]]

    assert sarif["results"]
    for result in sarif["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        (location,) = result["locations"]
        assert location["physicalLocation"]["artifactLocation"]["uri"] == "specs/agent-server.yaml"
        assert location["physicalLocation"]["region"]["startLine"] > 1
        assert "$ curl -X " in result["message"]["text"]
        assert all(curl.startswith("curl -X ") for curl in result["properties"]["curls"])
        assert "suppressions" not in result


def test_sarif_tells_results_apart_by_what_makes_them_the_same(sarif: dict[str, Any]) -> None:
    prints = [result["partialFingerprints"]["understudyIdentity/v1"] for result in sarif["results"]]

    assert len(set(prints)) == len(prints)


def test_sarif_tells_of_laws_that_could_not_be_looked_at(deployment: Breakable, check: Check, folder: Path) -> None:
    deployment.break_with({COUNT: fails})

    check(deployment.url, *LAWS, "--report", "sarif")

    (invocation,) = json.loads((folder / "check.sarif").read_text())["runs"][0]["invocations"]
    told = [each["message"]["text"] for each in invocation["toolExecutionNotifications"]]
    assert any("could not be examined: POST /threads/count answered 500" in text for text in told)
    assert invocation["exitCode"] == 1
    assert invocation["executionSuccessful"] is True


def test_sarif_suppresses_what_the_baseline_knows(
    deployment: Breakable, check: Check, folder: Path, tmp_path: Path
) -> None:
    deployment.break_with({COUNT: fails})
    known = tmp_path / "known.json"
    check(deployment.url, *QUICK, "--baseline", str(known), "--update-baseline")
    written = json.loads(known.read_text())
    written["entries"][0]["deviations"] = {"D42": "boom"}
    known.write_text(json.dumps(written))

    told = check(deployment.url, *QUICK, "--baseline", str(known), "--report", "sarif")

    results = json.loads((folder / "check.sarif").read_text())["runs"][0]["results"]
    assert told.status == 0
    assert {result["suppressions"][0]["kind"] for result in results} == {"external"}
    assert results[0]["suppressions"][0]["justification"] == "Known from the baseline as D42."


# ------------------------------------------------------------------------------------------------------ other reports


def test_the_page_shows_the_worst_first_and_links_to_the_other_reports(reported: Path) -> None:
    page = (reported / "index.html").read_text()

    assert "breaks its contract" in page
    assert page.index("POST /threads/count: Server error") < page.index("POST /threads/search: ")
    assert "law thread-is-found" in page
    assert "Laws that hold" in page
    for href in ("html/index.html", "junit.xml", "check.json", "check.sarif"):
        assert f'href="{href}"' in page
        assert (reported / href).is_file()


def test_the_page_escapes_what_a_deployment_answers(deployment: Breakable, check: Check, folder: Path) -> None:
    async def evil(asked: Any) -> Told:
        return Told(500, b"<script>alert(1)</script>")

    deployment.break_with({COUNT: evil})

    check(deployment.url, *QUICK, "--report", "html")

    page = (folder / "index.html").read_text()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>" not in page


def test_a_law_is_a_test_case_of_its_own_in_junit(reported: Path) -> None:
    suite = ElementTree.parse(reported / "junit.xml").getroot()

    cases = {case.get("name"): case for case in suite.iter("testcase")}
    assert "thread-is-found" in cases
    assert cases[COUNT].find("failure") is not None


def test_a_law_that_is_broken_stands_among_the_operations_that_fail(reported: Path) -> None:
    page = (reported / "html" / "index.html").read_text()

    assert "Not tied to an operation" not in page
    assert 'id="op-thread-' in page


@pytest.mark.parametrize("kind", ["check.json", "check.har"])
def test_a_report_for_programs_is_json(kind: str, reported: Path) -> None:
    assert json.loads((reported / kind).read_text())


def test_without_reports_no_folder_is_made(deployment: Breakable, check: Check, folder: Path) -> None:
    check(deployment.url, *QUICK)

    assert not folder.exists()


# ------------------------------------------------------------------------------------------------------ credentials


def shows_what_it_was_sent(status: int) -> Change:
    """Answer with the headers that came, as a deployment does that copies them into what a run is configured with."""

    async def change(asked: Any) -> Told:
        return Told(status, json.dumps({"detail": "boom", "seen": asked.headers}).encode())

    return change


def everything_said(told: Any, folder: Path) -> dict[str, str]:
    files = {str(file): file.read_text(errors="replace") for file in folder.rglob("*") if file.is_file()}
    return {"stdout": told.out, "stderr": told.err, **files}


def test_credentials_are_sent_and_shown_nowhere(check: Check, folder: Path) -> None:
    secrets = ("key-of-mine-77", "tenant-of-mine-77", "bearer-of-mine-77")
    with breakable(api_keys=(secrets[0],)) as guarded:
        guarded.break_with({COUNT: shows_what_it_was_sent(500), "POST /threads/search": never_finds})
        told = check(
            *(guarded.url, *LAWS, *ALL, "--api-key", secrets[0], "--header", f"x-tenant: {secrets[1]}"),
            *("--header", f"authorization: Bearer {secrets[2]}"),
        )

    said = everything_said(told, folder)
    assert told.status == 1
    assert "$ curl" in said["stdout"]
    assert len(said) >= 8
    for name, text in said.items():
        assert not any(secret in text for secret in secrets), name


def test_user_and_password_of_an_address_are_sent_and_shown_nowhere(
    deployment: Breakable, check: Check, folder: Path
) -> None:
    deployment.break_with({COUNT: shows_what_it_was_sent(500)})

    told = check(deployment.url.replace("://", "://ada:lovelace@"), *QUICK, *ALL)

    said = everything_said(told, folder)
    assert told.status == 1
    for name, text in said.items():
        assert "lovelace" not in text, name
        assert "YWRhOmxvdmVsYWNl" not in text, name


def test_a_credential_is_hidden_however_a_file_has_it_written(tmp_path: Path) -> None:
    key = 'k&y<"of\\mine>77'
    told = json.dumps({"seen": key})
    written = [key, told, json.dumps(told), html.escape(told), base64.b64encode(told.encode()).decode()]
    file = tmp_path / "report"
    file.write_text("\n".join(written))

    Hiding(Settings(url="http://host", headers={"x-api-key": key})).clean([file])

    *plain, encoded = file.read_text().splitlines()
    assert not any("mine" in line for line in plain)
    assert json.loads(base64.b64decode(encoded)) == {"seen": HIDDEN}


def test_a_credential_is_not_sent_to_where_a_deployment_redirects(deployment: Breakable, check: Check) -> None:
    seen = list[str]()

    async def sees(asked: Any) -> Told:
        seen.append(asked.operation)
        return Told(200, b"[]")

    async def redirects(asked: Any) -> Told:
        return Told(307, headers={"location": f"{deployment.url}/threads/count"})

    deployment.break_with({COUNT: sees, "GET /threads/count": sees})

    with breakable() as elsewhere:
        elsewhere.break_with({"GET /info": redirects, "POST /assistants/search": redirects})
        told = check(elsewhere.url, "--api-key", "key-of-mine-77")

    assert told.status == 2
    assert told.err == f"understudy: {elsewhere.url} answers 307: it is elsewhere. Give that address.\n"
    assert seen == []


@pytest.mark.parametrize("options", [(), ("--read-only",), ("--sweep",)])
@pytest.mark.parametrize(
    ("key", "answered"),
    [
        (None, "401: give a key with --api-key or --header"),
        ("another-key-77", "403: it refuses the key of --api-key or --header"),
    ],
)
def test_a_deployment_that_wants_a_key_is_not_checked_without_it(
    key: str | None, answered: str, options: tuple[str, ...], check: Check
) -> None:
    with breakable(api_keys=("key-of-mine-77",)) as guarded:
        guarded.break_with({})
        told = check(guarded.url, *options, *(("--api-key", key) if key else ()))

    assert told.status == 2
    assert told.err == f"understudy: {guarded.url} answers {answered}\n"
