"""What to check, and how: what the command line says, in one value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

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
    headers: Mapping[str, str] = field(default_factory=dict)
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
    baseline: Path | None = None
    update_baseline: bool = False
    strict_baseline: bool = False
    reports: tuple[str, ...] = ()
    report_dir: Path | None = None

    def in_shard(self, at: int) -> bool:
        """Return whether the operation or law with this number belongs to what is checked here."""
        return self.shard is None or at % self.shard[1] == self.shard[0] - 1
