"""What differs between two OpenAPI documents, and what of it breaks clients written by the first.

Compared are operations, whether they are deprecated or need credentials, parameters, request bodies, answers, their
headers and media types, and all schemas that these use; references are followed on both sides. Left aside are prose,
examples, tags, servers, extensions (`x-…`), webhooks, callbacks, links, and schemas that no operation uses. Two ways of
saying the same are the same: `const` and an `enum` of one, `nullable` and null among the types or the alternatives, a
parameter of a path and that of its operations. Members of `anyOf`, `oneOf` and `allOf` may come in any order.

What breaks clients depends on who writes what is described:

| difference                                                  | in a request | in an answer |
|-------------------------------------------------------------|--------------|--------------|
| an operation, a media type, an optional part added          |              |              |
| an operation, a media type, a part removed                  | breaks       | breaks       |
| a required part added, or one made required                 | breaks       |              |
| a required part made optional                               |              | breaks       |
| a property added where the first document allows no others  |              | breaks       |
| wider: an enum value, a type, an alternative, null added,   |              | breaks       |
| a bound looser or gone, a format, a pattern gone            |              |              |
| narrower: the other way round                               | breaks       |              |
| something else: another type, another format, other rules   | breaks       | breaks       |
| another default, or none any more                           | breaks       |              |
| a status of success added or removed                        |              | breaks       |
| a status of failure added or removed                        |              |              |
| credentials needed that were not                            | breaks       |              |
| deprecated, read only; another operation id, or path name   |              |              |

Parts are parameters, bodies, properties and headers. A part of a request that is removed breaks clients because what
they send is not looked at any more; a value added to the enum of an answer breaks those that know the others only.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from understudy.contract.changes import ABSENT, Difference, Ledger, Place
from understudy.contract.facts import BrokenReference, described, follow, mapping, sequence
from understudy.contract.operations import METHODS
from understudy.contract.schema_differences import SchemaDifferences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from understudy.contract.changes import Rule
    from understudy.wire import Json, JsonObject

__all__ = ["BrokenReference", "Difference", "differences", "operation_count"]

_VARIABLE = re.compile(r"\{(.*?)\}")
_JSON = "application/json"
_STYLES = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}
_NOT_PARAMETERS = {("header", "accept"), ("header", "content-type"), ("header", "authorization")}
"""What OpenAPI has documents say elsewhere, and readers ignore."""


def differences(before: JsonObject, after: JsonObject) -> list[Difference]:
    """Return what differs between two OpenAPI 3 documents, those that break clients first, else in their order.

    A difference in a schema that several operations share is told once, and names them all. BrokenReference if a `$ref`
    of one of the documents leads nowhere; what else is malformed in them counts as not said.
    """
    ledger = Ledger()
    documents = _Documents(before, after, ledger)
    olds, news = _operations(before), _operations(after)
    for key, (name, old_path, old) in olds.items():
        if key not in news:
            ledger.add(Place(name), "operation", "operation removed", before=old.get("operationId", name))
            continue
        new_name, new_path, new = news[key]
        if name != new_name:
            ledger.add(Place(name), "path", "harmless", old_path, new_path)
        renamed = dict(zip(_VARIABLE.findall(str(new_path)), _VARIABLE.findall(str(old_path)), strict=True))
        old_item, new_item = (
            mapping(follow(it, it["paths"][path])[0]) for it, path in ((before, old_path), (after, new_path))
        )
        documents.compare(name, (old_item, old), (new_item, new), renamed)
    for key, (name, _, new) in news.items():
        if key not in olds:
            ledger.add(Place(name), "operation", "operation added", after=new.get("operationId", name))
    return ledger.differences()


def operation_count(document: JsonObject) -> int:
    """Return how many operations a document has."""
    return len(_operations(document))


def _operations(document: JsonObject) -> dict[tuple[str, str], tuple[str, str, JsonObject]]:
    """Return operations with their names and paths, by their methods and their paths without names."""
    found = {}
    for path, entry in mapping(document.get("paths")).items():
        item = mapping(follow(document, entry)[0])
        for method in METHODS:
            if isinstance(item.get(method), dict):
                found[method, _VARIABLE.sub("{}", str(path))] = f"{method.upper()} {path}", path, item[method]
    return found


class _Documents:
    """Two documents, and where to take down what differs."""

    def __init__(self, before: JsonObject, after: JsonObject, ledger: Ledger) -> None:
        self._before, self._after = before, after
        self._ledger = ledger
        self._schemas = SchemaDifferences(before, after, ledger)

    def compare(
        self, name: str, old: tuple[JsonObject, JsonObject], new: tuple[JsonObject, JsonObject], renamed: dict[str, str]
    ) -> None:
        """Compare an operation, each with the item of its path; `renamed` has the former names of path parameters."""
        request = Place(name)
        (old_item, before), (new_item, after) = old, new
        self._names(before, after, request)
        self._credentials(before, after, request.at("credentials"))
        self._parameters(
            dict(_parameters(self._before, old_item, before, {})),
            dict(_parameters(self._after, new_item, after, renamed)),
            request,
        )
        self._body(before, after, request.at("request body"))
        self._answers(before, after, Place(name, "answer"))

    def _names(self, old: JsonObject, new: JsonObject, place: Place) -> None:
        before, after = old.get("operationId"), new.get("operationId")
        if before and after and str(before).lower() != str(after).lower():
            self._ledger.add(place, "operation id", "harmless", before, after)
        deprecated, deprecated_now = old.get("deprecated", False), new.get("deprecated", False)
        if deprecated != deprecated_now:
            self._ledger.add(place, "deprecated", "harmless", deprecated, deprecated_now)

    def _credentials(self, old: JsonObject, new: JsonObject, place: Place) -> None:
        known, accepted = _credentials(self._before, old), _credentials(self._after, new)
        if known == accepted:
            return
        before, after = (" or ".join(sorted(names)) or ABSENT for names in (known, accepted))
        # Whoever was let in is let in where nothing is asked, and where all former ways are still open.
        open_still = not accepted or (known and known <= accepted)
        self._ledger.add(place, "credentials", "harmless" if open_still else "made required", before, after)

    def _parameters(
        self, olds: dict[tuple[str, str], JsonObject], news: dict[tuple[str, str], JsonObject], place: Place
    ) -> None:
        for key in dict.fromkeys([*olds, *news]):
            old, new = olds.get(key), news.get(key)
            location, name = key
            self._part(old, new, place.at(f"{location} parameter {name}"), "parameter")
            if old is None or new is None:
                continue
            inside = place.at(f"{location} parameter {name}")
            for aspect, before, after in zip(("style", "explode", "deprecated"), _style(old), _style(new), strict=True):
                if before != after:
                    rule: Rule = "harmless" if aspect == "deprecated" else "something else"
                    self._ledger.add(inside, aspect, rule, before, after)
            self._schemas.compare(_schema(old), _schema(new), inside)

    def _body(self, old: JsonObject, new: JsonObject, place: Place) -> None:
        before, after = (
            mapping(follow(document, entry["requestBody"])[0]) if entry.get("requestBody") else None
            for document, entry in ((self._before, old), (self._after, new))
        )
        self._part(before, after, place, "body")
        if before is not None and after is not None:
            self._media(before, after, place)

    def _answers(self, old: JsonObject, new: JsonObject, place: Place) -> None:
        olds, news = (
            {str(status): answer for status, answer in mapping(entry.get("responses")).items()} for entry in (old, new)
        )
        for status in dict.fromkeys([*olds, *news]):
            inside = place.at(f"answer {status}")
            success = status[:1] in "123"
            if status not in news:
                self._ledger.add(inside, "status", "success removed" if success else "harmless", before=status)
            elif status not in olds:
                self._ledger.add(inside, "status", "success added" if success else "harmless", after=status)
            else:
                before = mapping(follow(self._before, olds[status])[0])
                after = mapping(follow(self._after, news[status])[0])
                self._headers(before, after, inside)
                self._media(before, after, inside)

    def _headers(self, old: JsonObject, new: JsonObject, place: Place) -> None:
        olds, news = (
            {str(name).lower(): mapping(follow(document, it)[0]) for name, it in mapping(answer.get("headers")).items()}
            for document, answer in ((self._before, old), (self._after, new))
        )
        for name in dict.fromkeys([*olds, *news]):
            before, after, inside = olds.get(name), news.get(name), place.at(f"header {name}")
            self._part(before, after, inside, "header")
            if before is not None and after is not None:
                self._schemas.compare(_schema(before), _schema(after), inside)

    def _media(self, old: JsonObject, new: JsonObject, place: Place) -> None:
        olds, news = _media_types(old), _media_types(new)
        for media_type in dict.fromkeys([*olds, *news]):
            if media_type not in news:
                self._ledger.add(place, "media type", "part removed", before=media_type)
            elif media_type not in olds:
                self._ledger.add(place, "media type", "optional part added", after=media_type)
            else:
                inside = place if media_type == _JSON else place.at(f" ({media_type})")
                self._schemas.compare(olds[media_type], news[media_type], inside)

    def _part(self, old: JsonObject | None, new: JsonObject | None, place: Place, what: str) -> None:
        """Compare whether there is a parameter, a body or a header, and whether there must be."""
        must, must_now = (bool(part and part.get("required")) for part in (old, new))
        if old is None and new is not None:
            rule: Rule = "required part added" if must_now else "optional part added"
            self._ledger.add(place, f"required {what}" if must_now else what, rule, after=_shown(new))
        elif old is not None and new is None:
            self._ledger.add(place, f"required {what}" if must else what, "part removed", before=_shown(old))
        elif must != must_now:
            self._ledger.add(place, "required", "made required" if must_now else "made optional", must, must_now)


def _parameters(
    document: JsonObject, item: JsonObject, operation: JsonObject, renamed: dict[str, str]
) -> Iterator[tuple[tuple[str, str], JsonObject]]:
    """Yield parameters with their locations and names, those of an operation after those of its path."""
    for entry in [*sequence(item.get("parameters")), *sequence(operation.get("parameters"))]:
        parameter = mapping(follow(document, entry)[0])
        location, name = str(parameter.get("in")), str(parameter.get("name"))
        if location == "path":
            yield (location, renamed.get(name, name)), {**parameter, "required": True}
        elif (location, name.lower()) not in _NOT_PARAMETERS:
            yield (location, name.lower() if location == "header" else name), parameter


def _credentials(document: JsonObject, operation: JsonObject) -> frozenset[str]:
    """Return the ways to be let in, each as a text; none where none is needed."""
    ways = sequence(operation.get("security", document.get("security")))
    return frozenset() if {} in ways else frozenset(" and ".join(sorted(mapping(way))) for way in ways)


def _style(parameter: JsonObject) -> tuple[Json, Json, Json]:
    style = parameter.get("style", _STYLES.get(str(parameter.get("in"))))
    return style, parameter.get("explode", style == "form"), parameter.get("deprecated", False)


def _schema(part: JsonObject) -> Json:
    """Return the schema of a parameter or header, which may stand under its only media type."""
    return part["schema"] if "schema" in part else next(iter(_media_types(part).values()), {})


def _media_types(part: JsonObject) -> dict[str, Json]:
    """Return the schemas of a body or answer by their media types."""
    content = mapping(part.get("content"))
    return {str(name).partition(";")[0].strip().lower(): mapping(it).get("schema", {}) for name, it in content.items()}


def _shown(part: JsonObject) -> str:
    content = _media_types(part)
    return ", ".join(content) if content and "schema" not in part else described(_schema(part))
