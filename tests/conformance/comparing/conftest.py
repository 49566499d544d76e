"""Two fakes for all tests of this folder, each with a new world of the scenario `reference` for every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conformance.comparing.servers import Fake


@pytest.fixture(scope="session")
def running() -> Iterator[tuple[Fake, Fake]]:
    fakes = Fake(), Fake()
    yield fakes
    for fake in fakes:
        fake.close()


@pytest.fixture
def fakes(running: tuple[Fake, Fake]) -> tuple[Fake, Fake]:
    for fake in running:
        fake.play("reference")
    return running
