"""The server about itself: health, version, figures, documentation."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Server


@pytest.mark.parametrize("path", ["/", "/ok", "/ok?check_db=0", "/ok?check_db=1", "/ok?check_db=7"])
def test_the_server_is_well(server: Server, path: str) -> None:
    answer = server.get(path)

    assert (answer.status_code, answer.json()) == (200, {"ok": True, "services": {}})


def test_whether_to_check_the_database_is_a_number(server: Server) -> None:
    answer = server.get("/ok?check_db=x")

    assert answer.status_code == 400
    assert answer.json() == {"detail": "invalid literal for int() with base 10: 'x'"}


def test_the_server_tells_which_version_it_imitates(server: Server) -> None:
    assert server.get("/info").json() == {
        "version": "0.16.7",
        "langgraph_py_version": "1.2.22",
        "flags": {
            "assistants": True,
            "crons": True,
            "langsmith": False,
            "langsmith_tracing_replicas": True,
            "langsmith_tracing_session_on_runs": True,
        },
        "host": {
            "kind": "self-hosted",
            "project_id": None,
            "host_revision_id": None,
            "revision_id": None,
            "tenant_id": None,
        },
    }


def test_requests_are_counted_by_operation_and_status(server: Server) -> None:
    def counted() -> int:
        rows = server.get("/metrics?format=json").json()["api"]["http_requests_total"]
        wanted = {"method": "GET", "path": "/assistants/{assistant_id}", "status": 422}
        return sum(row["count"] for row in rows if wanted.items() <= row.items())

    before = counted()
    server.get("/assistants/nonsense")
    server.get("/assistants/more-nonsense")

    assert counted() == before + 2


def test_metrics_as_json_tell_of_queue_and_workers_too(server: Server) -> None:
    metrics = server.get("/metrics?format=json").json()

    assert metrics["workers"] == {"max": 1, "active": 0, "available": 1}
    assert metrics["queue"] == {
        "n_pending": 0,
        "pending_runs_wait_time_max_secs": None,
        "pending_runs_wait_time_med_secs": None,
        "pending_unblocked_runs_wait_time_max_secs": None,
        "n_running": 0,
    }


def test_metrics_count_the_runs_that_wait_and_those_that_are_played(server: Server) -> None:
    thread = server.create_thread()
    for _ in range(2):
        server.post(f"/threads/{thread}/runs", {"assistant_id": "steps", "input": {"sleep": 30}})
    server.post("/runs", {"assistant_id": "steps", "input": {}, "after_seconds": 3600})

    metrics = server.get("/metrics?format=json").json()

    assert (metrics["queue"]["n_pending"], metrics["queue"]["n_running"]) == (2, 1)
    assert metrics["queue"]["pending_runs_wait_time_max_secs"] >= 0
    assert metrics["workers"] == {"max": 1, "active": 1, "available": 0}
    assert "lg_api_workers_active 1.0" in server.get("/metrics").text
    assert server.delete(f"/threads/{thread}").status_code == 204


@pytest.mark.parametrize("query", ["", "?format=prometheus", "?format=xml", "?format=JSON"])
def test_metrics_are_for_prometheus_unless_asked_otherwise(server: Server, query: str) -> None:
    server.get("/ok")

    answer = server.get(f"/metrics{query}")

    assert answer.headers["content-type"] == "text/plain; version=1.0.0; charset=utf-8"
    sample = re.compile(r'[a-z_]+(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? [0-9.e+-]+')
    comment = re.compile(r"# (HELP [a-z_]+ .+|TYPE [a-z_]+ (counter|gauge|histogram))")
    for line in answer.text.splitlines():
        assert (comment if line.startswith("#") else sample).fullmatch(line), line
    assert re.search(
        r'^lg_api_http_requests_total\{method="GET",path="/ok",status="200"\} [1-9]',
        answer.text,
        re.MULTILINE,
    )
    assert re.search(
        r'^lg_api_http_requests_latency_sum\{method="GET",path="/ok"\} 0?\.?[0-9]', answer.text, re.MULTILINE
    )


def test_the_document_names_its_server(server: Server) -> None:
    answer = server.get("/openapi.json")

    document = answer.json()
    assert answer.headers["content-type"] == "application/json"
    assert document["openapi"] == "3.1.0"
    assert document["servers"] == [{"url": server.url}]


class Page(HTMLParser):
    """What matters of a page: its texts, its ids, and what it loads."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name in ("href", "src"):
                self.links.append(value or "")

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_manual_has_every_operation_under_its_tag(server: Server) -> None:
    answer = server.get("/docs")

    page = Page(answer.text)
    document = server.get("/openapi.json").json()
    operations = {
        entry["operationId"]
        for item in document["paths"].values()
        for entry in item.values()
        if isinstance(entry, dict) and "operationId" in entry
    }
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert len(operations) >= 64
    assert operations <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    for text in ("PATCH", "/threads/{thread_id}/state", "Search assistants", "Agent2Agent"):
        assert text in page.text


def test_the_manual_needs_nothing_but_itself(server: Server) -> None:
    page = Page(server.get("/docs").text)

    assert not page.tags & {"script", "link", "img", "iframe"}
    assert [link for link in page.links if not link.startswith("#")] == ["openapi.json"]
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)
