"""What was said to the graphs of the reference server."""

from __future__ import annotations

from tests.recording.conversations import AGAIN, Body, answers, gives, says

CONVERSATIONS: dict[str, list[list[Body]]] = {
    "agent": [
        [says("hi"), says("ask"), answers("yes"), says("boom"), says("hi")],
        [says("ask"), answers("no"), says("boom"), AGAIN],
        [says("ask"), says("never mind")],
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
