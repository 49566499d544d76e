"""A server to check from the command line, and what came of it."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.broken.proxy import Change, Proxy, Told
from tests.conftest import Server
from understudy.cli import main
from understudy.config import Settings

QUICK = ("--contract", "observed", "--phases", "examples", "--max-examples", "2", "--include-path", "/threads/count")
"""What is over in a moment."""


@dataclass
class Outcome:
    """What a command line said, and with what exit status it ended."""

    status: int
    out: str
    err: str

    @property
    def verdict(self) -> str:
        return self.out.splitlines()[-1]


class Breakable:
    """A server of our own that can be broken."""

    def __init__(self, **settings: Any) -> None:
        self.server = Server(Settings(**settings), around=self._around)
        # Much of what a check sends is wrong on purpose.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        self.url = self.server.url

    def _around(self, app: Any) -> Any:
        self.proxy = Proxy(app)
        return self.proxy

    def break_with(self, changes: Mapping[str, Change]) -> None:
        self.server.play("reference")
        self.proxy.break_with(changes)

    def holds(self) -> dict[str, Any]:
        """Everything that is there, as its API tells it."""
        found = {each: self._searched(each) for each in ("threads", "assistants", "runs/crons", "store/items")}
        return {each: sorted(rows, key=json.dumps) for each, rows in found.items()}

    def _searched(self, what: str) -> list[Any]:
        body: dict[str, Any] = {"namespace_prefix": []} if what == "store/items" else {}
        told = self.server.post(f"/{what}/search", {**body, "limit": 1000}).raise_for_status().json()
        return list(told["items"] if isinstance(told, dict) else told)


@contextmanager
def breakable(**settings: Any) -> Iterator[Breakable]:
    """Serve for a while."""
    server = Breakable(**settings)
    yield server
    server.server.close()


Check = Callable[..., Outcome]


def checker(capsys: pytest.CaptureFixture[str], folder: Path) -> Check:
    """Return what carries out `understudy check` with options."""

    def check(*options: str) -> Outcome:
        capsys.readouterr()
        status = main(["check", "--report-dir", str(folder / "report"), *options])
        told = capsys.readouterr()
        return Outcome(status, told.out, told.err)

    return check


async def fails(asked: Any) -> Told:
    """Fail, whatever is asked."""
    return Told(500, b'{"detail":"boom"}')


def dies(mortal: Breakable) -> Change:
    """Return what stops a server for good once it is asked."""

    async def change(asked: Any) -> Told:
        mortal.server._server.should_exit = True
        return Told(500)

    return change
