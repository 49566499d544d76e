"""What the parts of an A2A message give an agent: messages, and members of its input."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from understudy.agents.a2a.refusals import WrongContent
from understudy.agents.a2a.states import ROLES, USER
from understudy.errors import Invalid

if TYPE_CHECKING:
    from understudy.wire import Json, JsonObject

KINDS = ("text", "file", "data")

A2UI = ("application/json+a2ui", "application/a2ui+json")
"""The media types of user interfaces, which no agent here takes."""

_ONLY_THESE = "A2A agents support 'text', 'data', and 'file' parts only."

NO_OBJECT = f"Each message part must be an object. {_ONLY_THESE}"

_BLOCKS = ("image", "audio", "video")
"""Kinds of media that have a type of block of their own."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """What a message of the agent's state remembers of the A2A message that it was."""

    task_id: str | None
    start_id: str | None
    metadata: JsonObject
    extensions: list[str]

    def to_json(self) -> JsonObject:
        """Return what is known of it, under the names that the real server gives it."""
        told = {
            "task_id": self.task_id,
            "task_start_id": self.start_id,
            "metadata": self.metadata,
            "extensions": self.extensions,
        }
        return {name: value for name, value in told.items() if value}


def speaks(parts: list[Json]) -> bool:
    """Return whether any of these parts becomes a message, for which the agent must have a place."""
    return any(isinstance(part, dict) and ("text" in part or "file" in part or _is_a2ui(part)) for part in parts)


def input_of(message: JsonObject, parts: list[Json], provenance: Provenance) -> JsonObject:
    """Return the input for the agent that an A2A message is.

    Each text is a message of its own; with a file among them, all are blocks of one. Data joins the input.
    WrongContent if a part is of no kind that agents take, Invalid if it is a user interface.
    """
    blocks = any(isinstance(part, dict) and ("file" in part or _is_a2ui(part)) for part in parts)
    contents: list[Json] = []
    given: JsonObject = {}
    for part in parts:
        kind = _kind(part)
        if kind == "data":
            given.update(_data(part))
        elif kind == "file":
            contents.append(_block(part["file"]))
        else:
            contents.append({"type": "text", "text": part["text"]} if blocks else part["text"])
    role = "human" if role_of(message) == USER else "assistant"
    remembered = {"additional_kwargs": {"a2a": known}} if (known := provenance.to_json()) else {}
    messages = [
        {"role": role, "content": content, "id": message["messageId"], **remembered}
        for content in ([contents] if blocks else contents)
    ]
    if not messages and not given:
        raise WrongContent("Message must contain at least one valid text, data, or file part")
    return {**({"messages": messages} if messages else {}), **given}


def role_of(message: JsonObject) -> Json:
    """Return the role of a message as the latest version of the protocol spells it."""
    role = message["role"]
    return ROLES.get(role, role) if isinstance(role, str) else role


def text_of(parts: list[Json]) -> str | None:
    """Return the texts among the parts, a line each; None if there is none."""
    texts = [part["text"] for part in parts if isinstance(part.get("text"), str)]
    return "\n".join(texts) if texts else None


def resumes_of(parts: list[Json]) -> list[Json]:
    """Return the answers to a question that data parts give."""
    told = [part["data"] for part in parts if isinstance(part.get("data"), dict)]
    return [data["resume"] for data in told if "resume" in data]


def _kind(part: Json) -> str:
    if not isinstance(part, dict):
        raise WrongContent(NO_OBJECT)
    kinds = [kind for kind in KINDS if kind in part]
    if len(kinds) > 1:
        raise WrongContent(
            f"Each message part must contain exactly one of 'text', 'file', or 'data'. Got multiple: {kinds}."
        )
    if not kinds:
        raise WrongContent(f"Unsupported part type. {_ONLY_THESE}")
    return kinds[0]


def _data(part: JsonObject) -> JsonObject:
    if _is_a2ui(part):
        raise Invalid("A2UI is not enabled for this agent")
    value = part["data"]
    if not isinstance(value, dict):
        raise WrongContent("DataPart must contain a JSON object in the 'data' field")
    return value


def _is_a2ui(part: JsonObject) -> bool:
    metadata = part.get("metadata")
    return "data" in part and isinstance(metadata, dict) and metadata.get("mimeType") in A2UI


def _block(file: Json) -> JsonObject:
    """Return the block of a message that a file is. What is behind an address is not fetched."""
    if not isinstance(file, dict):
        raise WrongContent("FilePart must contain a 'file' object with 'bytes' or 'uri'.")
    content, address = file.get("bytes"), file.get("uri")
    if content is None and address is None:
        raise WrongContent("FilePart 'file' must contain either 'bytes' or 'uri'.")
    if content is not None and address is not None:
        raise WrongContent("FilePart 'file' must contain only one of 'bytes' or 'uri'.")
    mime_type = file.get("mimeType")
    family = mime_type.partition("/")[0].strip().lower() if isinstance(mime_type, str) else ""
    block: JsonObject = {"type": family if family in _BLOCKS else "file"}
    block |= {"base64": content} if content is not None else {"url": address}
    if mime_type:
        block["mime_type"] = mime_type
    if file.get("name"):
        block["extras"] = {"filename": file["name"]}
    return block
