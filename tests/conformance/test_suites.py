"""Somebody's own suite, as pytest runs it in a process of its own: on a server that is right, and on broken ones."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest import SkipTest

import pytest

from tests.conftest import Server
from tests.packaging.tree import ROOT
from understudy.conformance import Deployment, law_names, operation_names, serving
from understudy.errors import SetupError
from understudy.state.world import World

SUITE = """
import pytest

from tests.conformance.broken.faults import ANSWER_FAULTS, LAW_FAULTS
from tests.conformance.broken.proxy import Proxy
from understudy.app import create_app
from understudy.conformance import Deployment, law_names, operation_names, serving
from understudy.config import Settings
from understudy.scenarios import build, find, read
from understudy.state.worlds import Worlds

world = build([read(find("reference"))])
before = len(world.assistants)
app = Proxy(create_app(Settings(), Worlds(lambda: world)))
app.break_with(next((fault.changes for fault in (*LAW_FAULTS, *ANSWER_FAULTS) if fault.name == FAULT), {}))


@pytest.fixture(scope="session")
def deployment():
    with serving(app) as url, Deployment(url, contract="observed", max_examples=12) as deployment:
        yield deployment
    assert (len(world.threads), len(world.assistants)) == (0, before)


@pytest.mark.parametrize("law", law_names(contract="observed"))
def test_law(deployment, law):
    deployment.check_law(law)


@pytest.mark.parametrize("operation", operation_names(contract="observed"))
def test_operation(deployment, operation):
    deployment.check_operation(operation)
"""


def suite(folder: Path, chosen: str, *, fault: str = "") -> subprocess.CompletedProcess[str]:
    """Run those tests of the suite whose names `chosen` fits, on a server with a fault or with none."""
    (folder / "test_contract.py").write_text(f"FAULT = {fault!r}\n{SUITE}")
    command = [sys.executable, "-m", "pytest", "-rA", "-p", "no:cacheprovider", "-k", chosen, "test_contract.py"]
    environment = {"PATH": "", "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_a_server_that_keeps_its_contract_passes(tmp_path: Path) -> None:
    done = suite(tmp_path, "thread-patch-merges or store-overwrites or threads/count")

    assert done.returncode == 0, done.stdout
    for name in ("law[thread-patch-merges]", "law[store-overwrites]", "operation[POST /threads/count]"):
        assert f"PASSED test_contract.py::test_{name}" in done.stdout


def test_a_broken_server_fails_the_law_with_its_sentence_and_what_to_type(tmp_path: Path) -> None:
    done = suite(tmp_path, "store-overwrites or store-labels", fault="get-shows-an-old-value")

    assert done.returncode == 1, done.stdout
    assert "FAILED test_contract.py::test_law[store-overwrites] - AssertionError: " in done.stdout
    assert "PASSED test_contract.py::test_law[store-labels]" in done.stdout
    assert "(store-overwrites, of PUT /store/items)" in done.stdout
    assert "$ curl -X PUT " in done.stdout


def test_an_answer_that_the_document_lacks_fails_the_operation_with_what_to_type(tmp_path: Path) -> None:
    done = suite(tmp_path, "operation and PUT and store", fault="empty-answer-with-200")

    assert done.returncode == 1, done.stdout
    assert (
        "FAILED test_contract.py::test_operation[PUT /store/items] - AssertionError: PUT /store/items: " in done.stdout
    )
    assert "Received: 200" in done.stdout
    assert "$ curl -X PUT " in done.stdout


def test_a_server_that_keeps_what_it_is_told_to_delete_fails_in_the_end(tmp_path: Path) -> None:
    done = suite(tmp_path, "store-overwrites", fault="deleted-item-stays")

    assert done.returncode == 1, done.stdout
    assert "PASSED test_contract.py::test_law[store-overwrites]" in done.stdout
    assert "something is left in http://127.0.0.1:" in done.stdout


def test_its_names_can_be_imported_without_what_takes_time_to_import() -> None:
    code = (
        "import sys, understudy.conformance as all; assert 'Deployment' in dir(all); "
        "print([name for name in ('schemathesis', 'hypothesis', 'requests', 'yaml') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_names_can_be_those_of_a_tag() -> None:
    assert "POST /store/namespaces" in operation_names(tags=["Store"])
    assert not {"POST /threads", "GET /ok"} & set(operation_names(tags=["Store"]))
    assert "store-agrees" in law_names(tags=["Store"])
    assert "copy-is-independent" not in law_names(tags=["Store"])


def test_streams_without_an_end_are_left_to_laws() -> None:
    assert "GET /threads/{thread_id}/stream" not in operation_names()


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (lambda: law_names(tags=["Stor"]), "Store"),
        (lambda: operation_names(tags=["Thread"]), "Threads"),
    ],
)
def test_a_tag_that_there_is_not_is_told_with_the_nearest_that_there_is(wrong: Any, right: str) -> None:
    with pytest.raises(SetupError, match=f'Did you mean "{right}"'):
        wrong()


def test_a_name_that_there_is_not_is_told_with_the_nearest_that_there_is(server: Server) -> None:
    server.play("reference")

    with Deployment(server.url, contract="observed") as deployment:
        with pytest.raises(SetupError, match=r'no law "store-agree".*Did you mean "store-agrees"'):
            deployment.check_law("store-agree")
        with pytest.raises(SetupError, match=r'no operation "POST /thread".*Did you mean "POST /threads"'):
            deployment.check_operation("POST /thread")


def test_a_law_that_cannot_be_examined_is_skipped(server: Server) -> None:
    server.world = World()  # without a graph that could run

    with (
        Deployment(server.url, contract="observed") as deployment,
        pytest.raises(SkipTest, match="wait-and-join-agree cannot be examined: "),
    ):
        deployment.check_law("wait-and-join-agree")


def test_an_app_that_does_not_start_is_told_at_once() -> None:
    async def failing(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "no database"})

    with pytest.raises(SetupError, match="the app did not start"), serving(failing):
        pass


def test_a_deployment_that_nobody_serves_is_told() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})

    with serving(app) as url:
        pass

    with pytest.raises(SetupError, match=f"nobody answers at {url}"), Deployment(url):
        pass
