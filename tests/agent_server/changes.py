"""Changes that several tests make on their way to what they are about; each must succeed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.conftest import Server


def create(server: Server, **body: Any) -> dict[str, Any]:
    """Create an assistant; return it."""
    answer = server.post("/assistants", {"graph_id": "agent", **body})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def patch(server: Server, assistant: dict[str, Any], **body: Any) -> dict[str, Any]:
    """Patch an assistant; return its new version."""
    answer = server.patch(f"/assistants/{assistant['assistant_id']}", body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def update(server: Server, thread: str, values: Any = None, node: str | None = None, **more: Any) -> str:
    """Update the state; return the new checkpoint's id."""
    body = {"values": values, **({} if node is None else {"as_node": node}), **more}
    answer = server.post(f"/threads/{thread}/state", body)
    assert answer.status_code == 200, answer.text
    made: str = answer.json()["checkpoint_id"]
    return made
