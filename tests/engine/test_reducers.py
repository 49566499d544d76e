"""A channel takes in what is written to it by the rule of its reducer."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from understudy.agents.reducers import initial, merge
from understudy.errors import Unacceptable
from understudy.state.clock import Clock
from understudy.state.ids import Ids

if TYPE_CHECKING:
    from understudy.state.agents import ReducerName
    from understudy.wire import Json

IDS = Ids(Clock(datetime(2026, 1, 1, tzinfo=UTC)), seed=1)

MERGED: list[tuple[ReducerName, Json, Json, Json]] = [
    ("last", {"a": 1}, None, None),
    ("last", None, {"__overwrite__": 1}, {"__overwrite__": 1}),
    ("append", ["a"], ["b", "c"], ["a", "b", "c"]),
    ("append", None, ["a"], ["a"]),
    ("append", ["a"], [], ["a"]),
    ("append", ["a"], {"__overwrite__": ["b"]}, ["b"]),
    ("append", ["a"], {"type": "__overwrite__", "value": "b"}, "b"),
    ("sum", 1, 2, 3),
    ("sum", None, 2, 2),
    ("sum", 1, 1.5, 2.5),
    ("sum", 1, True, 2),
    ("sum", 1, {"__overwrite__": None}, None),
    ("sum", 2**63 - 1, 2**63, 2**64 - 1),
    ("messages", [], {"__overwrite__": "hi"}, "hi"),
]


@pytest.mark.parametrize(("reducer", "old", "new", "merged"), MERGED)
def test_what_is_written_is_merged_by_the_reducer(reducer: ReducerName, old: Json, new: Json, merged: Json) -> None:
    before = json.dumps([old, new])

    assert merge(reducer, old, new, IDS) == merged
    assert json.dumps([old, new]) == before


def test_messages_are_merged_as_messages() -> None:
    first = merge("messages", None, {"role": "user", "content": "hi", "id": "m1"}, IDS)

    both = merge("messages", first, [["ai", "hello"]], IDS)

    assert [(message["type"], message["content"]) for message in both] == [("human", "hi"), ("ai", "hello")]
    assert len(first) == 1


REFUSED: list[tuple[ReducerName, Json, Json, str]] = [
    ("append", ["a"], "b", "A channel with the reducer \"append\" takes lists, not 'b'"),
    ("append", ["a"], None, 'A channel with the reducer "append" takes lists, not None'),
    ("append", "a", ["b"], "A channel with the reducer \"append\" takes lists, not 'a'"),
    (
        "append",
        ["a"],
        {"__overwrite__": [], "b": 1},
        "A channel with the reducer \"append\" takes lists, not {'__overwrite__': [], 'b': 1}",
    ),
    ("sum", 1, "2", "A channel with the reducer \"sum\" takes numbers, not '2'"),
    ("sum", 1, [2], 'A channel with the reducer "sum" takes numbers, not [2]'),
    ("sum", 1, None, 'A channel with the reducer "sum" takes numbers, not None'),
    (
        "sum",
        2**63,
        2**63,
        'A channel with the reducer "sum" holds at most 64 bits, too few for 18446744073709551616',
    ),
]


@pytest.mark.parametrize(("reducer", "old", "new", "detail"), REFUSED)
def test_what_does_not_fit_the_reducer_is_refused(reducer: ReducerName, old: Json, new: Json, detail: str) -> None:
    with pytest.raises(Unacceptable) as refusal:
        merge(reducer, old, new, IDS)

    assert refusal.value.detail == detail


@pytest.mark.parametrize(("reducer", "empty"), [("append", []), ("sum", 0), ("messages", [])])
def test_a_channel_starts_empty(reducer: ReducerName, empty: Json) -> None:
    assert initial(reducer) == empty


def test_a_channel_that_keeps_the_last_value_starts_with_none() -> None:
    with pytest.raises(KeyError):
        initial("last")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["__overwrite__", "type", "value"]), inner)
    ),
    max_leaves=5,
)


@settings(max_examples=300, database=None, deadline=None, derandomize=True)
@given(st.sampled_from(["last", "append", "sum", "messages"]), VALUES, VALUES)
def test_any_json_is_either_merged_or_refused(reducer: ReducerName, old: Json, new: Json) -> None:
    before = repr([old, new])

    with suppress(Unacceptable):
        merge(reducer, old, new, IDS)

    assert repr([old, new]) == before
