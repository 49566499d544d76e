"""Turns of nodes that play what was recorded, and say so when they are asked for what was not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from understudy.agents.script.expressions import is_template
from understudy.recording.scripts.conditions import any_of, conditions
from understudy.recording.scripts.features import COUNTS, features, grouped, lasting, telling
from understudy.recording.scripts.literals import key_of, literal, template

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from understudy.recording.scripts.conditions import Condition
    from understudy.recording.scripts.plays import Play
    from understudy.state.agents import ReducerName
    from understudy.wire import Json, JsonObject

NOT_RECORDED = "LookupError"
"""The error of what was not recorded."""


def never(what: str) -> JsonObject:
    """Return the step that says that this was not recorded; there may be expressions in it."""
    return {"raise": {"error": NOT_RECORDED, "message": f"not recorded: {what}"}}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of what a node did: after these answers, which stand as keys, it asked something or came to its end."""

    after: tuple[str, ...]
    did: JsonObject
    answer: tuple[Json, ...]
    """The answer to what it asked, if there was one."""
    key: str


def parts(play: Play, end: list[JsonObject] | None) -> list[Part]:
    """Return what a node did, part by part; `end` are the steps that come last, None if nobody knows them."""
    did: list[JsonObject] = [{"ask": question} for question in play.asked]
    if end is not None and len(play.asked) <= len(play.answers):
        did.append({"end": end})
    keys = tuple(map(key_of, play.answers))
    return [Part(keys[:at], one, tuple(play.answers[at : at + 1]), key_of(one)) for at, one in enumerate(did)]


def agree(told: Iterable[list[Part]]) -> bool:
    """Return whether plays did the same things, as far as they were given the same answers."""
    known: dict[tuple[str, ...], str] = {}
    return all(known.setdefault(part.after, part.key) == part.key for told_parts in told for part in told_parts)


class Outcome:
    """What came of plays in one situation: what was asked, and by what was answered, the steps that followed."""

    def __init__(self, told: Iterable[list[Part]]) -> None:
        self._after: dict[tuple[str, ...], JsonObject] = {}
        self._answers: dict[tuple[str, ...], dict[str, Json]] = {}
        for part in [part for told_parts in told for part in told_parts]:
            self._after.setdefault(part.after, part.did)
            for answer in part.answer if "ask" in part.did else ():
                self._answers.setdefault(part.after, {}).setdefault(key_of(answer), answer)

    def steps(self) -> list[JsonObject]:
        """Return the steps; those after a question with several answers are taken if theirs was given."""
        return self._steps((), ())

    def _steps(self, path: tuple[str, ...], conditions: tuple[str, ...]) -> list[JsonObject]:
        here = self._after.get(path)
        if here is None:
            return _when(conditions, [never("how this goes on")])
        if "end" in here:
            return _when(conditions, here["end"])
        answers = [*self._answers.get(path, {}).values()]
        name = "resume" if not path else f"resume_{len(path) + 1}"
        asking: JsonObject = {"interrupt": template(here["ask"]), **({"as": name} if path else {})}
        told = f"the answer {{{{ {name} | tojson }}}}"
        if not answers:
            return _when(conditions, [asking, never(told)])
        unknown = f"{name} != {literal(answers[0])}" if len(answers) == 1 else f"{name} not in {literal(answers)}"
        steps = _when(conditions, [asking])
        steps += _when((*conditions, unknown), [never(f"{told}; {nearest(name, answers)}")])
        for answer in answers:
            more = () if len(answers) == 1 else (f"{name} == {literal(answer)}",)
            steps += self._steps((*path, key_of(answer)), (*conditions, *more))
        return steps


def _when(conditions: tuple[str, ...], steps: list[JsonObject]) -> list[JsonObject]:
    return [{**step, "when": " and ".join(conditions)} for step in steps] if conditions else steps


def told_of(play: Play, channels: Mapping[str, ReducerName]) -> JsonObject:
    """Return what had the same value whenever a play began."""
    return lasting([features(moment, channels) for moment in play.moments])


