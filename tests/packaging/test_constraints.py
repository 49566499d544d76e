"""The pins are plain, whole, and what the tests run with."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from importlib.metadata import distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.packaging.tree import ROOT

LINES = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if not line.startswith("#")]

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())

ASKED = [
    Requirement(text)
    for text in (
        *PROJECT["project"]["dependencies"],
        *PROJECT["project"]["optional-dependencies"]["dev"],
        *PROJECT["build-system"]["requires"],
    )
]

PINS = {canonicalize_name(pin.name): pin for pin in map(Requirement, LINES)}


def test_a_pin_is_one_exact_version_and_no_address() -> None:
    plain = re.compile(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+( ?;.+)?")

    assert [line for line in LINES if not plain.fullmatch(line)] == []


def test_everything_that_the_project_asks_for_is_pinned_within_its_bounds() -> None:
    for requirement in ASKED:
        pin = PINS[canonicalize_name(requirement.name)]
        (exact,) = pin.specifier
        assert requirement.specifier.contains(exact.version), f"{requirement} does not allow {pin}"


def test_everything_needed_is_pinned_and_here_in_that_version() -> None:
    here = {name: distribution(name).version for name in _needed(ASKED)}

    assert sorted(here.keys() - PINS.keys()) == []
    assert [f"{pin}, not {here[name]}" for name, pin in PINS.items() if _differs(pin, here.get(name))] == []


def _needed(asked: Iterable[Requirement]) -> set[str]:
    """Return the names of all distributions that these requirements lead to on this Python."""
    seen: set[tuple[str, str]] = set()
    waiting = list(asked)
    while waiting:
        requirement = waiting.pop()
        for extra in {"", *requirement.extras}:
            if (requirement.name, extra) not in seen:
                seen.add((requirement.name, extra))
                further = map(Requirement, distribution(requirement.name).requires or [])
                waiting += [need for need in further if need.marker is None or need.marker.evaluate({"extra": extra})]
    return {canonicalize_name(name) for name, _ in seen}


def _differs(pin: Requirement, version: str | None) -> bool:
    return version is not None and not pin.specifier.contains(version)
