"""Smaller sequences than one that differs: without steps that it may not need, then without members of its requests.

A sequence on a real server takes seconds, and so do runs: what is tried is what is most likely to differ as well.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any

from understudy.conformance.comparing.steps import NOTHING, SYMBOL

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from understudy.conformance.comparing.steps import Step
    from understudy.wire import Json

KEPT = {"metadata", "namespace", "namespace_prefix", "prefix", "key", "thread_id", "run_ids", "thread_ids"}
"""Members that restrict a request to what the comparison has made: it is never sent without them."""

_DEEPEST = 3


def reduced(steps: Sequence[Step], differing: int, differs: Callable[[list[Step]], bool]) -> list[Step]:
    """Return the smallest sequence that still differs, of those that are tried.

    The step number `differing` (from 1) differs; nothing after it matters.
    """
    best = list(steps)

    def better(tried: list[Step]) -> bool:
        nonlocal best
        if differs(tried):
            best = tried
            return True
        return False

    if differing < len(best) and not better(best[:differing]):
        return best
    for symbol in sorted(best[-1].symbols()):
        if (first := _first(symbol, best)) != symbol:
            better([*best[:-1], _renamed(best[-1], {symbol: first})])
    for related in (_needed(best), _about(best)):
        if len(related) < len(best) and better(_mended(related)):
            break
    for step in list(reversed(best)):
        for symbol, _ in step.makes:
            if (first := _first(symbol, best)) != symbol and step in best:
                better(_mended([_renamed(each, {symbol: first}) for each in best if each is not step]))
    for number in range(len(best) - 2, -1, -1):
        better(_mended([*best[:number], *best[number + 1 :]]))
    for number in range(len(best)):
        for part in ("query", "headers", "body"):
            for place in _places(getattr(best[number], part), 0):
                plainer = _without(getattr(best[number], part), place)
                if plainer is not NOTHING:
                    better(_mended([*best[:number], _with(best[number], part, plainer), *best[number + 1 :]]))
    if (numbered := _renumbered(best)) != best:
        better(numbered)
    return best


def _renumbered(steps: Sequence[Step]) -> list[Step]:
    """Return the steps with what they make numbered from 1."""
    made = list(dict.fromkeys(symbol for step in steps for symbol, _ in step.makes))
    kinds: defaultdict[str, count[int]] = defaultdict(lambda: count(1))
    names = {symbol: f"{(kind := symbol.partition('#')[0])}#{next(kinds[kind])}" for symbol in made}
    renamed = [_renamed(step, names) for step in steps]
    return [replace(step, makes=tuple((names[name], place) for name, place in step.makes)) for step in renamed]


def _first(symbol: str, steps: Sequence[Step]) -> str:
    """Return the first thing of a kind that is made."""
    kind = symbol.partition("#")[0]
    return next((made for step in steps for made, _ in step.makes if made.startswith(f"{kind}#")), symbol)


def _needed(steps: Sequence[Step]) -> list[Step]:
    """Return the last step and those that make what it names, and what these name."""
    wanted, kept = steps[-1].symbols(), [steps[-1]]
    for step in reversed(steps[:-1]):
        if wanted & {symbol for symbol, _ in step.makes}:
            wanted |= step.symbols()
            kept.insert(0, step)
    return kept


def _about(steps: Sequence[Step]) -> list[Step]:
    """Return the steps that have to do with what the last one names, directly or not."""
    named = [step.symbols() | {symbol for symbol, _ in step.makes} for step in steps]
    wanted = set[str]()
    for step in _needed(steps):
        wanted |= step.symbols()
    return [step for step, names in zip(steps, named, strict=True) if names & wanted or step is steps[-1]]


def _mended(steps: Sequence[Step]) -> list[Step]:
    """Return the steps with `missing#1` for what no step before makes any more."""
    made, mended = set[str](), []
    for step in steps:
        gone = {symbol for symbol in step.symbols() if not symbol.startswith(("made#", "missing#"))} - made
        mended.append(_renamed(step, dict.fromkeys(gone, "missing#1")) if gone else step)
        made |= {symbol for symbol, _ in step.makes}
    return mended


def _renamed(step: Step, names: dict[str, str]) -> Step:
    def copy(value: Any) -> Any:
        if isinstance(value, str):
            return SYMBOL.sub(lambda found: names.get(found[0], found[0]), value)
        if isinstance(value, list):
            return [copy(item) for item in value]
        if isinstance(value, dict):
            return {copy(key): copy(item) for key, item in value.items()}
        return value

    query, headers = copy(dict(step.query)), copy(dict(step.headers))
    return replace(step, path=copy(dict(step.path)), query=query, headers=headers, body=copy(step.body))


def _with(step: Step, part: str, value: Json) -> Step:
    parts: dict[str, Any] = {part: value}
    return replace(step, **parts)


def _places(value: Json, depth: int) -> list[tuple[str, ...]]:
    """Return the places of the members of an object that may go, the outer ones first."""
    if not isinstance(value, dict) or depth == _DEEPEST:
        return []
    here = [(key,) for key in value if key not in KEPT and not key.startswith("understudy_")]
    return here + [(key, *rest) for key, inner in value.items() for rest in _places(inner, depth + 1)]


def _without(value: Json, place: tuple[str, ...]) -> Json:
    """Return a copy without the member at a place; NOTHING if it is gone already."""
    key, *rest = place
    if not isinstance(value, dict) or key not in value:
        return NOTHING
    if not rest:
        return {name: inner for name, inner in value.items() if name != key}
    inner = _without(value[key], tuple(rest))
    return inner if inner is NOTHING else {**value, key: inner}
