"""What a seeding has made, told to people and to programs."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from understudy.paths import quoted, spelled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from understudy.recording.comparing import Difference
    from understudy.recording.seeding import Seeded
    from understudy.wire import JsonObject

UNEXPECTED = "not to be expected"

_PLACES = 4
"""How many places are shown for each reason."""


def as_json(seeded: Seeded, url: str) -> str:
    """Return all of it as JSON."""
    told: JsonObject = {
        "url": url,
        "ids": seeded.ids,
        "made_before": seeded.before,
        "kept": seeded.kept,
        "left_out": dict(seeded.left_out),
        "refused": [{"kind": kind, "id": key, "answer": answer} for kind, key, answer in seeded.refused],
        "differences": [
            {
                "kind": kind,
                "id": key,
                "place": spelled(difference.path),
                "wanted": difference.wanted,
                "found": difference.found,
                "reason": difference.reason,
            }
            for kind, key, difference in seeded.differences
        ],
    }
    return json.dumps(told, ensure_ascii=False, indent=2)


def as_text(seeded: Seeded, url: str) -> str:
    """Return a table of ids, and what came out otherwise, equal things as one line."""
    return "\n".join(_lines(seeded, url))


def _lines(seeded: Seeded, url: str) -> Iterator[str]:
    counts = ", ".join(f"{len(ids):,} {kind}" for kind, ids in seeded.ids.items())
    yield f"{url}: {counts} ({seeded.before:,} made before, {seeded.kept:,} there already)"
    for kind, ids in seeded.ids.items():
        for here, there in ids.items():
            yield f"  {kind:10}  {here}  {'=' if here == there else there}"
    yield from _left_out(seeded.left_out)
    if seeded.refused:
        yield f"\nnot made, as the deployment does not take it: {len(seeded.refused):,}"
        for kind, key, answer in seeded.refused:
            yield f"  {kind:10}  {key}  {answer}"
    if seeded.differences:
        yield f"\nmade, but not quite as in the scenario: {len(seeded.differences):,}"
        by_reason: dict[str, Counter[str]] = {}
        examples: dict[tuple[str, str], Difference] = {}
        for kind, _, one in seeded.differences:
            reason, place = one.reason or UNEXPECTED, f"{kind} {one.place}"
            by_reason.setdefault(reason, Counter())[place] += 1
            examples.setdefault((reason, place), one)
        for reason, places in by_reason.items():
            yield f"  {reason}:"
            for place, count in places.most_common(_PLACES):
                one = examples[reason, place]
                yield f"    {count:>5,} × {place}: {quoted(one.found)}, not {quoted(one.wanted)}"
            if len(places) > _PLACES:
                others = sum(places.values()) - sum(count for _, count in places.most_common(_PLACES))
                yield f"    {others:>5,} × {len(places) - _PLACES:,} other places; --format json has them all"


def _left_out(counts: Mapping[str, int]) -> Iterator[str]:
    if counts:
        counted = ", ".join(f"{count:,} {section}" for section, count in counts.items())
        yield f"\nleft out, as it is no Agent Server's but the Computer Agents API's: {counted}"


def planned(ahead: Mapping[str, Mapping[str, JsonObject]], url: str, left_out: Mapping[str, int]) -> str:
    """Return what would be made, and what would not."""
    counts = ", ".join(f"{len(rows):,} {kind}" for kind, rows in ahead.items())
    lines = [f"{url}: {counts} would be made; nothing was"]
    lines += [f"  {kind:10}  {key}{_ABOUT[kind](row)}" for kind, rows in ahead.items() for key, row in rows.items()]
    return "\n".join([*lines, *_left_out(left_out)])


_ABOUT: dict[str, Callable[[JsonObject], str]] = {
    "assistants": lambda row: f"  {row['graph_id']}, {row['name']}",
    "threads": lambda row: f"  {len(row['history']):,} states",
    "crons": lambda row: f"  {row['schedule']}",
    "store": lambda row: "",
}
