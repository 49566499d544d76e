"""Requests as they come over the wire: bodies of every kind, numbers, sizes, and clients that leave."""

from __future__ import annotations

import logging
import socket
import threading
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import Server
from understudy.config import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

INVALID = {"detail": "Invalid JSON in request body"}


def send(server: Server, body: bytes, **headers: str) -> httpx.Response:
    """Create a thread with exactly these bytes for a body."""
    return server.client.post("/threads", content=body, headers=headers)


def nested(levels: int) -> bytes:
    """Return a body of that many objects inside one another."""
    return b'{"metadata":' * (levels > 0) + b'{"a":' * (levels - 1) + b"1" + b"}" * levels


def metadata(server: Server, text: str) -> str:
    """Return the text of the metadata that comes back when this text is sent."""
    answer = send(server, b'{"metadata":' + text.encode() + b"}")
    assert answer.status_code == 200, answer.text
    return answer.text.partition('"metadata":')[2].partition(',"status"')[0]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b" ", id="blank"),
        pytest.param(b"{", id="cut off"),
        pytest.param(b"{}x", id="more after the end"),
        pytest.param(b"{} {}", id="two texts"),
        pytest.param(b'{"a":1,}', id="trailing comma"),
        pytest.param(b"{'a':1}", id="single quotes"),
        pytest.param(b"{a:1}", id="no quotes"),
        pytest.param(b'{"a":01}', id="leading zero"),
        pytest.param(b'{"a":+1}', id="plus sign"),
        pytest.param(b'{"a":0x1}', id="hexadecimal"),
        pytest.param(b'{"a":1} // c', id="comment"),
        pytest.param(b'{"a":"\x01"}', id="control character"),
        pytest.param(b'{"a":"\t"}', id="raw tab"),
        pytest.param(b'{"a":"\\x41"}', id="unknown escape"),
        pytest.param(b"\xef\xbb\xbf{}", id="byte order mark"),
        pytest.param("{}".encode("utf-16"), id="UTF-16"),
        pytest.param(b'{"metadata":{"a":"\xff"}}', id="not UTF-8"),
        pytest.param(b'{"metadata":{"a":"\xed\xa0\x80"}}', id="a surrogate in UTF-8"),
        pytest.param(b'{"metadata":{"a":"\\ud800"}}', id="half a surrogate pair"),
        pytest.param(b'{"metadata":{"a":"\\udc00\\ud800"}}', id="a pair the wrong way round"),
        pytest.param(b'{"metadata":{"a":NaN}}', id="NaN"),
        pytest.param(b'{"metadata":{"a":Infinity}}', id="Infinity"),
        pytest.param(b'{"metadata":{"a":-Infinity}}', id="-Infinity"),
        pytest.param(b'{"metadata":{"a":1e400}}', id="larger than any float"),
        pytest.param(b'{"metadata":{"a":' + b"9" * 400 + b"}}", id="400 digits"),
        pytest.param(b'{"metadata":{"a":' + b"9" * 10000 + b"}}", id="10000 digits"),
        pytest.param(nested(2000), id="2000 levels"),
        pytest.param(b"[" * 100000, id="100000 open brackets"),
    ],
)
def test_a_body_that_is_no_json_is_refused(server: Server, body: bytes) -> None:
    answer = send(server, body)

    assert (answer.status_code, answer.json()) == (422, INVALID)
    assert server.post("/threads/count", {}).json() == 0


@pytest.mark.parametrize("levels", [241, 300, 1000])
def test_a_body_that_is_nested_too_deeply_to_be_answered_is_refused(server: Server, levels: int) -> None:
    for path in ("/threads", "/threads/count", "/store/items/search"):
        answer = server.client.post(path, content=nested(levels))
        assert (answer.status_code, answer.json()) == (400, {"detail": "Recursion limit reached"})


def test_a_body_may_be_nested_as_deeply_as_can_be_answered(server: Server) -> None:
    answer = send(server, nested(240))

    assert answer.status_code == 200
    assert server.post("/threads/search", {}).json() == [answer.json()]


def test_what_was_nested_as_deeply_as_is_taken_can_be_read_everywhere(server: Server) -> None:
    deep = b"[" * 238 + b"]" * 238
    thread = server.create_thread(metadata={"graph_id": "custom"})
    update = b'{"values":{"x":%s}}' % deep
    assert server.client.post(f"/threads/{thread}/state", content=update).status_code == 200
    update = b'{"as_node":"writer","values":{"x":%s}}' % deep
    assert server.client.post(f"/threads/{thread}/state", content=update).status_code == 200
    item = b'{"namespace":["n"],"key":"k","value":{"x":%s}}' % deep
    assert server.client.put("/store/items", content=item).status_code == 204

    for answer in (
        server.get(f"/threads/{thread}"),
        server.get(f"/threads/{thread}/state"),
        server.get(f"/threads/{thread}/history?limit=9"),
        server.post("/threads/search", {"extract": {"it": "values.x"}}),
        server.post(f"/threads/{thread}/copy"),
        server.get(f"/threads/{thread}/storage"),
        server.get("/store/items?namespace=n&key=k"),
        server.post("/store/items/search", {"namespace_prefix": []}),
    ):
        assert answer.status_code == 200, answer.text


def test_brackets_inside_text_are_not_nested(server: Server) -> None:
    for text in ("[{" * 500, '"[{' * 500, '\\"[{' * 500, "\\" * 3 + '"' + "[" * 500):
        assert server.post("/threads", {"metadata": {"a": text}}).json()["metadata"] == {"a": text}


