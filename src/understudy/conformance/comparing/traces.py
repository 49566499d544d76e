"""What a comparison leaves on a server, so that nothing of it stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from understudy.conformance.comparing.steps import filled
from understudy.conformance.ledger import LABEL, MARK

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from understudy.conformance.comparing.deployment import Answer, Deployment
    from understudy.conformance.comparing.steps import Step

_IDS: Mapping[str, str] = {"cron_id": "/runs/crons/{}", "thread_id": "/threads/{}", "assistant_id": "/assistants/{}"}
"""The address of what has an id of this name, in the order in which things are deleted."""

_MAKING: Mapping[str, str] = {
    "POST /assistants": "assistant_id",
    "POST /runs": "thread_id",
    "POST /runs/batch": "thread_id",
    "POST /runs/crons": "cron_id",
    "POST /threads": "thread_id",
    "POST /threads/{thread_id}/copy": "thread_id",
    "POST /threads/{thread_id}/runs/crons": "cron_id",
}
"""What the answer of an operation names that was made; a run on a thread that is made by it has it in its path."""

_SEARCHES: Mapping[str, str] = {
    "/runs/crons/search": "cron_id",
    "/threads/search": "thread_id",
    "/assistants/search": "assistant_id",
}
_PAGE = 100
_MOST_PAGES = 50


class Traces:
    """What was made on one server. Deleted are ids that answers named, and at the end all that carries the mark."""

    def __init__(self, deployment: Deployment, check_id: str) -> None:
        self.check_id = check_id
        self._deployment = deployment
        self._made: dict[str, dict[str, None]] = {key: {} for key in _IDS}
        self._items: dict[tuple[tuple[str, ...], str], None] = {}

    @property
    def label(self) -> str:
        """The first label of every namespace in the store that is written to."""
        return f"{LABEL}-{self.check_id}"

    def note(self, step: Step, answer: Answer, values: Mapping[str, str]) -> None:
        """Note what a step has made, if it has."""
        if not answer.ok:
            return
        key = _MAKING.get(step.operation)
        rows = answer.body if isinstance(answer.body, list) else [answer.body]
        for row in rows if key else ():
            if isinstance(row, dict) and isinstance(row.get(key), str):
                self._made[str(key)][row[str(key)]] = None
        if step.operation == "PUT /store/items":
            body = filled(step.body, values)
            self._items[tuple(map(str, body["namespace"])), str(body["key"])] = None
        if "thread_id" in step.path and (thread := values.get(step.path["thread_id"])):
            self._made["thread_id"][thread] = None
        location = answer.headers.get("content-location", "").split("/")
        if location[1:2] == ["threads"]:
            self._made["thread_id"][location[2]] = None

    def clear(self) -> None:
        """Delete what was made since the last time."""
        for key, address in _IDS.items():
            made, self._made[key] = self._made[key], {}
            for name in made:
                self._deployment.ask("DELETE", address.format(quote(name, safe="")))
        items, self._items = self._items, {}
        for namespace, name in items:
            self._delete_item(list(namespace), name)

    def sweep(self) -> list[str]:
        """Delete all that carries the mark of this run, whoever knows of it; return what is still there after that."""
        self.clear()
        for name in self._left():
            kind, _, address = name.partition(" ")
            if kind != "item":
                self._deployment.ask("DELETE", address)
        for item in self._items_left():
            self._delete_item(item["namespace"], item["key"])
        return list(self._left())

    def _left(self) -> Iterator[str]:
        for search, key in _SEARCHES.items():
            for row in self._pages(search, {"metadata": {MARK: self.check_id}}):
                # A server that leaves filters out of account lists what others have as well.
                if (row.get("metadata") or {}).get(MARK) == self.check_id:
                    yield f"{key.removesuffix('_id')} {_IDS[key].format(row[key])}"
        for item in self._items_left():
            yield f"item {'/'.join(item['namespace'])} {item['key']}"

    def _items_left(self) -> list[dict[str, Any]]:
        told = self._deployment.json("POST", "/store/items/search", {"namespace_prefix": [self.label], "limit": _PAGE})
        items = told["items"] if isinstance(told, dict) else []
        return [item for item in items if item["namespace"][:1] == [self.label]]

    def _pages(self, search: str, body: dict[str, Any]) -> list[dict[str, Any]]:
        """Return all that a search finds, page by page."""
        found: list[dict[str, Any]] = []
        for page in range(_MOST_PAGES):
            rows = self._deployment.json("POST", search, {**body, "limit": _PAGE, "offset": page * _PAGE}) or []
            found += rows
            if len(rows) < _PAGE:
                break
        return found

    def _delete_item(self, namespace: list[str], key: str) -> None:
        self._deployment.json("DELETE", "/store/items", {"namespace": namespace, "key": key})
