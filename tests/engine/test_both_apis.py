"""Two APIs in one server: the Computer Agents API answers below `/v1`, the Agent Server everywhere else."""

from __future__ import annotations

from contextlib import closing
from threading import Thread
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from computer_agents import ComputerAgentsClient
from langgraph_sdk import get_sync_client
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

import understudy
from tests.conftest import Server
from understudy.config import Settings
from understudy.control.coverage import Coverage
from understudy.scenarios import find_all, read
from understudy.scenarios.beginnings import Beginning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from langgraph_sdk.client import SyncLangGraphClient

APIS = ("agent-server", "computer-agents")

AT, WORLD = "/_understudy", "X-Understudy-World"

KEY = {"authorization": "Bearer any"}
"""What each request of the Computer Agents API needs."""

ORDER: dict[str, Any] = {"messages": [{"role": "user", "content": "Where is my order A-1024?"}]}


@pytest.fixture(scope="module")
def serving() -> Iterator[Server]:
    """A server whose worlds begin with a scenario of each API."""
    with closing(Server(Settings(strict=True, apis=APIS))) as server:
        server.worlds.begin = Beginning(map(read, find_all("demo", APIS)))
        yield server


@pytest.fixture
def both(serving: Server) -> Server:
    """A server of both APIs; there is no world yet."""
    for world in serving.get(f"{AT}/worlds").json():
        serving.delete(f"{AT}/worlds/{world['name']}").raise_for_status()
    return serving


@pytest.fixture(scope="module")
def guarded() -> Iterator[Server]:
    """A server that knows three keys, and has a world for each."""
    settings = Settings(strict=True, apis=APIS, api_keys=("one", "two", "three"), world_per_key=True)
    with closing(Server(settings)) as server:
        yield server


def within(name: str, **headers: str) -> dict[str, str]:
    return {WORLD: name, **headers}


