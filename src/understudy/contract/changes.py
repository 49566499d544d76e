"""What a difference between two documents means to clients, and the differences of many operations told as one."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from understudy.wire import Json

Kind = Literal["added", "removed", "changed"]
Side = Literal["request", "answer"]
Rule = Literal[
    "operation added",
    "operation removed",
    "optional part added",
    "required part added",
    "part added to a closed whole",
    "part removed",
    "made required",
    "made optional",
    "narrower",
    "wider",
    "something else",
    "another default",
    "success added",
    "success removed",
    "harmless",
]


class Reasons(NamedTuple):
    """Why clients break where the difference is in a request, and where it is in an answer; None: they do not."""

    request: str | None
    answer: str | None


_GONE = "clients call it"
_LACKING = "what clients send lacks it"
_UNREAD = "what clients send is not looked at any more"
_REFUSED = "what clients send may be refused"
_MISSED = "clients count on it"
_UNKNOWN = "clients may get what they do not know"
_UNSAID = "who leaves it out means something else now"

RULES: Final[dict[Rule, Reasons]] = {
    "operation added": Reasons(None, None),
    "operation removed": Reasons(_GONE, _GONE),
    "optional part added": Reasons(None, None),
    "required part added": Reasons(_LACKING, None),
    "part added to a closed whole": Reasons(None, _UNKNOWN),
    "part removed": Reasons(_UNREAD, _MISSED),
    "made required": Reasons(_LACKING, None),
    "made optional": Reasons(None, _MISSED),
    "narrower": Reasons(_REFUSED, None),
    "wider": Reasons(None, _UNKNOWN),
    "something else": Reasons(_REFUSED, _UNKNOWN),
    "another default": Reasons(_UNSAID, None),
    "success added": Reasons(None, _UNKNOWN),
    "success removed": Reasons(None, _MISSED),
    "harmless": Reasons(None, None),
}
"""Which differences break clients. `understudy.contract.differences` says it in words."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference between two documents, with every operation that it touches."""

    where: str
    """`POST /threads, request body, metadata.owner`; without the operation where several share it."""
    what: str
    """What differs there: `property`, `enum value`, `maximum`, `operation`."""
    kind: Kind
    before: Json
    """A JSON value, or a few words for a schema; None where it is added."""
    after: Json
    """The same; None where it is removed."""
    why: str | None
    """Why clients break that were written by the first document; None where they do not."""
    sides: tuple[Side, ...]
    operations: tuple[str, ...]

    @property
    def breaking(self) -> bool:
        """Whether clients break that were written by the first document."""
        return self.why is not None


class Absent:
    """Stands for what a document does not say, which is not the same as null."""


ABSENT: Final = Absent()


@dataclass(frozen=True, slots=True)
class Place:
    """Where the two documents are looked at: within an operation, and within a schema of theirs that has a name."""

    operation: str
    side: Side = "request"
    path: tuple[str, ...] = ()
    """From the operation: `("request body", "metadata", "owner")`."""
    home: str | None = None
    """The innermost schema with a name; what is found in it is found wherever it is used."""
    below: tuple[str, ...] = ()
    """From `home`."""

    def at(self, part: str) -> Place:
        """Return the place one step further in."""
        return replace(self, path=(*self.path, part), below=(*self.below, part))

    def inside(self, schema: str) -> Place:
        """Return the same place, as the beginning of a schema with this name."""
        return replace(self, home=schema, below=())


@dataclass(slots=True)
class _Found:
    what: str
    rule: Rule
    before: Json
    after: Json
    places: list[Place] = field(default_factory=list)


class Ledger:
    """Takes down differences as they are met, and tells each of them once."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, ...], _Found] = {}

    def add(
        self, place: Place, what: str, rule: Rule, before: Json | Absent = ABSENT, after: Json | Absent = ABSENT
    ) -> None:
        """Take down a difference. Met again in another operation, or in the same schema, it is the same one."""
        shared = (f"schema {place.home}", *place.below) if place.home else place.path or (place.operation,)
        key = (*shared, "", what, rule, _text(before), _text(after))
        self._found.setdefault(key, _Found(what, rule, before, after)).places.append(place)

    def differences(self) -> list[Difference]:
        """Return them all: those that break clients first, else in the order in which they were met."""
        return sorted(map(_difference, self._found.values()), key=lambda difference: not difference.breaking)


def _difference(found: _Found) -> Difference:
    first = found.places[0]
    operations = tuple(dict.fromkeys(place.operation for place in found.places))
    sides = tuple(dict.fromkeys(place.side for place in found.places))
    reasons = RULES[found.rule]
    whys = [reasons.request if side == "request" else reasons.answer for side in sides]
    if len(operations) == 1:
        where = _spelled((first.operation, *first.path[:1]), first.path[1:])
    elif first.home:
        where = _spelled((f"schema {first.home}",), first.below)
    else:
        where = _spelled(first.path[:1], first.path[1:])
    return Difference(
        where=where,
        what=found.what,
        kind="added" if found.before is ABSENT else "removed" if found.after is ABSENT else "changed",
        before=None if found.before is ABSENT else found.before,
        after=None if found.after is ABSENT else found.after,
        why=next(filter(None, whys), None),
        sides=sides,
        operations=operations,
    )


def _spelled(outer: tuple[str, ...], inner: tuple[str, ...]) -> str:
    text = ""
    for part in inner:
        text += part if not text or part[0] in "[ " else f".{part}"
    return ", ".join(filter(None, (*outer, text.strip()))).replace(", (", " (")


def _text(value: Json | Absent) -> str:
    return "" if value is ABSENT else canonical(value)


def canonical(value: Json) -> str:
    """Return a text that is the same for the same JSON value, whatever the order of its members."""
    return json.dumps(value, sort_keys=True, default=str)
