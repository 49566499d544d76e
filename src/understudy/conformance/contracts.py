"""The document that a deployment is held to, and where in its file something stands."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from understudy.conformance.documents import fetched
from understudy.contract.documents import Loader, load_contract
from understudy.contract.events import MEDIA_TYPE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from understudy.conformance.settings import Settings
    from understudy.contract.operations import Operation
    from understudy.wire import Json, JsonObject


@dataclass(frozen=True)
class Chosen:
    """A document. It may be changed by whoever holds it: nobody else has it."""

    name: str
    """As people are told, such as `agent-server, published`."""
    document: JsonObject
    file: str
    """The name of its file, for telling lines of it."""
    text: str = field(repr=False)

    def line(self, operation: str, *pointer: str) -> str | None:
        """Return where an operation, and what the pointer names within it, begins: `agent-server.yaml:812`.

        Of a pointer that leads out of the file (the overlay added what it names) as much counts as is there.
        """
        method, _, path = operation.partition(" ")
        node = self._root
        line = None
        for name in ("paths", path, method.lower(), *pointer):
            node = _resolved(self._root, _member(_resolved(self._root, node), name))
            if node is None:
                break
            line = node.start_mark.line + 1
        return None if line is None else f"{self.file}:{line}"

    @cached_property
    def _root(self) -> yaml.Node | None:
        try:
            root: yaml.Node | None = yaml.compose(self.text, Loader)
        except yaml.YAMLError:
            return None
        return root


def choose(settings: Settings) -> Chosen:
    """Return the document to hold a deployment to. SetupError when there is none such."""
    if settings.spec is not None:
        return _own(settings)
    contract = load_contract(settings.api)
    document: JsonObject = copy.deepcopy(getattr(contract, settings.contract))
    if settings.contract == "published":
        _guide(document, contract.observed)
        _forget_nullable(document)
    file = f"{settings.api}.yaml"
    text = (files("understudy.specs") / file).read_text(encoding="utf-8")
    return Chosen(f"{settings.api}, {settings.contract}", document, f"specs/{file}", text)


def _own(settings: Settings) -> Chosen:
    place = str(settings.spec)
    found = fetched(place)
    # Lines can be told of what people can open.
    text = "" if "://" in place else Path(place).read_text(encoding="utf-8")
    return Chosen(found.source, found.content, found.source, text)


def _guide(published: JsonObject, observed: JsonObject) -> None:
    """Copy into a document what guides a checker and promises nothing: examples of requests, and links."""
    components = observed["components"]
    published["components"].setdefault("links", copy.deepcopy(components.get("links", {})))
    for path, item in published["paths"].items():
        for method, operation in item.items():
            other = observed["paths"].get(path, {}).get(method)
            if not isinstance(operation, dict) or not isinstance(other, dict):
                continue
            _guide_operation(operation, other)


def _forget_nullable(part: Json) -> None:
    """Take out what OpenAPI 3.1 does not know any more, and a checker might still take at its word."""
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        _forget_nullable(inner)
    if isinstance(part, dict) and part.get("nullable") is True and "type" in part:
        del part["nullable"]


def _guide_operation(published: JsonObject, observed: JsonObject) -> None:
    for status, answer in published.get("responses", {}).items():
        # Where a document calls a stream a text, that is no schema of its events.
        if answer.get("content", {}).get(MEDIA_TYPE, {}).get("schema") == {"type": "string"}:
            answer["content"] = {**answer["content"], MEDIA_TYPE: {}}
        links = observed.get("responses", {}).get(status, {}).get("links")
        if links and isinstance(answer, dict) and "$ref" not in answer:
            answer.setdefault("links", links)
    told = observed.get("requestBody", {}).get("content", {})
    for kind, content in published.get("requestBody", {}).get("content", {}).items():
        if "examples" in told.get(kind, {}):
            content.setdefault("examples", told[kind]["examples"])


def endless(operations: Iterator[Operation], document: JsonObject) -> set[str]:
    """Return the operations whose answers do not come to an end by themselves (`x-endless`)."""
    return {str(each) for each in operations if document["paths"][each.path][each.method].get("x-endless")}


def unlink(document: JsonObject, left_out: Collection[Operation]) -> None:
    """Remove the links that lead to operations which are left out: Schemathesis would call them invalid."""
    gone = {operation.id for operation in left_out}
    shared = document.get("components", {}).get("links", {})
    for item in document["paths"].values():
        answers = (entry.get("responses", {}).values() for entry in item.values() if isinstance(entry, dict))
        for answer in (each for some in answers for each in some if "links" in each):
            answer["links"] = {
                name: link
                for name, link in answer["links"].items()
                if shared.get(link.get("$ref", "").rpartition("/")[2], link).get("operationId") not in gone
            }


def _member(node: yaml.Node | None, name: str) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if str(key.value) == name), None)
    if isinstance(node, yaml.SequenceNode) and name.isdigit() and int(name) < len(node.value):
        found: Any = node.value[int(name)]
        return found if isinstance(found, yaml.Node) else None
    return None


def _resolved(root: yaml.Node | None, node: yaml.Node | None) -> yaml.Node | None:
    reference = _member(node, "$ref")
    if not isinstance(reference, yaml.ScalarNode):
        return node
    target = root
    for part in str(reference.value).removeprefix("#/").split("/"):
        target = _member(target, part.replace("~1", "/").replace("~0", "~"))
    return target
