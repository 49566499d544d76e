"""What a document says of its operations, for laws that hold a server to it: parameters, bodies, statuses, defaults."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import jsonschema_rs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from understudy.wire import Json, JsonObject

METHODS = ("get", "put", "post", "delete", "patch")


class Document:
    """An OpenAPI document. Operations are named as in `POST /threads/{thread_id}/copy`."""

    def __init__(self, raw: JsonObject) -> None:
        self._raw = raw

    @cached_property
    def operations(self) -> tuple[str, ...]:
        """All operations, in the order of the document."""
        paths: dict[str, JsonObject] = self._raw["paths"]
        return tuple(f"{method.upper()} {path}" for path, item in paths.items() for method in METHODS if method in item)

    def has(self, operation: str) -> bool:
        """Return whether there is such an operation."""
        return operation in self.operations

    def resolved(self, node: Any) -> JsonObject:
        """Return what a node refers to; the node itself if it refers to nothing."""
        while isinstance(node, dict) and "$ref" in node:
            target: Any = self._raw
            for part in str(node["$ref"]).removeprefix("#/").split("/"):
                target = target[part.replace("~1", "/").replace("~0", "~")]
            node = target
        return node if isinstance(node, dict) else {}

    def parameters(self, operation: str, place: str) -> dict[str, JsonObject]:
        """Return the parameters in the path, the query or the headers, by name."""
        item = self._item(operation)
        declared = [*item.get("parameters", []), *self._operation(operation).get("parameters", [])]
        resolved = [self.resolved(parameter) for parameter in declared]
        return {str(parameter["name"]): parameter for parameter in resolved if parameter["in"] == place}

    def body(self, operation: str) -> JsonObject | None:
        """Return the schema of a JSON body; None where no body is declared."""
        declared = self.resolved(self._operation(operation).get("requestBody", {}))
        content = declared.get("content", {}).get("application/json")
        return None if content is None else self.resolved(content.get("schema", {}))

    def members(self, operation: str) -> dict[str, JsonObject]:
        """Return the schemas of the members of a body, by name; none where it is no object."""
        schema = self.body(operation) or {}
        return {name: self.resolved(member) for name, member in self._properties(schema).items()}

    def required(self, operation: str) -> list[str]:
        """Return the names of the members that a body must have."""
        return list(self._required(self.body(operation) or {}))

    def answers(self, operation: str) -> dict[str, JsonObject]:
        """Return the answers that are declared, by status."""
        declared: dict[str, Any] = self._operation(operation).get("responses", {})
        return {status: self.resolved(answer) for status, answer in declared.items()}

    def succeeds(self, operation: str) -> bool:
        """Return whether an answer of success is declared."""
        return any(status.startswith("2") for status in self.answers(operation))

    def streams(self, operation: str) -> bool:
        """Return whether success is a stream of events."""
        told = [answer.get("content", {}) for status, answer in self.answers(operation).items() if status[0] == "2"]
        return any(list(content) == ["text/event-stream"] for content in told)

    def fits(self, schema: JsonObject, value: Json) -> bool:
        """Return whether a value is what a schema of the document takes."""
        whole = {**self.resolved(schema), "components": self._raw.get("components", {})}
        return bool(jsonschema_rs.Draft202012Validator(whole).is_valid(value))

    def words(self, schema: JsonObject) -> list[str]:
        """Return the words that a schema lists, or its items or alternatives do; none where it lists none."""
        schema = self.resolved(schema)
        found = [word for word in schema.get("enum", []) if isinstance(word, str)]
        for alternative in (*schema.get("anyOf", []), *schema.get("oneOf", []), schema.get("items", {})):
            found += self.words(alternative) if alternative else []
        return list(dict.fromkeys(found))

    def takes_lists(self, schema: JsonObject) -> bool:
        """Return whether a schema allows an array."""
        schema = self.resolved(schema)
        alternatives = (*schema.get("anyOf", []), *schema.get("oneOf", []))
        return "array" in _types(schema) or any(self.takes_lists(alternative) for alternative in alternatives)

    def operation_at(self, address: str) -> tuple[str, dict[str, str]] | None:
        """Return the operation with GET that an address leads to, and what its path says; None if there is none."""
        parts = urlsplit(address).path.split("/")
        for operation in self.operations:
            method, _, template = operation.partition(" ")
            names = template.split("/")
            pairs = list(zip(names, parts, strict=False))
            if (
                method == "GET"
                and len(names) == len(parts)
                and all(name == part or name[:1] == "{" for name, part in pairs)
            ):
                return operation, {name[1:-1]: part for name, part in pairs if name[:1] == "{"}
        return None

    def smallest(self, schema: Any, known: Mapping[str, Json], name: str = "") -> Json:
        """Return the smallest value that a schema takes; what bears a known name gets the known value."""
        if name in known:
            return known[name]
        schema = self.resolved(schema)
        for word in ("const", "default"):
            if word in schema:
                found: Json = schema[word]
                return found
        if schema.get("enum"):
            return schema["enum"][0]
        properties = self._properties(schema)
        if properties or "object" in _types(schema):
            chosen = dict.fromkeys([*self._required(schema), *self._chosen(schema)])
            return {member: self.smallest(properties.get(member, {}), known, member) for member in chosen}
        for word in ("oneOf", "anyOf"):
            if schema.get(word):
                return self.smallest(schema[word][0], known)
        if "array" in _types(schema):
            return [self.smallest(schema.get("items", {}), known) for _ in range(schema.get("minItems", 0))]
        return _PLAIN.get(next(iter(_types(schema)), "string"))

    def _chosen(self, schema: JsonObject) -> Iterator[str]:
        """Yield what the first of the alternatives asks for."""
        for word in ("oneOf", "anyOf"):
            if schema.get(word):
                yield from self._required(self.resolved(schema[word][0]))

    def _properties(self, schema: JsonObject) -> dict[str, Any]:
        schema = self.resolved(schema)
        found: dict[str, Any] = {}
        for part in (*schema.get("allOf", []), *schema.get("oneOf", [])[:1]):
            found.update(self._properties(part))
        found.update(schema.get("properties", {}))
        return found

    def _required(self, schema: JsonObject) -> Iterator[str]:
        schema = self.resolved(schema)
        for part in schema.get("allOf", []):
            yield from self._required(part)
        yield from schema.get("required", [])

    def _item(self, operation: str) -> JsonObject:
        item: JsonObject = self._raw["paths"].get(operation.partition(" ")[2], {})
        return item

    def _operation(self, operation: str) -> JsonObject:
        return self.resolved(self._item(operation).get(operation.partition(" ")[0].lower(), {}))


_PLAIN: dict[str, Json] = {"string": "understudy", "integer": 1, "number": 1, "boolean": False, "null": None}


def _types(schema: JsonObject) -> list[str]:
    told = schema.get("type", [])
    return [told] if isinstance(told, str) else list(told)
