"""What a check makes is gone when it is over: at its end, after Ctrl-C, and with --sweep after it was killed."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.conformance.broken.proxy import Told
from tests.conformance.checked import QUICK, Breakable, Check, fails

WHILE = "POST /threads/{thread_id}/history"
"""Asked when much has been made."""
LONG = ("--contract", "observed", "--phases", "coverage,laws", "--max-examples", "5", "--include-tag", "Threads")


@contextmanager
def checking(deployment: Breakable) -> Iterator[subprocess.Popen[str]]:
    """Check in a process of its own; what comes in the block comes when it is in the middle of it."""
    middle = threading.Event()

    async def tells(asked: Any) -> Told:
        middle.set()
        return await asked.told()  # type: ignore[no-any-return]

    deployment.proxy.break_with({WHILE: tells})
    command = [sys.executable, "-m", "understudy", "check", deployment.url, *LONG]
    with subprocess.Popen(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            assert middle.wait(60)
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_after_an_interruption_nothing_is_left(number: signal.Signals, deployment: Breakable) -> None:
    before = deployment.holds()

    with checking(deployment) as process:
        assert deployment.holds() != before
        process.send_signal(number)
        out, err = process.communicate(timeout=60)

    assert process.returncode == 130
    assert out.splitlines()[-1] == (
        f"interrupted: {deployment.url} was not checked to the end; what the check made is removed"
    )
    assert "Traceback" not in err
    assert deployment.holds() == before


def test_a_second_interruption_leaves_what_is_there_and_says_how_to_sweep(deployment: Breakable, check: Check) -> None:
    before = deployment.holds()
    cleaning = threading.Event()

    async def hangs(asked: Any) -> Told:
        cleaning.set()
        await asyncio.sleep(2)
        return await asked.told()  # type: ignore[no-any-return]

    with checking(deployment) as process:
        deployment.proxy.break_with({"POST /runs/crons/search": hangs})
        process.send_signal(signal.SIGINT)
        assert cleaning.wait(30)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)

    assert process.returncode == 130
    assert out.splitlines()[-1].endswith(f"this removes it: understudy check --sweep {deployment.url}")
    assert "Traceback" not in err
    deployment.proxy.break_with({})
    assert check("--sweep", deployment.url).status == 0
    assert deployment.holds() == before


def test_a_sweep_removes_what_a_check_left_that_was_killed(deployment: Breakable, check: Check) -> None:
    deployment.server.create_thread(metadata={"whose": "somebody's"})
    deployment.server.put("/store/items", {"namespace": ["somebody"], "key": "k", "value": {}}).raise_for_status()
    before = deployment.holds()
    with checking(deployment) as process:
        process.kill()
    assert len(deployment.holds()["threads"]) > 1

    told = check("--sweep", deployment.url)

    left = deployment.holds()
    assert told.status == 0
    assert f"removed from {deployment.url}: " in told.out
    assert " threads" in told.out
    assert left == before


def test_a_sweep_finds_everything_of_every_kind_and_nothing_else(deployment: Breakable, check: Check) -> None:
    before = deployment.holds()
    mark = {"made_by": "understudy check", "understudy_check": "123456789abc"}
    server = deployment.server
    for _ in range(120):
        server.create_thread(metadata=mark)
    server.post("/assistants", {"graph_id": "agent", "metadata": mark}).raise_for_status()
    cron = {"assistant_id": "agent", "schedule": "@yearly", "metadata": mark, "input": {}}
    server.post("/runs/crons", cron).raise_for_status()
    for key in ("a", "b"):
        item: dict[str, Any] = {"namespace": ["understudy-check-123456789abc", "x"], "key": key, "value": {}}
        server.put("/store/items", item).raise_for_status()

    told = check("--sweep", deployment.url)

    assert told.status == 0
    assert "1 crons, 120 threads, 1 assistants, 1 items" in told.out
    assert deployment.holds() == before


def test_where_nothing_is_left_a_sweep_says_so(deployment: Breakable, check: Check) -> None:
    told = check("--sweep", deployment.url)

    assert told.status == 0
    assert told.out == f"removed from {deployment.url}: nothing: no check has left anything\n"


def test_a_sweep_that_cannot_remove_something_says_what(deployment: Breakable, check: Check) -> None:
    mark = {"made_by": "understudy check", "understudy_check": "123456789abc"}
    thread = deployment.server.create_thread(metadata=mark)
    deployment.proxy.break_with({"DELETE /threads/{thread_id}": fails})

    told = check("--sweep", deployment.url)

    assert told.status == 1
    assert f"threads {thread} is still there: DELETE /threads/{{thread_id}} answered 500" in told.err


async def only_says_so(asked: Any) -> Told:
    return Told(204)


def test_what_cannot_be_removed_is_a_failure(deployment: Breakable, check: Check) -> None:
    deployment.break_with({"DELETE /threads/{thread_id}": only_says_so})

    told = check(
        deployment.url, "--contract", "observed", "--phases", "examples", "--include-operation", "POST /threads"
    )

    assert told.status == 1
    assert "Something that the check made is still there" in told.out
    assert "--sweep" in told.verdict


def test_whoever_reads_no_further_gets_no_traceback(deployment: Breakable) -> None:
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "understudy", "check", deployment.url, *QUICK]

    told = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    os.close(write)

    assert told.returncode == 0
    assert "Traceback" not in told.stderr
    assert "BrokenPipe" not in told.stderr


def test_a_check_leaves_what_others_have_as_it_is(deployment: Breakable, check: Check) -> None:
    deployment.server.create_thread(metadata={"whose": "somebody's"})
    before = deployment.holds()

    check(deployment.url, "--contract", "observed", "--phases", "examples,stateful", "--max-examples", "10")

    assert deployment.holds() == before


def test_the_quickest_check_leaves_nothing(deployment: Breakable, check: Check) -> None:
    before = deployment.holds()

    check(deployment.url, *QUICK)

    assert deployment.holds() == before
