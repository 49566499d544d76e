"""What the figures must keep to: ratios of one run, which hold on any machine, and what is promised in figures."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Literal

from .figures import FILTERS, LARGE, MEASURES, SMALL, STREAMS

if TYPE_CHECKING:
    from .figures import Figures

FAKE, YARDSTICK, REFERENCE = "understudy", "starlette", "reference"

WAITS = ("wait-thread", "wait-stateless")

Verdict = Literal["kept", "broken", "not measured"]


@dataclass(frozen=True, slots=True)
class Limit:
    """A bound and what was measured against it; `measured` is None when the run left it out."""

    title: str
    measured: float | None
    bound: float
    unit: str = ""
    at_least: bool = False

    @property
    def verdict(self) -> Verdict:
        """Whether the limit is kept."""
        if self.measured is None:
            return "not measured"
        kept = self.measured >= self.bound if self.at_least else self.measured <= self.bound
        return "kept" if kept else "broken"


def limits(figures: Figures) -> list[Limit]:
    """Return every limit with what this run measured."""
    rates = ["create", "get", *(f"search-{SMALL}-{filtered}" for filtered in FILTERS)]
    return [
        *(
            Limit(f"{MEASURES[name][0]}, to Starlette", figures.ratio(name, FAKE, YARDSTICK), 0.5, at_least=True)
            for name in rates
        ),
        *(
            Limit(
                f"search metadata of {share}, cost at {LARGE:,} to {SMALL:,}",
                _slowdown(figures, filtered),
                3.0,
            )
            for filtered, share in (("ticket", "10"), ("team", "1 %"))
        ),
        Limit(f"{MEASURES['start'][0]}, to the reference", figures.ratio("start", FAKE, REFERENCE), 0.6),
        Limit(MEASURES["start-in-process"][0], figures.get("start-in-process", FAKE), 300.0, "ms"),
        Limit(f"{MEASURES['start-in-process'][0]}, to understudy serve", _of_serve(figures), 0.5),
        Limit(MEASURES["idle"][0], figures.get("idle", FAKE), 100.0, "MB"),
        Limit(MEASURES["growth"][0], figures.get("growth", FAKE), 60.0, "MB"),
        *(Limit(MEASURES[name][0], figures.get(name, FAKE), 10.0, "ms") for name in WAITS),
        *(
            Limit(f"{MEASURES[name][0]}, to the reference", figures.ratio(name, FAKE, REFERENCE), 0.05)
            for name in WAITS
        ),
        *(
            Limit(MEASURES[name][0], figures.get(name, FAKE), bound, "ms")
            for name, bound in (("first-event", 5.0), ("first-token", 5.0), ("first-token-of-many", 25.0))
        ),
        *(
            Limit(MEASURES[name][0], figures.get(name, FAKE), 20_000, "events/s", at_least=True)
            for name in ("events-tokens", "events-custom", "events-several")
        ),
        *(
            Limit(f"of {STREAMS:,} streams, {MEASURES[name][0]}", figures.get(name, FAKE), STREAMS, at_least=True)
            for name in ("streams-open", "streams-complete")
        ),
        Limit(MEASURES["worlds-made"][0], figures.get("worlds-made", FAKE), 2.0, "ms"),
        Limit(MEASURES["worlds-memory"][0], figures.get("worlds-memory", FAKE), 50.0, "kB"),
        Limit(f"{MEASURES['check'][0]}, to schemathesis run", _of_plain(figures), 0.9, at_least=True),
    ]


def _of_serve(figures: Figures) -> float | None:
    inside, serve = figures.get("start-in-process", FAKE), figures.get("start", FAKE)
    return inside / (1000 * serve) if inside and serve else None


def _of_plain(figures: Figures) -> float | None:
    """Return the median of the ratios of each turn: what disturbs a whole turn is no part of it."""
    check, plain = (figures.table.get(name, {}).get(FAKE) for name in ("check", "check-plain"))
    if check is None or plain is None:
        return None
    return median(one / other for one, other in zip(check.values, plain.values, strict=True))


def _slowdown(figures: Figures, filtered: str) -> float | None:
    small = figures.get(f"search-{SMALL}-{filtered}", FAKE)
    large = figures.get(f"search-{LARGE}-{filtered}", FAKE)
    return small / large if small and large else None
