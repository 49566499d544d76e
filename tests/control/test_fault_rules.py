"""Which requests a fault befalls, how often, in which order; and what is said of a rule that makes no sense."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from understudy.server.faults.kinds import KINDS

if TYPE_CHECKING:
    import httpx

    from tests.conftest import Server

FAULTS = "/_understudy/faults"
HEADER = "x-understudy-fault"

BUSY = {"kind": "status", "status": 503}

SOCKET = "WEBSOCKET /threads/{thread_id}/stream/events"

DOCUMENT = yaml.safe_load((Path(__file__).parents[2] / "specs" / "control.yaml").read_text())
SCHEMAS = DOCUMENT["components"]["schemas"]


def add(server: Server, rule: dict[str, Any], **when: Any) -> str:
    """Add a rule and return its id."""
    answer = server.post(FAULTS, {**rule, "when": when} if when else rule)
    fault_id: str = answer.raise_for_status().json()["fault_id"]
    return fault_id


def counted(server: Server, fault_id: str) -> tuple[int, int]:
    """Return how many requests a rule was for, and how many it spoiled."""
    rule = server.get(f"{FAULTS}/{fault_id}").raise_for_status().json()
    return rule["fitted"], rule["fired"]


def created(server: Server, times: int = 1) -> list[int]:
    """Return the statuses of requests for threads."""
    return [server.post("/threads", {}).status_code for _ in range(times)]


# Which requests


def test_a_rule_without_conditions_befalls_all_requests(server: Server) -> None:
    fault = add(server, BUSY)

    assert created(server) == [503]
    assert server.get("/ok").status_code == 503
    assert counted(server, fault) == (2, 2)


@pytest.mark.parametrize(
    "name", ["threads.create", "create_thread_threads_post", "POST /threads", "post /threads"], ids=str
)
def test_an_operation_goes_by_several_names(server: Server, name: str) -> None:
    add(server, BUSY, operation=name)

    assert created(server) == [503]
    assert server.get("/ok").status_code == 200


def test_the_parameters_of_a_path_may_be_called_anything(server: Server) -> None:
    thread_id = server.create_thread()
    add(server, BUSY, operation="GET /threads/{id}")

    assert server.get(f"/threads/{thread_id}").status_code == 503
    assert server.get(f"/threads/{thread_id}/state").status_code == 200


@pytest.mark.parametrize(
    ("pattern", "thread", "state"),
    [("/threads/*", 503, 200), ("/threads/**", 503, 503), ("**/state", 200, 503), ("/threads", 200, 200)],
)
def test_a_star_in_a_path_is_one_segment_and_two_are_any(server: Server, pattern: str, thread: int, state: int) -> None:
    thread_id = server.create_thread()
    add(server, BUSY, path=pattern)

    assert server.get(f"/threads/{thread_id}").status_code == thread
    assert server.get(f"/threads/{thread_id}/state").status_code == state


def test_a_method_may_be_written_in_small_letters(server: Server) -> None:
    add(server, BUSY, method="post")

    assert created(server) == [503]
    assert server.get("/ok").status_code == 200


def test_one_thread_is_spoiled_and_another_is_not(server: Server) -> None:
    first, second = server.create_thread(), server.create_thread()
    add(server, BUSY, thread_id=first)

    assert server.get(f"/threads/{first.upper()}").status_code == 503
    assert server.get(f"/threads/{second}").status_code == 200
    assert created(server) == [200]


def test_all_conditions_have_to_hold(server: Server) -> None:
    fault = add(server, BUSY, operation="threads.get", thread_id=server.create_thread())
    other = server.create_thread()

    assert server.get(f"/threads/{other}").status_code == 200
    assert counted(server, fault) == (0, 0)


def test_a_fault_of_streams_waits_for_an_operation_that_streams(server: Server) -> None:
    fault = add(server, {"kind": "end_stream", "after": 1}, nth=1)
    server.create_thread()

    stream = server.post("/runs/stream", {"assistant_id": "steps", "input": {"n": 1}})

    assert stream.text.count("event: ") == 1
    assert counted(server, fault) == (1, 1)


def test_a_fault_of_streams_does_not_befall_a_refusal(server: Server) -> None:
    fault = add(server, {"kind": "drop_stream"})

    refused = server.post("/runs/stream", {"assistant_id": "nobody"})

    assert refused.status_code == 422
    assert counted(server, fault) == (1, 0)


def test_an_event_that_never_comes_is_no_fault(server: Server) -> None:
    fault = add(server, {"kind": "drop_stream", "after": 99})

    server.post("/runs/stream", {"assistant_id": "steps", "input": {"n": 1}}).raise_for_status()

    assert counted(server, fault) == (1, 0)


def test_rules_are_those_of_one_world(server: Server) -> None:
    add(server, BUSY)

    assert server.get("/ok", headers={"x-understudy-world": "another"}).status_code == 200
    assert server.get(FAULTS, headers={"x-understudy-world": "another"}).json() == []


# Which of them


def test_the_nth_request_is_spoiled_alone(server: Server) -> None:
    fault = add(server, BUSY, operation="threads.create", nth=2)

    assert created(server, 4) == [200, 503, 200, 200]
    assert counted(server, fault) == (4, 1)


def test_the_first_requests_are_left_alone(server: Server) -> None:
    add(server, BUSY, after=2)

    assert created(server, 4) == [200, 200, 503, 503]


def test_a_rule_fires_so_often_and_no_more(server: Server) -> None:
    fault = add(server, {**BUSY, "times": 2}, after=1)

    assert created(server, 5) == [200, 503, 503, 200, 200]
    assert counted(server, fault) == (5, 2)


def test_chance_repeats_with_its_seed(server: Server) -> None:
    outcomes = []
    for _ in range(2):
        add(server, BUSY, probability=0.5, seed=7)
        outcomes.append(created(server, 20))
        server.delete(FAULTS)

    assert outcomes[0] == outcomes[1]
    assert set(outcomes[0]) == {200, 503}


def test_chance_repeats_with_the_seed_of_the_world(server: Server) -> None:
    outcomes = []
    for _ in range(2):
        world = {"x-understudy-world": "by-chance"}
        told = {"name": "by-chance", "seed": 11, "if_exists": "reset"}
        server.post("/_understudy/worlds", told).raise_for_status()
        server.post(FAULTS, {**BUSY, "when": {"probability": 0.5}}, headers=world).raise_for_status()
        outcomes.append([server.post("/threads", {}, headers=world).status_code for _ in range(20)])

    assert outcomes[0] == outcomes[1]
    assert set(outcomes[0]) == {200, 503}


def test_a_chance_of_0_or_1_is_none(server: Server) -> None:
    add(server, BUSY, probability=0)
    assert created(server, 5) == [200] * 5

    add(server, BUSY, probability=1)
    assert created(server, 5) == [503] * 5


# Several of them


def test_the_first_answer_is_the_last_that_is_tried(server: Server) -> None:
    first = add(server, {**BUSY, "times": 1})
    second = add(server, {"kind": "status", "status": 502})

    assert created(server, 2) == [503, 502]
    assert counted(server, first) == (2, 1)
    assert counted(server, second) == (1, 1)


def test_faults_that_are_no_answers_take_part_all(server: Server) -> None:
    faults = [
        add(server, {"kind": "delay", "seconds": 0.01}),
        add(server, {"kind": "content_type", "media_type": "text/plain"}),
        add(server, {"kind": "status", "body": "sorry"}),
    ]

    answer = server.post("/threads", {})

    assert (answer.status_code, answer.headers["content-type"], answer.text) == (500, "text/plain", "sorry")
    assert [counted(server, fault) for fault in faults] == [(1, 1)] * 3


def test_the_fault_of_a_header_comes_before_the_rules(server: Server) -> None:
    fault = add(server, BUSY)

    assert server.post("/threads", {}, headers={HEADER: "status; status=418"}).status_code == 418
    assert counted(server, fault) == (0, 0)


# Looking at them


def test_a_rule_is_told_with_its_defaults_and_what_has_come_of_it(server: Server) -> None:
    fault = add(server, {"kind": "drop_stream"}, operation="runs.stream")

    assert server.get(FAULTS).json() == [
        {
            "fault_id": fault,
            "kind": "drop_stream",
            "after": 1,
            "reset": False,
            "when": {"operation": "runs.stream"},
            "times": None,
            "fitted": 0,
            "fired": 0,
        }
    ]


def test_ids_are_those_of_the_kind_and_a_number(server: Server) -> None:
    assert [add(server, BUSY), add(server, {"kind": "delay"}), add(server, BUSY)] == ["status-1", "delay-1", "status-2"]


def test_a_removed_rule_is_tried_no_more(server: Server) -> None:
    first, second = add(server, BUSY), add(server, {"kind": "status", "status": 502})

    assert server.delete(f"{FAULTS}/{first}").status_code == 204

    assert created(server) == [502]
    assert server.delete(FAULTS).status_code == 204
    assert created(server) == [200]
    assert [server.get(f"{FAULTS}/{gone}").status_code for gone in (first, second)] == [404, 404]


def test_what_steers_the_server_is_never_spoiled(server: Server) -> None:
    add(server, {"kind": "disconnect"})

    assert server.get(FAULTS, headers={HEADER: "disconnect"}).status_code == 200


def test_the_journal_tells_which_faults_fired(server: Server) -> None:
    fault = add(server, {"kind": "delay", "seconds": 0}, operation="threads.create")

    server.post("/threads", {}, headers={HEADER: "status; status=503; carried_out"})

    [entry] = server.get("/_understudy/journal").json()["entries"]
    assert entry["faults"] == [fault, "status"]


# Rules that make no sense

MISTAKES: list[tuple[Any, str]] = [
    ([], 'a fault is an object such as {"kind": "status", "status": 503}'),
    ({}, "kind: there has to be one. Known: comments, content_type, delay,"),
    ({"kind": "drop_strem"}, 'kind: no kind "drop_strem". Did you mean "drop_stream"?'),
    ({"kind": 5}, "kind: no kind 5. Known: comments,"),
    ({"kind": "rate_limit", "retry": 5}, 'retry: "rate_limit" has no such parameter. Did you mean "retry_after"?'),
    ({"kind": "status", "wen": {}}, 'wen: "status" has no such parameter. Did you mean "when"?'),
    ({"kind": "status", "status": 99}, "status: must be a whole number from 200 to 599, not 99"),
    ({"kind": "status", "status": True}, "status: must be a whole number from 200 to 599, not true"),
    ({"kind": "status", "headers": {"a b": "c"}}, "headers: must be an object of header names and their texts, not"),
    (
        {"kind": "status", "headers": {"Content-Length": "3"}},
        "headers: must be without Content-Length, which says how an answer is framed",
    ),
    ({"kind": "delay", "seconds": -1}, "seconds: must be a number from 0 to 3600, not -1"),
    ({"kind": "truncate", "fraction": "half"}, 'fraction: must be a number from 0 to 1, not "half"'),
    ({"kind": "event_ids", "ids": "emty"}, 'ids: must be one of "empty", "repeated", "missing", not "emty"'),
    ({"kind": "disconnect", "reset": 1}, "reset: must be true or false, not 1"),
    ({"kind": "content_type", "media_type": ""}, "media_type: must be a text that is not empty"),
    ({"kind": "status", "times": 0}, "times: must be a whole number of at least 1, not 0"),
    ({"kind": "status", "when": "always"}, 'when: must be an object such as {"operation": "threads.create"}, not'),
    ({"kind": "status", "when": {"nth": 0}}, "when.nth: must be a whole number of at least 1, not 0"),
    ({"kind": "status", "when": {"nht": 1}}, 'when.nht: a rule has no such parameter. Did you mean "nth"?'),
    (
        {"kind": "status", "when": {"nth": 2, "after": 2}},
        "when.nth: must be greater than when.after (2), not 2",
    ),
    ({"kind": "status", "when": {"probability": 2}}, "when.probability: must be a number from 0 to 1, not 2"),
    ({"kind": "status", "when": {"method": "fetch"}}, "when.method: must be one of DELETE, GET, HEAD,"),
    ({"kind": "status", "when": {"path": "threads"}}, 'when.path: must be a path that begins with "/" or "*", not'),
    (
        {"kind": "status", "when": {"operation": "threads.creat"}},
        'when.operation: no operation "threads.creat". Did you mean "threads.create"?',
    ),
    (
        {"kind": "drop_stream", "when": {"operation": "threads.create"}},
        'when.operation: POST /threads has no stream of events, so "drop_stream" can\'t befall it',
    ),
    (
        {"kind": "truncate", "when": {"operation": SOCKET}},
        f"when.operation: {SOCKET} is a WebSocket, of which only the handshake can be spoiled",
    ),
]


@pytest.mark.parametrize(("rule", "complaint"), MISTAKES, ids=[complaint for _, complaint in MISTAKES])
def test_a_mistake_is_told_with_its_place_and_adds_nothing(server: Server, rule: Any, complaint: str) -> None:
    refused = server.post(FAULTS, rule)

    assert refused.status_code == 422
    assert refused.json()["detail"].startswith(complaint)
    assert server.get(FAULTS).json() == []


HEADERS = [
    ("", 'kind: no kind "".'),
    ("drop_strem", 'kind: no kind "drop_strem". Did you mean "drop_stream"?'),
    ("status; status=9", "status: must be a whole number from 200 to 599, not 9"),
    ("delay; seconds=soon", 'seconds: must be a number from 0 to 3600, not "soon"'),
    ("delay,", 'kind: no kind "".'),
    ("delay; when=1", 'when: "delay" has no such parameter.'),
    ('{"kind":', "no JSON: "),
    ("[1]", 'a fault is an object such as {"kind": "drop_stream", "after": 2}'),
]


@pytest.mark.parametrize(("header", "complaint"), HEADERS)
def test_a_mistake_in_a_header_is_a_bad_request(server: Server, header: str, complaint: str) -> None:
    refused = server.post("/threads", {}, headers={HEADER: header})

    assert refused.status_code == 400
    assert refused.json()["detail"].startswith(f"{HEADER}: {complaint}")


@pytest.mark.parametrize(
    "header",
    [
        "status; status=503; body=busy",
        "delay;seconds=0,status;status=503;body=busy;",
        '{"kind": "status", "status": 503, "body": "busy"}',
        '[{"kind": "delay", "seconds": 0}, {"kind": "status", "status": 503, "body": "busy"}]',
    ],
)
def test_a_header_says_the_same_in_several_ways(server: Server, header: str) -> None:
    answer = server.post("/threads", {}, headers={HEADER: header})

    assert (answer.status_code, answer.text) == (503, "busy")


def test_a_header_is_utf_8(server: Server) -> None:
    header = "status; status=503; body=occupé".encode()

    assert server.post("/threads", {}, headers={HEADER.encode(): header}).text == "occupé"


# The document


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    return SCHEMAS[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


DOCUMENTED = {
    each["properties"]["kind"]["const"]: {name: resolved(told) for name, told in each["properties"].items()}
    for each in SCHEMAS["FaultAdd"]["oneOf"]
}


def test_the_document_has_all_kinds_with_their_parameters_and_defaults() -> None:
    known = {
        kind: {name: parameter.default for name, parameter in described.parameters.items()}
        for kind, described in KINDS.items()
    }

    assert {
        kind: {name: told["default"] for name, told in parameters.items() if name != "kind"}
        for kind, parameters in DOCUMENTED.items()
    } == known


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 700)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)
WHEN = st.dictionaries(st.sampled_from([*SCHEMAS["When"]["properties"], "nht"]), JSON, max_size=3)
RULES = st.sampled_from(sorted(DOCUMENTED)).flatmap(
    lambda kind: st.fixed_dictionaries(
        {"kind": st.just(kind)},
        optional={**{name: JSON for name in DOCUMENTED[kind] if name != "kind"}, "when": WHEN | JSON, "times": JSON},
    )
)


@settings(max_examples=500, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))
@given(rule=RULES | JSON)
def test_any_rule_is_added_or_refused_with_its_place(server: Server, rule: Any) -> None:
    answer: httpx.Response = server.post(FAULTS, rule)

    told = server.get(FAULTS).json()
    server.delete(FAULTS)
    if answer.status_code == 201:
        assert told == [answer.json()]
        assert {name: value for name, value in rule.items() if value is not None}.items() <= told[0].items()
    else:
        assert answer.status_code == 422
        assert answer.json()["detail"]
        assert told == []
