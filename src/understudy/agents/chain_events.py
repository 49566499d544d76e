"""The events of mode `events`: the beginnings, results and ends of everything that runs, one inside the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from understudy.agents.output import Output
    from understudy.state.ids import Ids
    from understudy.wire import Json, JsonObject

MODE = "events"

MODEL = "GenericFakeChatModel"
"""The class that the reference server names for a model that says what it was told to say."""


class Chain:
    """Something that runs, as mode `events` tells of it: a run, a node, a subgraph or a model.

    Nothing is told where the mode is not wanted. `kind` is `chain` or `chat_model`.
    """

    __slots__ = ("_given", "_ids", "_kind", "_output", "_tags", "_told", "id")

    def __init__(
        self,
        output: Output,
        ids: Ids,
        name: str,
        metadata: JsonObject,
        *,
        run_id: str = "",
        kind: str = "chain",
        tags: Sequence[str] = (),
    ) -> None:
        self._output = output
        self._ids = ids
        self._kind = kind
        self._tags = tags
        self._given: Json = None
        self.id = run_id
        self._told: JsonObject | None = None
        if MODE in output.modes:
            self.id = run_id or ids.time_ordered()
            self._told = {"name": name, "tags": list(tags), "run_id": self.id, "metadata": metadata, "parent_ids": []}

    def inside(self, name: str, tag: str, metadata: JsonObject, *, kind: str = "chain") -> Chain:
        """Return something that runs inside of this."""
        inner = Chain(self._output, self._ids, name, metadata, kind=kind, tags=self._tags)
        if inner._told is not None and self._told is not None:
            inner._told["tags"] = [tag, *self._tags]
            inner._told["parent_ids"] = [*self._told["parent_ids"], self.id]
        return inner

    def begin(self, given: Json) -> None:
        """Tell that it begins, with what."""
        self._given = given
        self._show("start", {"input": given})

    def stream(self, chunk: Json) -> None:
        """Tell a piece of what comes out of it."""
        self._show("stream", {"chunk": chunk})

    def end(self, result: Json) -> None:
        """Tell that it is done, and what came out of it."""
        inside = self._told is not None and self._told["parent_ids"]
        self._show("end", {"output": result, "input": self._given} if inside else {"output": result})

    def _show(self, what: str, data: JsonObject) -> None:
        if self._told is not None:
            self._output.put(MODE, (), {"event": f"on_{self._kind}_{what}", "data": data, **self._told})
