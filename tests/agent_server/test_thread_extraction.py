"""Picking values out of found threads by path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.conftest import Server

METADATA = {
    "a": {"b": [{"c": 1}, {"c": 2}]},
    "n": None,
    "tags": ["x", "y"],
    "dotted.key": 1,
    "_private": 1,
    "grid": [[1, 2], [3]],
}


def extract(server: Server, paths: Any, **more: Any) -> Any:
    return server.post("/threads/search", {"extract": paths, **more})


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("metadata", METADATA),
        ("metadata.a", METADATA["a"]),
        ("metadata.a.b[0]", {"c": 1}),
        ("metadata.a.b[0].c", 1),
        ("metadata.a.b[-1].c", 2),
        ("metadata.a.b[-2].c", 1),
        ("metadata.a.b[2].c", None),
        ("metadata.a.b[-3].c", None),
        ("metadata.tags[1]", "y"),
        ("metadata.grid[0][1]", 2),
        ("metadata.grid[-1][0]", 3),
        ("metadata.n", None),
        ("metadata.n.x", None),
        ("metadata.absent", None),
        ("metadata.tags.x", None),
        ("metadata.tags[0][0]", None),
        ("metadata.a[0]", None),
        ("metadata.dotted.key", None),
        ("metadata..a.b.[1].c.", 2),
        ("metadata.a.b[0]c", None),
        ("metadata[tags]", None),
        ("metadata['tags']", None),
        ("metadata.tags[]", None),
        ("metadata.tags.0", None),
        ("metadata._private", None),
        ("config", {}),
        ("values", None),
        ("values.messages[0]", None),
        ("interrupts", None),
    ],
)
def test_a_path_leads_to_a_value_or_to_null(server: Server, path: str, value: Any) -> None:
    server.create_thread(metadata=METADATA)

    (thread,) = extract(server, {"it": path}).json()

    assert thread["extracted"] == {"it": value}


def test_what_is_extracted_comes_beside_what_is_selected(server: Server) -> None:
    server.create_thread(metadata=METADATA)

    (selected,) = extract(server, {"one": "metadata.tags[0]", "two_2": "metadata.n"}, select=["status"]).json()
    (whole,) = extract(server, {"one": "metadata.tags[0]"}).json()

    assert selected == {"status": "idle", "extracted": {"one": "x", "two_2": None}}
    assert set(whole) > {"thread_id", "metadata", "extracted"}


def test_nothing_to_extract_adds_nothing(server: Server) -> None:
    server.create_thread()

    (thread,) = extract(server, {}).json()

    assert "extracted" not in thread


@pytest.mark.parametrize(
    ("paths", "complaint"),
    [
        ({"1a": "metadata.a"}, "Extract key '1a' must be a valid identifier (letters, digits, underscores)"),
        ({"a-b": "metadata.a"}, "Extract key 'a-b' must be a valid identifier (letters, digits, underscores)"),
        ({"": "metadata.a"}, "Extract key '' must be a valid identifier (letters, digits, underscores)"),
        ({"é": "metadata.a"}, "Extract key 'é' must be a valid identifier (letters, digits, underscores)"),
        ({"a": "status"}, "Extract path 'status' must start with one of: config, interrupts, metadata, values"),
        (
            {"a": "metadatax.b"},
            "Extract path 'metadatax.b' must start with one of: config, interrupts, metadata, values",
        ),
        ({"a": "[0]"}, "Extract path '[0]' must start with one of: config, interrupts, metadata, values"),
        ({"a": ""}, "Extract path for 'a' must be a non-empty string"),
        ({"a": " "}, "Extract path ' ' must start with one of: config, interrupts, metadata, values"),
        ({"a": ".metadata"}, "Extract path '.metadata' must start with one of: config, interrupts, metadata, values"),
        ({"status": "metadata.a"}, "Extract keys cannot use reserved field names: ['status']"),
        (
            {"values": "metadata.a", "config": "metadata.a", "ok": "metadata"},
            "Extract keys cannot use reserved field names: ['config', 'values']",
        ),
        ({"a": 1}, '1 is not of type "string"'),
        (dict.fromkeys("abcdefghijk", "metadata"), "has more than 10 properties"),
    ],
)
def test_aliases_and_paths_have_rules(server: Server, paths: Any, complaint: str) -> None:
    answer = extract(server, paths)

    assert answer.status_code == 422
    assert complaint in answer.json()["detail"].partition("\n\nFailed")[0]


def test_ten_values_can_be_extracted_at_once(server: Server) -> None:
    server.create_thread()

    (thread,) = extract(server, dict.fromkeys("abcdefghij", "metadata")).json()

    assert len(thread["extracted"]) == 10
