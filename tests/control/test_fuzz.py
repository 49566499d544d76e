"""Whatever is sent to the control plane, it keeps its document: no 5xx, no hang, nothing undocumented."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, settings
from schemathesis.checks import CHECKS

from tests.conftest import Server
from understudy.config import Settings

ROOT = Path(__file__).parents[2]
DOCUMENT = yaml.safe_load((ROOT / "specs" / "control.yaml").read_text())

SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)

# What any answer is held to; that nothing is refused which fits the document is not promised: a name may be taken.
HELD = [
    CHECKS.get_one(name)
    for name in (
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_schema_conformance",
    )
]


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
