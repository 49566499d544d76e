"""Whatever is sent to the control plane, it keeps its document: no 5xx, no hang, nothing undocumented."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.conftest import Server
from tests.fuzzing import HELD, schema
from understudy.config import Settings

SCHEMA = schema("control")


@pytest.fixture(scope="module")
def steered() -> Iterator[Server]:
    with closing(Server(Settings(strict=True))) as server:
        server.play("demo")
        yield server


@SCHEMA.parametrize()
@settings(max_examples=40, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck), database=None)
def test_an_operation_keeps_its_document(case: Any, steered: Server) -> None:
    answer = case.call(base_url=steered.url, timeout=20)

    case.validate_response(answer, checks=HELD)
