"""`understudy drift`, over HTTP, as a shell sees it."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import Server
from understudy.cli import main
from understudy.contract.documents import load_contract

Object = dict[str, Any]
SECRET = "s3cr3t"


class Deployment:
    """A server that answers every request with `status`, `headers` and `body`, and remembers what it was sent."""

    def __init__(self) -> None:
        self.status, self.headers, self.body = 200, {"content-type": "application/json"}, b""
        self.asked: list[tuple[str, dict[str, str]]] = []
        deployment = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                deployment.asked.append((self.path, {name.lower(): text for name, text in self.headers.items()}))
                self.send_response(deployment.status)
                for name, text in {**deployment.headers, "content-length": str(len(deployment.body))}.items():
                    self.send_header(name, text)
                self.end_headers()
                self.wfile.write(deployment.body)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def publish(self, change: Callable[[Object], object] = lambda document: None) -> None:
        """Serve the published contract as it is after `change`."""
        document = copy.deepcopy(load_contract("agent-server").published)
        change(document)
        self.body = json.dumps(document).encode()

    def close(self) -> None:
        """Stop it and wait until it has stopped."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)


@pytest.fixture
def deployment() -> Iterator[Deployment]:
    deployment = Deployment()
    deployment.publish()
    yield deployment
    deployment.close()


