"""What an operation on something that is there needs, and whether it ends it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Place:
    """What the parameters of a path name, and whether the operation ends it."""

    kind: str
    ends: bool = False


def place(operation: str, by_parameter: Mapping[str, str], known: Mapping[str, Place]) -> Place | None:
    """Return what an operation, as in `GET /threads`, is about; None where no parameter of its path names something.

    Of several parameters the first one of `by_parameter` tells the kind. `known` says it of operations otherwise.
    """
    kind = next((kind for parameter, kind in by_parameter.items() if parameter in operation), None)
    return known.get(operation) or (Place(kind, ends=operation.startswith("DELETE ")) if kind else None)
