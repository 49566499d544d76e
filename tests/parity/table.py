"""All sequences, by group; a group is a module of `sequences`."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from tests.parity.sequence import Sequence

GROUPS: dict[str, tuple[Sequence, ...]] = {
    path.stem: tuple(import_module(f"tests.parity.sequences.{path.stem}").SEQUENCES)
    for path in sorted((Path(__file__).parent / "sequences").glob("*.py"))
}


def chosen(names: list[str]) -> dict[str, tuple[Sequence, ...]]:
    """The groups of these names, and the sequences that have one of them in theirs; all without names.

    Raises ValueError if a name means nothing.
    """
    found = {
        group: tuple(
            sequence for sequence in sequences if not names or group in names or any(n in sequence.name for n in names)
        )
        for group, sequences in GROUPS.items()
    }
    for name in names:
        if name not in GROUPS and not any(name in sequence.name for each in found.values() for sequence in each):
            raise ValueError(f"no group or sequence is called {name!r}; the groups are {', '.join(GROUPS)}")
    return {group: sequences for group, sequences in found.items() if sequences}
