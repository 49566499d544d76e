"""Messages are merged by id as the reference server does it, and whatever comes, nothing breaks."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from understudy.agents.messages import add
from understudy.errors import Unacceptable
from understudy.state.clock import Clock
from understudy.state.ids import Ids

if TYPE_CHECKING:
    from understudy.wire import Json, JsonObject


def seeded() -> Ids:
    return Ids(Clock(datetime(2026, 1, 1, tzinfo=UTC)), seed=7)


DRAWN = seeded().random()


def stored(kind: str, message_id: str = DRAWN, content: str = "hi") -> JsonObject:
    fields: JsonObject = {
        "content": content,
        "additional_kwargs": {},
        "response_metadata": {},
        "type": kind,
        "name": None,
    }
    calls: JsonObject = {"tool_calls": [], "invalid_tool_calls": [], "usage_metadata": None} if kind == "ai" else {}
    return {**fields, "id": message_id, **calls}


def named(*names: str) -> list[JsonObject]:
    return [stored("human", name) for name in names]


def removal(name: str) -> JsonObject:
    return {"type": "remove", "content": "", "id": name}


MERGED: dict[str, tuple[Json, Json, list[JsonObject]]] = {
    "appended": (named("a"), named("b"), named("a", "b")),
    "replaced in place": (
        named("a", "b", "c"),
        {"role": "ai", "content": "hi", "id": "b"},
        [*named("a"), stored("ai", "b"), *named("c")],
    ),
    "replaced within one write": (
        [],
        [*named("a"), "hi", {"role": "ai", "content": "hi", "id": "a"}],
        [stored("ai", "a"), stored("human")],
    ),
    "removed": (named("a", "b", "c"), removal("b"), named("a", "c")),
    "removed twice": (named("a"), [removal("a"), removal("a")], []),
    "removed and put back": (named("a", "b"), [removal("a"), *named("a")], named("a", "b")),
    "added and removed": (named("a"), [*named("b"), removal("b")], named("a")),
    "all removed": (named("a", "b"), removal("__remove_all__"), []),
    "all removed, then added": (
        named("a"),
        [*named("b"), removal("__remove_all__"), *named("c")],
        named("c"),
    ),
    "the last removal of all counts": (
        named("a"),
        [removal("__remove_all__"), *named("b"), removal("__remove_all__"), *named("c")],
        named("c"),
    ),
    "a removal after that of all is kept": (
        named("a"),
        [removal("__remove_all__"), removal("b")],
        [stored("remove", "b", "")],
    ),
    "the last of those with one id is replaced": (
        [stored("human", "a", "old"), *named("a")],
        {"role": "ai", "content": "hi", "id": "a"},
        [stored("human", "a", "old"), stored("ai", "a")],
    ),
    "what was put there unformed is formed": ("hi", [], [stored("human")]),
    "a list that was put there unformed": (
        [{"role": "user", "content": "hi"}, *named("a")],
        named("b"),
        [stored("human"), *named("a", "b")],
    ),
}


@pytest.mark.parametrize(("old", "new", "merged"), MERGED.values(), ids=MERGED)
def test_messages_are_merged_by_id(old: Json, new: Json, merged: list[JsonObject]) -> None:
    before = json.dumps([old, new])

    assert json.dumps(add(old, new, seeded())) == json.dumps(merged)
    assert json.dumps([old, new]) == before


def test_removing_a_message_that_is_not_there_is_refused() -> None:
    with pytest.raises(Unacceptable) as refusal:
        add(named("a"), removal("b"), seeded())

    assert refusal.value.detail == "Attempting to delete a message with an ID that doesn't exist ('b')"


@pytest.mark.parametrize(("old", "side"), [([], "right"), (named("a"), "left")])
def test_null_is_no_message(old: list[JsonObject], side: str) -> None:
    with pytest.raises(Unacceptable) as refusal:
        add(old, None, seeded())

    assert refusal.value.detail == (
        f"Must specify non-null arguments for both 'left' and 'right'. Only received: '{side}'."
    )


# Mostly the words that mean something, so that few values are refused at the first look.
ROLES = ["human", "user", "ai", "assistant", "system", "developer", "function", "tool", "remove"]
FIELDS = ["role", "type", "content", "id", "name", "lc", "kwargs", "additional_kwargs", "response_metadata"]
MORE_FIELDS = [
    "tool_calls",
    "tool_call_id",
    "args",
    "arguments",
    "function",
    "status",
    "artifact",
    "message_type",
]
TEXTS = [
    "AIMessage",
    "constructor",
    "success",
    "__remove_all__",
    '{"a": 1}',
    "{a",
    "[1]",
    "NaN",
    "1e999",
    r'"\ud800"',
]
WORDS = st.sampled_from([*ROLES, *FIELDS, *MORE_FIELDS, *TEXTS])
ATOMS = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text(max_size=3) | WORDS
CALLS = st.fixed_dictionaries(
    {}, optional={"id": ATOMS, "name": ATOMS, "args": ATOMS, "function": st.dictionaries(WORDS, ATOMS)}
)


def _within(inner: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    fields = st.dictionaries(WORDS, inner, max_size=4)
    calls = st.lists(CALLS, max_size=2) | inner
    shaped = st.fixed_dictionaries(
        {"role": WORDS, "content": inner},
        optional={
            "tool_calls": calls,
            "additional_kwargs": st.fixed_dictionaries({"tool_calls": calls}) | inner,
        },
    )
    envelope = st.fixed_dictionaries(
        {
            "lc": st.just(1),
            "type": st.just("constructor"),
            "id": st.lists(WORDS, max_size=2),
            "kwargs": fields,
        }
    )
    return st.lists(inner, max_size=3) | fields | shaped | envelope


ODD = st.recursive(ATOMS, _within, max_leaves=12)
IDS = st.sampled_from(["a", "b", "__remove_all__", 5, None])
ORDINARY = st.fixed_dictionaries(
    {"role": st.sampled_from(ROLES), "content": st.text(max_size=3) | st.lists(st.text(max_size=3)) | ODD},
    optional={"id": IDS, "name": WORDS, "tool_call_id": WORDS, "tool_calls": st.lists(CALLS), "status": ODD},
)
VALUES = st.lists(ORDINARY, max_size=3) | ODD


@settings(max_examples=500, database=None, deadline=None, derandomize=True)
@given(VALUES, VALUES)
def test_any_json_is_either_stored_or_refused_and_left_as_it_was(first: Json, second: Json) -> None:
    ids = seeded()
    kept: Json = []
    before = repr([first, second])

    for value in (first, second):
        held = repr(kept)
        try:
            merged = add(kept, value, ids)
        except Unacceptable:
            assert repr(kept) == held
        else:
            assert repr(kept) == held
            assert all(isinstance(one["id"], str) for one in merged)
            kept = merged

    assert repr([first, second]) == before
