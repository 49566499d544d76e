"""YAML is read as what JSON can say: by the core schema of YAML 1.2, and strictly."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.scenarios.core_yaml import MAX_DEPTH, Text, render

WORDS = {
    "no": "no",
    "on": "on",
    "yes": "yes",
    "Off": "Off",
    "true": True,
    "FALSE": False,
    "null": None,
    "~": None,
    "": None,
    "12": 12,
    "-7": -7,
    "+7": 7,
    "010": 10,
    "0o17": 15,
    "0x1F": 31,
    "0b11": "0b11",
    "1_000": "1_000",
    "1:20": "1:20",
    "1.5": 1.5,
    "1e3": 1000.0,
    ".5": 0.5,
    "12345678901234567890123": 1.2345678901234568e22,
    "2026-01-31": "2026-01-31",
    "2026-01-31T08:00:00Z": "2026-01-31T08:00:00Z",
    "'12'": "12",
    '"true"': "true",
    "!!str 12": "12",
    "! 12": "12",
    "!!float 1": 1.0,
}


@pytest.mark.parametrize(("text", "value"), WORDS.items())
def test_a_word_means_what_it_looks_like(text: str, value: Any) -> None:
    read = Text(f"key: {text}\n")

    assert read.faults == []
    assert read.value == {"key": value}
    assert type(read.value["key"]) is type(value)


FAULTS = {
    "a: [1": ((), "no YAML: did not find expected ',' or ']'", 2),
    "a: b: c": ((), "no YAML: mapping values are not allowed in this context", 1),
    "a: \x01": ((), "no YAML: control characters are not allowed", 1),
    "x: 1\na: 1\na: 2": ((), 'the key "a" is there twice', 3),
    "a:\n  - b: 1\n    b: 2": (("a", 0), 'the key "b" is there twice', 3),
    "a: *x": (("a",), "*x stands for no value before it", 1),
    "a: &x [*x]": (("a", 0), "*x stands for no value before it", 1),
    "? [1]\n: 2": ((), "a key is text, not a list, an object or an alias", 1),
    "a: 1\n---\nb: 2": ((), "a second document begins; a scenario is one", 2),
    "a: &x {b: 1}\nc: {<<: *x}": (("c",), "merge keys (<<) are not read; give whole values by aliases", 2),
    "a:\n- .nan": (("a", 0), '".nan" is no float that JSON can say', 2),
    "a: -.inf": (("a",), '"-.inf" is no float that JSON can say', 1),
    "a: !!int x": (("a",), '"x" is no int that JSON can say', 1),
    "a: !!python/object/apply:os.getcwd []": (
        ("a",),
        "the tag !!python/object/apply:os.getcwd is not read; a scenario holds what JSON can say",
        1,
    ),
    "a: !mine 1": (("a",), "the tag !mine is not read; a scenario holds what JSON can say", 1),
    "[" * 100_000: ((), f"nested deeper than {MAX_DEPTH} levels", 1),
}


@pytest.mark.parametrize(("text", "fault"), FAULTS.items(), ids=[text[:20] for text in FAULTS])
def test_what_json_cannot_say_is_a_fault_with_its_place(text: str, fault: tuple[Any, ...]) -> None:
    assert Text(text).faults == [fault]


def test_all_faults_are_told_and_the_rest_is_read() -> None:
    read = Text("a: *x\nb: 1\nb: 2\nc: [3, .nan]\n")

    assert [line for _, _, line in read.faults] == [1, 3, 4]
    assert read.value == {"a": None, "b": 2, "c": [3, ".nan"]}


def test_keys_are_texts() -> None:
    assert Text("1: a\nno: b\n~: c\n").value == {"1": "a", "no": "b", "~": "c"}


def test_an_alias_stands_for_the_value_with_its_anchor() -> None:
    assert Text("a: &x {b: [1]}\nc: [*x, *x]\n").value == {"a": {"b": [1]}, "c": [{"b": [1]}] * 2}


def test_an_empty_text_is_nothing() -> None:
    assert Text("").value is None
    assert Text("# only a comment\n").value is None


def test_a_path_has_the_line_of_its_last_part_that_is_there() -> None:
    read = Text("a:\n  - b: 1\n    c:\n      d: 2\n  - e\n")

    lines = {path: read.line(path) for path in [(), ("a",), ("a", 0, "c", "d"), ("a", 0, "no"), ("a", 1)]}

    assert lines == {(): None, ("a",): 1, ("a", 0, "c", "d"): 4, ("a", 0, "no"): 2, ("a", 1): 5}


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(JSON)
def test_what_is_written_reads_the_same(value: Any) -> None:
    read = Text(render(value))

    assert read.faults == []
    assert read.value == value


@pytest.mark.parametrize(
    "word", [*WORDS, "<<", "=", "!", "&a", "*a", "- a", "a: b", "# a", "%", "\t", "\u0085", "\ufeff"]
)
def test_a_text_that_looks_like_something_else_is_written_as_text(word: str) -> None:
    assert Text(render([word, {word: word}])).value == [word, {word: word}]


def test_aliases_that_stand_for_more_than_there_is_room_for_are_not_followed() -> None:
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12))]

    (fault,) = Text("\n".join(lines)).faults

    assert fault[1] == "aliases repeat more than 1000000 values"
    assert fault[2] == 7


def test_what_aliases_stand_for_may_nest_no_deeper_than_what_is_written_out() -> None:
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} {'[' * 50}*a{n - 1}{']' * 50}" for n in range(1, 8))]

    (fault,) = Text("\n".join(lines)).faults

    assert fault[1] == f"nested deeper than {MAX_DEPTH} levels"
    assert fault[2] == 6


def test_a_value_can_be_repeated_as_often_as_there_is_room() -> None:
    value = Text("a: &a {b: [1, 2]}\nc: [*a, *a]\nd: *a\n").value

    assert value == {"a": {"b": [1, 2]}, "c": [{"b": [1, 2]}] * 2, "d": {"b": [1, 2]}}
