"""The store over HTTP: items and namespaces. Filters and lifetimes have files of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import httpx

    from tests.conftest import Server


def put(server: Server, namespace: str, key: str, value: Any = None, **more: Any) -> None:
    body = {"namespace": namespace.split("."), "key": key, "value": value or {}, **more}
    answer = server.put("/store/items", body)
    assert (answer.status_code, answer.content) == (204, b"")


def get(server: Server, namespace: str, key: str, **more: str) -> Any:
    answer = server.get("/store/items", params={"namespace": namespace, "key": key, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


def search(server: Server, prefix: str = "", **more: Any) -> httpx.Response:
    return server.post("/store/items/search", {"namespace_prefix": prefix.split(".") if prefix else [], **more})


def found(server: Server, prefix: str = "", **more: Any) -> list[str]:
    answer = search(server, prefix, **more)
    assert answer.status_code == 200, answer.text
    return [".".join([*item["namespace"], item["key"]]) for item in answer.json()["items"]]


def namespaces(server: Server, **body: Any) -> list[str]:
    answer = server.post("/store/namespaces", body)
    assert answer.status_code == 200, answer.text
    return [".".join(namespace) for namespace in answer.json()["namespaces"]]


def test_what_is_put_is_got(server: Server) -> None:
    put(server, "u.1", "a", {"x": 1, "n": {"y": 2}})

    item = get(server, "u.1", "a")

    created = item.pop("created_at")
    assert item.pop("updated_at") == created
    assert item == {"namespace": ["u", "1"], "key": "a", "value": {"x": 1, "n": {"y": 2}}}


def test_a_second_put_replaces_the_value_and_keeps_place_and_time_of_creation(server: Server) -> None:
    put(server, "u", "a", {"x": 1})
    put(server, "u", "b")
    before = get(server, "u", "a")

    put(server, "u", "a", {"y": 2})

    after = get(server, "u", "a")
    assert after["value"] == {"y": 2}
    assert after["created_at"] == before["created_at"] < after["updated_at"]
    assert found(server) == ["u.a", "u.b"]


def test_an_item_that_does_not_exist_is_null(server: Server) -> None:
    put(server, "u", "a")

    assert get(server, "u", "b") is None
    assert get(server, "v", "a") is None
    assert get(server, "*", "a") is None


def test_reading_makes_no_namespace_and_the_last_item_takes_its_namespace_along(server: Server) -> None:
    put(server, "u", "a")
    get(server, "v", "a")
    server.delete("/store/items", {"namespace": ["w"], "key": "a"})
    assert namespaces(server) == ["u"]

    server.delete("/store/items", {"namespace": ["u"], "key": "a"})

    assert namespaces(server) == []


def test_deleting_is_done_twice_as_well_as_once(server: Server) -> None:
    put(server, "u", "a")

    for _ in range(2):
        answer = server.delete("/store/items", {"namespace": ["u"], "key": "a"})
        assert (answer.status_code, answer.content) == (204, b"")

    assert get(server, "u", "a") is None
    assert server.delete("/store/items", {"key": "a"}).status_code == 204


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("put", "/store/items", {"namespace": ["a.b"], "key": "k", "value": {}}),
        ("get", "/store/items?namespace=x..y&key=k", None),
        ("delete", "/store/items", {"namespace": ["a.b"], "key": "k"}),
        ("post", "/store/items/search", {"namespace_prefix": ["x", "a.b"]}),
        ("post", "/store/namespaces", {"prefix": ["a.b"]}),
        ("post", "/store/namespaces", {"suffix": ["a.b"]}),
    ],
)
def test_a_label_with_a_period_is_refused_in_plain_text(server: Server, method: str, path: str, body: Any) -> None:
    answer = getattr(server, method)(path, **({} if body is None else {"json": body}))

    label = "" if method == "get" else "a.b"
    assert answer.status_code == 422
    assert answer.text == f"Namespace label '{label}' must be a non-empty string without periods"
    assert "content-type" not in answer.headers


def test_a_quote_in_a_label_changes_the_quotes_around_it(server: Server) -> None:
    answer = server.put("/store/items", {"namespace": ["it's."], "key": "k", "value": {}})

    assert answer.text == 'Namespace label "it\'s." must be a non-empty string without periods'


@pytest.mark.parametrize(
    ("namespace", "detail"),
    [
        ([], "Namespace cannot be empty."),
        (["langgraph"], "Root label for namespace cannot be \"langgraph\". Got: ('langgraph',)"),
        (["langgraph", "x"], "Root label for namespace cannot be \"langgraph\". Got: ('langgraph', 'x')"),
    ],
)
def test_some_namespaces_must_stay_empty(server: Server, namespace: list[str], detail: str) -> None:
    answer = server.put("/store/items", {"namespace": namespace, "key": "k", "value": {}})

    assert (answer.status_code, answer.json()) == (400, {"detail": detail})
    assert server.delete("/store/items", {"namespace": namespace, "key": "k"}).status_code == 204
    assert found(server, "langgraph") == []


def test_a_label_has_no_nul(server: Server) -> None:
    detail = (
        "Invalid namespace label 'a{}b' found in ('a\\x00b',). Namespace labels cannot contain NUL bytes ('\\x00')."
    )

    put = server.put("/store/items", {"namespace": ["a\0b"], "key": "k", "value": {}})
    got = server.get("/store/items", params={"namespace": "a\0b", "key": "k"})

    for answer in (put, got):
        assert (answer.status_code, answer.json()) == (400, {"detail": detail.format("\0")})


def test_reading_needs_a_key(server: Server) -> None:
    put(server, "u", "")

    for query in ("?namespace=u", "?namespace=u&key="):
        answer = server.get(f"/store/items{query}")
        assert (answer.status_code, answer.json()) == (400, {"error": "Key is required"})
    assert found(server) == ["u."]


def test_reading_needs_a_namespace_before_anything_else(server: Server) -> None:
    for query in ("", "?key=a", "?namespace=&key=a"):
        answer = server.get(f"/store/items{query}")
        assert (answer.status_code, answer.text[:18]) == (422, "Namespace label ''")


def test_of_several_namespaces_and_keys_the_last_one_counts(server: Server) -> None:
    put(server, "u.1", "a", {"x": 1})

    item = server.get("/store/items?namespace=v&namespace=u.1&key=b&key=a").json()

    assert item["value"] == {"x": 1}


def test_items_are_found_by_namespace_in_order_of_arrival(server: Server) -> None:
    for namespace, key in (("s.1", "b"), ("s", "z"), ("s.0", "y"), ("s.1", "a"), ("sx", "c"), ("t", "d")):
        put(server, namespace, key)

    assert found(server) == ["s.1.b", "s.1.a", "s.z", "s.0.y", "sx.c", "t.d"]
    assert found(server, "s") == ["s.1.b", "s.1.a", "s.z", "s.0.y"]
    assert found(server, "s.1") == ["s.1.b", "s.1.a"]
    assert found(server, "1") == found(server, "s.*") == []


def test_a_found_item_has_a_score_of_null(server: Server) -> None:
    put(server, "u", "a", {"x": 1})

    [item] = search(server, "u", query="anything").json()["items"]

    assert list(item) == ["namespace", "key", "value", "created_at", "updated_at", "score"]
    assert item["score"] is None


@pytest.mark.parametrize(
    ("page", "keys"),
    [
        ({}, "0123456789"),
        ({"limit": 3}, "012"),
        ({"limit": 3, "offset": 10}, "ab"),
        ({"limit": 0}, "0123456789"),
        ({"limit": 100}, "0123456789ab"),
        ({"limit": 2.0, "offset": 1.0}, "12"),
        ({"limit": -2}, "0123456789"),
        ({"offset": -1}, ""),
        ({"limit": 1, "offset": -3}, "9"),
        ({"limit": 2**63, "offset": 11}, "b"),
        ({"offset": 2**63}, ""),
    ],
)
def test_a_page_is_a_slice(server: Server, page: dict[str, Any], keys: str) -> None:
    for key in "0123456789ab":
        put(server, "u", key)

    assert "".join(name[-1] for name in found(server, "u", **page)) == keys


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, ["a.b.c.d", "a.x.c", "s.0.leaf", "s.1.leaf", "u"]),
        ({"prefix": ["s"]}, ["s.0.leaf", "s.1.leaf"]),
        ({"prefix": ["a", "*", "c"]}, ["a.b.c.d", "a.x.c"]),
        ({"prefix": ["*", "b"]}, ["a.b.c.d"]),
        ({"suffix": ["leaf"]}, ["s.0.leaf", "s.1.leaf"]),
        ({"suffix": ["*", "c"]}, ["a.x.c"]),
        ({"suffix": ["*"]}, ["a.b.c.d", "a.x.c", "s.0.leaf", "s.1.leaf", "u"]),
        ({"prefix": ["a"], "suffix": ["c"]}, ["a.x.c"]),
        ({"prefix": ["u", "*"]}, []),
        ({"max_depth": 2}, ["a.b", "a.x", "s.0", "s.1", "u"]),
        ({"max_depth": 1}, ["a", "s", "u"]),
        ({"max_depth": 0}, [""]),
        ({"limit": 2}, ["a.b.c.d", "a.x.c"]),
        ({"limit": 2, "offset": 3}, ["s.1.leaf", "u"]),
        ({"limit": 0}, []),
        ({"limit": -1}, ["a.b.c.d", "a.x.c", "s.0.leaf", "s.1.leaf"]),
        ({"offset": -1}, ["u"]),
        ({"max_depth": 1.0, "limit": 2.0}, ["a", "s"]),
    ],
)
def test_namespaces_are_listed_by_their_labels(server: Server, body: dict[str, Any], expected: list[str]) -> None:
    for namespace in ("u", "s.1.leaf", "s.0.leaf", "a.x.c", "a.b.c.d"):
        put(server, namespace, "k")

    assert namespaces(server, **body) == expected
