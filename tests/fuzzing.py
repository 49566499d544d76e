"""Documents of ours from which requests are made up, and what any answer is held to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import schemathesis
import yaml
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

if TYPE_CHECKING:
    from schemathesis.specs.openapi.schemas import OpenApiSchema

SPECS = Path(__file__).parents[1] / "specs"

# That nothing is refused which fits a document is not promised: an id may be unknown, a name taken.
HELD = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


def schema(name: str) -> OpenApiSchema:
    """Return what makes up requests by one of our documents."""
    return schemathesis.openapi.from_dict(yaml.safe_load((SPECS / f"{name}.yaml").read_text()))
