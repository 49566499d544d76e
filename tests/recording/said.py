"""What is said to agents of which recordings are made, and then to those made of the recordings."""

from __future__ import annotations

from tests.recording.conversations import AGAIN, Body, answers, gives, says

_GOES_ON_WITH_A_GREETING: Body = {
    "command": {"update": {"messages": [{"role": "user", "content": "hi", "id": "hi-1"}]}}
}

REFERENCE: dict[str, list[list[Body]]] = {
    "agent": [
        [says("hi"), says("ask"), answers("yes"), says("boom"), says("hi")],
        [says("ask"), answers("no"), says("boom"), AGAIN],
        [says("ask"), says("never mind")],
        [says("boom"), _GOES_ON_WITH_A_GREETING],
        [says("hi"), says("hi"), {"command": {"goto": "agent"}}, {**AGAIN, "from_the_first": "agent"}, says("boom")],
    ],
    "steps": [
        [gives(n=2, log=["x"], mode="boom"), AGAIN, gives(mode="ok")],
        [gives(n=1), {**gives(mode="ok"), "interrupt_before": ["b"]}, AGAIN],
    ],
    "chat": [[says("hello"), says("and again")]],
    "custom": [[gives(x="a"), gives(x="b"), gives()]],
    "parent": [
        [gives(v="x"), gives(v="y", ask=True), answers("ok")],
        [gives(v="z", ask=True), answers({"text": "fine"}), gives(v="x", ask=False)],
    ],
    "par": [
        [gives(out=["x"]), answers({"by_node": {"q1": "a"}}), answers({"by_node": {"q2": "b"}})],
        [gives(out=["y"]), answers({"by_node": {"q1": "a", "q2": "c"}})],
        [gives(out=["z"]), answers("one")],
    ],
    "ctx": [[{**gives(), "context": {"color": "red"}}, {**gives(), "context": {"color": "blue"}}, gives(k=1)]],
    "cfg": [[gives(k=1)]],
}
"""To the graphs of the reference server, by graph: the conversations, each on a thread of its own."""

SCRIPTED_GRAPHS: dict[str, list[list[Body]]] = {
    "react": [[says("Oslo"), says("Bergen"), says("Oslo")], [says("Oslo")]],
    "team": [
        [gives(topics=["tea", "cake"]), answers("fine"), gives()],
        [gives(topics=["tea", "salt"]), AGAIN],
        [gives(topics=[])],
    ],
    "fork": [
        [gives(kind="both"), gives(kind="slow"), gives(kind="x")],
        [gives(kind="slow", n=1)],
        [gives(kind="both", n=2), AGAIN],
    ],
    "leaping": [[says("a"), says("b"), says("forget"), says("c"), says("a")]],
    "careful": [[gives(log=["x"]), AGAIN, gives(log=["y"]), AGAIN]],
    "clerk": [[gives(), answers(True), answers("Grace")]],
}
"""To the graphs in `reference/scripted`."""

DEMO: dict[str, list[list[Body]]] = {
    "support": [
        [says("Where is my order A-1024?"), says("Hello"), says("I would like a refund"), answers(True)],
        [says("My glasses broke, I want a refund"), answers({"approved": True, "amount": 10}), AGAIN, says("Hello")],
        [says("refund"), answers(False)],
        [{**says("Guten Tag"), "context": {"language": "de"}}, says("Guten Tag")],
    ],
    "research": [[gives(question="Why?"), gives(question="How?")], [gives()]],
}
"""To the agents of the scenario `demo`."""

HARD: dict[str, list[list[Body]]] = {
    **{graph_id: SCRIPTED_GRAPHS[graph_id] for graph_id in ("react", "team", "careful")},
    "quoting": [[says("hi {{ x }}"), says('"a" \\ \n b')]],
    "fork": [
        [gives(kind="both"), gives(kind="slow"), gives(kind="x")],
        [gives(kind="slow", n=1)],
        [gives(kind="both", n=2), AGAIN, AGAIN],
    ],
    "leaping": [[says("a"), says("b"), says("forget"), says("c"), says("forget all"), says("a")]],
    "moody": [[says("Hello"), AGAIN, says("x"), says("x")], [says("x"), says("Hello")]],
    "endless": [[{**gives(n=0), "config": {"recursion_limit": 4}}, {**AGAIN, "config": {"recursion_limit": 3}}]],
}
"""To the agents of `hard_agents.yaml`."""
