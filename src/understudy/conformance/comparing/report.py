"""What a comparison found, for a person and for a program."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from understudy.conformance.comparing.steps import curl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from understudy.conformance.comparing.comparison import Outcome
    from understudy.conformance.comparing.hunt import Finding
    from understudy.wire import JsonObject

_MOST_PLACES = 8


def as_text(outcome: Outcome) -> str:
    """Return the report that a person reads."""
    return "\n".join(_lines(outcome))


def as_json(outcome: Outcome) -> str:
    """Return the report that a program reads: an object with `same`, `differences` and figures."""
    progress, known = outcome.progress, outcome.known
    whole: JsonObject = {
        "same": outcome.same,
        "a": outcome.plan.one.shown,
        "b": outcome.plan.other.shown,
        "graph_ids": outcome.graph_ids,
        "seed": outcome.plan.bounds.seed,
        "sequences": progress.played,
        "steps": progress.steps,
        "seconds": round(progress.seconds, 1),
        "operations": dict(sorted(progress.operations.items())),
        "differences": [_finding(outcome, finding) for finding in progress.findings],
        "unsteady": [str(parting) for parting in progress.chance],
        "known": [
            {"operation": entry.operation, "place": entry.place, "reason": entry.reason, "met": known.met[entry]}
            for entry in known.entries
        ],
        "stale": [str(entry) for entry in _stale(outcome)],
        "left": [f"{address}: {name}" for address, name in outcome.left],
    }
    return orjson.dumps(whole, option=orjson.OPT_INDENT_2).decode()


def _lines(outcome: Outcome) -> Iterator[str]:
    plan, progress, known = outcome.plan, outcome.progress, outcome.known
    yield f"A {plan.one.shown}\nB {plan.other.shown}"
    yield f"graphs {', '.join(outcome.graph_ids)}"
    for number, finding in enumerate(progress.findings, 1):
        yield f"\n{number}. {_title(finding)}"
        yield from _sequence(outcome, finding)
    if progress.findings:
        yield ""
    for parting in progress.chance:
        yield f"showed once and not again: {parting}"
    for entry in _stale(outcome):
        yield f"known, but it does not show any more: {entry}"
    for address, name in outcome.left:
        yield f"could not be removed from {address}: {name}"
    if known.met:
        yield f"{_counted(len(known.met), 'known difference')} showed ({known.source}; --known none shows them)"
    yield (
        f"{_counted(len(progress.findings), 'difference')} in {_counted(progress.played, 'sequence')} of "
        f"{_counted(len(progress.operations), 'operation')}, {progress.seconds:.0f} s, seed {plan.bounds.seed}"
    )


def _title(finding: Finding) -> str:
    first = finding.partings[0]
    return f"{first.operation}: {first.place}: {first.one} | {first.other}"


def _sequence(outcome: Outcome, finding: Finding) -> Iterator[str]:
    for number, (step, one, other) in enumerate(
        zip(finding.steps, finding.one.answers, finding.other.answers, strict=False), 1
    ):
        statuses = dict.fromkeys((str(one["status"]), str(other["status"])))
        yield f"   step {number}  {step}  → {' | '.join(statuses)}"
    for parting in finding.partings[:_MOST_PLACES]:
        yield f"   {parting}"
    if len(finding.partings) > _MOST_PLACES:
        yield f"   … and {len(finding.partings) - _MOST_PLACES} more places of that step"
    for name, lines in _commands(outcome, finding).items():
        yield f"   {name}:"
        yield from (f"     {line}" for line in lines)


def _commands(outcome: Outcome, finding: Finding) -> dict[str, list[str]]:
    """Return what to type to see it on each server."""
    sides = {"A": (outcome.plan.one, finding.one), "B": (outcome.plan.other, finding.other)}
    return {
        name: [
            curl(finding.steps, number, address.shown.rstrip("/"), tuple(address.headers), played.values)
            for number in range(len(finding.steps))
        ]
        for name, (address, played) in sides.items()
    }


def _finding(outcome: Outcome, finding: Finding) -> JsonObject:
    commands = _commands(outcome, finding)
    return {
        "operation": finding.partings[0].operation,
        "places": [
            {"step": each.step, "place": each.place, "a": each.one, "b": each.other} for each in finding.partings
        ],
        "steps": [
            {
                "operation": step.operation,
                "request": str(step),
                "a": {"curl": commands["A"][number], "answer": finding.one.answers[number]},
                "b": {"curl": commands["B"][number], "answer": finding.other.answers[number]},
            }
            for number, step in enumerate(finding.steps)
        ],
    }


def _stale(outcome: Outcome) -> list[object]:
    """Return what is known and did not show; what ships with understudy may need more luck than a run has."""
    return [] if outcome.known.bundled else list(outcome.known.stale(set(outcome.progress.operations)))


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
