"""What to check, and how: what the command line says, in one value."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from understudy.contract.documents import load_contract
from understudy.credentials import address, headers
from understudy.errors import SetupError, did_you_mean

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

Contract: TypeAlias = Literal["published", "observed"]
"""Which of the bundled documents: what the vendor promises, or what its server really does."""

GENERATED = ("examples", "coverage", "fuzzing", "stateful")
"""The phases that Schemathesis carries out."""

PHASES = (*GENERATED, "laws", "streams")
"""All phases of a check, in their order."""

REPORTS = ("junit", "html", "json", "ndjson", "har", "sarif")
"""The files that can be written about a check."""

FILTERS = ("tag", "operation", "path")
"""By what operations are included and excluded; an operation is named by its id or as in `POST /threads`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How to check a deployment. Times are in seconds."""

    url: str
    api: str = "agent-server"
    contract: Contract = "published"
    spec: str | None = None
    """A document of one's own in place of the bundled one: a file or a URL."""
    phases: tuple[str, ...] = PHASES
    include: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    exclude: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    graph_ids: tuple[str, ...] = ()
    """The graphs to run; empty for all that the deployment has."""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What is sent along with each request; never shown."""
    max_examples: int = 20
    """How many requests are made up for each operation, and how many examples for each law."""
    max_time: int | None = None
    rate_limit: str | None = None
    """As in `100/m`."""
    workers: int = 1
    seed: int = 1
    shard: tuple[int, int] | None = None
    """Which part of the operations and laws, of how many: (2, 5)."""
    read_only: bool = False
    timeout: float = 20
    baseline: str = "none"
    """The path of a file, the name of one that ships, `auto` or `none`."""
    update_baseline: bool = False
    strict_baseline: bool = False
    reports: tuple[str, ...] = ()
    report_dir: Path = Path("understudy-report")

    def in_shard(self, at: int) -> bool:
        """Return whether the operation or law with this number belongs to what is checked here."""
        return self.shard is None or at % self.shard[1] == self.shard[0] - 1


def read(options: argparse.Namespace) -> Settings:
    """Return what a command line says. SetupError names an option, its value, and what would be right."""
    url, credentials = address(options.url)
    return Settings(
        url=base_address(url, options.api),
        api=options.api,
        contract=options.contract,
        spec=options.spec,
        phases=_several("--phases", options.phases, PHASES) or PHASES,
        include=_filters(options, "include"),
        exclude=_filters(options, "exclude"),
        graph_ids=tuple(options.graph_id),
        headers={**credentials, **headers(options.header, options.api_key, api=options.api)},
        max_examples=_number("--max-examples", options.max_examples, 20),
        max_time=_number("--max-time", options.max_time, 0) or None,
        rate_limit=_rate(options.rate_limit),
        workers=_number("--workers", options.workers, 1),
        seed=_number("--seed", options.seed, 1, least=0),
        shard=_shard(options.shard),
        read_only=options.read_only,
        timeout=_number("--timeout", options.timeout, 20),
        baseline=options.baseline,
        update_baseline=options.update_baseline,
        strict_baseline=options.strict_baseline,
        reports=_several("--report", options.report, REPORTS),
        report_dir=Path(options.report_dir or "understudy-report"),
    )


def base_address(url: str, api: str) -> str:
    """Return an address without what the paths of the API begin with anyway, as in `https://HOST/v1`."""
    return url.removesuffix(load_contract(api).observed.get("x-optional-prefix", ""))


def _filters(options: argparse.Namespace, mode: str) -> dict[str, tuple[str, ...]]:
    told = {kind: tuple(getattr(options, f"{mode}_{kind}")) for kind in FILTERS}
    return {kind: values for kind, values in told.items() if values}


def _several(option: str, text: str | None, known: tuple[str, ...]) -> tuple[str, ...]:
    told = tuple(part.strip() for part in (text or "").split(",") if part.strip())
    for part in told:
        if part not in known:
            raise SetupError(f'{option}: there is no "{part}".{did_you_mean(part, known)}')
    return tuple(each for each in known if each in told)


def _number(option: str, text: str | None, default: int, *, least: int = 1) -> int:
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or int(text) < least:
        raise SetupError(f'{option} is a whole number, at least {least}, not "{text}"')
    return int(text)


def _rate(text: str | None) -> str | None:
    if text is None:
        return None
    number, slash, unit = text.partition("/")
    if not slash or not number.isdigit() or not int(number) or unit not in ("s", "m", "h", "d"):
        raise SetupError(f'--rate-limit is written as in 100/m (s, m, h or d), not "{text}"')
    return text


def _shard(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    part, slash, whole = text.partition("/")
    if not slash or not part.isdigit() or not whole.isdigit() or not 1 <= int(part) <= int(whole):
        raise SetupError(f'--shard is written as in 2/5, the second of five parts, not "{text}"')
    return int(part), int(whole)
