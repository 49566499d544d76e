"""`client.store` of the langgraph-sdk: every method, with what it is documented to give."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from langgraph_sdk.errors import BadRequestError, UnprocessableEntityError

from understudy.state.clock import Clock
from understudy.state.world import World

if TYPE_CHECKING:
    from langgraph_sdk.client import SyncLangGraphClient

    from tests.conftest import Server


def keys(answer: Any) -> list[str]:
    return [item["key"] for item in answer["items"]]


def test_an_item_is_put_got_and_deleted(client: SyncLangGraphClient) -> None:
    client.store.put_item(["u", "1"], "a", {"x": {"y": 1}}, index=False)

    item = client.store.get_item(["u", "1"], "a")

    assert (item["namespace"], item["key"], item["value"]) == (["u", "1"], "a", {"x": {"y": 1}})
    assert item["created_at"] == item["updated_at"]
    client.store.put_item(["u", "1"], "a", {"x": 2}, index=["x"])
    assert client.store.get_item(["u", "1"], "a")["value"] == {"x": 2}
    client.store.delete_item(["u", "1"], "a")
    client.store.delete_item(["u", "1"], "a")
    assert client.store.get_item(["u", "1"], "a") is None


def test_items_are_searched_under_a_namespace_by_their_values(client: SyncLangGraphClient) -> None:
    for number in range(5):
        client.store.put_item(["u", str(number % 2)], f"k{number}", {"n": number, "even": number % 2 == 0})
    client.store.put_item(["v"], "other", {"n": 3})

    assert keys(client.store.search_items(["u"])) == ["k0", "k2", "k4", "k1", "k3"]
    assert keys(client.store.search_items([])) == ["k0", "k2", "k4", "k1", "k3", "other"]
    assert keys(client.store.search_items(["u"], filter={"even": False})) == ["k1", "k3"]
    assert keys(client.store.search_items(["u"], filter={"n": {"$gte": 2, "$lt": 4}})) == ["k2", "k3"]
    assert keys(client.store.search_items(["u"], limit=2, offset=2)) == ["k4", "k1"]
    assert keys(client.store.search_items(["u"], query="without an index, a listing")) == [
        "k0", "k2", "k4", "k1", "k3",
    ]  # fmt: skip
    (first, *_) = client.store.search_items(["v"])["items"]
    assert (first["namespace"], first["value"], first["score"]) == (["v"], {"n": 3}, None)


def test_namespaces_are_listed_by_beginning_end_and_depth(client: SyncLangGraphClient) -> None:
    for namespace in (["a", "x", "1"], ["a", "y", "1"], ["b", "x"], ["a", "x", "2"]):
        client.store.put_item(namespace, "k", {})

    def listed(**options: Any) -> list[list[str]]:
        answer: Any = client.store.list_namespaces(**options)
        return list(answer["namespaces"])

    assert listed() == [["a", "x", "1"], ["a", "x", "2"], ["a", "y", "1"], ["b", "x"]]
    assert listed(prefix=["a", "x"]) == [["a", "x", "1"], ["a", "x", "2"]]
    assert listed(prefix=["*", "x"]) == [["a", "x", "1"], ["a", "x", "2"], ["b", "x"]]
    assert listed(suffix=["1"]) == [["a", "x", "1"], ["a", "y", "1"]]
    assert listed(max_depth=1) == [["a"], ["b"]]
    assert listed(max_depth=2, limit=1, offset=1) == [["a", "y"]]


def test_an_item_lives_as_long_as_it_is_read(client: SyncLangGraphClient, server: Server) -> None:
    clock = Clock(datetime(2026, 1, 1, tzinfo=UTC))
    server.world = World(clock=clock)
    client.store.put_item(["u"], "a", {}, ttl=10)

    clock.advance(timedelta(minutes=9))
    assert client.store.get_item(["u"], "a", refresh_ttl=True)["key"] == "a"
    clock.advance(timedelta(minutes=9))
    assert keys(client.store.search_items(["u"], refresh_ttl=False)) == ["a"]
    clock.advance(timedelta(minutes=1))

    assert client.store.get_item(["u"], "a", refresh_ttl=False) is None


def test_what_the_store_refuses(client: SyncLangGraphClient) -> None:
    with pytest.raises(BadRequestError, match="Namespace cannot be empty"):
        client.store.put_item([], "k", {})
    with pytest.raises(UnprocessableEntityError, match="422"):
        client.store.search_items(["a.b"])
    client.store.put_item(["u"], "k", {"n": 1})
    with pytest.raises(BadRequestError, match="Unsupported operator"):
        client.store.search_items(["u"], filter={"n": {"$in": [1]}})


def test_a_label_with_a_period_never_leaves_the_client(client: SyncLangGraphClient) -> None:
    with pytest.raises(ValueError, match="cannot contain periods"):
        client.store.put_item(["a.b"], "k", {})
