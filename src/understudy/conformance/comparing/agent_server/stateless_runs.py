"""Runs without a thread of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from understudy.conformance.comparing.agent_server.runs import assistants, commands, plain, told
from understudy.conformance.comparing.agent_server.words import METADATA, seldom, some
from understudy.conformance.comparing.inputs import WRONG
from understudy.conformance.comparing.sequences import Graph, Row

if TYPE_CHECKING:
    from understudy.wire import Json


def _started(graph: Graph) -> st.SearchStrategy[Json]:
    first: dict[str, st.SearchStrategy[Json]] = {"assistant_id": assistants(graph), "metadata": METADATA}
    more = told(graph) | {"on_completion": st.sampled_from(["delete", "keep"])}
    given = some({**first, "input": seldom(WRONG, graph.inputs)}, **more)
    commanded = some({**first, "command": commands(graph)}, **more)
    return st.one_of(given, given, given, given, commanded)


ROWS = (
    Row("POST /runs/wait", 5, _started, settles=True, plain=plain),
    Row("POST /runs/stream", 4, _started, settles=True, plain=plain),
    Row("POST /runs", 2, _started, settles=True, plain=plain),
    Row(
        "POST /runs/batch",
        1,
        lambda graph: st.lists(_started(graph), max_size=2),
        settles=True,
        plain=lambda graph: [plain(graph)],
    ),
)
