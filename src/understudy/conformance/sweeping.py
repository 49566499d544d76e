"""Remove what checks have left behind that were killed before they could do it themselves."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from understudy.conformance import apis
from understudy.conformance.reaching import asking, reach

if TYPE_CHECKING:
    from understudy.conformance.settings import Settings


def sweep(settings: Settings) -> int:
    """Remove everything that carries the mark of a check, tell what it was, and return 1 if something is left."""
    reach(settings)
    removed, left = dict[str, int](), list[str]()
    for kind, _, leak in apis.of(settings.api).sweep(asking(settings, "sweep")):
        if leak is None:
            removed[kind] = removed.get(kind, 0) + 1
        else:
            left.append(str(leak))
    told = ", ".join(f"{count:,} {kind}" for kind, count in removed.items()) or "nothing: no check has left anything"
    print(f"removed from {settings.url}: {told}")
    for each in left:
        print(f"understudy: {each}", file=sys.stderr)
    return 1 if left else 0
