"""From the parameters of a command to the body of a request for a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.agents.protocol.answers import CommandRefused, invalid
from understudy.agents.protocol.channels import is_namespace
from understudy.agents.protocol.envelopes import MARKER
from understudy.wire import canonical

if TYPE_CHECKING:
    from understudy.wire import Json, JsonObject

MODES = ("values", "updates", "messages", "tools", "lifecycle", "custom", "tasks", "checkpoints")
"""The stream modes of every run of the protocol."""

_STRATEGIES = ("reject", "rollback", "interrupt", "enqueue")
_TRACER = {"project_name", "example_id"}

_NO_NAME = "config.configurable.checkpoint_id must be a non-empty string."


def check(params: JsonObject) -> None:
    """Raise CommandRefused unless these can be the parameters of `run.start`."""
    if not isinstance(params.get("assistant_id"), str) or not params["assistant_id"]:
        raise invalid("run.start requires an assistant_id.")
    checkpoint = _checkpoint_of(params)
    if _is_no_name(checkpoint):
        raise invalid(_NO_NAME)
    if checkpoint is not None:
        try:
            canonical(checkpoint)
        except ValueError:
            raise invalid(f"Invalid config.configurable.checkpoint_id: {checkpoint!r}.") from None
    _check_tracer(params.get("langsmith_tracer"))


def body(thread_id: str, params: JsonObject, command: JsonObject | None) -> JsonObject:
    """Return the body of a request for a run with these parameters; a `command` takes the place of its input.

    CommandRefused when something is no object that has to be one.
    """
    config = _record(params.get("config"))
    for told in (params.get("metadata"), config.get("metadata"), config.get("configurable")):
        if told is not None and not isinstance(told, dict):
            raise CommandRefused("unknown_error", f"'{type(told).__name__}' object is not a mapping")
    strategy, checkpoint = params.get("multitaskStrategy"), _checkpoint_of(params)
    if _is_no_name(checkpoint):
        raise CommandRefused("unknown_error", _NO_NAME)
    return {
        "assistant_id": params["assistant_id"],
        "input": params.get("input") if command is None else None,
        "command": command,
        "config": {
            **config,
            "configurable": {**_record(config.get("configurable")), MARKER: True, "thread_id": thread_id},
        },
        "metadata": params.get("metadata"),
        "checkpoint_id": checkpoint,
        "checkpoint": None if checkpoint is None else {"checkpoint_id": checkpoint},
        "stream_mode": list(MODES),
        "stream_subgraphs": True,
        "stream_resumable": True,
        "on_completion": "keep",
        "after_seconds": 0,
        "if_not_exists": "create",
        "multitask_strategy": strategy if strategy in _STRATEGIES else "enqueue",
        "langsmith_tracer": params.get("langsmith_tracer"),
    }


def responses(params: JsonObject) -> list[tuple[str, list[str], Json]]:
    """Return what `input.respond` answers: the id of each interrupt, its namespace, the response."""
    several = params.get("responses")
    if not isinstance(several, list):
        if not isinstance(params.get("interrupt_id"), str):
            raise invalid("input.respond requires an interrupt_id.")
        return [_response(params)]
    if not several:
        raise invalid("input.respond requires at least one response.")
    for entry in several:
        if not isinstance(entry, dict):
            raise invalid("input.respond responses entries must be objects.")
        if not isinstance(entry.get("interrupt_id"), str):
            raise invalid("input.respond responses entries require an interrupt_id.")
    return [_response(entry) for entry in several]


def _checkpoint_of(params: JsonObject) -> Json:
    """Return the checkpoint that a run is to start from, if one is named."""
    return _record(_record(params.get("config")).get("configurable")).get("checkpoint_id")


def _is_no_name(checkpoint: Json) -> bool:
    return checkpoint is not None and (not isinstance(checkpoint, str) or not checkpoint.strip())


def _response(entry: JsonObject) -> tuple[str, list[str], Json]:
    namespace = entry.get("namespace", [])
    if not is_namespace(namespace):
        raise invalid("input.respond requires namespace to be a list of strings.")
    return entry["interrupt_id"], namespace, entry.get("response")


def _check_tracer(tracer: Json) -> None:
    if tracer is None:
        return
    if not isinstance(tracer, dict):
        raise invalid("langsmith_tracer must be an object.")
    if unknown := tracer.keys() - _TRACER:
        raise invalid(f"langsmith_tracer has unsupported fields: {sorted(unknown)!r}.")
    for name, value in tracer.items():
        if not isinstance(value, str):
            raise invalid(f"langsmith_tracer.{name} must be a string.")


def _record(value: Json) -> JsonObject:
    return value if isinstance(value, dict) else {}
