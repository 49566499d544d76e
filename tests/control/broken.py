"""Scenario files that went wrong, made up: what is right is taken and spoilt."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import strategies as st

ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    3.5,
    10**30,
    -(10**30),
    1e300,
    "",
    "x",
    "*",
    "no",
    "\x00",
    "\u2028\ufeff",
    "a.b",
    "__start__",
    "../../etc/passwd",
    "{{ 9 ** 9 ** 9 }}",
    "{{ (",
    "{% for x in range(999999999) %}{% endfor %}",
    "11111111-1111-4111-8111-111111111111",
    "{11111111111141118111111111111111}",
    "9999-12-31T23:59:59.999999Z",
    "0001-01-01T00:00:00+14:00",
    "1969-12-31",
    "2026-13-45",
    "*/0 * * * *",
    "0 0 30 2 *",
    "* * * * * * * *",
    "99999999999 * * * *",
    [],
    {},
    [None],
    [[[]]],
    {"": None},
    {"a": {"b": [1, {"c": None}]}},
    [{"name": "x"}],
]
"""Values that hardly fit anywhere."""

KEYS = ["", "naem", "values", "thread_id", "history", "nodes", "metadata", "runs", "clock", "ttl", "\x00", "ключ"]

TEXTS = [
    "\t",
    "\x00",
    "\x1b[2J",
    "\ufeff",
    "\u0085",
    "---\n",
    "...\n",
    "- ",
    ": ",
    "? ",
    "[",
    "}",
    "'",
    '"',
    "&a ",
    "*a",
    "*unknown",
    "<<: *a\n",
    "!!python/object:os.system ",
    "!!binary aGk=",
    "!!int x",
    "%YAML 9.9\n",
    '"\\ud800"',
    '"\\x"',
    ".nan",
    "-.inf",
    "1e999",
    "9" * 5000,
    "- " * 300,
    "[" * 300,
    "{a: " * 300,
    "threads: [{}]\nthreads: [{}]\n",
    "x: &x [*x]\n",
    "\N{PILE OF POO}",
    "|\n  ",
    ">-9\n",
]
"""What breaks a text wherever it gets in."""

BOMB = "\n".join(["a0: &a0 [x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12))])
DEEP = "\n".join(["a0: &a0 [x]", *(f"a{n}: &a{n} {'[' * 50}*a{n - 1}{']' * 50}" for n in range(1, 8))])
HOPELESS = [
    "",
    " ",
    "\n# nothing\n",
    "null",
    "[]",
    "5",
    '"text"',
    BOMB,
    f"store:\n- namespace: [a]\n  key: k\n  value: {{x: *a9}}\n{BOMB}",
    f"{BOMB}\nstore: [{{namespace: [a], key: k, value: {{x: *a11}}}}]",
    DEEP,
    f"{DEEP}\nstore: [{{namespace: [a], key: k, value: {{x: *a7}}}}]",
    "PK\x03\x04\x14\x00\x08",
    "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    "agents: {a: " + "{subgraphs: {b: " * 100 + "{nodes: [c]}" + "}}" * 100 + "}",
    "generate: {threads: 1000000, checkpoints: 10000}",
    *(
        f"agents: {{a: {{nodes: {{b: {{say: '{says}'}}}}}}}}"
        for says in (
            "{{ " + "9" * 5000 + " }}",
            "{{ " + "(" * 300 + " }}",
            "{% if 1 %}" * 300,
            "{{ 1" + "+1" * 3000 + " }}",
        )
    ),
    "generate: {threads: 1.0e+30}",
    "generate: {threads: 3.0, checkpoints: 2.0, users: 1.0, seed: 1.0e+300}",
]
"""Texts that are broken from the start, or mean nothing."""


def spoilt(data: Any, draw: Any) -> Any:
    """Return data of which a few places are not as they were."""
    data = copy.deepcopy(data)
    for _ in range(draw(st.integers(1, 3))):
        found = list(places(data))
        if not found:
            break
        holder, key = found[draw(st.integers(0, len(found) - 1))]
        kind = draw(st.sampled_from(["replace"] * 4 + ["remove", "rename", "add", "repeat", "swap", "bury"]))
        if kind == "replace":
            holder[key] = copy.deepcopy(draw(st.sampled_from(ODD)))
        elif kind == "remove":
            del holder[key]
        elif kind == "rename" and isinstance(holder, dict):
            name = draw(st.sampled_from(KEYS)) or f"{key[:1]}{key[2:]}"
            holder[name] = holder.pop(key)
        elif kind == "add" and isinstance(holder, dict):
            holder[draw(st.sampled_from(KEYS))] = copy.deepcopy(draw(st.sampled_from(ODD)))
        elif kind == "repeat" and isinstance(holder, list):
            holder.append(copy.deepcopy(holder[key]))
        elif kind == "swap":
            other, name = found[draw(st.integers(0, len(found) - 1))]
            holder[key] = copy.deepcopy(other.get(name) if isinstance(other, dict) else (other[name:] or [None])[0])
        else:
            for _ in range(draw(st.sampled_from([1, 20, 120]))):
                holder[key] = [holder[key]]
    return data


def places(data: Any) -> Any:
    """Yield everything inside data: what holds it, and its key."""
    if isinstance(data, (dict, list)):
        for key, value in list(data.items() if isinstance(data, dict) else enumerate(data)):
            yield data, key
            yield from places(value)


def garbled(text: str, draw: Any) -> str:
    """Return a text into which something else got, or of which something is missing."""
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(text)))
        kind = draw(st.sampled_from(["insert", "insert", "cut", "lose", "indent", "repeat line", "lose line"]))
        line = text.rfind("\n", 0, at) + 1
        end = text.find("\n", at) + 1 or len(text)
        if kind == "insert":
            text = text[:at] + draw(st.sampled_from(TEXTS)) + text[at:]
        elif kind == "cut":
            text = text[:at]
        elif kind == "lose":
            text = text[:at] + text[at + draw(st.integers(1, 40)) :]
        elif kind == "indent":
            text = text[:line] + draw(st.sampled_from([" ", "  ", "\t"])) + text[line:]
        else:
            text = text[:line] + text[line:end] * (2 if kind == "repeat line" else 0) + text[end:]
    return text


def broken(sources: list[Any], texts: list[str]) -> st.SearchStrategy[Any]:
    """Return scenarios that went wrong: data, or texts."""

    @st.composite
    def made(draw: Any) -> Any:
        kind = draw(st.sampled_from(["data", "data", "text of data", "text", "text", "hopeless"]))
        if kind == "hopeless":
            return draw(st.sampled_from(HOPELESS))
        if kind == "text":
            return garbled(draw(st.sampled_from(texts)), draw)
        data = spoilt(draw(st.sampled_from(sources)), draw)
        return data if kind == "data" else json.dumps(data)

    return made()
