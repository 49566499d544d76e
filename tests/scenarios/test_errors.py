"""Whatever is wrong in a scenario is told with file, line, path and the nearest right word; all of it at once."""

from __future__ import annotations

import pytest

from understudy.errors import SetupError
from understudy.scenarios import ScenarioError, Source, build, find, read

AGENT = "agents: {bot: {channels: {chat: messages}, nodes: [plan, act]}}\n"
ID = "11111111-1111-4111-8111-111111111111"
CHECKPOINT = "1f1e53ab-4134-6dac-bfff-19b59a567227"
STATES = AGENT + "threads:\n- metadata: {graph_id: bot}\n  history:\n"

# What a file says, and what is told of it.
MESSAGES = {
    "- 1": "f.yaml: must be an object or null, not a list",
    "threds: []": 'f.yaml:1: unknown key "threds". Did you mean "threads"?',
    "description: 5": "f.yaml:1: description: must be text, not 5; put it in quotes",
    "threads: {}": "f.yaml:1: threads: must be a list or null, not {}",
    # agents
    "agents: {a: {nodes: {}}}": "f.yaml:1: agents.a.nodes: must not be empty",
    "agents: {a: {nodes: 5}}": "f.yaml:1: agents.a.nodes: must be a list or an object, not 5",
    "agents: {a: {nodes: {__end__: {say: hi}}}}": (
        'f.yaml:1: agents.a.nodes: "__end__" must not stand here: it is there by itself'
    ),
    "agents: {a b: {nodes: []}}": 'f.yaml:1: agents["a b"].nodes: must not be empty',
    "agents: {a: {nodes: [x, x]}}": 'f.yaml:1: agents.a.nodes: "x" is there twice',
    "agents: {a: {nodes: [__end__]}}": (
        'f.yaml:1: agents.a.nodes[0]: "__end__" must not stand here: it is there by itself'
    ),
    "agents: {a: {nodes: [x], channels: {m: mesages}}}": (
        'f.yaml:1: agents.a.channels.m: "mesages" is none of the words that may stand here. Did you mean "messages"?'
    ),
    "agents: {a: {nodes: [x], turns: []}}": (
        'f.yaml:1: agents.a: unknown key "turns". '
        "Known: assistant, channels, description, edges, interrupt_after, interrupt_before, nodes, schemas, subgraphs."
    ),
    "agents: {a: {nodes: [x], edges: [[x]]}}": "f.yaml:1: agents.a.edges[0]: must have 2 parts, not 1",
    "agents: {a: {nodes: [x], edges: [5]}}": "f.yaml:1: agents.a.edges[0]: must be a list or an object, not 5",
    "agents: {a: {nodes: [x], edges: [{from: x, too: x}]}}": (
        'f.yaml:1: agents.a.edges[0]: unknown key "too". Did you mean "to"?'
    ),
    "agents: {a: {nodes: [first], edges: [[__start__, frist]]}}": (
        'f.yaml:1: agents.a.edges[0][1]: no node "frist". Did you mean "first"?'
    ),
    "agents: {a: {nodes: [x], edges: [{from: __end__, to: x}]}}": (
        'f.yaml:1: agents.a.edges[0].from: no node "__end__". Known: __start__, x.'
    ),
    "agents: {a: {nodes: [x], subgraphs: {y: {nodes: [z]}}}}": 'f.yaml:1: agents.a.subgraphs.y: no node "y". Known: x.',
    "agents: {a: {nodes: [x], subgraphs: {x: b}}}": 'f.yaml:1: agents.a.subgraphs.x: no agent "b". Known: a.',
    "agents: {a: {nodes: [x], subgraphs: {x: {node: [z]}}}}": (
        'f.yaml:1: agents.a.subgraphs.x: unknown key "node". Did you mean "nodes"?'
    ),
    "agents: {a: {nodes: [x], subgraphs: {x: b}}, b: {nodes: [y], subgraphs: {y: a}}}": (
        'f.yaml:1: agents.b.subgraphs.y: the agent "a" would run inside itself'
    ),
    "agents: {a: {nodes: [x], schemas: {inputs: {}}}}": (
        'f.yaml:1: agents.a.schemas: unknown key "inputs". Did you mean "input"?'
    ),
    # assistants
    AGENT + "assistants: [{}]": "f.yaml:2: assistants[0]: graph_id is missing",
    AGENT + "assistants:\n- graph_id: bat": 'f.yaml:3: assistants[0].graph_id: no agent "bat". Did you mean "bot"?',
    AGENT + "assistants: [{graph_id: bot, assistant_id: one}]": (
        f'f.yaml:2: assistants[0].assistant_id: "one" is no UUID, like {ID}'
    ),
    AGENT + "assistants: [{graph_id: bot, version: 0}]": "f.yaml:2: assistants[0].version: must be at least 1, not 0",
    AGENT + "assistants: [{graph_id: bot, config: {recursion_limit: x}}]": (
        'f.yaml:2: assistants[0].config.recursion_limit: must be a whole number, not "x"'
    ),
    AGENT + f"assistants:\n- {{graph_id: bot, assistant_id: {ID}}}\n- {{graph_id: bot, assistant_id: {ID.upper()}}}": (
        f"f.yaml:4: assistants[1]: the assistant {ID} is told twice, first by assistants[0]"
    ),
    AGENT + "assistants: [{graph_id: bot, versions: [{version: 1}, {version: 1}]}]": (
        "f.yaml:2: assistants[0].versions[1]: version 1 is there twice"
    ),
    AGENT + f"assistants: [{{graph_id: bot, assistant_id: {ID}, versions: [{{assistant_id: {CHECKPOINT}}}]}}]": (
        f"f.yaml:2: assistants[0].versions[0].assistant_id: not that of the assistant, {ID}"
    ),
    # threads
    "threads: [{thread_id: abc}]": f'f.yaml:1: threads[0].thread_id: "abc" is no UUID, like {ID}',
    "threads: [{thread_id: 5}]": "f.yaml:1: threads[0].thread_id: must be text, not 5; put it in quotes",
    f"threads:\n- thread_id: {ID}\n- thread_id: '{{{ID}}}'": (
        f"f.yaml:3: threads[1]: the thread {ID} is told twice, first by threads[0]"
    ),
    "threads:\n- {}\n- status: idel": (
        'f.yaml:3: threads[1].status: "idel" is none of the words that may stand here. Did you mean "idle"?'
    ),
    "threads: [{status: idle, state: {}}]": ('f.yaml:1: threads[0]: unknown key "state". Did you mean "status"?'),
    AGENT + "threads: [{metadata: {graph_id: bto}}]": (
        'f.yaml:2: threads[0].metadata.graph_id: no agent "bto". Did you mean "bot"?'
    ),
    "threads: [{created_at: yesterday}]": (
        'f.yaml:1: threads[0].created_at: "yesterday" is no time, like 2026-01-31T08:00:00Z'
    ),
    "threads: [{updated_at: 2026-02-30}]": (
        'f.yaml:1: threads[0].updated_at: "2026-02-30" is no time, like 2026-01-31T08:00:00Z'
    ),
    AGENT + "threads: [{values: {}}]": (
        "f.yaml:2: threads[0]: metadata.graph_id is missing: it names the agent that the history is of"
    ),
    "threads: [{ttl: 5}]": "f.yaml:1: threads[0].ttl: must be an object or null, not 5",
    # states
    STATES + "  - 1": "f.yaml:5: threads[0].history[0]: must be an object, not 1",
    STATES + "  - next: [atc]": 'f.yaml:5: threads[0].history[0].next[0]: no node "atc". Did you mean "act"?',
    STATES + "  - next: []\n    tasks:\n    - nam: act": (
        'f.yaml:7: threads[0].history[0].tasks[0]: unknown key "nam". Did you mean "name"?'
    ),
    STATES + "  - tasks:\n    - name: atc": (
        'f.yaml:6: threads[0].history[0].tasks[0].name: no node "atc". Did you mean "act"?'
    ),
    STATES + "  - {next: [plan], created_at: then}": (
        'f.yaml:5: threads[0].history[0].created_at: "then" is no time, like 2026-01-31T08:00:00Z'
    ),
    STATES + "  - {next: [plan, act], interrupts: [{value: 1}]}": (
        "f.yaml:5: threads[0].history[0].interrupts: "
        "say in `tasks` which task waits for this, one of which there must be"
    ),
    STATES + "  - {tasks: [{name: act, interrupts: [{value: 1}]}], interrupts: [{value: 2}]}": (
        "f.yaml:5: threads[0].history[0].interrupts: not what the tasks wait for; leave it out here"
    ),
    STATES + "  - {next: [act], interrupts: [{}]}": "f.yaml:5: threads[0].history[0].interrupts[0]: value is missing",
    STATES + "  - {checkpoint_id: one}": f'f.yaml:5: threads[0].history[0].checkpoint_id: "one" is no UUID, like {ID}',
    STATES + f"  - checkpoint_id: {CHECKPOINT}\n  - checkpoint: {{checkpoint_id: {CHECKPOINT}}}": (
        f"f.yaml:6: threads[0].history[1].checkpoint.checkpoint_id: the checkpoint {CHECKPOINT} is there twice"
    ),
    STATES + f"  - {{}}\n  - parent_checkpoint_id: {CHECKPOINT}": (
        f"f.yaml:6: threads[0].history[1].parent_checkpoint_id: no state above this one is the checkpoint {CHECKPOINT}"
    ),
    STATES + "  - {checkpoint: {checkpoint_ns: 'act:1'}}": (
        'f.yaml:5: threads[0].history[0]: no node runs the subgraph of "act:1"'
    ),
    STATES + "  - values: {chat: [{role: alien, content: hi}]}": (
        "f.yaml:5: threads[0].history[0].values.chat[0]: Unexpected message type: 'alien'. Use one of 'human', 'user', "
        "'ai', 'assistant', 'function', 'tool', 'system', or 'developer'."
    ),
    # store
    "store: [{namespace: [a], key: k}]": "f.yaml:1: store[0]: value is missing",
    "store: [{namespace: [], key: k, value: {}}]": "f.yaml:1: store[0].namespace: must not be empty",
    "store: [{namespace: [a.b], key: k, value: {}}]": (
        "f.yaml:1: store[0].namespace: Namespace label 'a.b' must be a non-empty string without periods"
    ),
    "store: [{namespace: [langgraph], key: k, value: {}}]": (
        "f.yaml:1: store[0].namespace: Root label for namespace cannot be \"langgraph\". Got: ('langgraph',)"
    ),
    "store:\n- &i {namespace: [a], key: k, value: {}}\n- *i": (
        "f.yaml:3: store[1]: the item a/k is told twice, first by store[0]"
    ),
    # generate
    AGENT + "generate: {thread: 1}": 'f.yaml:2: generate: unknown key "thread". Did you mean "threads"?',
    AGENT + "generate: {threads: -1}": "f.yaml:2: generate.threads: must be at least 0, not -1",
    AGENT + "generate: {agent: bto}": 'f.yaml:2: generate.agent: no agent "bto". Did you mean "bot"?',
}


