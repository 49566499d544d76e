"""Prepare a check: choose what of which document it is about, and find out what the deployment has to play with."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING
from uuid import uuid4

import schemathesis
from schemathesis.config import SchemathesisConfig

from understudy.conformance import apis
from understudy.conformance.asking import Unexamined
from understudy.conformance.baselines import find
from understudy.conformance.checking import CLEANING, Checkup
from understudy.conformance.configuration import configuration
from understudy.conformance.contracts import choose, unlink
from understudy.conformance.ledger import Ledger
from understudy.conformance.reaching import asking, reach, sanitization
from understudy.conformance.selection import excluded_from, generated_for, included_in, laws_for, leave_out
from understudy.conformance.settings import GENERATED
from understudy.contract.operations import operations
from understudy.errors import SetupError

if TYPE_CHECKING:
    from collections.abc import Mapping, Set
    from pathlib import Path

    from schemathesis.specs.openapi.schemas import OpenApiSchema

    from understudy.conformance.settings import Settings
    from understudy.conformance.stage import Stage
    from understudy.contract.operations import Operation
    from understudy.wire import JsonObject

FILES = {"junit": "junit.xml", "html": "html", "json": "check.json", "ndjson": "check.ndjson", "har": "check.har"}
"""The reports that Schemathesis writes, and their names in the folder of reports."""


_SHARE = 0.6

_HARMFUL = frozenset({"delete", "patch", "post", "put"})
"""Methods that change something where a server knows them, even if its document does not."""


def prepare(settings: Settings) -> Checkup:
    """Find out what is there, and what of it is to be checked.

    SetupError when the deployment cannot be reached, when there is no such document, and when nothing is left to check.
    """
    chosen = choose(settings)
    known = list(operations(chosen.document))
    included = included_in(settings, known)
    selected = generated_for(settings, included)
    excluded = excluded_from(settings, known)
    leave_out(chosen.document, excluded)
    laws = laws_for(settings, included)
    if not selected and not laws:
        if included and settings.shard is not None:
            raise SetupError(f"--shard: there is nothing to check in part {settings.shard[0]} of {settings.shard[1]}")
        raise SetupError("there is nothing to check: no operation is included that is not excluded as well")
    version = reach(settings)
    baseline = find(settings, version)
    ledger = Ledger(uuid4().hex[:12])
    stage = apis.of(settings.api).stage(ledger) if settings.read_only else _survey(settings, ledger)
    try:
        unselected = [each for each in known if str(each) not in selected]
        schema = _schema(settings, chosen.document, stage, baseline, unselected, excluded)
    except BaseException:
        _remove(settings, stage.ledger)
        raise
    return Checkup(settings, chosen, known, selected, laws, stage, schema, version)


def _schema(
    settings: Settings,
    document: JsonObject,
    stage: Stage,
    baseline: Path | None,
    unselected: list[Operation],
    excluded: list[Operation],
) -> OpenApiSchema:
    """Return the document as Schemathesis has it, with all that settings say."""
    told = {
        **configuration(settings, stage),
        "base-url": settings.url,
        "headers": spelt(settings.headers, document),
        "seed": settings.seed,
        "workers": settings.workers,
        "request-timeout": settings.timeout,
        "output": {"sanitization": sanitization(settings)},
        "reports": reports(settings),
        **({"rate-limit": settings.rate_limit} if settings.rate_limit else {}),
        **({"max-time": _time_to_make_up(settings)} if settings.max_time else {}),
        **({"baseline": str(baseline)} if baseline else {}),
    }
    told.setdefault("generation", {})["max-examples"] = settings.max_examples
    unlink(document, unselected)
    names = {str(each) for each in unselected}
    left_out = [str(each) for each in operations(document) if str(each) in names]
    if left_out:
        # Such a request is never sent, not even as a wrong method on a path.
        told["operations"].append({"include-name": left_out, "enabled": False})
    config = SchemathesisConfig.from_dict(told)
    for phase in GENERATED:
        config.projects.default.phases.get_by_name(name=phase).enabled = phase in settings.phases
    # A method that a document does not tell of (any more) may still be there, and delete something.
    harmful = {
        each.method.lower()
        for each in excluded
        if any(isinstance(it, dict) for it in document["paths"][each.path].values())
    }
    if settings.read_only or settings.spec is not None:
        harmful |= _HARMFUL
    _never_try(config, harmful)
    return schemathesis.openapi.from_dict(document, config=config)


def spelt(headers: Mapping[str, str], document: JsonObject) -> dict[str, str]:
    """Return headers with the names of credentials as a document spells them: by these Schemathesis knows them."""
    schemes = document.get("components", {}).get("securitySchemes", {}).values()
    names = [scheme["name"] if scheme.get("in") == "header" else "Authorization" for scheme in schemes]
    spelling = {name.lower(): name for name in names}
    return {spelling.get(name, name): value for name, value in headers.items()}


def _never_try(config: SchemathesisConfig, methods: Set[str]) -> None:
    """Let some methods not be tried as wrong ones."""
    project = config.projects.default
    for phases in (project.phases, *(each.phases for each in project.operations.operations)):
        phases.coverage.unexpected_methods = phases.coverage.unexpected_methods - methods


def _time_to_make_up(settings: Settings) -> int:
    """Return how much of the time goes to made-up requests: laws and streams come after them, and want theirs."""
    assert settings.max_time is not None
    both = any(phase not in GENERATED for phase in settings.phases)
    return max(1, round(settings.max_time * _SHARE)) if both else settings.max_time


def reports(settings: Settings) -> JsonObject:
    """Return which files Schemathesis is to write, as its configuration has it."""
    return {kind: {"path": str(settings.report_dir / FILES[kind])} for kind in settings.reports if kind in FILES}


def _survey(settings: Settings, ledger: Ledger) -> Stage:
    """Return what a deployment has to play with. What was made for it is removed if it comes to nothing."""
    api = apis.of(settings.api)
    try:
        return api.survey(asking(settings, "survey"), ledger, settings.graph_ids)
    except BaseException as reason:
        _remove(settings, ledger)
        if isinstance(reason, Unexamined):
            raise SetupError(f"{settings.url} is no {api.noun}: {reason}") from None
        raise


def _remove(settings: Settings, ledger: Ledger) -> None:
    """Remove what was made for a check that is not to be."""
    if not ledger.is_empty():
        with suppress(Unexamined):
            for _ in apis.of(settings.api).clean(asking(settings, CLEANING), ledger):
                pass
