"""The report: a table for the terminal, JSON for machines."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from .figures import MEASURES
from .limits import FAKE, REFERENCE, YARDSTICK, limits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .figures import Figures, Unit
    from .limits import Limit
    from .run import Settings
    from .servers import Server

PACKAGES = (
    "understudy",
    "connexion",
    "starlette",
    "uvicorn",
    "uvloop",
    "httptools",
    "orjson",
    "jsonschema-rs",
    "schemathesis",
)
SECTIONS: tuple[tuple[Unit, str], ...] = (
    ("s", "Seconds (less is better)"),
    ("MB", "Resident memory in MB (less is better)"),
    ("1/s", "Answers per second to 8 connections (more is better)"),
    ("ms", "Milliseconds from a request on, one after the other (less is better)"),
    ("events/s", "Events per second (more is better)"),
    ("streams", "Of 1,000 streams at once, 50 events each, five a second (more is better)"),
    ("kB", "Resident memory in kB (less is better)"),
    ("cases/s", "Test cases per second of what checks a server (more is better)"),
)
FORMATS: dict[Unit, str] = {
    "s": ".2f",
    "MB": ",.1f",
    "1/s": ",.0f",
    "ms": ",.2f",
    "events/s": ",.0f",
    "streams": ",.0f",
    "kB": ",.1f",
    "cases/s": ",.0f",
}
WIDTH = 43


def machine(reference: Path | None) -> dict[str, object]:
    """Return what the figures were taken on: processors, Python, versions of what takes part."""
    versions = {}
    for package in PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            continue
    if reference:
        versions["langgraph-api"] = _version_in(reference, "langgraph-api")
    return {
        "processors": os.cpu_count(),
        "model": _model(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "python": platform.python_version(),
        "versions": versions,
    }


def _model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "")


def _version_in(venv: Path, package: str) -> str:
    code = f"from importlib.metadata import version; print(version({package!r}))"
    python = str(venv / "bin" / "python")
    return subprocess.run([python, "-c", code], check=True, capture_output=True, text=True).stdout.strip()


def as_json(figures: Figures, servers: list[Server], settings: Settings, facts: dict[str, object]) -> dict[str, object]:
    """Return the whole run as plain data."""
    return {
        "machine": facts,
        "settings": {
            "rounds": settings.rounds,
            "seconds": settings.seconds,
            "creations": settings.creations,
            "starts": settings.starts,
            "runs": settings.runs,
            "numbers": settings.numbers,
            "examples": settings.examples,
        },
        "servers": {server.name: server.title for server in servers},
        "figures": {
            name: {
                "title": MEASURES[name][0],
                "unit": MEASURES[name][1],
                "servers": {
                    server: {
                        "median": figure.median,
                        "rounds": figure.values,
                        "bytes_per_answer": figure.bytes_per_answer,
                        "load_busy": figure.load_busy,
                    }
                    for server, figure in figures.table[name].items()
                },
                "to_starlette": figures.ratio(name, FAKE, YARDSTICK),
                "to_reference": figures.ratio(name, FAKE, REFERENCE),
            }
            for name in MEASURES
            if name in figures.table
        },
        "limits": [
            {
                "title": limit.title,
                "measured": limit.measured,
                "at_least" if limit.at_least else "at_most": limit.bound,
                "unit": limit.unit,
                "verdict": limit.verdict,
            }
            for limit in limits(figures)
        ],
        "notes": figures.notes,
    }


def as_text(figures: Figures, servers: list[Server], facts: dict[str, object]) -> str:
    """Return the run as a table for people."""
    return "\n".join(
        [
            f"{facts['processors']} × {facts['model'] or facts['system']}, Python {facts['python']}; medians",
            *_tables(figures, servers),
            *_limits(limits(figures)),
            *(["", *(f"Note: {note}" for note in figures.notes)] if figures.notes else []),
        ]
    )


def _tables(figures: Figures, servers: list[Server]) -> Iterator[str]:
    others = [server for server in servers if server.name != FAKE]
    for unit, heading in SECTIONS:
        names = [name for name in figures.table if MEASURES[name][1] == unit]
        if not names:
            continue
        yield ""
        titles = "".join(f"{server.title:>12}" for server in servers)
        headings = "".join(f"{'to ' + server.title:>14}" for server in others)
        yield heading
        yield f"{'':<{WIDTH}}{titles}{headings}"
        for name in sorted(names, key=list(MEASURES).index):
            cells = "".join(_cell(figures.get(name, server.name), FORMATS[unit], 12) for server in servers)
            ratios = [figures.ratio(name, FAKE, server.name) for server in others]
            times = "".join(_cell(ratio, _digits(ratio), 14) for ratio in ratios)
            yield f"  {MEASURES[name][0]:<{WIDTH - 2}}{cells}{times}".rstrip()


def _limits(all_limits: list[Limit]) -> Iterator[str]:
    yield ""
    yield "Limits"
    for limit in all_limits:
        measured = _cell(limit.measured, _digits(limit.measured), 8)
        bound = f"{'at least' if limit.at_least else 'at most'} {limit.bound:,g} {limit.unit}".rstrip()
        yield f"  {limit.title:<60}{measured}   {bound:<26}{limit.verdict}"


def _digits(value: float | None) -> str:
    """Return the form that shows enough of a figure of any size, and no more."""
    return ",.0f" if value is None or value >= 100 else ".2f" if value >= 0.1 else ".4f"


def _cell(value: float | None, form: str, width: int) -> str:
    return f"{'–' if value is None else format(value, form):>{width}}"