@pytest.mark.parametrize(("text", "message"), MESSAGES.items(), ids=range(len(MESSAGES)))
def test_a_mistake_is_told_with_its_place_and_what_would_be_right(text: str, message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        build([read(Source("f.yaml", text))])

    assert str(caught.value) == message


def test_all_mistakes_of_a_file_are_told_in_the_order_of_its_lines() -> None:
    text = f"""\
agents:
  bot: {{nodes: [plan], channels: {{n: summ}}}}
threads:
  - thread_id: one
  - status: idel
  - metadata: {{graph_id: bto}}
store:
  - {{namespace: [a.b], key: k, value: {{}}, created_at: {ID}}}
generate: {{threads: many}}
description: x
description: y
"""
    with pytest.raises(ScenarioError) as caught:
        build([read(Source("f.yaml", text))])

    assert [problem.line for problem in caught.value.problems] == [2, 4, 5, 6, 8, 8, 9, 11]


def test_the_mistakes_of_all_files_are_told() -> None:
    with pytest.raises(ScenarioError) as caught:
        build([read(Source("a.yaml", "threads: 1")), read(Source("b.yaml", "store: 1"))])

    assert [problem.source for problem in caught.value.problems] == ["a.yaml", "b.yaml"]


def test_data_is_told_of_by_path_alone() -> None:
    with pytest.raises(ScenarioError, match=r"^scenario: threads\[0\]\.status: "):
        build([read({"threads": [{"status": "idel"}]})])


OPTIONS = {
    "empty:threads=5": "empty.yaml: takes no options: it generates nothing to which threads could apply",
    "large:thread=5": 'large.yaml:12: generate: unknown key "thread". Did you mean "threads"?',
    "large:threads=few": 'large.yaml:12: generate.threads: must be a whole number, not "few"',
}


@pytest.mark.parametrize(("wanted", "message"), OPTIONS.items())
def test_a_mistake_in_an_option_is_told_like_one_in_the_file(wanted: str, message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        build([read(find(wanted))])

    assert str(caught.value) == message


def test_a_scenario_that_is_not_there_has_a_nearest_one() -> None:
    with pytest.raises(SetupError, match=r'no scenario "demmo"\. Did you mean "demo"\?'):
        find("demmo")


def test_a_file_that_is_not_there_is_told_of(tmp_path: object) -> None:
    with pytest.raises(SetupError, match=r"cannot read the scenario .*mine\.yaml: No such file"):
        find(f"{tmp_path}/mine.yaml")
