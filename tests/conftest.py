"""A live server for every test: one process-wide app that holds its own answers to the contract, a world per test."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.types import ASGIApp

from understudy.app import create_app
from understudy.config import Settings
from understudy.scenarios import find, read
from understudy.scenarios.beginnings import Beginning
from understudy.server.listening import address, opened
from understudy.state.world import World
from understudy.state.worlds import DEFAULT, Worlds


class Server:
    """The fake behind a real port, with something `around` it. `world` is what it serves now; each test gets one."""

    def __init__(self, settings: Settings, around: Callable[[ASGIApp], ASGIApp] = lambda app: app) -> None:
        self.worlds = Worlds(Beginning(()))
        app = around(create_app(settings, self.worlds))
        config = uvicorn.Config(app, log_level="warning", access_log=False)
        self._server = uvicorn.Server(config)
        self._socket = opened("127.0.0.1", 0)
        self.url = address(self._socket)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self.client = httpx.Client(base_url=self.url, timeout=10)
        while not self._server.started:
            if not self._thread.is_alive():
                raise RuntimeError("the server did not start")
            self._thread.join(0.01)

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self.loop = asyncio.get_running_loop()
        await self._server.serve(sockets=[self._socket])

    def close(self) -> None:
        """Stop it and wait until it has stopped."""
        self.client.close()
        self._server.should_exit = True
        self._thread.join(10)

    @property
    def world(self) -> World:
        """What is served to those who name no world."""
        return self.worlds.use()

    @world.setter
    def world(self, world: World) -> None:
        self.begin(lambda: world)

    def begin(self, begin: Callable[[], World]) -> None:
        """Serve a new world, and whenever it is reset another one. The one before ends."""

        async def replace() -> None:
            self.worlds.replace(DEFAULT, begin)

        asyncio.run_coroutine_threadsafe(replace(), self.loop).result(10)

    def play(self, scenario: str) -> None:
        """Serve a new world with a bundled scenario."""
        self.begin(beginning(scenario))

    def load(self, rows: dict[str, Any]) -> None:
        """Put rows of a scenario into the world; those with the same ids are replaced."""
        for thread in rows.get("threads", []):
            row = dict(thread)
            self.world.threads.restore(row, row.pop("history", []))

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.client.get(path, **options)

    def post(self, path: str, json: Any = None, **options: Any) -> httpx.Response:
        return self.client.post(path, json=json, **options)

    def put(self, path: str, json: Any = None, **options: Any) -> httpx.Response:
        return self.client.put(path, json=json, **options)

    def patch(self, path: str, json: Any = None, **options: Any) -> httpx.Response:
        return self.client.patch(path, json=json, **options)

    def delete(self, path: str, json: Any = None, **options: Any) -> httpx.Response:
        return self.client.request("DELETE", path, json=json, **options)

    def create_thread(self, **body: Any) -> str:
        """Return the id of a new thread."""
        thread_id: str = self.post("/threads", body).raise_for_status().json()["thread_id"]
        return thread_id


@cache
def beginning(scenario: str) -> Beginning:
    """Return what makes worlds with a bundled scenario."""
    return Beginning((read(find(scenario)),))


@pytest.fixture(scope="session")
def running() -> Iterator[Server]:
    """The one server of a test session."""
    server = Server(Settings(strict=True))
    yield server
    server.close()


@pytest.fixture
def server(running: Server) -> Server:
    """The server with a new world of the scenario `reference`: eight agents and nothing else."""
    running.play("reference")
    return running
