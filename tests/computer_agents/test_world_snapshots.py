"""A world of the Computer Agents API that was saved, and made anew from what was saved, is the same world."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.computer_agents.conversing import events, perform, said, say, talk, thread, types
from tests.computer_agents.making import agent, computer, names, project
from tests.computer_agents.programs import AGENTS, Player, Step, programs, without_new_ids
from understudy.scenarios import Source, build, dump_text, read

if TYPE_CHECKING:
    from tests.conftest import Server

NOON = "2026-01-01T12:00:00+00:00"
SNAPSHOT = "/_understudy/worlds/default/snapshot"


def begin(server: Server, name: str) -> Player:
    """Return somebody who asks a new world in which time stands still."""
    body = {"name": name, "begin": [{"text": AGENTS}], "clock": NOON, "if_exists": "reset", "seed": 1}
    server.post("/_understudy/worlds", body).raise_for_status()
    return Player(server.client, name)


@given(before=programs, after=programs)
@settings(
    max_examples=12,
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
    phases=[Phase.explicit, Phase.generate],
)
def test_a_restored_world_answers_byte_by_byte_as_the_saved_one_and_goes_on_alike(
    running: Server, before: list[Step], after: list[Step]
) -> None:
    saved = begin(running, "saved")
    saved.play(before)
    text = running.get("/_understudy/worlds/saved/snapshot?format=yaml").raise_for_status().text

    running.put("/_understudy/worlds/restored/snapshot", {"text": text}).raise_for_status()

    restored = Player(running.client, "restored")
    answers = saved.everything()
    assert restored.everything() == answers
    assert running.get("/_understudy/worlds/restored/snapshot?format=yaml").text == text
    known = repr(answers) + text
    once, again = (without_new_ids([one.play(after), one.everything()], known) for one in (saved, restored))
    assert once == again


def again(server: Server) -> Any:
    """Let the world be as its own snapshot says, and return that."""
    told = server.get(SNAPSHOT).raise_for_status().json()
    server.put(SNAPSHOT, {"scenario": told}).raise_for_status()
    return told


@pytest.fixture
def scripts(server: Server) -> Server:
    """A server in which the agents of the scripts can be asked."""
    server.begin(lambda: build([read(Source("agents.yaml", AGENTS))]))
    return server


def test_a_question_is_answered_in_the_restored_world(scripts: Server) -> None:
    asked = talk(scripts, "Sell the orchard", agentId="careful")

    again(scripts)

    assert scripts.get(f"/v1/threads/{asked['id']}").json()["thread"]["status"] == "permission_asked"
    say(scripts, asked, "yes", reasoningEffort="high")
    assert said(scripts, asked)[-1] == ("assistant", "You said yes, in high effort.")


def test_what_a_script_remembers_is_remembered(scripts: Server) -> None:
    counted = talk(scripts, "one", "two", agentId="counting")

    again(scripts)

    say(scripts, counted, "three")
    assert [content for role, content in said(scripts, counted) if role == "assistant"] == [
        "0 1 nothing",
        "1 2 one",
        "2 3 two",
    ]


def test_a_thread_that_is_deleted_in_the_restored_world_takes_what_was_remembered_with_it(scripts: Server) -> None:
    gone = talk(scripts, "one", agentId="counting")
    again(scripts)

    scripts.delete(f"/v1/threads/{gone['id']}").raise_for_status()

    assert "kept" not in scripts.get(f"{SNAPSHOT}?format=yaml").text


def test_a_computer_that_is_gone_can_still_be_forked(scripts: Server) -> None:
    source = talk(scripts, "hello", agentId="coder")
    scripts.delete(f"/v1/environments/{source['environmentId']}").raise_for_status()

    again(scripts)

    assert scripts.get(f"/v1/environments/{source['environmentId']}").status_code == 404
    forked = scripts.post(f"/v1/threads/{source['id']}/copy", {"environmentTarget": "new_forked_environment"})
    assert forked.status_code == 201
    assert forked.json()["environmentName"] == "default Fork"


def test_the_steps_in_a_computer_that_is_gone_for_good_still_tell_its_files(scripts: Server) -> None:
    source = talk(scripts, "hello", agentId="coder")
    scripts.delete(f"/v1/environments/{source['environmentId']}?hard=true").raise_for_status()
    step = scripts.get(f"/v1/threads/{source['id']}/steps").json()["data"][1]
    diff = scripts.get(f"/v1/threads/{source['id']}/steps/{step['id']}/diff").json()
    assert diff["changedPaths"] == ["src/hello.py"]

    again(scripts)

    assert scripts.get(f"/v1/threads/{source['id']}/steps/{step['id']}/diff").json() == diff


def test_a_computer_runs_on_in_its_container(scripts: Server) -> None:
    used = talk(scripts, "hello", "again")["environmentId"]
    status = scripts.get(f"/v1/environments/{used}/status").json()
    assert (status["status"], status["executionCount"]) == ("running", 2)

    again(scripts)

    assert scripts.get(f"/v1/environments/{used}/status").json() == status


def test_agents_that_were_deleted_stay_deleted(scripts: Server) -> None:
    for agent_id in ("agent_default", "clerk"):
        scripts.delete(f"/v1/agents/{agent_id}").raise_for_status()

    again(scripts)

    listed = [row["id"] for row in scripts.get("/v1/agents").json()["data"]]
    assert listed == ["coder", "careful", "forgetful", "counting"]


def test_a_world_in_which_something_is_executed_is_not_told_and_the_thread_is_named(server: Server) -> None:
    perform(server)
    busy = thread(server, agentId="coder")
    with server.client.stream("POST", f"/v1/threads/{busy['id']}/messages", json={"content": "linger"}) as answer:
        next(answer.iter_lines())

        refused = server.get(SNAPSHOT)

        assert refused.status_code == 409
        assert busy["id"] in refused.json()["detail"]
        server.post(f"/v1/threads/{busy['id']}/cancel").raise_for_status()
        assert server.get(SNAPSHOT).status_code == 200


def test_no_id_is_drawn_again_that_was_drawn_before_the_world_was_saved(server: Server) -> None:
    seeded = {"name": "default", "begin": [{"text": AGENTS}], "seed": 1, "clock": NOON, "if_exists": "reset"}
    server.post("/_understudy/worlds", seeded).raise_for_status()
    first = [computer(server)["id"], agent(server)["id"], project(server)["id"]]
    text = server.get(f"{SNAPSHOT}?format=yaml").text

    for path, body in (
        ("worlds", {**seeded, "begin": [{"text": text}]}),
        ("worlds", seeded),
        ("scenarios", {"text": text}),
    ):
        server.post(f"/_understudy/{path}", body).raise_for_status()

    assert not {computer(server)["id"], agent(server)["id"], project(server)["id"]} & set(first)
    assert len(names(server, "environments")) == 2


def test_a_world_begins_anew_with_the_files_and_memories_of_the_snapshot_that_it_was_made_of(scripts: Server) -> None:
    counted = talk(scripts, "one", agentId="counting")
    told = again(scripts)
    say(scripts, counted, "two")

    scripts.post("/_understudy/worlds/default/reset").raise_for_status()

    assert scripts.get(SNAPSHOT).json() == told
    say(scripts, counted, "three")
    assert said(scripts, counted)[-1] == ("assistant", "1 2 one")


def test_the_text_of_a_snapshot_is_a_scenario_file(scripts: Server) -> None:
    talk(scripts, "hello", "look", agentId="coder")
    text = scripts.get(f"{SNAPSHOT}?format=yaml").text

    assert dump_text(build([read(Source("saved.yaml", text))])) == text


def test_a_scenario_that_is_put_in_while_one_of_its_threads_is_at_work_ends_that(server: Server) -> None:
    perform(server)
    busy = thread(server, agentId="coder")
    row = {"id": busy["id"], "messages": [{"user": "Hello"}]}
    with server.client.stream("POST", f"/v1/threads/{busy['id']}/messages", json={"content": "linger"}) as answer:
        lines = answer.iter_lines()
        next(lines)

        loaded = server.post("/_understudy/scenarios", {"scenario": {"computer_agents": {"threads": [row]}}})

        assert loaded.status_code == 200
        assert '"cancelled"' in "".join(lines)
    assert said(server, busy) == [("user", "Hello")]
    assert server.get(f"/v1/threads/{busy['id']}/steps").json()["data"] == []
    assert (
        types(events(server.post(f"/v1/threads/{busy['id']}/messages", {"content": "undo"})))[-1] == "stream.completed"
    )
