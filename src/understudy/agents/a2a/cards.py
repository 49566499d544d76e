"""Agent cards: what an assistant says of itself to those who look for agents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.agents.a2a.asking import assistant
from understudy.agents.description import describe
from understudy.errors import Invalid, Refusal
from understudy.state.assistants import identified
from understudy.state.imitated import LANGGRAPH_API

if TYPE_CHECKING:
    from understudy.state.world import World
    from understudy.wire import Json, JsonObject

MODES = ("application/json", "text/plain")
"""What an assistant takes and gives unless its metadata says otherwise."""

_CAPABILITIES = {
    "streaming": True,
    "pushNotifications": False,
    "stateTransitionHistory": False,
    "extensions": [
        {
            "uri": "https://langchain.com/a2a/extensions/history-scope/v1",
            "description": "Choose task-only or full-context response history",
            "required": False,
            "params": {
                "header": "LangGraph-A2A-History-Scope",
                "values": ["context", "task"],
                "default": "context",
                "methods": ["SendMessage", "GetTask", "ListTasks"],
            },
        }
    ],
}


def card(world: World, assistant_id: str, base_url: str) -> JsonObject:
    """Return the card of an assistant; `assistant_id` stands in it as it was asked for. Refusal if there is none."""
    row = assistant(world, _known(assistant_id), assistant_id)
    schemas = describe(world.assistants.agent(row["assistant_id"]))
    schema = schemas["input_schema"] or schemas["state_schema"] or {}
    fields = schema.get("properties", {})
    takes, gives = _modes(row["metadata"])
    name, url = row["name"], f"{base_url}/a2a/{assistant_id}"
    description = row.get("description") or f"{name} assistant"
    skill = {
        "id": f"{assistant_id}-main",
        "name": f"{name} Capabilities",
        "description": description,
        "tags": ["assistant", "langgraph"],
        "examples": [],
        "inputModes": takes,
        "outputModes": gives,
        "metadata": {
            "inputSchema": {
                "required": schema.get("required", []),
                "properties": sorted(fields),
                "supportsA2A": "messages" in fields,
            }
        },
    }
    return {
        "name": name,
        "description": description,
        "url": url,
        "supportedInterfaces": [{"url": url, "protocolBinding": "JSONRPC", "protocolVersion": "1.0"}],
        "capabilities": _CAPABILITIES,
        "defaultInputModes": takes,
        "defaultOutputModes": gives,
        "skills": [skill],
        "version": LANGGRAPH_API,
    }


def _known(assistant_id: str) -> str:
    try:
        return identified(assistant_id)
    except Refusal as refusal:
        raise Invalid(f"Failed to get assistant '{assistant_id}': {refusal.detail}") from None


def _modes(metadata: JsonObject) -> tuple[list[str], list[str]]:
    """Return the media types that an assistant takes and gives. Invalid if its metadata tells none."""
    told = metadata.get("a2a")
    if told is None:
        told = {}
    if not isinstance(told, dict):
        raise Invalid("Assistant metadata.a2a must be an object.")
    return _of(told, "input_modes"), _of(told, "output_modes")


def _of(told: JsonObject, field: str) -> list[str]:
    modes: Json = told.get(field)
    if modes is None:
        return list(MODES)
    if not isinstance(modes, list) or not modes or not all(isinstance(mode, str) and mode.strip() for mode in modes):
        raise Invalid(f"Assistant metadata.a2a.{field} must be a non-empty array of strings.")
    return [mode.strip() for mode in modes]
