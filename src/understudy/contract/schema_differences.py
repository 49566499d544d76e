"""What differs between two schemas, each of its own document, and whether it lets more or less pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.contract.changes import ABSENT, canonical
from understudy.contract.facts import (
    HINTS,
    NOTHING,
    BrokenReference,
    described,
    facts,
    follow,
    mapping,
    sequence,
    types,
    without_prose,
)

if TYPE_CHECKING:
    from understudy.contract.changes import Ledger, Place, Rule
    from understudy.wire import Json, JsonObject

_BOUNDS = {
    "minimum": 1,
    "exclusiveMinimum": 1,
    "minLength": 1,
    "minItems": 1,
    "minProperties": 1,
    "maximum": -1,
    "exclusiveMaximum": -1,
    "maxLength": -1,
    "maxItems": -1,
    "maxProperties": -1,
}
"""Numbers that let less pass the greater they are (1), or the smaller they are (-1)."""

_INNER = {
    "items": "[]",
    "additionalProperties": "*",
    "unevaluatedProperties": "*",
    "unevaluatedItems": "[]",
    "contentSchema": "",
}
"""Keywords that hold the schema of what is inside, and how that place is spelled."""

_OF_TYPE = {
    **dict.fromkeys(("minLength", "maxLength", "pattern", "contentSchema", "contentMediaType"), "string"),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"), "integer"),
    **dict.fromkeys(("items", "prefixItems", "minItems", "maxItems", "uniqueItems", "unevaluatedItems"), "array"),
    **dict.fromkeys(("properties", "required", "additionalProperties", "unevaluatedProperties"), "object"),
    **dict.fromkeys(("patternProperties", "propertyNames", "minProperties", "maxProperties"), "object"),
}
"""Keywords that speak of one type only; "integer" stands for all numbers."""

_COMPARED = {"type", "nullable", "enum", "default", "alternatives", "exclusive", "allOf", "properties", "required"}

_BY_NAME, _BY_FACTS, _BY_TYPE = 4.0, 3.0, 1.0
"""How near two members of a union are; by properties they have in common, it is up to 1 more than by type."""


class SchemaDifferences:
    """Compares schemas of two documents and takes down what differs.

    References are followed on both sides; a pair of schemas that has been compared in an operation and direction is
    not compared there again, which also ends every circle.
    """

    def __init__(self, before: JsonObject, after: JsonObject, ledger: Ledger) -> None:
        self._documents = before, after
        self._ledger = ledger
        # The schemas are kept, lest another one gets the number of one that is gone.
        self._seen: dict[tuple[str, str, int, int], tuple[Json, Json]] = {}

    def compare(self, before: Json, after: Json, place: Place) -> None:
        """Take down what differs between two schemas; BrokenReference if one of them refers to what is not there."""
        key = (place.operation, place.side, id(before), id(after))
        if key in self._seen:
            return
        self._seen[key] = before, after
        old, new = facts(before), facts(after)
        if "$ref" in old and "$ref" in new:
            old_target, name = follow(self._documents[0], {"$ref": old.pop("$ref")})
            new_target, new_name = follow(self._documents[1], {"$ref": new.pop("$ref")})
            self._beside(old, new, place)
            self.compare(
                old_target, new_target, place.inside(f"{name}" if name == new_name else f"{name} -> {new_name}")
            )
            return
        self._facts(self._written_out(0, old), self._written_out(1, new), place)

    def _written_out(self, side: int, said: JsonObject) -> JsonObject:
        """Return facts with those that they refer to."""
        gone: set[str] = set()
        while "$ref" in said:
            if said["$ref"] in gone:
                raise BrokenReference(f'"$ref": "{said["$ref"]}" leads round in a circle')
            gone.add(said["$ref"])
            inner = facts(follow(self._documents[side], {"$ref": said["$ref"]})[0])
            beside = {key: value for key, value in said.items() if key not in ("$ref", "nullable")}
            nullable = bool(said.get("nullable") or inner.get("nullable"))
            said = {**inner, **beside, **({"nullable": nullable} if nullable or "nullable" in inner else {})}
        return said

    def _facts(self, old: JsonObject, new: JsonObject, place: Place) -> None:
        if "alternatives" in old or "alternatives" in new:
            old, new = self._alternatives(old, new, place)
        if "allOf" in old or "allOf" in new:
            (old, olds), (new, news) = _split("allOf", old, new), _split("allOf", new, old)
            self._members(olds or [], news or [], place, ("narrower", "wider"))
        if not self._types(old, new, place):
            return
        both = types(old) & types(new)
        old, new = (
            {key: value for key, value in said.items() if _OF_TYPE.get(key) in (None, *both)} for said in (old, new)
        )
        self._enum(old, new, place)
        self._properties(old, new, place)
        for keyword, spelled in _INNER.items():
            self._inner(keyword, old, new, place, spelled)
        for keyword in _ordered(old, new, without=_COMPARED | _INNER.keys()):
            self._keyword(keyword, old, new, place)
        self._beside(old, new, place)

    def _beside(self, old: JsonObject, new: JsonObject, place: Place) -> None:
        """Compare what may stand beside a reference."""
        if "nullable" in old and "nullable" in new and old["nullable"] != new["nullable"]:
            rule: Rule = "wider" if new["nullable"] else "narrower"
            self._ledger.add(place, "nullable", rule, old["nullable"], new["nullable"])
        before, after = old.get("default", ABSENT), new.get("default", ABSENT)
        if not _same(before, after):
            self._ledger.add(place, "default", "harmless" if before is ABSENT else "another default", before, after)
        for hint in HINTS:
            if not _same(old.get(hint), new.get(hint)):
                self._ledger.add(place, hint, "harmless", old.get(hint, ABSENT), new.get(hint, ABSENT))

    def _types(self, old: JsonObject, new: JsonObject, place: Place) -> bool:
        """Compare types; return whether there is one that both allow."""
        if "type" not in old and "type" not in new:
            return True
        before, after = types(old), types(new)
        if before != after:
            rule = _rule(less=after < before, more=after > before)
            self._ledger.add(place, "type", rule, _type(old), _type(new))
        return bool(before & after) or before == after

    def _enum(self, old: JsonObject, new: JsonObject, place: Place) -> None:
        before, after = old.get("enum"), new.get("enum")
        if before is None or after is None:
            if before != after:
                rule: Rule = "wider" if after is None else "narrower"
                self._ledger.add(
                    place, "enum", rule, ABSENT if before is None else before, ABSENT if after is None else after
                )
            return
        known, allowed = ({canonical(value) for value in values} for values in (before, after))
        gone = [value for value in before if canonical(value) not in allowed]
        come = [value for value in after if canonical(value) not in known]
        if gone:
            self._ledger.add(place, "enum value", "narrower", before=gone)
        if come:
            self._ledger.add(place, "enum value", "wider", after=come)

    def _properties(self, old: JsonObject, new: JsonObject, place: Place) -> None:
        olds, news = mapping(old.get("properties")), mapping(new.get("properties"))
        must, must_now = ([name for name in sequence(it.get("required")) if isinstance(name, str)] for it in (old, new))
        closed = old.get("additionalProperties") is False
        for name in dict.fromkeys([*olds, *news, *must, *must_now]):
            inside = place.at(name)
            if name not in olds and name not in must:
                added: Rule = "part added to a closed whole" if closed else "optional part added"
                required = name in must_now
                self._ledger.add(
                    inside,
                    "required property" if required else "property",
                    "required part added" if required else added,
                    after=described(news.get(name, {})),
                )
            elif name not in news and name not in must_now:
                what = "required property" if name in must else "property"
                self._ledger.add(inside, what, "part removed", before=described(olds.get(name, {})))
            else:
                if (name in must) != (name in must_now):
                    turned: Rule = "made required" if name in must_now else "made optional"
                    self._ledger.add(inside, "required", turned, name in must, name in must_now)
                self.compare(olds.get(name, {}), news.get(name, {}), inside)

    def _inner(self, keyword: str, old: JsonObject, new: JsonObject, place: Place, spelled: str) -> None:
        before, after = old.get(keyword, ABSENT), new.get(keyword, ABSENT)
        absent, closed = before is ABSENT or after is ABSENT, facts(before) == NOTHING or facts(after) == NOTHING
        if not absent and not closed:
            self.compare(before, after, place.at(spelled) if spelled else place)
        elif not _same(before, after):
            more = after is ABSENT or (before is not ABSENT and facts(before) == NOTHING)
            shown = (ABSENT if value is ABSENT else described(value) for value in (before, after))
            self._ledger.add(place, keyword, "wider" if more else "narrower", *shown)

    def _keyword(self, keyword: str, old: JsonObject, new: JsonObject, place: Place) -> None:
        before, after = old.get(keyword, ABSENT), new.get(keyword, ABSENT)
        if keyword in HINTS or _same(without_prose({keyword: before}), without_prose({keyword: after})):
            return
        less, more = before is ABSENT, after is ABSENT
        if isinstance(before, int | float) and isinstance(after, int | float) and keyword in _BOUNDS:
            less = (after - before) * _BOUNDS[keyword] > 0
            more = not less
        self._ledger.add(place, keyword, _rule(less=less, more=more), before, after)

    def _alternatives(self, old: JsonObject, new: JsonObject, place: Place) -> tuple[JsonObject, JsonObject]:
        """Compare unions member by member; return the facts that are left to compare."""
        (rest_old, olds), (rest_new, news) = _split("alternatives", old, new), _split("alternatives", new, old)
        if olds is None or news is None:
            rule: Rule = "wider" if news is None else "narrower"
            shown = (ABSENT if members is None else list(map(described, members)) for members in (olds, news))
            self._ledger.add(place, "alternatives", rule, *shown)
        else:
            self._members(olds, news, place, ("wider", "narrower"), ("alternative", True))
            if {"exclusive"} <= rest_old.keys() & rest_new.keys() and rest_old["exclusive"] != rest_new["exclusive"]:
                words = {True: "exactly one of them", False: "any of them"}
                before, after = words[bool(rest_old["exclusive"])], words[bool(rest_new["exclusive"])]
                self._ledger.add(place, "alternatives", "harmless", before, after)
        return rest_old, rest_new

    def _members(
        self,
        olds: list[Json],
        news: list[Json],
        place: Place,
        rules: tuple[Rule, Rule],
        naming: tuple[str, bool] = ("part of allOf", False),
    ) -> None:
        """Compare members in whatever order they come; `rules` are those for one added and one removed."""
        what, is_union = naming
        left_old, left_new = dict(enumerate(olds)), dict(enumerate(news))
        near = [(self._nearness(old, new), i, j) for i, old in left_old.items() for j, new in left_new.items()]
        # Of members that are equally near, those are taken that are also taken when the documents change places.
        for nearness, i, j in sorted(near, key=lambda it: (-it[0], min(it[1:]), max(it[1:]))):
            if nearness > 0 and i in left_old and j in left_new:
                old, new = left_old.pop(i), left_new.pop(j)
                is_object = is_union and any("properties" in mapping(member) for member in (old, new))
                self.compare(old, new, place.at(" (object)") if is_object else place)
        for old in left_old.values():
            self._ledger.add(place, what, rules[1], before=described(old))
        for new in left_new.values():
            self._ledger.add(place, what, rules[0], after=described(new))

    def _nearness(self, old: Json, new: Json) -> float:
        """Return how likely two members are meant to be the same; 0 if they are not."""
        one, other = facts(old), facts(new)
        if "$ref" in one and one.get("$ref") == other.get("$ref"):
            return _BY_NAME
        if "$ref" not in one and _same(without_prose(one), without_prose(other)):
            return _BY_FACTS
        one, other = self._written_out(0, one), self._written_out(1, other)
        if not types(one) & types(other):
            return 0.0
        names, others = (mapping(said.get("properties")).keys() for said in (one, other))
        if not names or not others:
            return _BY_TYPE
        shared = len(names & others) / len(names | others)
        return _BY_TYPE + shared if shared else 0.0


def _split(keyword: str, said: JsonObject, other: JsonObject) -> tuple[JsonObject, list[Json] | None]:
    """Return facts without the members that a keyword has, and these.

    Facts without the keyword are the only member themselves, unless the others say more than their members do.
    """
    aside = {"default", "nullable", "exclusive", *HINTS}
    if keyword in said:
        return {key: value for key, value in said.items() if key != keyword}, sequence(said[keyword])
    if other.keys() - {keyword} - aside:
        return said, None
    rest = {key: value for key, value in said.items() if key in aside}
    own = {key: value for key, value in said.items() if key not in aside}
    kinds = sequence(own.get("type")) if keyword == "alternatives" else []
    return rest, [{**own, "type": [kind]} for kind in kinds] if len(kinds) > 1 else [own]


def _rule(*, less: bool, more: bool) -> Rule:
    return "narrower" if less else "wider" if more else "something else"


def _same(one: Json, other: Json) -> bool:
    if one is ABSENT or other is ABSENT:
        return one is other
    return canonical(one) == canonical(other)


def _type(said: JsonObject) -> Json:
    if "type" not in said:
        return ABSENT
    kinds = said["type"]
    return kinds[0] if len(kinds) == 1 else kinds


def _ordered(old: JsonObject, new: JsonObject, *, without: set[str]) -> list[str]:
    return [keyword for keyword in dict.fromkeys([*old, *new]) if keyword not in without]
