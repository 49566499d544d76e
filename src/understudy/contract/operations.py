"""The operations of a document, with everything that `$ref`s share written out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from understudy.wire import Json, JsonObject

_INNER_CAPITAL = re.compile("(?<=[a-z0-9])(?=[A-Z])")

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter as the document describes it; `argument` is its name in Python."""

    name: str
    location: Literal["path", "query", "header", "cookie"]
    required: bool
    schema: JsonObject
    checked_by_handler: bool = False
    """Whether the handler reads and checks the plain text itself (`x-checked-by: handler`)."""

    @property
    def argument(self) -> str:
        """The name under which a handler gets the value: `thread_id` for `threadId` as for `Thread-Id`."""
        return _INNER_CAPITAL.sub("_", self.name).lower().replace("-", "_")


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: a method on a path."""

    id: str
    method: str
    path: str
    handler: str | None
    parameters: tuple[Parameter, ...]
    body: JsonObject | None
    """The schema of the JSON body; None where the operation reads none."""
    body_required: bool
    responses: dict[str, JsonObject] = field(hash=False)
    public: bool
    """Whether the operation is open to clients without credentials (`security: []`)."""
    tags: tuple[str, ...] = ()
    tolerated: frozenset[str] = frozenset()
    """Parameters of the query and members of the body that clients of the vendor send, though the document does not
    know them (`x-clients-send`)."""
    body_checked_by_handler: bool = False
    """Whether the handler gets the bytes of the body, and reads and checks them itself (`x-checked-by: handler`)."""
    api: str = ""
    """The API that it belongs to, for whoever has those of several."""

    @property
    def success(self) -> int:
        """The lowest status of success that the document knows; 200 where it knows none."""
        return min((int(status) for status in self.responses if status.startswith("2")), default=200)

    @property
    def can_succeed(self) -> bool:
        """Whether the document tells of another answer than refusals and redirects, or of none, as for a WebSocket."""
        return not self.responses or any(status.startswith(("2", "default")) for status in self.responses)

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path}"


def operations(document: JsonObject, api: str = "") -> Iterator[Operation]:
    """Yield the operations of a document, which is that of an API, in its order."""
    for path, item in document["paths"].items():
        shared = item.get("parameters", [])
        for method, entry in item.items():
            if method not in METHODS:
                continue
            body = resolve(document, entry.get("requestBody", {}))
            yield Operation(
                id=entry["operationId"],
                method=method,
                path=path,
                handler=entry.get("x-handler"),
                parameters=tuple(_parameters(document, [*shared, *entry.get("parameters", [])])),
                body=body.get("content", {}).get("application/json", {}).get("schema"),
                body_required=body.get("required", False),
                body_checked_by_handler=body.get("x-checked-by") == "handler",
                responses={str(status): resolve(document, response) for status, response in entry["responses"].items()},
                public=entry.get("security") == [],
                tags=tuple(entry.get("tags", [])),
                tolerated=frozenset(entry.get("x-clients-send", [])),
                api=api,
            )


def sockets(document: JsonObject, api: str = "") -> Iterator[Operation]:
    """Yield the WebSockets of a document (`x-socket`) as operations with the method `websocket`.

    Each is called as its handler is. The status of one that is opened is 101.
    """
    for path, item in document["paths"].items():
        if "x-socket" in item:
            name = item["x-socket"]
            tags = next((tuple(item[method].get("tags", [])) for method in METHODS if method in item), ())
            yield Operation(
                id=name,
                method="websocket",
                path=path,
                handler=name,
                parameters=(),
                body=None,
                body_required=False,
                responses={},
                public=False,
                tags=tags,
                api=api,
            )


def resolve(document: JsonObject, value: Json) -> Json:
    """Return what `value` refers to if it is a reference, else `value`."""
    while isinstance(value, dict) and "$ref" in value:
        target: Json = document
        for part in value["$ref"].removeprefix("#/").split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        value = target
    return value


def _parameters(document: JsonObject, entries: list[JsonObject]) -> Iterator[Parameter]:
    for entry in entries:
        parameter = resolve(document, entry)
        yield Parameter(
            name=parameter["name"],
            location=parameter["in"],
            required=parameter.get("required", False),
            schema=resolve(document, parameter.get("schema", {})),
            checked_by_handler=parameter.get("x-checked-by") == "handler",
        )
