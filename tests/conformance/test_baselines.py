"""Baselines that ship: each entry means something, and the right one is found."""

from __future__ import annotations

import re
from importlib import import_module
from importlib.resources import files
from pathlib import Path

import pytest
import yaml
from schemathesis.baseline import Baseline
from schemathesis.checks import CHECKS

from understudy.conformance.baselines import find, shipped
from understudy.conformance.laws.all import LAWS
from understudy.conformance.settings import Settings
from understudy.contract.documents import load_contract
from understudy.contract.operations import operations
from understudy.errors import SetupError

API, NAME = "agent-server", "langgraph-api-0.16.7"

UNSEEN = {"D41"}
"""Deviations that need a graph which the reference server of our tests has not: one whose context is a TypedDict."""


@pytest.fixture(scope="module")
def baseline() -> Baseline:
    return Baseline.load(Path(str(shipped(API)[NAME])))


def settings(**more: object) -> Settings:
    return Settings(url="http://127.0.0.1:1", **{"baseline": "auto", **more})  # type: ignore[arg-type]


def test_entries_name_operations_and_checks_that_there_are(baseline: Baseline) -> None:
    import_module("schemathesis.specs.openapi.checks")  # makes itself known to CHECKS
    known = {str(each) for each in operations(load_contract(API).published)}
    checks = {*CHECKS.get_all_names(), *(law.name for law in LAWS[API])}

    assert {entry.operation for entry in baseline.entries} <= known
    assert {entry.check for entry in baseline.entries} <= checks


def test_no_entry_is_there_twice(baseline: Baseline) -> None:
    identities = [entry.identity for entry in baseline.entries]

    assert len(identities) == len(set(identities))


def test_every_entry_has_a_number_and_a_reason(baseline: Baseline) -> None:
    for entry in baseline.entries:
        assert entry.extra["reason"]
        assert all(re.fullmatch(r"[DB]\d+", number) for number in entry.extra["deviations"])
        assert all(re.compile(sign) for sign in entry.extra["deviations"].values())


def test_every_deviation_of_the_overlay_is_known_but_what_cannot_be_seen(baseline: Baseline) -> None:
    overlay = yaml.safe_load((files("understudy.specs") / f"{API}.overlay.yaml").read_text(encoding="utf-8"))
    described = {found for action in overlay["actions"] for found in re.findall(r"^D\d+", action["description"])}
    numbers = described | {each["number"] for each in overlay["x-not-expressible"]}

    told = {number for entry in baseline.entries for number in entry.extra["deviations"]}
    assert {number for number in told if number.startswith("D")} == numbers - UNSEEN


def test_the_baseline_is_found_by_the_version_of_the_deployment() -> None:
    found = find(settings(), "0.16.7")

    assert found is not None
    assert found.stem == NAME
    assert find(settings(), "0.99.0") is None
    assert find(settings(), None) is None


def test_what_ships_is_known_of_the_published_document_only() -> None:
    assert find(settings(contract="observed"), "0.16.7") is None
    assert find(settings(spec="mine.yaml"), "0.16.7") is None
    assert find(settings(baseline="none"), "0.16.7") is None
    assert find(settings(baseline=NAME, contract="observed"), None) is not None


def test_a_baseline_that_is_not_there_is_told_with_the_nearest_name(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=f'Did you mean "{NAME}"'):
        find(settings(baseline="langgraph-api-0.16"), None)

    mine = tmp_path / "mine.json"
    assert find(settings(baseline=str(mine), update_baseline=True), None) == mine
