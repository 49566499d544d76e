"""Whatever is wrong with what a scenario tells of the Computer Agents API is told with its place and the right word."""

from __future__ import annotations

import pytest

from understudy.scenarios import ScenarioError, Source, build, read

OFFICE = """\
agents: {coder: {}}
computer_agents:
  environments:
  - id: env_office
    snapshots: [{id: snapshot_1}]
"""
THREAD = OFFICE + "  threads:\n  - id: thread_1\n"
SAID = THREAD + "    messages: [{id: msg_1, user: Hello}]\n"

# What a file says, and what is told of it.
MESSAGES = {
    "computer_agents: []": "f.yaml:1: computer_agents: must be an object or null, not []",
    "computer_agents: {thread: []}": 'f.yaml:1: computer_agents: unknown key "thread". Did you mean "threads"?',
    "computer_agents: {threads: {}}": "f.yaml:1: computer_agents.threads: must be a list or null, not {}",
    # projects
    "computer_agents: {projects: [{}]}": "f.yaml:1: computer_agents.projects[0]: name is missing",
    "computer_agents: {projects: [{name: A, type: clowd}]}": (
        'f.yaml:1: computer_agents.projects[0].type: "clowd" is none of the words that may stand here. '
        'Did you mean "cloud"?'
    ),
    "computer_agents:\n  projects:\n  - name: My farm\n  - name: my  FARM": (
        "f.yaml:4: computer_agents.projects[1]: the project project_my_farm is told twice, first by "
        "computer_agents.projects[0]"
    ),
    OFFICE + "  projects: [{name: A, environmentIds: [env_offise]}]": (
        'f.yaml:6: computer_agents.projects[0].environmentIds[0]: no computer "env_offise". Did you mean "env_office"?'
    ),
    # agents
    OFFICE + "  agents: [{id: coder, projectId: project_a}]": (
        'f.yaml:6: computer_agents.agents[0].projectId: no project "project_a".'
    ),
    OFFICE + "  agents:\n  - {id: coder, isDefault: true}\n  - {name: Other, isDefault: true}": (
        "f.yaml:8: computer_agents.agents[1].isDefault: two agents cannot be the default; agent_other is the second"
    ),
    OFFICE + "  agents: [{id: coder, reasoningEffort: hihg}]": (
        'f.yaml:6: computer_agents.agents[0].reasoningEffort: "hihg" is none of the words that may stand here. '
        'Did you mean "high"?'
    ),
    # computers
    OFFICE + "  - {name: Barn, deleted: true}": (
        "f.yaml:6: computer_agents.environments[1].deleted: true is none of the words that may stand here. "
        "Known: soft, hard."
    ),
    OFFICE + "  - {name: Barn, isDefault: true}\n  - {name: Shed, isDefault: true}": (
        "f.yaml:7: computer_agents.environments[2].isDefault: two computers cannot be the default; env_shed is the "
        "second"
    ),
    OFFICE + "  - {name: Barn, files: {a: b}, snapshots: []}": (
        "f.yaml:6: computer_agents.environments[1].files: is the short form of one snapshot; say it in `snapshots`"
    ),
    OFFICE + "  - {name: Barn, container: {containerId: c}}": (
        "f.yaml:6: computer_agents.environments[1].container.containerId: the computer does not run: its status is "
        "stopped"
    ),
    OFFICE + "  - {name: Barn, mcpServers: [1]}": (
        "f.yaml:6: computer_agents.environments[1]: Environment mcpServers[0]: not as the document has it: 1 is not of "
        "type 'object'"
    ),
    # snapshots
    OFFICE + "  - {name: Barn, snapshots: [{id: snapshot_1}]}": (
        "f.yaml:6: computer_agents.environments[1].snapshots[0]: the snapshot snapshot_1 is told twice, first by "
        "computer_agents.environments[0].snapshots[0]"
    ),
    OFFICE + "  - {name: Barn, snapshots: [{environmentId: env_office}]}": (
        "f.yaml:6: computer_agents.environments[1].snapshots[0].environmentId: not that of the computer, env_barn"
    ),
    OFFICE + "  - {name: Barn, snapshots: [{parentSnapshotId: snapshot_2}]}": (
        'f.yaml:6: computer_agents.environments[1].snapshots[0].parentSnapshotId: no earlier snapshot "snapshot_2" of '
        "this computer."
    ),
    OFFICE + "  - name: Barn\n    snapshots:\n    - {id: snapshot_2, parentSnapshotId: snapshot_2}": (
        'f.yaml:8: computer_agents.environments[1].snapshots[0].parentSnapshotId: no earlier snapshot "snapshot_2" of '
        "this computer."
    ),
    OFFICE + "  - {name: Barn, snapshots: [{id: snapshot_2}, {parentSnapshotId: snapshot_1}]}": (
        'f.yaml:6: computer_agents.environments[1].snapshots[1].parentSnapshotId: no earlier snapshot "snapshot_1" of '
        'this computer. Did you mean "snapshot_2"?'
    ),
    OFFICE + '  - {name: Barn, files: {"": x, /: y}}': (
        'f.yaml:6: computer_agents.environments[1].files[""]: "" is no path of a file, like src/hello.py\n'
        'f.yaml:6: computer_agents.environments[1].files["/"]: "/" is no path of a file, like src/hello.py'
    ),
    OFFICE + "  - {name: Barn, files: {/a/../: x}}": (
        'f.yaml:6: computer_agents.environments[1].files["/a/../"]: "/a/../" is no path of a file, like src/hello.py'
    ),
    OFFICE + "  - {name: Barn, files: {a/b: x, /a//b: y}}": (
        'f.yaml:6: computer_agents.environments[1].files["/a//b"]: the file a/b is there twice'
    ),
    OFFICE + "  - {name: Barn, files: {a: 5}}": (
        "f.yaml:6: computer_agents.environments[1].files.a: must be text or an object, not 5"
    ),
    OFFICE + "  - {name: Barn, files: {a: {content: x, lastModified: now}}}": (
        'f.yaml:6: computer_agents.environments[1].files.a.lastModified: "now" is no time, like 2026-01-31T08:00:00Z'
    ),
    # threads
    OFFICE + "  threads: [{environmentId: env_offise}]": (
        'f.yaml:6: computer_agents.threads[0].environmentId: no computer "env_offise". Did you mean "env_office"?'
    ),
    OFFICE + "  threads: [{agentId: codr}]": (
        'f.yaml:6: computer_agents.threads[0].agentId: no agent "codr". Did you mean "coder"?'
    ),
    OFFICE + "  threads: [{projectId: project_a}]": (
        'f.yaml:6: computer_agents.threads[0].projectId: no project "project_a".'
    ),
    OFFICE + "  threads: [{status: complete}]": (
        'f.yaml:6: computer_agents.threads[0].status: "complete" is none of the words that may stand here. '
        'Did you mean "completed"?'
    ),
    OFFICE + "  threads: [{createdAt: yesterday}]": (
        'f.yaml:6: computer_agents.threads[0].createdAt: "yesterday" is no time, like 2026-01-31T08:00:00Z'
    ),
    THREAD + "  - id: thread_1": (
        "f.yaml:8: computer_agents.threads[1]: the thread thread_1 is told twice, first by computer_agents.threads[0]"
    ),
    SAID + "    messageCount: 7": (
        "f.yaml:9: computer_agents.threads[0].messageCount: follows from all else, and would be 1; leave it out"
    ),
    THREAD + "    kept: {codr: {}}": (
        'f.yaml:8: computer_agents.threads[0].kept.codr: no agent "codr". Did you mean "coder"?'
    ),
    THREAD + "    kept: {coder: {history: [{next: [nowhere]}]}}": (
        'f.yaml:8: computer_agents.threads[0].kept.coder.history[0].next[0]: no node "nowhere". '
        "Known: __start__, agent."
    ),
    # messages
    THREAD + "    messages: [{content: Hello}]": (
        "f.yaml:8: computer_agents.threads[0].messages[0]: role is missing: a message is like {user: Hello}, or "
        "{role: user, content: Hello}"
    ),
    THREAD + "    messages: [{id: msg_1}]": (
        "f.yaml:8: computer_agents.threads[0].messages[0]: user or assistant is missing: a message is like "
        "{user: Hello}, or {role: user, content: Hello}"
    ),
    THREAD + "    messages: [{user: Hello, assistant: Hi}]": (
        "f.yaml:8: computer_agents.threads[0].messages[0]: says twice who says what: say role and content, or one of "
        "user, assistant and system"
    ),
    THREAD + "    messages: [{usr: Hello}]": (
        'f.yaml:8: computer_agents.threads[0].messages[0]: unknown key "usr". Did you mean "user"?'
    ),
    THREAD + "    messages: [{id: msg_1, user: Hello}, {id: msg_1, assistant: Hi}]": (
        "f.yaml:8: computer_agents.threads[0].messages[1].id: the message msg_1 is there twice"
    ),
    THREAD + "    messages: [{user: Hello, threadId: thread_2}]": (
        "f.yaml:8: computer_agents.threads[0].messages[0].threadId: not that of the thread, thread_1"
    ),
    # steps
    SAID + "    steps: [{title: x}]": "f.yaml:9: computer_agents.threads[0].steps[0]: stepKind is missing",
    SAID + "    steps: [{stepKind: file_changed}]": (
        'f.yaml:9: computer_agents.threads[0].steps[0].stepKind: "file_changed" is none of the words that may stand '
        'here. Did you mean "file_change"?'
    ),
    SAID + "    steps: [{stepKind: other, sourceMessageId: msg_2}]": (
        'f.yaml:9: computer_agents.threads[0].steps[0].sourceMessageId: no message "msg_2" in this thread. '
        'Did you mean "msg_1"?'
    ),
    SAID + "    steps: [{stepKind: other, snapshotAfterId: snapshot_2}]": (
        'f.yaml:9: computer_agents.threads[0].steps[0].snapshotAfterId: no snapshot "snapshot_2". '
        'Did you mean "snapshot_1"?'
    ),
    SAID + "    steps: [{stepKind: other, id: step_1}, {stepKind: other, id: step_1}]": (
        "f.yaml:9: computer_agents.threads[0].steps[1].id: the step step_1 is there twice"
    ),
    # ids
    THREAD + "    messages:\n    - {user: Hello}\n    - {id: one, assistant: Hi}": (
        "f.yaml:10: computer_agents.threads[0].messages[1]: Message id: not as the document has it: 'one' does not "
        "match '^msg_'"
    ),
    OFFICE + "  agents: [{id: coder, deleted: no}]": (
        'f.yaml:6: computer_agents.agents[0].deleted: "no" is none of the words that may stand here. Known: true.'
    ),
    # store
    "computer_agents: {store: [{namespace: [a.b], key: k, value: {}}]}": (
        "f.yaml:1: computer_agents.store[0].namespace: Namespace label 'a.b' must be a non-empty string without periods"
    ),
}


@pytest.mark.parametrize(("text", "message"), MESSAGES.items(), ids=range(len(MESSAGES)))
def test_a_mistake_is_told_with_its_place_and_what_would_be_right(text: str, message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        build([read(Source("f.yaml", text))])

    assert str(caught.value) == message


def test_all_mistakes_of_both_apis_are_told_in_the_order_of_their_lines() -> None:
    text = SAID + "    steps: [{stepKind: other, snapshotAfterId: x}]\n  projects: [{}]\nthreads: [{thread_id: one}]\n"

    with pytest.raises(ScenarioError) as caught:
        build([read(Source("f.yaml", text))])

    assert [problem.line for problem in caught.value.problems] == [9, 10, 11]


def test_a_scenario_may_not_tell_again_what_another_tells() -> None:
    with pytest.raises(ScenarioError, match=r"b\.yaml:7: .*thread_1 is told twice, first by a\.yaml"):
        build([read(Source("a.yaml", THREAD)), read(Source("b.yaml", THREAD.replace("env_office", "env_b")))])
