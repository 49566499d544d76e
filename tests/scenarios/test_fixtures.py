"""The scenarios that ship with the package, and the page that says how to write one."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.scenarios.worlds import only_thread, states, world_of
from understudy.contract.documents import load_contract
from understudy.scenarios import Source, build, bundled, find, read
from understudy.scenarios.core_yaml import Text
from understudy.state.computer_agents.threads import FOLLOWING

FOLDER = files("understudy.fixtures") / "agent-server"
SCHEMA: dict[str, Any] = json.loads((files("understudy.fixtures") / "scenario.schema.json").read_bytes())
MANUAL = (files("understudy.fixtures") / "README.md").read_text(encoding="utf-8")
AGENTS = (files("understudy.fixtures") / "agents.md").read_text(encoding="utf-8")


def test_there_are_these() -> None:
    assert bundled() == ["demo", "empty", "large", "reference"]


@pytest.mark.parametrize("name", bundled())
def test_a_bundled_scenario_describes_itself_and_names_the_schema(name: str) -> None:
    source = find(name)

    assert source.text.startswith("# yaml-language-server: $schema=../scenario.schema.json\n")
    assert read(source).description
    assert list(build([read(source)]).agents)


@pytest.mark.parametrize("name", bundled("computer-agents"))
def test_a_bundled_scenario_of_the_computer_agents_api_describes_itself_and_names_the_schema(name: str) -> None:
    source = find(name, "computer-agents")

    assert source.text.startswith("# yaml-language-server: $schema=../scenario.schema.json\n")
    assert read(source).description
    assert build([read(source)]).computer_agents.agents.find()


def test_the_schema_is_one_and_every_key_in_it_is_reached() -> None:
    Draft202012Validator.check_schema(SCHEMA)

    text = json.dumps(SCHEMA)
    assert {name for name in SCHEMA["$defs"] if f'"#/$defs/{name}"' not in text} == set()


def test_empty_has_one_agent_and_nothing_else() -> None:
    world = build([read(find("empty"))])

    assert [agent.graph_id for agent in world.agents] == ["agent"]
    assert (len(world.assistants), len(world.threads), list(world.store)) == (1, 0, [])


def test_demo_has_a_thread_in_every_status() -> None:
    world = build([read(find("demo"))])

    told = {
        row["thread_id"][0]: (row["status"], len(states(world, row["thread_id"]))) for row in world.threads.find().rows
    }
    assert told == {
        "1": ("idle", 9),
        "2": ("interrupted", 3),
        "3": ("error", 4),
        "4": ("busy", 3),
        "5": ("idle", 0),
    }


def test_the_reference_graphs_are_those_of_the_reference_server() -> None:
    agents = {agent.graph_id: agent.nodes for agent in build([read(find("reference"))]).agents}

    assert agents == {
        "agent": ("agent",),
        "steps": ("a", "b"),
        "chat": ("model",),
        "custom": ("writer",),
        "parent": ("pre", "child"),
        "par": ("q1", "q2"),
        "ctx": ("ctx",),
        "cfg": ("cfg",),
    }


BLOCKS = re.findall(r"^```yaml\n(.*?)^```$", MANUAL, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_every_example_in_the_manual_is_a_scenario(block: str) -> None:
    world = world_of(block)

    assert [*world.agents, *world.store]


def test_the_manual_shows_every_key() -> None:
    shown: set[str] = set()
    for block in [*BLOCKS, AGENTS]:
        shown |= set(re.findall(r"(\w+):", block))

    only_in_answers = {"checkpoint_map"}
    assert _keys(SCHEMA) - shown - _kept_short() == only_in_answers


def _kept_short() -> set[str]:
    """Return what the Computer Agents API may answer, or tells of a thread though it follows from all else."""
    schemas = load_contract("computer-agents").observed["components"]["schemas"]
    rows = [schemas[kind] for kind in ("Project", "Agent", "Environment", "Thread", "Message")]
    optional = {name for row in rows for name in row["properties"].keys() - set(row["required"])}
    given = {name for kind in ("ProjectCreate", "AgentCreate") for name in schemas[kind]["properties"]}
    return optional | given | set(FOLLOWING)


@pytest.mark.parametrize(
    ("row", "kinds"),
    [
        ("project", ["Project", "ProjectCreate"]),
        ("worker", ["Agent", "AgentCreate"]),
        ("environment", ["Environment", "EnvironmentCreate"]),
        ("snapshot", ["Snapshot"]),
        ("conversation", ["Thread", "ThreadWithMessages", "ThreadUpdate"]),
        ("spoken", ["Message"]),
        ("act", ["Step"]),
    ],
)
def test_a_row_may_say_whatever_the_computer_agents_api_answers(row: str, kinds: list[str]) -> None:
    schemas = load_contract("computer-agents").observed["components"]["schemas"]

    answered = set().union(*(_keys_of(schemas[kind], schemas) for kind in kinds))

    assert answered - SCHEMA["$defs"][row]["properties"].keys() == set()


def _keys_of(schema: dict[str, Any], schemas: dict[str, Any]) -> set[str]:
    """Return the names of an object's members."""
    parts = [schemas[part["$ref"].rpartition("/")[2]] if "$ref" in part else part for part in schema.get("allOf", [])]
    return set(schema.get("properties", {})).union(*(_keys_of(part, schemas) for part in parts))


def test_the_manual_says_what_the_message_of_a_mistake_looks_like() -> None:
    (text,) = re.findall(r"^```text\n(mine\.yaml.*?)^```$", MANUAL, re.MULTILINE | re.DOTALL)

    source = Source("mine.yaml", "threads:\n  - metadata: {user: ada}\n    status: idel\n")

    assert "\n".join(map(str, read(source).problems)) == text.strip()


def test_what_the_manual_leaves_out_is_worked_out_as_it_says() -> None:
    world = world_of(next(block for block in BLOCKS if "__start__" in block and "interrupts" in block))

    assert only_thread(world)["status"] == "interrupted"
    assert [state["next"] for state in states(world)] == [["__start__"], ["write"], ["send"]]


def _keys(schema: Any) -> set[str]:
    """Return the names of all properties in a schema that a scenario's writer may use."""
    if isinstance(schema, list):
        return set().union(*map(_keys, schema))
    if not isinstance(schema, dict):
        return set()
    found = set(schema.get("properties", {}))
    return found.union(*(_keys(part) for part in schema.values()))


def test_what_is_said_here_of_yaml_holds() -> None:
    assert Text("answer: no\nday: 2026-01-31\n").value == {"answer": "no", "day": "2026-01-31"}
