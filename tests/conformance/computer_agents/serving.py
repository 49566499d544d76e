"""A server of the Computer Agents API that can be broken, and what is there in it."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

from tests.conformance.broken.proxy import Change, Proxy
from tests.conformance.campaign import HEADERS, KEY
from tests.conftest import Server
from understudy.config import Settings
from understudy.state.world import World

API = "computer-agents"


class Platform:
    """A server of our own that can be broken. Whoever asks it needs the key."""

    def __init__(self) -> None:
        settings = Settings(apis=(API,), strict=True, api_keys=(KEY,))
        self.server = Server(settings, around=self._around)
        self.server.client.headers.update(HEADERS[API])
        # Much of what a check sends is wrong on purpose.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        self.url = self.server.url

    def _around(self, app: Any) -> Any:
        self.proxy = Proxy(app)
        return self.proxy

    def break_with(self, changes: Mapping[str, Change]) -> None:
        """Begin a new world, in which this is done instead."""
        self.server.begin(World)
        self.proxy.break_with(changes)

    def make(self, noun: str, **body: Any) -> dict[str, Any]:
        """Make something of a kind that is named in the plural, and return it."""
        answer = self.server.post(f"/v1/{noun}", body).raise_for_status()
        return dict(answer.json()[noun.removesuffix("s")])

    def holds(self) -> dict[str, Any]:
        """Everything that is there, as the API tells it: threads with what was said, computers with snapshots."""
        found = {noun: self._listed(noun) for noun in ("threads", "environments", "agents", "projects")}
        for thread in found["threads"]:
            thread["messages"] = self._read(f"/v1/threads/{thread['id']}")["thread"]["messages"]
            thread["steps"] = self._read(f"/v1/threads/{thread['id']}/steps")["data"]
        for computer in found["environments"]:
            computer["container"] = self._read(f"/v1/environments/{computer['id']}/status")
            computer["snapshots"] = self._read(f"/v1/environments/{computer['id']}/snapshots")["data"]
        return found

    def _listed(self, noun: str) -> list[Any]:
        rows = self._read(f"/v1/{noun}?limit=100")["data"]
        return sorted(rows, key=json.dumps)

    def _read(self, path: str) -> Any:
        return self.server.get(path).raise_for_status().json()
