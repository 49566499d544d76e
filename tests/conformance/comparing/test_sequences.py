"""Steps, their symbols and commands, the differences that are known, and smaller sequences."""

from __future__ import annotations

import subprocess

import hypothesis
import pytest

from tests.conformance.comparing.servers import Fake
from understudy.conformance.comparing.agent_server import VOCABULARY
from understudy.conformance.comparing.inputs import inputs
from understudy.conformance.comparing.known import Entry, Known, bundled
from understudy.conformance.comparing.partings import Parting, partings
from understudy.conformance.comparing.reducing import reduced
from understudy.conformance.comparing.sequences import Graph, sequences
from understudy.conformance.comparing.steps import CHECK, EXAMPLE, Step, curl
from understudy.contract.documents import load_contract
from understudy.contract.operations import operations

GRAPHS = [Graph("steps", inputs({"properties": {"n": {"type": "integer"}}}), ("a", "b"))]
THREAD = Step("POST /threads", body={"metadata": {"a": 1}}, makes=(("thread#1", "body/thread_id"),))
COPY = Step("POST /threads/{thread_id}/copy", {"thread_id": "thread#1"}, makes=(("thread#2", "body/thread_id"),))
READ = Step("GET /threads/{thread_id}", {"thread_id": "thread#2"})
OTHER = Step("POST /threads", body={}, makes=(("thread#3", "body/thread_id"),))


def test_every_operation_of_a_sequence_is_one_of_the_document() -> None:
    document = {str(operation) for operation in operations(load_contract("agent-server").observed)}

    assert document >= VOCABULARY.operations


@hypothesis.settings(max_examples=100, database=None, derandomize=True)
@hypothesis.given(sequences(VOCABULARY, GRAPHS, max_steps=12))
def test_what_is_made_is_marked_and_what_is_searched_is_restricted(steps: list[Step]) -> None:
    for step in steps:
        if step.operation.endswith(("/search", "/count", "/namespaces")):
            told = step.body.get("metadata", step.body.get("namespace_prefix", step.body.get("prefix")))
            assert CHECK in str(told)
        if step.operation in ("POST /threads", "POST /assistants") and step.body["metadata"] is not None:
            assert step.body["metadata"]["understudy_check"] == CHECK
        if step.operation == "POST /runs/cancel":
            assert "status" not in step.body


@hypothesis.settings(max_examples=100, database=None, derandomize=True)
@hypothesis.given(sequences(VOCABULARY, GRAPHS, max_steps=12))
def test_a_step_names_only_what_was_made_before_or_is_made_up(steps: list[Step]) -> None:
    made = set[str]()
    for step in steps:
        assert {symbol for symbol in step.symbols() if not symbol.startswith(("made#", "missing#"))} <= made
        made |= {symbol for symbol, _ in step.makes}

    assert len(steps) <= 12


def test_the_commands_can_be_typed_into_a_shell(fakes: tuple[Fake, Fake]) -> None:
    steps = [
        Step("POST /threads", body={"metadata": {"it's": '"$HOME"'}}, makes=(("thread#1", "body/thread_id"),)),
        Step(
            "POST /threads/{thread_id}/runs/wait",
            {"thread_id": "thread#1"},
            body={"assistant_id": "steps", "input": {"n": 1}, "metadata": {"m": EXAMPLE}},
            makes=(("run#1", "headers/content-location"),),
        ),
        Step("GET /threads/{thread_id}/runs/{run_id}", {"thread_id": "thread#1", "run_id": "run#1"}),
        Step("GET /threads/{thread_id}", {"thread_id": "thread#1"}),
    ]
    lines = [curl(steps, number, fakes[0].url, (), {EXAMPLE: "seven"}) for number in range(len(steps))]

    if subprocess.run(["bash", "-c", "command -v jq curl"], check=False, capture_output=True).returncode:
        pytest.skip("there is no curl or no jq")
    told = subprocess.run(["bash", "-c", "\n".join(lines)], check=True, capture_output=True, text=True).stdout

    assert '"status":"success"' in told
    assert '"m":"seven"' in told
    assert r'''"it's":"\"$HOME\""''' in told


def test_a_smaller_sequence_has_what_the_difference_needs_and_nothing_else() -> None:
    patched = Step("PATCH /threads/{thread_id}", {"thread_id": "thread#2"}, body={"metadata": {"a": 1}, "ttl": {}})

    best = reduced([THREAD, OTHER, COPY, READ, patched, READ], 5, lambda steps: steps[-1].operation.startswith("PATCH"))

    assert [step.operation for step in best] == ["PATCH /threads/{thread_id}"]
    assert best[0].path == {"thread_id": "missing#1"}
    assert best[0].body == {"metadata": {}}


def test_a_smaller_sequence_keeps_what_it_cannot_do_without() -> None:
    def differs(steps: list[Step]) -> bool:
        return [step.operation for step in steps][-2:] == ["POST /threads/{thread_id}/copy", "GET /threads/{thread_id}"]

    best = reduced([OTHER, THREAD, COPY, OTHER, READ], 5, lambda steps: differs(steps) and len(steps) > 2)

    assert [step.operation.partition(" ")[0] for step in best] == ["POST", "POST", "GET"]


def parting(one: str, other: str) -> Parting:
    answers = [{"status": 200, "headers": {}, "body": {"values": {"n": value}}} for value in (one, other)]
    (found,) = partings([READ], [answers[0]], [answers[1]], lambda found: "new")
    return found


def test_a_known_difference_holds_in_either_direction() -> None:
    entry = Entry("GET /threads/*", "body.values.*", "rounded", values='"1" | *')

    assert entry.covers(parting("1", "2"))
    assert entry.covers(parting("2", "1"))
    assert not entry.covers(parting("2", "3"))
    assert Known((entry,)).find(parting("2", "3")) is None


def test_what_follows_from_a_difference_is_not_looked_at() -> None:
    ones = [{"status": 200, "headers": {}, "body": {"n": n}} for n in (1, 1)]
    others = [{"status": 200, "headers": {}, "body": {"n": n}} for n in (2, 2)]

    first = partings([READ, READ], ones, others, lambda found: "known" if found.step == 1 else "new")
    none = partings([READ, READ], ones, others, lambda found: "diverges" if found.step == 1 else "new")

    assert [each.step for each in first] == [2]
    assert none == []


def test_understudy_ships_what_is_known_of_the_version_that_it_imitates() -> None:
    known = bundled("0.16.7")

    assert known.entries
    assert all(entry.reason for entry in known.entries)
    assert bundled("99.0.0").entries == ()
