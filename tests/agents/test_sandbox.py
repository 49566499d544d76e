"""Expressions see their data and nothing else, and cannot cost without end."""

from __future__ import annotations

import pytest

from tests.agents.plays import played
from understudy.agents.steps import Emit, Fail


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("{{ 1 + 1 }}", 2),
        (" {{ [1, (2, 3)] }}\n", [1, [2, 3]]),
        ("{{ 1 }} {{ none }}", "1 None"),
        ("{{ text }}", "1"),
        ("{{ {'a': 1, 2: none} }}", {"a": 1, "2": None}),
        ("{{ {'items': 5}.items }}", 5),
        ("{{ {'a': true} | repr }}", "{'a': True}"),
        ("{{ {'a': 'b\"<'} | tojson }}", '{"a":"b\\"<"}'),
        ("{{ [{'type': 'text', 'text': 'a'}, 'b'] | text }}", "ab"),
        ("{{ '%05.1f' | format(2.25) }}", "002.2"),
        ("{{ 2 ** 70 }}", float(2**70)),
        ("{{ nothing | default('x') }}", None),
        ("{% for n in range(3) %}{{ n }}{% endfor %}", "012"),
        ("{{ ['a', 'b'] | map('upper') }}", ["A", "B"]),
        ("{{ 'a-b'.replace('-', '+') ~ ','.join(['c', 'd']) }}", "a+bc,d"),
        ("line\n", "line\n"),
    ],
)
def test_an_expression_has_a_value(source: str, value: object) -> None:
    expected = [Emit(value)]
    if "nothing" in source:
        with pytest.raises(Exception, match='unknown name "nothing"'):
            played({"emit": source}, "1")
    else:
        assert played({"emit": source}, "1") == expected


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ ''['__class__'] }}",
        "{{ config.__class__ }}",
        "{{ range.__self__ }}",
        "{{ state.messages.append(1) }}",
        "{{ config.update({}) }}",
        "{{ 'a' * 10 ** 9 }}",
        "{{ [0] * 10 ** 9 }}",
        "{{ 10 ** 10 ** 10 ** 10 }}",
        "{{ 'a'.center(10 ** 10) }}",
        "{{ '{:>9999999999}'.format(1) }}",
        "{{ '%9999999999d' % 1 }}",
        "{{ '%9999999999d' | format(1) }}",
        "{{ '%*d' | format(10 ** 10, 1) }}",
        "{{ ('a' * 10 ** 6).replace('a', 'b' * 10 ** 6) }}",
        "{{ ('a' * 10 ** 6) | replace('a', 'b' * 10 ** 6) }}",
        "{{ ('a' * 10 ** 6).join('b' * 10 ** 6) }}",
        "{{ range(10 ** 6) }}",
        "{{ ('a' * 6000000) ~ ('a' * 6000000) }}",
        "{% for a in range(9999) %}{% for b in range(9999) %}{{ a }}{% endfor %}{% endfor %}",
        "{{ 1e308 * 10 }}",
        "{{ (1).to_bytes(10 ** 10) }}",
    ],
)
def test_what_reaches_out_or_costs_without_end_is_refused(source: str) -> None:
    (failed,) = played({"emit": source}, "1")

    assert isinstance(failed, Fail)
    assert failed.error == "ScriptError"


@pytest.mark.parametrize("source", ["{{ '\\ud800' }}", "x{{ '%c' | format(55296) }}", "{{ {'\\ud800': 1} }}"])
def test_half_a_character_is_refused(source: str) -> None:
    (failed,) = played({"emit": source})

    assert isinstance(failed, Fail)
    assert failed.message.endswith("'\\ud800' alone is no character")
