"""Holding any server to its contract, by its address alone.

What is named here is for suites of one's own (see `understudy.conformance.suites`). It is imported when it is first
asked for: command lines, which import this package as well, are to start at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from understudy.conformance.suites import Deployment, law_names, operation_names, serving

__all__ = ["Deployment", "law_names", "operation_names", "serving"]


def __getattr__(name: str) -> Any:
    """Return what is named in `__all__`."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from understudy.conformance import suites

    return getattr(suites, name)


def __dir__() -> list[str]:
    """Return what there is, also of what was not asked for yet."""
    return sorted({*globals(), *__all__})
