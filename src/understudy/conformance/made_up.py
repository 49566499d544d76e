"""What a made-up request tells of itself: whether its ids are left to us, and a number that looks like chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias
from zlib import crc32

from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation import GenerationMode
from schemathesis.generation.meta import TestPhase

if TYPE_CHECKING:
    import schemathesis
    from schemathesis.generation.meta import CaseMetadata

Case: TypeAlias = "schemathesis.Case[Any]"


def chance(value: object) -> int:
    """Return a number that looks like chance and is the same for the same request."""
    return crc32(repr(value).encode())


def is_linked(meta: CaseMetadata) -> bool:
    """Return whether a request takes its ids from answers to others."""
    return meta.phase.name == TestPhase.STATEFUL


def has_right_path(meta: CaseMetadata) -> bool:
    """Return whether nothing is wrong with the path of a request on purpose."""
    return _is_right(meta, ParameterLocation.PATH)


def has_right_query(meta: CaseMetadata) -> bool:
    """Return whether nothing is wrong with the query of a request on purpose."""
    return _is_right(meta, ParameterLocation.QUERY)


def _is_right(meta: CaseMetadata, part: ParameterLocation) -> bool:
    told = meta.components.get(part)
    return told is not None and told.mode == GenerationMode.POSITIVE


def is_left_to_us(meta: CaseMetadata, number: int) -> bool:
    """Return whether the ids of a request are made up, and better replaced by some that there are."""
    return not is_linked(meta) and number % 4 != 0 and has_right_path(meta)
