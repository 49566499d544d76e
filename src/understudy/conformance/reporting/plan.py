"""What a check would do, without doing any of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.conformance import apis
from understudy.conformance.contracts import choose
from understudy.conformance.selection import generated_for, included_in, laws_for
from understudy.conformance.settings import GENERATED
from understudy.contract.operations import operations

if TYPE_CHECKING:
    from understudy.conformance.settings import Settings


def show(settings: Settings) -> int:
    """Print what would be sent, and return 0. The deployment is not asked for anything."""
    chosen = choose(settings)
    api = apis.of(settings.api)
    included = included_in(settings, list(operations(chosen.document)))
    generated, laws = generated_for(settings, included), laws_for(settings, included)
    phases = ", ".join(phase for phase in GENERATED if phase in settings.phases)
    print(f"{settings.url} would be held to {chosen.name}, seed {settings.seed}. Nothing was sent.")
    if generated:
        print(
            f"\n{len(generated)} operations, {phases}, up to {settings.max_examples} made-up requests each in a phase:"
        )
    for name in generated:
        print(f"  {'reads ' if api.reads(name) else 'writes'}  {name}")
    if laws:
        print(f"\n{len(laws)} laws, up to {settings.max_examples} examples each:")
    for law in laws:
        print(f"  {law.name}: {law.sentence}")
        print(f"      {', '.join(law.operations)}")
    if not settings.read_only:
        print(f"\nBefore: {api.beginning}. After: everything that was made is removed.")
    return 0
