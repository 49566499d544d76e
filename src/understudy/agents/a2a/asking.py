"""What a client asks for with an A2A message: a run, of a task that begins or of one that goes on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from understudy.agents.a2a import inputs, tasks
from understudy.agents.a2a.refusals import Broken, TaskNotFound, TaskOver, WrongContent
from understudy.agents.description import describe
from understudy.contract.validators import Schema
from understudy.errors import Invalid, NotFound, Refusal, Unacceptable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from understudy.agents.a2a.tasks import Task
    from understudy.state.world import World
    from understudy.wire import Json, JsonObject

EXTENSION_HEADERS = ("a2a-extensions", "x-a2a-extensions")

_SEND = {"type": "object", "required": ["node", "input"], "properties": {"node": {"type": "string"}}}

_RUN = Schema(
    {"components": {"schemas": {}}},
    {
        "properties": {
            "context": {"type": "object"},
            "command": {
                "type": "object",
                "properties": {
                    "update": {"type": ["object", "array", "null"]},
                    "goto": {
                        "anyOf": [
                            _SEND,
                            {"type": "array", "items": _SEND},
                            {"type": "string"},
                            {"type": "array", "items": {"type": "string"}},
                            {"type": "null"},
                        ]
                    },
                },
            },
        }
    },
)
"""What of a run a client writes itself, as the operations that create runs describe it."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A message as it is understood: the `body` of the request for a run, and the task that this is of.

    `task_id` is None for a task that the run begins; then it is known by its `start_id`. `data_only` says that the
    message says nothing, but gives the agent input.
    """

    assistant_id: str
    context_id: str
    task_id: str | None
    start_id: str | None
    body: JsonObject
    data_only: bool

    def task_of(self, run: JsonObject) -> str:
        """Return the id of the task, now that there is its run."""
        return self.task_id or tasks.begun_by(run["thread_id"], run)


def understood(
    world: World, assistant_id: str, params: JsonObject, headers: Mapping[str, str], *, streamed: bool = False
) -> Turn:
    """Return what a message asks for; nothing has happened yet. A Refusal says what cannot be."""
    message = params["message"]
    said = _parts(message, streamed=streamed)
    supports(world, assistant_id, said)
    context_id, task_id = message.get("contextId"), message.get("taskId")
    for name, told in (("contextId", context_id), ("taskId", task_id)):
        if told is not None and not isinstance(told, str):
            raise Invalid(f"{name} must be a string")
    task = None if task_id is None else _open_task(world, task_id, context_id, assistant_id)
    of_thread = task.context_id if task else context_id or world.ids.random()
    start_id = None if task else world.ids.time_ordered()
    provenance = inputs.Provenance(task_id, start_id, _metadata(message), _extensions(headers))
    given = inputs.input_of(message, said, provenance)
    command = message.get("command")
    if command is None:
        command, given = _answer(world, said, given, context_id, task)
    else:
        _check_resume(command, context_id, task_id)
    known = {"task_id": task_id} if task_id else {"task_start_id": start_id}
    body = {
        "assistant_id": assistant_id,
        "input": given,
        "metadata": {"a2a": known},
        "if_not_exists": "create",
        "command": {name: value for name, value in (command or {}).items() if value is not None} or None,
        **({"context": params["context"]} if params.get("context") is not None else {}),
        **({"stream_mode": ["messages", "values"]} if streamed else {}),
    }
    data_only = command is None and "messages" not in given
    return Turn(assistant_id, of_thread, task_id, start_id, body, data_only)


def supports(world: World, assistant_id: str, said: list[Json]) -> None:
    """Raise a Refusal if there is no such assistant, or if something is said to an agent that takes no messages."""
    row = assistant(world, assistant_id)
    schemas = describe(world.assistants.agent(assistant_id))
    if not inputs.speaks(said):
        return
    schema = schemas["input_schema"] or schemas["state_schema"]
    if not schema:
        raise Invalid(
            f"Assistant '{assistant_id}' has no input schema defined. A2A conversational agents using text or file "
            "parts must have an input schema with a 'messages' field."
        )
    fields = schema.get("properties", {})
    if "messages" not in fields:
        raise Invalid(
            f"Assistant '{assistant_id}' (graph '{row['graph_id']}') does not support A2A conversational messages. "
            "Graph input schema must include a 'messages' field to accept text or file parts. "
            f"Available input fields: {list(fields)}"
        )


def assistant(world: World, assistant_id: str, told: str | None = None) -> JsonObject:
    """Return an assistant. NotFound names the id as it was `told` if there is none."""
    if assistant_id not in world.assistants:
        raise NotFound(f"Assistant '{told or assistant_id}' not found")
    return world.assistants.get(assistant_id)


def check(turn: Turn) -> None:
    """Raise Invalid if something in a message that goes into the run as it is does not fit there."""
    _RUN.check({name: turn.body[name] for name in ("context", "command") if turn.body.get(name) is not None})


def no_run(refusal: Refusal) -> Invalid:
    """Return why a message leads to no run, as the real server says it."""
    if isinstance(refusal, Unacceptable):
        return Invalid(f"Invalid request: {refusal.detail}")
    return Invalid(f"Failed to create run: {refusal.detail}")


def _parts(message: JsonObject, *, streamed: bool) -> list[Json]:
    for name in ("messageId", "role"):
        if not message.get(name):
            raise Invalid(f"Missing required '{name}' in message")
    said = message.get("parts", [])
    if not isinstance(said, list) and not streamed:
        raise Invalid("Invalid params: 'parts' must be an array")
    if not said:
        raise Invalid("Message must contain at least one part")
    if not isinstance(said, list):
        raise WrongContent(inputs.NO_OBJECT)
    return said


def _open_task(world: World, task_id: str, context_id: str | None, assistant_id: str) -> Task:
    task = tasks.find(world, task_id, context_id, assistant_id)
    if task is None:
        raise TaskNotFound(f"Task not found: {task_id}")
    if task.is_over:
        raise TaskOver("A terminal task cannot accept another message")
    return task


def _metadata(message: JsonObject) -> JsonObject:
    metadata = message.get("metadata") or {}
    if not isinstance(metadata, dict):
        raise Invalid("Invalid A2A message metadata")
    return metadata


def _extensions(headers: Mapping[str, str]) -> list[str]:
    """Return the extensions of the protocol that a client says it uses, each once."""
    told = (name.strip() for header in EXTENSION_HEADERS for name in headers.get(header, "").split(","))
    return list(dict.fromkeys(filter(None, told)))


def _check_resume(command: Json, context_id: str | None, task_id: str | None) -> None:
    """Raise Invalid if a command answers a question, but does not say of which task; Broken if it is none."""
    if not isinstance(command, dict):
        raise Broken
    if not command.get("resume"):
        return
    if not context_id:
        raise Invalid("contextId is required when resuming a task with command.resume")
    if task_id is None:
        raise Invalid("taskId is required when resuming a task")


def _answer(
    world: World, said: list[Json], given: JsonObject, context_id: str | None, task: Task | None
) -> tuple[JsonObject | None, JsonObject]:
    """Return the command that a message is if it answers a question, and what of its input is left then."""
    answers = inputs.resumes_of(said)
    if len(answers) > 1:
        raise Invalid("Only one resume value is allowed in data parts")
    waits = task is not None and _waits(world, task)
    if answers and answers[0] is not None:
        if task is None:
            raise Invalid("contextId and taskId are required when resuming a task")
        if not waits:
            raise Invalid("Task is not awaiting input")
        return {"resume": answers[0]}, _without(given, "resume")
    words = inputs.text_of(said)
    if words is None or not waits:
        return None, given
    return {"resume": words}, _without(given, "messages")


def _waits(world: World, task: Task) -> bool:
    thread = world.threads.seek(task.run["thread_id"])
    return thread is not None and thread["status"] == "interrupted"


def _without(given: JsonObject, name: str) -> JsonObject:
    return {key: value for key, value in given.items() if key != name}
