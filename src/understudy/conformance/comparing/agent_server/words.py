"""What requests to several resources say alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from hypothesis import strategies as st

from understudy.conformance.comparing.steps import CHECK, EXAMPLE
from understudy.conformance.ledger import MARK

if TYPE_CHECKING:
    from understudy.wire import Json, JsonObject

MARKED = {MARK: CHECK, "understudy_example": EXAMPLE}
"""What the metadata of all that is made say; searches and counts are restricted to it."""

SMALL: st.SearchStrategy[JsonObject] = st.sampled_from(
    [{}, {"a": 1}, {"a": 2, "b": None}, {"b": {"c": [1, 2]}}, {"b": {"d": True}}, {"a": "1", "é": ["x"]}]
)
"""Metadata, some of which contain others."""

METADATA: st.SearchStrategy[JsonObject] = st.builds(
    lambda more: {**MARKED, **more}, st.one_of(st.just(dict[str, Any]()), SMALL)
)

LIMITS = st.sampled_from([10, 1, 2, 3, 1000])
OFFSETS = st.sampled_from([0, 1, 2, 5])
ORDERS = st.sampled_from(["asc", "desc"])
WRONG_LIMITS: st.SearchStrategy[Json] = st.sampled_from([0, -1, 1001, "2", None, 2.0])
CONFIGS: st.SearchStrategy[JsonObject] = st.sampled_from(
    [
        {},
        {"tags": ["t"]},
        {"recursion_limit": 5},
        {"recursion_limit": 1},
        {"configurable": {"k": 1}},
        {"metadata": {"m": 1}},
    ]
)
CONTEXTS: st.SearchStrategy[JsonObject] = st.sampled_from([{}, {"color": "red"}, {"k": 2}])


Values: TypeAlias = st.SearchStrategy[Any]


def seldom(
    wrong: st.SearchStrategy[Json], usual: st.SearchStrategy[Json], *, one_in: int = 12
) -> st.SearchStrategy[Json]:
    """Return a strategy of usual values, with a wrong one now and then."""
    return st.integers(0, one_in - 1).flatmap(lambda at: wrong if at == one_in - 1 else usual)


def some(
    required: dict[str, st.SearchStrategy[Json]], **optional: st.SearchStrategy[Json]
) -> st.SearchStrategy[JsonObject]:
    """Return a strategy of bodies with the required members and few of the others."""
    names = sorted(optional)
    few = st.lists(st.sampled_from(names), max_size=3, unique=True) if names else st.just([])
    return few.flatmap(lambda chosen: st.fixed_dictionaries({**required, **{name: optional[name] for name in chosen}}))


def found(*, limits: bool = True, **filters: st.SearchStrategy[Json]) -> st.SearchStrategy[JsonObject]:
    """Return a strategy of bodies of searches that find nothing but what carries the mark."""
    first: dict[str, Values] = {"metadata": seldom(METADATA, st.just(MARKED), one_in=3)}
    if not limits:
        return some(first, **filters)
    limit = seldom(WRONG_LIMITS, LIMITS)
    paged = some({**first, "limit": limit}, offset=OFFSETS, **filters)
    return st.one_of(paged, some({**first}, offset=OFFSETS, **filters))


def columns(*names: str) -> st.SearchStrategy[Json]:
    """Return a strategy of selections of columns."""
    return seldom(st.just(["bogus"]), st.lists(st.sampled_from(names), max_size=3, unique=True))
