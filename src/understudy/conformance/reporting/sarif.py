"""What a check found as SARIF 2.1.0, which code hosts and editors show at the line of the document."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from understudy import __version__
from understudy.conformance.laws.law import Broken

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from understudy.conformance.checking import Checkup
    from understudy.conformance.findings import Cause, Findings
    from understudy.conformance.reporting.verdict import Verdict
    from understudy.wire import Json, JsonObject

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "note"}
"""What SARIF calls the severities of Schemathesis."""


def render(checkup: Checkup, findings: Findings, verdict: Verdict, counts: str, links: Mapping[str, str]) -> str:
    """Return the text of a SARIF file: a rule per check and per law, a result per cause, known ones as suppressed."""
    causes = [*findings.news, *findings.known]
    laws = {trial.law.name: trial.law for trial in checkup.trials}
    rules: list[JsonObject] = [
        {
            "id": name,
            "shortDescription": {"text": law.sentence},
            "help": {"text": f"Section {law.section} of the contract."},
            "properties": {"tags": ["law"]},
        }
        for name, law in sorted(laws.items())
    ]
    kinds = {cause.check: cause for cause in reversed(causes) if cause.check not in laws}
    rules += [
        {"id": name, "shortDescription": {"text": cause.failure.kind_title}, "properties": {"tags": ["check"]}}
        for name, cause in sorted(kinds.items())
    ]
    places = {str(rule["id"]): at for at, rule in enumerate(rules)}
    unexamined = [
        {
            "level": "note",
            "message": {"text": f"The law {trial.law.name} could not be examined: {trial.unexamined}"},
            "associatedRule": {"id": trial.law.name, "index": places[trial.law.name]},
        }
        for trial in checkup.trials
        if trial.unexamined and not trial.broken
    ]
    errors = [
        {"level": "error", "message": {"text": f"{label}: {title}: {message}"}}
        for (label, title), message in findings.errors.items()
    ]
    run: JsonObject = {
        "tool": {"driver": {"name": "understudy check", "semanticVersion": __version__, "rules": rules}},
        "automationDetails": {"id": f"understudy/{checkup.settings.api}/{checkup.settings.contract}"},
        "invocations": [
            {
                "executionSuccessful": verdict.status in (0, 1),
                "exitCode": verdict.status,
                "exitCodeDescription": verdict.sentence,
                "toolExecutionNotifications": [*errors, *unexamined],
            }
        ],
        "columnKind": "unicodeCodePoints",
        "properties": {"counts": counts, "url": checkup.settings.url, "seed": checkup.settings.seed},
        "results": list(_results(causes, places)),
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _results(causes: Iterable[Cause], places: Mapping[str, int]) -> Iterable[JsonObject]:
    for cause in causes:
        result: JsonObject = {
            "ruleId": cause.check,
            "ruleIndex": places[cause.check],
            "level": _LEVELS[cause.failure.severity.value],
            "message": {"text": _message(cause)},
            "locations": [_location(cause)],
            "partialFingerprints": {
                "understudyIdentity/v1": hashlib.sha256("\0".join(cause.identity).encode()).hexdigest()
            },
            "occurrenceCount": cause.times,
            "properties": {"curls": list(cause.curls), "status": cause.status, "answer": cause.answer},
        }
        if cause.known is not None:
            numbers = " ".join(cause.deviations)
            why = f"Known from the baseline{f' as {numbers}' if numbers else ''}."
            suppression: Json = {"kind": "external", "status": "accepted", "justification": why}
            result["suppressions"] = [suppression]
            result["properties"]["deviations"] = list(cause.deviations)
        yield result


def _message(cause: Cause) -> str:
    what = f"{cause.failure.operation}: {cause.failure.title}"
    law = f" (law {cause.check})" if isinstance(cause.failure, Broken) else ""
    answered = f"\n\nAnswered {cause.status}." if cause.status is not None else ""
    steps = "\n".join(f"$ {curl}" for curl in cause.curls)
    words = f"\n\n{cause.failure.message.strip()}" if cause.failure.message.strip() else ""
    return f"{what}{law}{words}{answered}\n\n{steps}".rstrip()


def _location(cause: Cause) -> JsonObject:
    operation: Json = [{"fullyQualifiedName": cause.failure.operation or "", "kind": "function"}]
    file, colon, line = (cause.line or "").rpartition(":")
    if not colon:
        return {"logicalLocations": operation}
    place: Json = {"artifactLocation": {"uri": file}, "region": {"startLine": int(line)}}
    return {"physicalLocation": place, "logicalLocations": operation}
