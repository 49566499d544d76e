"""A server that is broken in one way is found out, by few requests, and nothing else is."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from tests.conformance.comparing.servers import Exchange, Fake, Fault
from understudy.conformance.comparing.comparison import Outcome, Plan, compare
from understudy.conformance.comparing.deployment import Address, Unreachable
from understudy.conformance.comparing.hunt import Bounds


def compared(fakes: tuple[Fake, Fake], *include: str, seed: int = 1, examples: int = 40, most: int = 1) -> Outcome:
    one, other = (Address(fake.url) for fake in fakes)
    bounds = Bounds(max_examples=examples, max_steps=15, max_time=120, max_differences=most, seed=seed, workers=2)
    return compare(Plan(one=one, other=other, bounds=bounds, include=include))


def copy_forgets_values() -> Fault:
    copies: set[str] = set()

    def fault(exchange: Exchange) -> None:
        if exchange.at("POST /threads/*/copy") and exchange.status == 200:
            copies.add(exchange.body["thread_id"])
        read = exchange.at("GET /threads/*/state")
        if read and read[1] in copies and exchange.status == 200:
            exchange.body = exchange.body | {"values": {}}

    return fault


def patch_replaces() -> Fault:
    def fault(exchange: Exchange) -> None:
        if exchange.at("PATCH /threads/*") and exchange.status == 200:
            exchange.body = exchange.body | {"metadata": exchange.asked.get("metadata", {})}

    return fault


def page_is_short() -> Fault:
    def fault(exchange: Exchange) -> None:
        if exchange.at("POST /threads/search") and exchange.status == 200:
            rows = exchange.body
            exchange.body = rows[:-1] if len(rows) == exchange.asked.get("limit") else rows

    return fault


def header_is_missing() -> Fault:
    def fault(exchange: Exchange) -> None:
        if exchange.at("POST /assistants/search"):
            exchange.headers.pop("x-pagination-total", None)

    return fault


def status_is_another() -> Fault:
    def fault(exchange: Exchange) -> None:
        if exchange.at("DELETE /runs/crons/*") and exchange.status == 204:
            exchange.status = 200

    return fault


def event_is_dropped() -> Fault:
    def fault(exchange: Exchange) -> None:
        if exchange.at("POST /threads/*/runs/stream") and exchange.status == 200:
            events = exchange.content.split(b"\r\n\r\n")
            exchange.content = b"\r\n\r\n".join([*events[:-2], events[-1]] if len(events) > 3 else events)

    return fault


def item_is_another() -> Fault:
    def fault(exchange: Exchange) -> None:
        if exchange.at("GET /store/items") and exchange.status == 200 and exchange.body:
            exchange.body = exchange.body | {"value": {}}

    return fault


def refusal_is_an_accident() -> Fault:
    def fault(exchange: Exchange) -> None:
        if exchange.at("POST /threads") and exchange.status == 409:
            exchange.status, exchange.content = 500, b"Internal Server Error"
            exchange.headers = {"content-type": "text/plain"}

    return fault


@dataclass(frozen=True)
class Case:
    """A fault, where it is to be seen, and how many requests are enough to see it."""

    fault: Fault
    operation: str
    place: str
    steps: int
    include: tuple[str, ...]


_THREADS = ("Threads", "Thread Runs")

CASES = {
    "a copy forgets values": Case(copy_forgets_values(), "GET /threads/{thread_id}/state", "body.values", 4, _THREADS),
    "a patch replaces": Case(patch_replaces(), "PATCH /threads/{thread_id}", "body.metadata", 2, _THREADS),
    "a page is one too short": Case(page_is_short(), "POST /threads/search", "body", 4, _THREADS),
    "a header is missing": Case(
        header_is_missing(), "POST /assistants/search", "headers.x-pagination-total", 1, ("Assistants",)
    ),
    "a status is another": Case(status_is_another(), "DELETE /runs/crons/{cron_id}", "status", 2, ("Crons",)),
    "an event is dropped": Case(event_is_dropped(), "POST /threads/{thread_id}/runs/stream", "events", 2, _THREADS),
    "an item is another": Case(item_is_another(), "GET /store/items", "body.value", 2, ("Store",)),
    "a refusal is an accident": Case(refusal_is_an_accident(), "POST /threads", "status", 2, _THREADS),
}


@pytest.mark.parametrize("name", CASES)
def test_a_fault_is_found_by_few_requests(name: str, fakes: tuple[Fake, Fake]) -> None:
    case = CASES[name]
    fakes[1].app.fault = case.fault

    outcome = compared(fakes, *case.include, examples=300)

    (finding,) = outcome.progress.findings
    assert {parting.operation for parting in finding.partings} == {case.operation}
    assert finding.partings[0].place.startswith(case.place)
    assert len(finding.steps) <= case.steps, "\n".join(map(str, finding.steps))
    assert finding.partings[0].step == len(finding.steps)


@pytest.mark.parametrize("seed", [1, 2])
def test_two_that_are_alike_do_not_differ(seed: int, fakes: tuple[Fake, Fake]) -> None:
    outcome = compared(fakes, seed=seed)

    assert [str(finding.partings[0]) for finding in outcome.progress.findings] == []
    assert outcome.progress.chance == []
    assert outcome.progress.played == 40
    assert outcome.same


def test_two_faults_are_two_differences_of_one_run(fakes: tuple[Fake, Fake]) -> None:
    faults = (patch_replaces(), header_is_missing())

    def both(exchange: Exchange) -> None:
        for fault in faults:
            fault(exchange)

    fakes[1].app.fault = both

    outcome = compared(fakes, "Threads", "Assistants", examples=150, most=5)

    found = {finding.partings[0].operation: len(finding.steps) for finding in outcome.progress.findings}
    assert found == {"PATCH /threads/{thread_id}": 2, "POST /assistants/search": 1}


def test_what_others_have_on_one_of_them_is_no_difference_and_is_left_alone(fakes: tuple[Fake, Fake]) -> None:
    client = fakes[0].client
    thread = client.post("/threads", json={"metadata": {"a": 1}}).json()["thread_id"]
    client.post(f"/threads/{thread}/runs/wait", json={"assistant_id": "steps", "input": {"n": 1}})
    client.post("/assistants", json={"graph_id": "agent", "name": "Ada", "metadata": {"a": 1}})
    client.post("/runs/crons", json={"assistant_id": "agent", "schedule": "0 0 29 2 *"})
    client.put("/store/items", json={"namespace": ["a"], "key": "k", "value": {"n": 1}})
    before = [fake.holds() for fake in fakes]

    outcome = compared(fakes)

    assert outcome.same
    assert [fake.holds() for fake in fakes] == before


def test_nothing_is_left_behind_and_everything_that_is_made_is_marked(fakes: tuple[Fake, Fake]) -> None:
    before = [fake.holds() for fake in fakes]

    outcome = compared(fakes)

    assert [fake.holds() for fake in fakes] == before
    assert outcome.left == ()
    made = [
        exchange.asked["metadata"]
        for fake in fakes
        for exchange in fake.app.asked
        if exchange.at("POST /(threads|assistants|runs/crons)") and exchange.status == 200
    ]
    assert made
    assert all("understudy_check" in metadata for metadata in made)
    for exchange in fakes[0].app.asked:
        if exchange.at("POST /.*/(search|count)") and exchange.status == 200 and "limit" in exchange.asked:
            told = json.dumps(exchange.asked)
            assert "understudy" in told or exchange.asked == {"limit": 1000}


def test_what_cannot_be_removed_is_told(fakes: tuple[Fake, Fake]) -> None:
    def fault(exchange: Exchange) -> None:
        if exchange.method == "POST" and exchange.path == "/threads/search" and exchange.asked.get("limit") == 100:
            mark = exchange.asked["metadata"]
            exchange.body = [{"thread_id": "11111111-1111-4111-8111-111111111111", "metadata": mark}]

    fakes[1].app.fault = fault

    outcome = compared(fakes, "Store", examples=5)

    assert outcome.left == ((fakes[1].url, "thread /threads/11111111-1111-4111-8111-111111111111"),)


def test_nothing_is_left_behind_by_a_run_that_is_stopped(fakes: tuple[Fake, Fake]) -> None:
    before = [fake.holds() for fake in fakes]
    one, other = (Address(fake.url) for fake in fakes)
    bounds = Bounds(max_examples=500, max_steps=15, max_time=60, max_differences=1, seed=1, workers=2)

    def stop(progress: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        compare(Plan(one=one, other=other, bounds=bounds), stop)

    assert [fake.holds() for fake in fakes] == before
    assert len(fakes[0].app.asked) < 400


def test_nothing_is_left_behind_when_the_other_one_goes_away(fakes: tuple[Fake, Fake]) -> None:
    gone = Fake()
    gone.play("reference")
    before = fakes[1].holds()
    one, other = Address(gone.url), Address(fakes[1].url)
    bounds = Bounds(max_examples=500, max_steps=15, max_time=60, max_differences=1, seed=1, workers=2)

    with pytest.raises(Unreachable, match=gone.url):
        compare(Plan(one=one, other=other, bounds=bounds), lambda progress: gone.close())

    assert fakes[1].holds() == before


def test_one_server_compared_with_itself_does_not_differ(fakes: tuple[Fake, Fake]) -> None:
    outcome = compared((fakes[0], fakes[0]))

    assert outcome.same
