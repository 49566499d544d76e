"""What the README says is imitated, and what is not, is what the documents say."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from understudy.contract.documents import load_contract
from understudy.contract.operations import operations

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
CONTRACT = load_contract("agent-server")
OBSERVED = {str(operation): operation for operation in operations(CONTRACT.observed)}
PUBLISHED = [OBSERVED[str(operation)] for operation in operations(CONTRACT.published)]
NAMED = re.compile(r"`((?:GET|POST|PUT|PATCH|DELETE) /[^`]*)`")


def test_every_operation_that_is_not_played_is_named_once() -> None:
    missing = Counter(str(operation) for operation in PUBLISHED if operation.handler is None)

    assert Counter(NAMED.findall(README)) == missing


def test_the_numbers_of_operations_are_right() -> None:
    played = sum(operation.handler is not None for operation in PUBLISHED)

    assert f"Of the {len(PUBLISHED)} operations of its document these {played} are played" in README
    assert f"These {len(PUBLISHED) - played} are not played yet" in README


def test_the_sizes_of_the_groups_are_right() -> None:
    tags = {str(operation): tag for operation, tag in zip(PUBLISHED, _tags(), strict=True)}
    played = Counter(tags[str(operation)] for operation in PUBLISHED if operation.handler is not None)

    for tag, number in played.items():
        assert number == sum(each == tag for each in tags.values())
        assert f"| {tag} | all {number}:" in README


def _tags() -> list[str]:
    return [entry["tags"][0] for item in CONTRACT.published["paths"].values() for entry in item.values()]
