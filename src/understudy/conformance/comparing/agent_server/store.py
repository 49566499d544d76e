"""Items of the store. Every namespace begins with labels of the run's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from understudy.conformance.comparing.agent_server.words import LIMITS, OFFSETS, WRONG_LIMITS, seldom, some
from understudy.conformance.comparing.sequences import Row
from understudy.conformance.comparing.steps import CHECK, EXAMPLE
from understudy.conformance.ledger import LABEL

if TYPE_CHECKING:
    from understudy.wire import Json

OWN = [f"{LABEL}-{CHECK}", EXAMPLE]

_NAMESPACES: st.SearchStrategy[Json] = seldom(
    st.sampled_from([[*OWN, "a.b"], [*OWN, ""], [*OWN, 7]]),
    st.sampled_from([[*OWN], [*OWN, "a"], [*OWN, "a", "b"], [*OWN, "é"]]),
)
_KEYS = seldom(st.sampled_from(["", 7]), st.sampled_from(["k", "l", "é"]))
_VALUES: st.SearchStrategy[Json] = seldom(
    st.sampled_from([None, [], "x"]), st.sampled_from([{}, {"n": 1}, {"n": 2, "t": "x"}, {"n": None}, {"d": {"e": 1}}])
)
_FILTERS: st.SearchStrategy[Json] = st.sampled_from(
    [{"n": 1}, {"n": {"$gt": 1}}, {"n": {"$ne": 1}}, {"t": "x"}, {"d": {"e": 1}}, {}]
)
# An operator that a server does not know may fail what others ask of the store at that moment: it is not tried.
_PAGE = {"limit": seldom(WRONG_LIMITS, LIMITS), "offset": OFFSETS}


def _query(labels: list[str], key: str) -> dict[str, str]:
    return {"namespace": ".".join(labels), "key": key}


ROWS = (
    Row(
        "PUT /store/items",
        8,
        lambda graph: st.fixed_dictionaries({"namespace": _NAMESPACES, "key": _KEYS, "value": _VALUES}),
    ),
    Row(
        "GET /store/items",
        5,
        query=st.builds(
            _query, st.sampled_from([[*OWN], [*OWN, "a"], [*OWN, "a", "b"]]), st.sampled_from(["k", "l", "nosuch"])
        ),
    ),
    Row(
        "POST /store/items/search",
        5,
        lambda graph: some({"namespace_prefix": _NAMESPACES}, filter=_FILTERS, **_PAGE),
    ),
    Row(
        "POST /store/namespaces",
        4,
        lambda graph: some(
            {"prefix": st.sampled_from([[*OWN], [*OWN, "a"], [*OWN, "*"]])},
            suffix=st.sampled_from([["a"], ["b"], ["*"]]),
            max_depth=st.sampled_from([2, 3, 4]),
            **_PAGE,
        ),
    ),
    Row(
        "DELETE /store/items",
        2,
        lambda graph: st.fixed_dictionaries({"namespace": _NAMESPACES, "key": _KEYS}),
    ),
)
