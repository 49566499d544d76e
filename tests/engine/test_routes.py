"""Which operation a request reaches, and what becomes of one that reaches none: paths, methods, slashes, origins."""

from __future__ import annotations

import http.client
from typing import TYPE_CHECKING

import pytest

from understudy.contract.documents import load_contract
from understudy.contract.operations import Operation, operations

if TYPE_CHECKING:
    from tests.conftest import Server

MISSING = "33333333-3333-4333-8333-333333333333"

OPERATIONS = list(operations(load_contract("agent-server").observed))

EXPOSED = "x-pagination-total, x-pagination-next, content-location"


def address(operation: Operation) -> str:
    """Return a path of the operation with an id for each of its parameters."""
    path = operation.path
    for parameter in operation.parameters:
        path = path.replace(f"{{{parameter.name}}}", MISSING)
    return path


@pytest.mark.parametrize(
    "path", ["/nope", "/thread", "/threads/x/y", f"/threads/{MISSING}/state/a/b", "/ok/x", "/Threads", "/threads/a%2Fb"]
)
def test_a_path_that_nothing_answers_is_not_found(server: Server, path: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        answer = server.client.request(method, path)
        assert (answer.status_code, answer.json()) == (404, {"detail": "Not Found"})
        assert "allow" not in answer.headers


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("GET", "/threads", "POST"),
        ("PUT", "/threads", "POST"),
        ("DELETE", "/assistants", "POST"),
        ("PUT", f"/threads/{MISSING}", "GET, HEAD"),
        ("PATCH", f"/threads/{MISSING}/state", "GET, HEAD"),
        ("GET", f"/threads/{MISSING}/copy", "POST"),
        ("PATCH", "/store/items", "PUT"),
        ("PUT", "/store/items/search", "POST"),
        ("OPTIONS", "/threads", "POST"),
    ],
)
def test_a_wrong_method_is_told_that_of_the_first_operation_of_its_path(
    server: Server, method: str, path: str, allow: str
) -> None:
    answer = server.client.request(method, path)

    assert (answer.status_code, answer.json()) == (405, {"detail": "Method Not Allowed"})
    assert answer.headers["allow"] == allow


@pytest.mark.parametrize("path", ["/ok", "/info", "/metrics", "/docs", "/openapi.json"])
def test_at_the_paths_of_the_system_a_wrong_method_finds_nothing(server: Server, path: str) -> None:
    answer = server.post(path, {})

    assert (answer.status_code, answer.json()) == (404, {"detail": "Not Found"})


def test_a_path_of_fixed_words_goes_before_one_with_an_id_in_it(server: Server) -> None:
    assert server.post("/threads/search", {}).json() == []
    assert server.get("/threads/search").json() == {"detail": "Invalid thread ID: must be a UUID"}
    assert server.delete("/threads/count").status_code == 422


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PATCH", "DELETE"])
def test_a_slash_at_the_end_is_sent_on_to_the_path_without_it(server: Server, method: str) -> None:
    thread = server.create_thread()

    answer = server.client.request(method, f"/threads/{thread}/?x=1&y", content=b"{}")

    assert (answer.status_code, answer.content) == (307, b"")
    assert answer.headers["location"] == f"{server.url}/threads/{thread}?x=1&y"
    assert server.get(f"/threads/{thread}").status_code == 200


def test_a_client_that_follows_arrives(server: Server) -> None:
    answer = server.post("/threads/", {"metadata": {"a": 1}}, follow_redirects=True)

    assert answer.json()["metadata"] == {"a": 1}


@pytest.mark.parametrize("path", ["/nope/", "//ok", f"//threads/{MISSING}", f"/threads//{MISSING}"])
def test_no_slash_leads_to_a_path_that_is_not_there(server: Server, path: str) -> None:
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"))
    connection.request("GET", path)

    assert connection.getresponse().status == 404
    connection.close()


def test_head_is_get_without_the_body(server: Server) -> None:
    thread = server.create_thread()

    for path in ("/ok", f"/threads/{thread}", f"/threads/{MISSING}", "/threads/x", "/nope"):
        get, head = server.get(path), server.client.head(path)
        assert head.content == b""
        assert head.status_code == get.status_code
        for name in ("content-type", "content-length", "vary"):
            assert head.headers[name] == get.headers[name]


def test_queries_that_the_document_does_not_have_are_ignored(server: Server) -> None:
    thread = server.create_thread()

    for path in ("/ok", f"/threads/{thread}", f"/threads/{thread}/state"):
        query = "?nope=1&nope=2&%ff=%00&=&&a[b]=c&limit=x"
        assert server.get(path + query).json() == server.get(path).json()


@pytest.mark.parametrize("dress", ["{}", "{{{}}}", "urn:uuid:{}", "%7B{}%7D"])
def test_an_id_in_a_path_may_come_in_any_dress(server: Server, dress: str) -> None:
    thread = server.create_thread()

    for text in (thread, thread.upper(), thread.replace("-", "")):
        assert server.get(f"/threads/{dress.format(text)}").json()["thread_id"] == thread


@pytest.mark.parametrize("path", ["/threads/%00", "/threads/%ff", "/threads/%20", "/threads/é", f"/threads/{MISSING}0"])
def test_what_is_no_id_is_refused_whatever_it_is(server: Server, path: str) -> None:
    answer = server.get(path)

    assert (answer.status_code, answer.json()) == (422, {"detail": "Invalid thread ID: must be a UUID"})


def test_every_answer_varies_by_origin_and_a_page_of_any_origin_may_read_it(server: Server) -> None:
    for method, path in [("GET", "/ok"), ("GET", "/nope"), ("PUT", "/threads"), ("POST", "/threads"), ("GET", "/ok/")]:
        plain = server.client.request(method, path)
        page = server.client.request(method, path, headers={"origin": "http://page"})

        assert plain.headers["vary"] == page.headers["vary"] == "Origin"
        assert "access-control-allow-origin" not in plain.headers
        assert page.headers["access-control-allow-origin"] == "*"
        assert page.headers["access-control-expose-headers"] == EXPOSED


@pytest.mark.parametrize("path", ["/threads", "/ok", "/nope", f"/threads/{MISSING}"])
def test_a_browser_may_send_any_request_to_any_path(server: Server, path: str) -> None:
    asked = {
        "origin": "http://page",
        "access-control-request-method": "PATCH",
        "access-control-request-headers": "content-type,x-api-key",
    }

    answer = server.client.options(path, headers=asked)

    assert (answer.status_code, answer.text) == (200, "OK")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-methods"] == "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT, QUERY"
    assert answer.headers["access-control-allow-headers"] == "content-type,x-api-key"
    assert answer.headers["access-control-max-age"] == "600"
    assert answer.headers["access-control-allow-private-network"] == "true"


def test_a_browser_may_not_use_a_method_that_is_none(server: Server) -> None:
    asked = {"origin": "http://page", "access-control-request-method": "FOO"}

    answer = server.client.options("/threads", headers=asked)

    assert (answer.status_code, answer.text) == (400, "Disallowed CORS method")


@pytest.mark.parametrize("headers", [{}, {"origin": "http://page"}, {"access-control-request-method": "POST"}])
def test_options_that_no_browser_sends_are_a_method_like_others(server: Server, headers: dict[str, str]) -> None:
    answer = server.client.options("/threads", headers=headers)

    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize("api", ["agent-server", "computer-agents"])
def test_no_operation_is_left_that_is_not_imitated(api: str) -> None:
    assert [str(each) for each in operations(load_contract(api).observed) if each.handler is None] == []