def turns(
    plays: Sequence[Play],
    told: Sequence[JsonObject],
    required: Sequence[str],
    ends: Callable[[Play], list[JsonObject] | None],
) -> tuple[Json, int]:
    """Return what a node does, and how many situations there were in which it did not always do the same.

    In such a situation it does the first thing the first time, and so on.
    """
    stories = [parts(play, ends(play)) for play in plays]

    def broken(groups: Sequence[Sequence[int]]) -> int:
        return sum(len(group) for group in groups if not agree(stories[at] for at in group))

    names = telling(told, required, broken)
    keyed = [{name: key_of(one[name]) for name in names} for one in told]
    found: list[tuple[list[Condition], list[JsonObject]]] = []
    odd = 0
    for group in grouped(keyed, names):
        here = [stories[at] for at in group]
        if agree(here):
            found.append((conditions(told[group[0]], names), Outcome(here).steps()))
            continue
        odd += 1
        found += _in_turn(here, told[group[0]], names)
    if not names and not odd:
        return _told(found[0][1]), 0
    merged: dict[str, tuple[list[list[Condition]], list[JsonObject]]] = {}
    for told_conditions, steps in _without_context(_shortened(found, len(required) or 1)):
        merged.setdefault(key_of(steps), ([], steps))[0].append(told_conditions)
    rows: list[JsonObject] = [{"when": any_of(several), "do": _told(steps)} for several, steps in merged.values()]
    return [*rows, {"do": never(_nearest(told, names))}] if names else rows, odd


def _in_turn(
    stories: Iterable[list[Part]], told: JsonObject, names: Sequence[str]
) -> list[tuple[list[Condition], list[JsonObject]]]:
    """Return the different outcomes of one situation in the order in which they were recorded."""
    distinct: list[list[JsonObject]] = []
    for story in stories:
        steps = Outcome([story]).steps()
        if steps not in distinct:
            distinct.append(steps)
    base = conditions(told, [name for name in names if name not in COUNTS])
    count, last = "times" if "asked" in told else "visit", len(distinct)
    return [([*base, (count, "==" if at < last else ">=", at)], steps) for at, steps in enumerate(distinct, start=1)]


def _shortened(
    found: Sequence[tuple[list[Condition], list[JsonObject]]], least: int
) -> list[tuple[list[Condition], list[JsonObject]]]:
    """Return the same with those conditions left out at the end that make no difference."""
    shorter: list[tuple[list[Condition], list[JsonObject]]] = []
    for told, steps in found:
        for length in range(min(least, len(told)), len(told) + 1):
            like = [other for others, other in found if others[:length] == told[:length]]
            if all(other == steps for other in like) or length == len(told):
                if (told[:length], steps) not in shorter:
                    shorter.append((told[:length], steps))
                break
    return shorter


def _without_context(
    found: Sequence[tuple[list[Condition], list[JsonObject]]],
) -> list[tuple[list[Condition], list[JsonObject]]]:
    """Return those with a context first; of the others it need not be said then that they have none."""
    none: Condition = ("context", "==", {})
    if all(len(told) == 1 for told, _ in found):
        return list(found)
    first = [one for one in found if any(name == "context" for name, *_ in one[0]) and none not in one[0]]
    rest = [([each for each in told if each != none], steps) for told, steps in found if (told, steps) not in first]
    return [*first, *rest]


def _nearest(told: Sequence[JsonObject], names: Sequence[str]) -> str:
    """Return the words on an unknown situation, with the nearest known one."""
    shown = " and ".join(f"{name} = {{{{ {_filtered(name)} | tojson }}}}" for name in names)
    known = {key_of(one[names[0]]): one[names[0]] for one in told}
    return f"{shown}; {nearest(names[0], [*known.values()])}"


def nearest(here: str, known: Sequence[Json]) -> str:
    """Return the words on what was recorded: the one thing, or the nearest to what is there."""
    if len(known) == 1:
        told = key_of(known[0])
        return f"recorded is {template(told) if is_template(told) else told}"
    return f"the nearest is {{{{ {_filtered(here)} | nearest({literal([*known])}) | tojson }}}}"


def _filtered(here: str) -> str:
    return f"({here})" if " " in here else here


def _told(steps: list[JsonObject]) -> Json:
    """Return steps as a node has them: one alone without a list."""
    return steps[0] if len(steps) == 1 else steps
