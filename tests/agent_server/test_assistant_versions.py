"""Versions of assistants over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.agent_server.changes import create, patch

if TYPE_CHECKING:
    from tests.conftest import Server

AGENT = "fe096781-5601-53d2-b2f6-0d3403f7e9ca"  # the assistant that comes with the graph `agent`


def test_every_patch_makes_a_version_also_an_empty_one(server: Server) -> None:
    assistant = create(server, name="one")
    patch(server, assistant)
    patch(server, assistant, name="three")

    versions = server.post(f"/assistants/{assistant['assistant_id']}/versions", {}).json()

    assert [(version["version"], version["name"]) for version in versions] == [
        (3, "three"),
        (2, "one"),
        (1, "one"),
    ]
    assert list(versions[0]) == [
        "assistant_id",
        "version",
        "graph_id",
        "config",
        "context",
        "metadata",
        "created_at",
        "name",
        "description",
    ]


def test_versions_are_told_in_pages_and_by_metadata_and_an_empty_page_is_not_found(server: Server) -> None:
    assistant = create(server, metadata={"n": {"x": 1, "y": 2}})
    patch(server, assistant, metadata={"n": 2})
    path = f"/assistants/{assistant['assistant_id']}/versions"

    page = server.post(path, {"limit": 1, "offset": 1}).json()
    found = server.post(path, {"metadata": {"n": {"x": 1}}}).json()
    beyond = server.post(path, {"offset": 2})

    assert [version["version"] for version in page] == [1]
    assert [version["version"] for version in found] == [1]
    assert (beyond.status_code, beyond.json()["detail"]) == (
        404,
        f"Assistant {assistant['assistant_id']} not found",
    )


def test_going_back_to_a_version_leaves_graph_and_context_and_the_numbers_go_on(server: Server) -> None:
    assistant = create(server, name="one", metadata={"v": 1}, context={"k": 1})
    patch(server, assistant, name="two", metadata={"v": 2, "w": 2}, context={"k": 2}, graph_id="steps")
    path = f"/assistants/{assistant['assistant_id']}/latest"

    latest = server.post(path, {"version": 1}).json()
    patched = patch(server, assistant, description="three")

    assert (latest["version"], latest["name"], latest["metadata"]) == (1, "one", {"v": 1})
    assert (latest["config"], latest["context"]) == ({"configurable": {"k": 1}}, {"k": 2})
    assert latest["graph_id"] == "steps"
    assert (patched["version"], patched["name"]) == (3, "one")


@pytest.mark.parametrize(("body", "version"), [({"version": 99}, "99"), ({}, "None")])
def test_a_version_that_does_not_exist_is_not_found(server: Server, body: dict[str, Any], version: str) -> None:
    answer = server.post(f"/assistants/{AGENT}/latest", body)

    assert answer.status_code == 404
    assert answer.json() == {"detail": f"Version {version} not found for assistant {AGENT}"}
