"""`understudy drift`: the document that a deployment serves, against the one that is bundled."""

from __future__ import annotations

import argparse
import sys
from typing import Any

_EXAMPLES = """\
examples:
  understudy drift http://127.0.0.1:2024         what its document has that ours has not
  understudy drift https://my.example --api-key K --breaking-only
                                                 for CI: fails only where clients would break
  understudy drift https://my.example --spec https://other.example/openapi.json
                                                 two deployments, or two versions of one
  understudy drift openapi.json --ignore 'GET /metrics*' --format json
                                                 a file; without what is known; for programs

Exit status 0: no difference (--breaking-only: none that breaks clients), 1: differences, 2: could not compare.
"""


def add(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command to those of the command line."""
    drift = commands.add_parser(
        "drift",
        help="compare the document that a deployment serves with the bundled one",
        description=(
            "Compare the OpenAPI document that a deployment serves with the bundled contract: operations, parameters, "
            "bodies, answers and schemas, and whether a difference breaks clients written by the contract."
        ),
        epilog=_EXAMPLES,
    )
    drift.add_argument(
        "url",
        metavar="URL",
        help="base address, below which /openapi.json is fetched; or a document: a file, an address in .json or .yaml",
    )
    drift.add_argument("--api", default="agent-server", help="the API that is deployed (default: agent-server)")
    drift.add_argument(
        "--contract",
        default="published",
        choices=("published", "observed"),
        help="what its vendor promises (default), or what understudy serves: the same with corrections",
    )
    drift.add_argument("--spec", metavar="FILE|URL", help="compare with another document instead of a bundled one")
    drift.add_argument(
        "--header",
        dest="headers",
        metavar="NAME:VALUE",
        action="append",
        default=[],
        help="send this to URL; may be given several times",
    )
    drift.add_argument(
        "--api-key", metavar="KEY", help="send this to URL as the API wants it: as x-api-key, or after Bearer"
    )
    drift.add_argument("--format", default="text", choices=("text", "json"), help="for people (default) or programs")
    drift.add_argument("--breaking-only", action="store_true", help="tell only what breaks clients")
    drift.add_argument(
        "--ignore",
        metavar="PATTERN",
        action="append",
        default=[],
        help="leave aside what differs at such places, or in such operations (* and ?); may be given several times",
    )
    drift.set_defaults(run=run, parser=drift)


def run(options: argparse.Namespace) -> int:
    """Compare and print. Return 0 without differences, 1 with some. SetupError when there is nothing to compare."""
    from understudy.conformance.documents import bundled, fetched
    from understudy.conformance.drift import as_json, as_text, drift, unmatched
    from understudy.credentials import headers

    credentials = headers(options.headers, options.api_key, api=options.api)
    ours = fetched(options.spec) if options.spec else bundled(options.api, options.contract)
    found = drift(
        ours, fetched(options.url, credentials), own_to=None if options.spec else options.api, ignore=options.ignore
    )
    for pattern in unmatched(found, options.ignore):
        print(f'understudy: --ignore "{pattern}" fits no difference', file=sys.stderr)
    render = as_json if options.format == "json" else as_text
    print(render(found, breaking_only=options.breaking_only))
    return int(bool(found.breaking if options.breaking_only else found.differences))