def journal(server: Server, **headers: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = server.get(f"{AT}/journal", headers=headers).raise_for_status().json()["entries"]
    return entries


def planned(server: Server, world: str) -> str:
    """Return what the agent of the Computer Agents API says to somebody in a world."""
    with ComputerAgentsClient("tb_one", base_url=server.url) as client:
        client.api._client.headers[WORLD] = world
        thread = client.threads.create(title=world, agent_id="agent_orchard")
        content: str = client.threads.send_message(thread["id"], content="Plan the harvest!").content
        return content


def answered(client: SyncLangGraphClient) -> str:
    """Return what the agent of the Agent Server says."""
    thread = client.threads.create()["thread_id"]
    state: Any = client.runs.wait(thread, "support", input=ORDER)
    content: str = state["messages"][-1]["content"]
    return content


# Which of them answers


@pytest.mark.parametrize("path", ["/ok", "/info", "/threads/11111111-1111-4111-8111-111111111111"])
def test_the_agent_server_answers_at_the_root(both: Server, path: str) -> None:
    assert both.get(path).status_code == 200
    assert both.get(f"/v1{path}", headers=KEY).json()["error"] == "Not Found"


@pytest.mark.parametrize("path", ["/health", "/agents", "/environments", "/projects"])
def test_the_computer_agents_api_answers_below_its_version_alone(both: Server, path: str) -> None:
    assert both.get(f"/v1{path}", headers=KEY).status_code == 200
    assert both.get(path, headers=KEY).json() == {"detail": "Not Found"}


@pytest.mark.parametrize("path", ["/v1", "/v1/", "/v1/nope", "/v1/v1/health"])
def test_what_is_nothing_below_the_version_is_told_in_its_words(both: Server, path: str) -> None:
    answer = both.get(path, headers=KEY)

    assert (answer.status_code, answer.json()) == (404, {"error": "Not Found", "message": "Not Found"})


@pytest.mark.parametrize("path", ["/nope", "/v1x", "/v1health", "/v2/health", "//v1/health"])
def test_what_is_nothing_elsewhere_is_told_in_those_of_the_agent_server(both: Server, path: str) -> None:
    answer = httpx.get(f"{both.url}{path}", headers=KEY)

    assert (answer.status_code, answer.json()) == (404, {"detail": "Not Found"})


def test_a_wrong_method_is_told_by_each_in_its_way(both: Server) -> None:
    here, there = both.put("/threads/search"), both.put("/v1/threads/search")

    assert (here.status_code, here.json(), here.headers["allow"]) == (405, {"detail": "Method Not Allowed"}, "POST")
    assert (there.status_code, there.json()["error"]) == (405, "Method Not Allowed")
    assert there.headers["allow"] == "DELETE, GET, HEAD, PATCH, POST"
    assert both.post("/ok").status_code == 404


def test_a_slash_at_the_end_leads_elsewhere_or_changes_nothing(both: Server) -> None:
    here, there = both.post("/threads/", {}), both.post("/v1/threads/", {}, headers=KEY)

    assert (here.status_code, there.status_code) == (307, 201)


def test_a_page_may_read_what_each_exposes(both: Server) -> None:
    page = {"origin": "http://page"}

    here, there = both.get("/ok", headers=page), both.get("/v1/health", headers=page)

    assert here.headers["access-control-expose-headers"].startswith("x-pagination-total")
    assert there.headers["access-control-expose-headers"] == "retry-after"


def test_a_request_that_does_not_fit_is_refused_by_each_in_its_way(both: Server) -> None:
    here, there = both.post("/threads/search", {"limit": "x"}), both.post("/v1/projects", {}, headers=KEY)

    assert (here.status_code, [*here.json()]) == (422, ["detail"])
    assert (there.status_code, there.json()["code"]) == (400, "VALIDATION_FAILED")


def test_a_websocket_is_the_agent_servers(both: Server) -> None:
    thread = both.create_thread()
    address = both.url.replace("http", "ws")

    with connect(f"{address}/threads/{thread}/stream/events"):
        pass
    with pytest.raises(InvalidStatus):
        connect(f"{address}/v1/threads/{thread}/stream/events")


def test_each_shows_its_own_document(both: Server) -> None:
    assert not [path for path in both.get("/openapi.json").json()["paths"] if path.startswith("/v1")]


def test_a_mistake_of_the_servers_own_is_told_by_each_in_its_way(both: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("a secret of the server")

    monkeypatch.setattr(both.world.threads, "find", fail)
    monkeypatch.setattr(both.world.computer_agents.projects, "find", fail)

    here, there = both.post("/threads/search", {}), both.get("/v1/projects", headers=KEY)

    assert (here.status_code, here.text) == (500, "Internal Server Error")
    assert here.headers["content-type"] == "text/plain; charset=utf-8"
    assert (there.status_code, there.headers["content-type"]) == (500, "application/json")
    assert there.json() == {"error": "Internal Server Error", "message": "Internal Server Error"}


def test_an_answer_that_breaks_the_contract_is_told_by_each_in_its_way(
    both: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(both.world.computer_agents.projects, "find", lambda *_, **__: [{"id": 1}])

    answer = both.get("/v1/projects", headers=KEY)

    assert (answer.status_code, answer.json()["error"]) == (500, "Internal Server Error")
    assert answer.json()["message"].startswith("GET /v1/projects broke its contract: ")


# Who is let in


def test_only_one_of_them_needs_a_key_where_none_is_known(both: Server) -> None:
    assert both.post("/threads", {}).status_code == 200
    assert both.post("/v1/threads", {}).json()["error"] == "Unauthorized"


def test_the_keys_are_those_of_both_each_in_its_headers(guarded: Server) -> None:
    bearer, header = {"authorization": "Bearer one"}, {"x-api-key": "one"}

    assert [guarded.post("/threads", {}, headers=each).status_code for each in (bearer, header)] == [401, 200]
    assert [guarded.get("/v1/projects", headers=each).status_code for each in (bearer, header)] == [200, 200]


def test_another_key_is_refused_by_each_in_its_way(guarded: Server) -> None:
    other = {"x-api-key": "four"}

    here, there = guarded.post("/threads", {}, headers=other), guarded.get("/v1/projects", headers=other)

    assert (here.status_code, here.json()) == (403, {"detail": "Unknown API key in the x-api-key header"})
    assert (there.status_code, there.json()["error"]) == (401, "Unauthorized")


def test_a_key_has_one_world_in_both(guarded: Server) -> None:
    def requests() -> dict[str, int]:
        return {world["name"]: world["requests"] for world in guarded.get(f"{AT}/worlds").json()}

    before = requests()

    guarded.post("/threads", {}, headers={"x-api-key": "two"}).raise_for_status()
    guarded.post("/v1/projects", {"name": "Orchard"}, headers={"authorization": "Bearer two"}).raise_for_status()

    assert [count for name, count in requests().items() if name not in before] == [2]
    assert guarded.get("/v1/projects", headers={"x-api-key": "three"}).json()["count"] == 0


# Clients, worlds and scenarios


def test_the_clients_of_both_are_answered_at_once_each_in_its_world(both: Server) -> None:
    said: dict[str, str] = {}

    def plan(world: str) -> None:
        said[world] = planned(both, world)

    others = [Thread(target=plan, args=(world,)) for world in ("a", "b")]
    for each in others:
        each.start()
    for world in ("a", "b"):
        with get_sync_client(url=both.url, headers=within(world)) as client:
            assert "Order A-1024 left our warehouse" in answered(client)
    for each in others:
        each.join()

    assert [said[world].endswith("Pears first.") for world in ("a", "b")] == [True, True]
    for world in ("a", "b"):
        titles = [row["title"] for row in both.get("/v1/threads", headers=within(world, **KEY)).json()["data"]]
        assert world in titles
        assert {"a": "b", "b": "a"}[world] not in titles
        assert len(both.post("/threads/search", {"limit": 100}, headers=within(world)).json()) == 6


def test_an_agent_of_either_scenario_plays_in_both(both: Server) -> None:
    graphs = {row["graph_id"] for row in both.post("/assistants/search", {}).json()}
    agents = {row["id"] for row in both.get("/v1/agents", headers=KEY).json()["data"]}

    assert {"support", "agent_orchard"} <= graphs
    assert {"support", "agent_orchard"} <= agents


def test_the_scenarios_of_both_are_told_and_found(both: Server) -> None:
    told = {(row["api"], row["name"]) for row in both.get(f"{AT}/scenarios").json()}

    assert {("agent-server", "demo"), ("computer-agents", "demo"), ("agent-server", "large")} <= told


@pytest.mark.parametrize(
    ("name", "agents"),
    [
        ("demo", {"support", "research", "agent_orchard"}),
        ("agent-server/demo", {"support", "research"}),
        ("computer-agents/demo", {"agent_orchard"}),
    ],
)
def test_a_name_is_that_of_a_scenario_of_each_unless_it_says_of_which(
    both: Server, name: str, agents: set[str]
) -> None:
    both.post(f"{AT}/worlds", {"name": "made", "begin": [{"name": name}]}).raise_for_status()
    both.post(f"{AT}/worlds", {"name": "loaded", "begin": []}).raise_for_status()
    both.post(f"{AT}/scenarios", {"name": name}, headers=within("loaded")).raise_for_status()
    both.put(f"{AT}/worlds/restored/snapshot", {"name": name}).raise_for_status()

    for world in ("made", "loaded", "restored"):
        assert both.get(f"{AT}/worlds/{world}/snapshot").json()["agents"].keys() == agents


@pytest.mark.parametrize("name", ["computer-agents/large", "control/demo", "dmeo", "/demo"])
def test_another_name_is_none(both: Server, name: str) -> None:
    answer = both.post(f"{AT}/worlds", {"begin": [{"name": name}]})

    assert answer.status_code == 422
    assert f'no scenario "{name}" ships with this server.' in answer.json()["detail"]


def test_a_snapshot_of_a_world_makes_another_in_which_both_go_on(both: Server) -> None:
    thread = both.create_thread()
    snapshot = both.get(f"{AT}/worlds/default/snapshot").raise_for_status().json()

    both.put(f"{AT}/worlds/again/snapshot", {"scenario": snapshot}).raise_for_status()

    assert both.get(f"/threads/{thread}", headers=within("again")).status_code == 200
    assert planned(both, "again").endswith("Pears first.")


def test_the_clock_is_that_of_both(both: Server) -> None:
    understudy.connect(both.url).clock.freeze("2026-01-31T08:00:00Z")

    here = both.post("/threads", {}).json()["created_at"]
    there = both.post("/v1/threads", {}, headers=KEY).json()["thread"]["createdAt"]

    assert (here[:19], there[:19]) == ("2026-01-31T08:00:00", "2026-01-31T08:00:00")


# Faults, journal and coverage


def test_a_fault_befalls_the_operation_of_the_one_that_it_is_for(both: Server) -> None:
    for operation in ("POST /v1/threads", "list_projects"):
        rule = {"kind": "status", "status": 503, "when": {"operation": operation}}
        both.post(f"{AT}/faults", rule).raise_for_status()

    assert both.post("/threads", {}).status_code == 200
    assert both.post("/v1/threads", {}, headers=KEY).json()["error"] == "Service Unavailable"
    assert both.get("/v1/projects", headers=KEY).status_code == 503


def test_a_short_name_that_both_have_is_asked_back(both: Server) -> None:
    def told(name: str) -> httpx.Response:
        return both.post(f"{AT}/faults", {"kind": "status", "status": 503, "when": {"operation": name}})

    answer = told("threads.create")

    assert answer.status_code == 422
    assert answer.json()["detail"] == (
        'when.operation: "threads.create" is an operation of each API here: say "POST /threads" or "POST /v1/threads"'
    )
    assert told("projects.create").status_code == 201


def test_a_header_lets_a_request_of_either_fail_in_its_words(both: Server) -> None:
    fault = {"x-understudy-fault": "rate_limit; retry_after=3"}

    here, there = both.get("/ok", headers=fault), both.get("/v1/projects", headers={**fault, **KEY})

    assert (here.status_code, [*here.json()]) == (429, ["detail"])
    assert (there.status_code, there.json()["error"]) == (429, "Too Many Requests")


def test_what_was_asked_of_each_is_in_one_journal_and_held_to_its_own_document(both: Server) -> None:
    both.post("/threads", {"metadta": {}})
    both.post("/v1/threads", {"titel": "Harvest"}, headers={**KEY, "idempotency-key": "k-1"})
    both.get("/v1/agents", headers=KEY)
    both.get("/agents")

    entries = journal(both)
    assert [entry["operation"] for entry in entries] == [
        "create_thread_threads_post",
        "create_thread",
        "list_agents",
        None,
    ]
    assert [entry["request_verdict"]["kept"] for entry in entries] == [False, False, True, False]
    assert [entry["answer_verdict"]["kept"] for entry in entries] == [True, True, True, None]
    assert 'Did you mean "metadata"?' in entries[0]["request_verdict"]["complaint"]
    assert "'titel' was unexpected" in entries[1]["request_verdict"]["complaint"]
    assert [entry["headers"] for entry in entries[:2]] == [{}, {"idempotency-key": "k-1"}]


def test_what_was_used_of_each_is_told_of_each(both: Server) -> None:
    both.get("/ok")
    both.get("/v1/health")

    used = [
        (row["api"], row["path"]) for row in understudy.connect(both.url).coverage()["operations"] if row["statuses"]
    ]
    assert used == [("agent-server", "/ok"), ("computer-agents", "/v1/health")]


def test_coverage_is_printed_by_api_and_tag(both: Server) -> None:
    both.get("/v1/health")
    coverage = Coverage()
    coverage.add(understudy.connect(both.url).coverage())

    lines = coverage.to_text().splitlines()
    assert "computer-agents, System: 1 of 1" in lines
    assert any(line.startswith("agent-server, System: 0 of ") for line in lines)


# Starting it


def test_it_is_started_with_both_and_begins_with_the_demo_of_each() -> None:
    with understudy.start(api=APIS, seed=7) as server:
        assert server.world().snapshot()["agents"].keys() == {"support", "research", "agent_orchard"}
        assert httpx.get(f"{server.url}/ok").status_code == 200
        assert httpx.get(f"{server.url}/v1/agents", headers=KEY).status_code == 200
