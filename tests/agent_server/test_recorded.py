"""Whole recorded sessions with the reference server, replayed on the fake."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from tests.recorded.exchange import CASES, Step, load, title
from tests.recorded.replay import Replayed, replay
from understudy.conformance.comparing.differences import ID


class Server(Protocol):
    """The fake with the graphs of the reference server and nothing else."""

    url: str


@dataclass(frozen=True)
class Wanted:
    """A difference that is meant: the requests it shows in (ids as `*`), the status they get, what differs, why."""

    steps: tuple[str, ...]
    status: int
    why: str
    at: str = "/answer"

    def covers(self, step: Replayed) -> bool:
        return step.live["answer"]["status"] == self.status and all(
            difference.pointer.startswith(self.at) for difference in step.differences
        )


HUMAN = '{"content": "v", "additional_kwargs": {}, "response_metadata": {}, "type": "human", "name": null, "id": "*"}'
AI = (
    '{"content": "echo v", "additional_kwargs": {}, "response_metadata": {}, "type": "ai", "name": null, "id": "*", '
    '"tool_calls": [], "invalid_tool_calls": [], "usage_metadata": null}'
)

WANTED = {
    "assistants": [
        Wanted(
            ('POST /assistants/bad/latest {"version": "z"}',),
            422,
            "of two faults, the id's is told first on every path; the reference looks at this body first",
            at="/answer/body/detail",
        ),
    ],
    "meta": [
        Wanted(("GET /ui/agent",), 404, "the reference fails where no page was built; the fake has no such page"),
    ],
    "state_history": [
        Wanted(
            (
                'POST /threads/*/history {"limit": 10, "before": {"checkpoint_id": "*"}}',
                'POST /threads/*/history {"limit": 10, "before": {"checkpoint_id": "*", "thread_id": "*", '
                '"checkpoint_ns": ""}}',
            ),
            200,
            "D35: `before` in its documented form works",
        ),
    ],
    "search_count_prune": [
        Wanted(
            (
                'POST /threads/search {"values": {"a": 1}, "limit": 1}',
                'POST /threads/search {"metadata": {"set": "S"}, "values": {"x": 1}}',
            ),
            200,
            "D33: a thread without values matches no filter on values",
        ),
        Wanted(('POST /threads/count {"values": {"x": 1}}',), 200, "D34: counted as it is searched"),
        Wanted(
            (f'POST /threads/search {{"metadata": {{"vs": 1}}, "values": {{"messages": [{HUMAN}, {AI}]}}}}',),
            200,
            "messages are found by what they are; the reference compares its own objects with JSON and finds none",
        ),
        Wanted(
            ('POST /threads/prune {"thread_ids": ["*"], "strategy": "keep_latest"}',),
            200,
            "D76: keep_latest does what is documented",
        ),
    ],
    "store": [
        Wanted(
            ("POST /store/items/search {}", 'POST /store/items/search {"namespace_prefix": null}'),
            422,
            "D39: the reference fails without a prefix; the fake says that it is needed",
        ),
        Wanted(
            ('POST /store/items/search {"namespace_prefix": "s"}',),
            422,
            "D39: a prefix is an array, never null",
            at="/answer/body/detail",
        ),
        Wanted(
            ('POST /store/items/search {"namespace_prefix": ["s"], "refresh_ttl": "x"}',),
            422,
            "the validator's later release names the types that fit in an order of its own",
            at="/answer/body/detail",
        ),
        Wanted(
            ('POST /store/items/search {"namespace_prefix": ["s"], "filter": {"absent": {"$gt": 1}}}',),
            200,
            "D40: an absent key is not greater than anything",
        ),
        Wanted(
            (
                "POST /store/namespaces {}",
                'POST /store/namespaces {"max_depth": 2}',
                'POST /store/namespaces {"max_depth": 1}',
                'POST /store/namespaces {"limit": 1}',
                'POST /store/namespaces {"limit": 1, "offset": 1}',
                'POST /store/namespaces {"prefix": []}',
                'POST /store/namespaces {"limit": -1}',
                'POST /store/namespaces {"offset": -1}',
                'POST /store/namespaces {"suffix": ["*"]}',
                'POST /store/namespaces {"extra": 1}',
            ),
            200,
            "a namespace is there while it holds an item: reading one does not make it, removing the last ends it",
            at="/answer/body/namespaces",
        ),
    ],
}


def went_well(step: Step) -> bool:
    """Return whether a step waited for a run on a thread."""
    return step["request"]["path"].endswith("/runs/wait") and step["answer"]["status"] < 400


CASE_FILES = sorted(CASES.glob("*.json"))
each_case = pytest.mark.parametrize("path", CASE_FILES, ids=lambda path: path.stem)


@each_case
def test_the_fake_answers_as_the_reference_server_did(path: Path, server: Server) -> None:
    wanted = {step: difference for difference in WANTED.get(path.stem, ()) for step in difference.steps}
    met: set[str] = set()
    unwanted: list[str] = []

    for step in replay(load(path), server.url):
        name = ID.sub("*", title(step.recorded["request"]))
        if step.differences and name in wanted and wanted[name].covers(step):
            met.add(name)
        elif step.differences:
            unwanted.append(str(step))

    assert not unwanted, "\n" + "\n".join(unwanted)
    assert met == wanted.keys(), "an exception that nothing needs any more"


@each_case
def test_every_recorded_step_says_what_came_of_it(path: Path) -> None:
    silent = [
        title(step["request"])
        for step in load(path).steps
        if "answer" not in step or (went_well(step) and "leaves" not in step)
    ]

    assert not silent