@pytest.fixture
def drift(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run the command; return its exit status and what it prints on stdout and on stderr."""

    def run(*arguments: str) -> tuple[int, str, str]:
        status = main(["drift", *arguments])
        return status, *capsys.readouterr()

    return run


Run = Callable[..., tuple[int, str, str]]


def break_it(document: Object) -> None:
    del document["paths"]["/metrics"]
    document["components"]["schemas"]["Thread"]["properties"]["mood"] = {"type": "string"}


def name_graphs(document: Object) -> None:
    for name in ("Assistant", "AssistantCreate"):
        document["components"]["schemas"][name]["properties"]["graph_id"]["enum"] = ["agent"]


def test_a_deployment_of_the_published_contract_has_no_differences(drift: Run, deployment: Deployment) -> None:
    status, out, err = drift(deployment.url)

    assert (status, err) == (0, "")
    published = "no difference from the published contract of agent-server in 64 operations"
    assert out == f"{deployment.url}/openapi.json: {published}\n"
    assert [path for path, _ in deployment.asked] == ["/openapi.json"]


def test_the_fake_serves_the_observed_contract(drift: Run, server: Server) -> None:
    status, out, _ = drift(server.url, "--contract", "observed")

    assert status == 0
    assert "no difference from the observed contract" in out
    assert drift(server.url)[0] == 1


def test_what_breaks_clients_comes_first_and_shared_schemas_are_told_once(drift: Run, deployment: Deployment) -> None:
    deployment.publish(break_it)

    status, out, _ = drift(deployment.url)

    assert status == 1
    summary, *lines = out.splitlines()
    assert summary.endswith("2 differences from the published contract of agent-server in 63 operations, 1 breaking")
    assert lines == [
        "",
        "breaking (1)",
        "  GET /metrics",
        "    operation removed  (clients call it)",
        "",
        "not breaking (1)",
        "  POST /threads, POST /threads/search, POST /threads/{thread_id}/copy and 2 more",
        "    schema Thread, mood: property added: string",
    ]


def test_breaking_only_fails_only_where_clients_break(drift: Run, deployment: Deployment) -> None:
    deployment.publish(break_it)
    status, out, _ = drift(deployment.url, "--breaking-only")

    assert status == 1
    assert "mood" not in out

    deployment.publish(lambda document: document["paths"].update({"/mine": {"get": {"responses": {}}}}))
    assert drift(deployment.url, "--breaking-only")[0] == 0
    assert drift(deployment.url)[0] == 1


def test_json_holds_everything(drift: Run, deployment: Deployment) -> None:
    deployment.publish(break_it)

    status, out, _ = drift(deployment.url, "--format", "json")

    assert status == 1
    told = json.loads(out)
    assert (told["operations"], told["breaking"], told["other"]) == (63, 1, 1)
    removed, added = told["differences"]
    assert (removed["breaking"], removed["where"], removed["kind"]) == (True, "GET /metrics", "removed")
    assert added["before"] is None
    assert added["after"] == "string"
    assert len(added["operations"]) == 5


def test_the_graphs_of_a_deployment_are_its_own(drift: Run, deployment: Deployment) -> None:
    deployment.publish(name_graphs)

    status, out, _ = drift(deployment.url)

    assert status == 0
    assert "not counted, as every deployment has its own: the graphs that are deployed there" in out
    assert len(json.loads(drift(deployment.url, "--format", "json")[1])["own"]) == 2


def test_two_deployments_are_compared_with_nothing_left_aside(
    drift: Run, deployment: Deployment, tmp_path: Path
) -> None:
    published = tmp_path / "published.yaml"
    published.write_text(yaml.safe_dump(load_contract("agent-server").published), encoding="utf-8")
    deployment.publish(name_graphs)

    status, out, _ = drift(deployment.url, "--spec", str(published))

    assert status == 1
    assert f"2 differences from {published}" in out
    assert drift(str(published))[0] == 0


def test_what_is_known_is_ignored_by_place_or_operation(drift: Run, deployment: Deployment) -> None:
    deployment.publish(break_it)

    status, out, err = drift(deployment.url, "--ignore", "GET /metrics", "--ignore", "*, mood*", "--ignore", "x*")

    assert status == 0
    assert "ignored: GET /metrics; schema Thread, mood" in out
    assert err == 'understudy: --ignore "x*" fits no difference\n'


def test_credentials_are_sent_to_the_deployment_and_shown_nowhere(drift: Run, deployment: Deployment) -> None:
    given = ("--api-key", SECRET, "--header", f"authorization: Bearer {SECRET}")
    address = f"http://ada:{SECRET}@127.0.0.1:{deployment.port}?token={SECRET}"

    shown = [drift(address, *given), drift(address, *given, "--format", "json")]
    sent = deployment.asked[0][1]
    deployment.body = b"{}"
    shown.append(drift(address, *given))
    deployment.status, deployment.headers = 302, {"location": f"http://ada:{SECRET}@other.invalid/?token={SECRET}"}
    shown.append(drift(address, *given))
    deployment.close()
    shown.append(drift(address, *given))
    shown.append(drift(address, "--header", SECRET))
    shown.append(drift(address, "--header", f"{SECRET}\n: x"))
    shown.append(drift(address, "--api-key", f"{SECRET}é"))

    assert sent["x-api-key"] == SECRET
    assert sent["authorization"] == f"Bearer {SECRET}"
    assert [status for status, _, _ in shown] == [0, 0, 2, 2, 2, 2, 2, 2]
    assert SECRET not in str(shown)


def test_credentials_are_for_the_deployment_only(drift: Run, deployment: Deployment) -> None:
    other = Deployment()
    other.publish()

    status, _, _ = drift(deployment.url, "--spec", other.url, "--api-key", SECRET)
    other.close()

    assert status == 0
    assert deployment.asked[0][1]["x-api-key"] == SECRET
    assert SECRET not in str(other.asked)


UNUSABLE = [
    (200, b"<!doctype html><p>Hello", "is no document: it begins with '<!doctype html><p>Hello'"),
    (200, b"", "is no document: it begins with ''"),
    (200, b"\xff\xfe", "is no document: it begins with"),
    (200, b"[1]", "is no OpenAPI 3 document"),
    (200, b'{"swagger": "2.0", "paths": {}}', "it is swagger 2.0"),
    (200, b'{"ok": true}', "it is an object with ok"),
    (200, b'{"openapi": "4.0", "paths": {}}', 'is written in OpenAPI "4.0"; "3.0" and "3.1" are understood'),
    (
        200,
        b'{"openapi": "3.1.0", "paths": {"/a": {"get": {"parameters": [{"$ref": "#/no"}]}}}}',
        'openapi.json is broken: "$ref": "#/no" leads nowhere',
    ),
    (401, b"", "answered 401. Give a key with --api-key"),
    (403, b"", "answered 403. Give another key with --api-key"),
    (404, b"", "answered 404. Is it the base address?"),
    (500, b"", "answered 500."),
]


@pytest.mark.parametrize(("answer", "body", "complaint"), UNUSABLE)
def test_what_is_no_document_is_named_and_the_status_is_2(
    drift: Run, deployment: Deployment, answer: int, body: bytes, complaint: str
) -> None:
    deployment.status, deployment.body = answer, body

    status, out, err = drift(deployment.url)

    assert (status, out) == (2, "")
    assert err.startswith(f"understudy: {deployment.url}/openapi.json ")
    assert complaint in err


def test_a_redirect_is_not_followed_but_told(drift: Run, deployment: Deployment) -> None:
    deployment.status, deployment.headers = 308, {"location": "/v2/openapi.json"}

    status, _, err = drift(deployment.url)

    assert status == 2
    assert f"answered 308, it is at {deployment.url}/v2/openapi.json. Give that address." in err


@pytest.mark.parametrize(
    ("place", "complaint"),
    [
        ("http://127.0.0.1:1", "cannot reach http://127.0.0.1:1/openapi.json (ConnectError). Is the server running"),
        ("localhost:8123", "cannot read localhost:8123: No such file or directory. An address begins with http://"),
        ("ftp://host", 'an address begins with http:// or https:// and a host, not "ftp://host"'),
        ("http://", "an address begins with http:// or https:// and a host"),
        ("http://host:port", "the address is malformed"),
        (".", "cannot read .: Is a directory"),
    ],
)
def test_a_place_where_nothing_is_has_status_2(drift: Run, place: str, complaint: str) -> None:
    status, out, err = drift(place)

    assert (status, out) == (2, "")
    assert complaint in err


def test_a_document_elsewhere_is_named_whole(drift: Run, deployment: Deployment) -> None:
    assert drift(f"{deployment.url}/v1/api.json")[0] == 0
    assert drift(f"{deployment.url}/v1/")[0] == 0
    assert [path for path, _ in deployment.asked] == ["/v1/api.json", "/v1/openapi.json"]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--api", "agent-servr"], 'unknown API "agent-servr". Did you mean "agent-server"?'),
        (["--contract", "publishd"], '"publishd" is no value of --contract. Did you mean "published"?'),
        (["--heder", "a:b"], 'unknown argument "--heder". Did you mean "--header"?'),
        (["--header", "a"], "--header 1 is not of the form NAME:VALUE"),
    ],
)
def test_a_wrong_option_is_named_with_the_nearest_right_word(arguments: list[str], complaint: str) -> None:
    command = [sys.executable, "-m", "understudy", "drift", "http://127.0.0.1:1", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 2
    assert complaint in done.stderr
