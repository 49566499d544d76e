"""Everything that the README tells its reader to type works, and prints what the README says."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.packaging import readme
from tests.packaging.tree import ROOT

PROJECT = readme.Project(
    root=ROOT,
    command=(str(Path(sys.executable).with_name("understudy")),),
    makefile=(ROOT / "Makefile").read_text(),
)

BLOCKS = readme.blocks((ROOT / "README.md").read_text())


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_a_block_works_as_it_stands(block: readme.Block, tmp_path: Path) -> None:
    readme.run(block, PROJECT, tmp_path)


def test_it_shows_the_two_commands() -> None:
    shown = [words[:2] for block in BLOCKS if block.language == "sh" for words in readme.commands(block)]

    assert ["make", "serve"] in shown
    assert ["make", "test"] in shown


def test_it_shows_an_example_with_the_real_sdk_and_what_it_prints() -> None:
    assert any(
        block.language == "python"
        and "langgraph_sdk" in block.text
        and readme.SERVER in block.text
        and block.output is not None
        for block in BLOCKS
    )
