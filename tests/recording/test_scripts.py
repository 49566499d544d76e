"""Recorded runs become agents that play them again."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Server
from tests.recording.conversations import Body, as_json, from_json, history, hold, recorded, without_ids
from tests.recording.said import DEMO, HARD, REFERENCE, SCRIPTED_GRAPHS
from understudy.recording.captured import RecordedRun
from understudy.recording.scripts import Scripted, agents_from
from understudy.scenarios import Source, build, find, read
from understudy.scenarios.core_yaml import render

HERE = Path(__file__).parent

CAPTURED: dict[str, Any] = {
    name: json.loads((HERE / "captured" / f"{name}.json").read_text("utf-8"))
    for name in ("reference", "scripted_graphs")
}

FAKES = {
    "demo": (re.sub(r"(pace|wait): 0\.\d+", r"\1: 0", find("demo").text), DEMO),
    "reference": (find("reference").text, REFERENCE),
    "hard": ((HERE / "hard_agents.yaml").read_text("utf-8"), HARD),
}

STREAMS = "what agents streamed of their own and how long they took is in no history: they do neither"


def play_again(
    server: Server, scripted: Scripted, graph_id: str, conversations: list[list[Body]]
) -> tuple[list[RecordedRun], list[Any]]:
    """Have conversations with agents that were made of a recording; return their runs and what these answered."""
    server.world = build([read(Source("recorded.yaml", render({"agents": scripted.agents})))])
    held = [hold(server.url, graph_id, conversation) for conversation in conversations]
    return recorded(server.url, [graph_id], [thread_id for thread_id, _ in held]).runs, [told for _, told in held]


@pytest.mark.parametrize(
    ("fake", "graph_id"), [(fake, graph_id) for fake, (_, said) in FAKES.items() for graph_id in said]
)
def test_what_the_fake_played_is_played_again(server: Server, fake: str, graph_id: str) -> None:
    text, said = FAKES[fake]
    server.world = build([read(Source("fake.yaml", text))])
    held = [hold(server.url, graph_id, conversation) for conversation in said[graph_id]]
    captured = recorded(server.url, [graph_id], [thread_id for thread_id, _ in held])
    scripted = agents_from(*made_of(captured))

    runs, answers = play_again(server, scripted, graph_id, said[graph_id])

    assert history(runs) == history(captured.runs)
    assert same(answers) == same([told for _, told in held])


@pytest.mark.parametrize("graph_id", REFERENCE)
def test_what_the_reference_server_played_is_played_again(server: Server, graph_id: str) -> None:
    told = CAPTURED["reference"][graph_id]
    recorded_runs, drawn = from_json(told)

    runs, answers = play_again(server, agents_from(recorded_runs, drawn), graph_id, REFERENCE[graph_id])

    assert history(runs) == history(recorded_runs)
    assert same(answers) == same(told["answers"])


@pytest.mark.parametrize("graph_id", ["react", "team", "leaping", "careful"])
def test_tools_sends_commands_and_stops_of_real_graphs_are_played_again(server: Server, graph_id: str) -> None:
    told = CAPTURED["scripted_graphs"][graph_id]
    recorded_runs, drawn = from_json(told)

    runs, answers = play_again(server, agents_from(recorded_runs, drawn), graph_id, SCRIPTED_GRAPHS[graph_id])

    assert but_for_ids(history(runs)) == but_for_ids(history(recorded_runs))
    assert same(answers) == same(told["answers"])


def test_a_node_that_waited_for_others_is_found_in_the_values_as_the_real_history_does_not_show_it(
    server: Server,
) -> None:
    told = CAPTURED["scripted_graphs"]["fork"]
    recorded_runs, drawn = from_json(told)
    assert "last" not in [task["name"] for run in recorded_runs for state in run.states for task in state["tasks"]]

    runs, answers = play_again(server, agents_from(recorded_runs, drawn), "fork", SCRIPTED_GRAPHS["fork"])

    assert same(answers) == same(told["answers"])
    assert [values(run) for run in runs] == [values(run) for run in recorded_runs]


def test_of_several_questions_of_a_node_only_the_last_is_known_which_a_note_says(server: Server) -> None:
    told = CAPTURED["scripted_graphs"]["clerk"]
    recorded_runs, drawn = from_json(told)
    scripted = agents_from(recorded_runs, drawn)

    runs, answers = play_again(server, scripted, "clerk", SCRIPTED_GRAPHS["clerk"])

    assert scripted.notes == [
        "clerk, send: asked several times; a history keeps the last question only, "
        "which is asked instead of the others",
        STREAMS,
    ]
    assert history(runs) == history(recorded_runs)
    assert same(answers)[0][1:] == same(told["answers"])[0][1:]
    assert [asked["value"] for asked in answers[0][0]["__interrupt__"]] == ["To whom?"]


@pytest.mark.parametrize("graph_id", ["react", "team", "leaping", "careful"])
def test_edges_and_channels_are_found_out_where_nothing_is_drawn(server: Server, graph_id: str) -> None:
    recorded_runs, _ = from_json(CAPTURED["scripted_graphs"][graph_id])

    runs, _ = play_again(server, agents_from(recorded_runs, {}), graph_id, SCRIPTED_GRAPHS[graph_id])

    assert but_for_ids(history(runs)) == but_for_ids(history(recorded_runs))


def test_the_same_runs_make_the_same_agents_in_whatever_order_they_come() -> None:
    for graph_id, told in CAPTURED["reference"].items():
        runs, drawn = from_json(told)

        assert render(agents_from(runs[::-1], drawn).agents) == render(agents_from(runs, drawn).agents), graph_id


def made_of(captured: Any) -> tuple[list[RecordedRun], dict[str, Any]]:
    """Return the runs and the drawn agents, as a file would keep them."""
    return from_json(as_json(captured))


def same(answers: list[Any]) -> Any:
    """Return answers without the ids of messages, and those of interrupts."""

    def told(value: Any) -> Any:
        if isinstance(value, list):
            return [told(one) for one in value]
        if isinstance(value, dict):
            is_interrupt = value.keys() == {"id", "value", "response_schema"}
            return {name: told(one) for name, one in value.items() if not (is_interrupt and name == "id")}
        return value

    return without_ids(told(answers))


def but_for_ids(told: Any) -> Any:
    """Return a history without ids that are drawn: messages of nodes that ran at once have none in a real one."""
    return json.loads(re.sub(r'"id": (null|"id-\d+")', '"id": ""', json.dumps(told)))


def values(run: RecordedRun) -> list[Any]:
    """Return the values of a run's states."""
    return [state["values"] for state in run.states]
