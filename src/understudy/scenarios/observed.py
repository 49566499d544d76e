"""Rows held to the observed document of their API: a scenario tells nothing that the API could not answer."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from understudy.contract.documents import load_contract
from understudy.contract.validators import Schema
from understudy.paths import shortened

if TYPE_CHECKING:
    from understudy.paths import Path
    from understudy.wire import Json


def faults(kind: str, row: Json, api: str = "agent-server") -> list[tuple[Path, str]]:
    """Return what is wrong with a row by the document's schema `kind`: where in the row, and what."""
    schema = _schema(api, kind)
    if schema.fits(row):
        return []
    from jsonschema import Draft202012Validator

    observed = load_contract(api).observed
    whole = {"$ref": f"#/components/schemas/{kind}", "components": observed["components"]}
    return [
        (tuple(error.absolute_path), f"not as the document has it: {shortened(error.message)}")
        for error in Draft202012Validator(whole).iter_errors(row)
    ]


@cache
def _schema(api: str, kind: str) -> Schema:
    observed = load_contract(api).observed
    return Schema(observed, {"$ref": f"#/components/schemas/{kind}"})