@pytest.mark.parametrize(("body", "complaint"), [(b"null", "null"), (b"1", "1"), (b'"x"', '"x"'), (b"[]", "[]")])
def test_a_body_of_another_type_is_refused(server: Server, body: bytes, complaint: str) -> None:
    answer = send(server, body)

    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(f'{complaint} is not of type "object"')


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "nonsense"},
        {"content-type": "application/json; charset=latin-1"},
        {"accept": "text/html"},
    ],
)
def test_what_headers_say_of_the_body_does_not_matter(server: Server, headers: dict[str, str]) -> None:
    answer = send(server, '{"metadata":{"é":1}}'.encode(), **headers)

    assert answer.json()["metadata"] == {"é": 1}
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("sent", "comes_back"),
    [
        ('{"a":1}', '{"a":1}'),
        ('{"a":1.0}', '{"a":1.0}'),
        ('{"a":1e3}', '{"a":1000.0}'),
        ('{"a":-0.0}', '{"a":-0.0}'),
        ('{"a":1e-400}', '{"a":0.0}'),
        ('{"a":0.1}', '{"a":0.1}'),
        ('{"a":9007199254740993}', '{"a":9007199254740993}'),
        ('{"a":18446744073709551615}', '{"a":18446744073709551615}'),
        ('{"a":18446744073709551616}', '{"a":1.8446744073709552e+19}'),
        ('{"a":-9223372036854775808}', '{"a":-9223372036854775808}'),
        ('{"a":-9223372036854775809}', '{"a":-9.223372036854776e+18}'),
        ('{"a":123456789012345678901234567890}', '{"a":1.2345678901234568e+29}'),
        ('{"a":1,"a":2}', '{"a":2}'),
        ('{ "b" : [ 1 , 2 ] , "a" : { } }', '{"b":[1,2],"a":{}}'),
        ('{"a":"\\u00e9\\ud83d\\ude00/\\/"}', '{"a":"é😀//"}'),
        ('{"":null}', '{"":null}'),
    ],
)
def test_values_come_back_as_the_real_server_writes_them(server: Server, sent: str, comes_back: str) -> None:
    assert metadata(server, sent) == comes_back


@pytest.mark.parametrize(
    ("sent", "comes_back"),
    [
        ('{"a":"x\\u0000y"}', '{"a":"x\\ufffdy"}'),
        ('{"a\\u0000b":1}', '{"a\\ufffdb":1}'),
        ('{"a":["\\u0000"]}', '{"a":["\\ufffd"]}'),
    ],
)
def test_a_nul_comes_back_as_the_sign_for_what_cannot_be_shown(server: Server, sent: str, comes_back: str) -> None:
    assert metadata(server, sent).replace("\N{REPLACEMENT CHARACTER}", "\\ufffd") == comes_back


def test_an_answer_is_compact_and_ends_with_its_last_bracket(server: Server) -> None:
    text = server.get(f"/threads/{server.create_thread(metadata={'a': [1, 2], 'b': 'é'})}").text

    assert '"metadata":{"a":[1,2],"b":"é"},' in text
    assert text.endswith("}")


MAX = 1000


@pytest.fixture(scope="module")
def small() -> Iterator[Server]:
    """A server that reads no body of more than a thousand bytes."""
    with closing(Server(Settings(max_body=MAX, strict=True))) as server:
        yield server


def filled(size: int) -> bytes:
    """Return a body of that many bytes."""
    return b'{"metadata":{"a":"' + b"x" * (size - 21) + b'"}}'


def in_chunks(body: bytes, size: int) -> Iterator[bytes]:
    """Yield the body in pieces; a body that is sent so has no content-length."""
    yield from (body[at : at + size] for at in range(0, len(body), size))


@pytest.mark.parametrize("size", [1, 100, MAX, 10 * MAX])
def test_a_body_is_too_large_from_the_limit_on_however_it_is_sent(small: Server, size: int) -> None:
    too_large = {"detail": f"Request body is larger than {MAX} bytes; the server reads no more (--max-body)"}
    assert len(filled(MAX)) == MAX

    for fitting in (filled(MAX), in_chunks(filled(MAX), size)):
        assert small.client.post("/threads", content=fitting).status_code == 200
    for more in (filled(MAX + 1), in_chunks(filled(MAX + 1), size)):
        answer = small.client.post("/threads", content=more)
        assert (answer.status_code, answer.json()) == (413, too_large)


def test_a_body_that_nobody_reads_may_be_of_any_size(small: Server) -> None:
    assert small.client.request("GET", "/ok", content=filled(10 * MAX)).status_code == 200


class Heard(logging.Handler):
    """Waits for something to be logged."""

    def __init__(self, beginning: str) -> None:
        super().__init__()
        self._beginning = beginning
        self.heard = threading.Event()

    def emit(self, record: logging.LogRecord) -> None:
        if record.getMessage().startswith(self._beginning):
            self.heard.set()


def test_a_client_that_leaves_in_the_middle_of_a_body_does_no_harm(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    log = logging.getLogger("understudy.server")
    left = Heard("the client left: POST /threads")
    log.addHandler(left)
    caplog.set_level(logging.DEBUG, logger=log.name)
    host, _, port = server.url.removeprefix("http://").partition(":")

    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(b'POST /threads HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"metadata":')

    assert left.heard.wait(5)
    log.removeHandler(left)
    assert server.post("/threads/count", {}).json() == 0
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_a_failing_handler_is_a_500_without_marks_and_the_server_lives_on(
    server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(**_: Any) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(server.world.threads, "count", fail)

    answer = server.post("/threads/count", {}, headers={"origin": "http://page"})

    assert (answer.status_code, answer.text) == (500, "Internal Server Error")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert not {"vary", "access-control-allow-origin"} & set(answer.headers)
    assert "RuntimeError: boom" in caplog.text
    monkeypatch.undo()
    assert server.post("/threads/count", {}).json() == 0
