"""How the control plane says no."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.exchange import refused

if TYPE_CHECKING:
    from understudy.errors import Refusal
    from understudy.exchange import Answer

EXPOSED_HEADERS = ""
"""What scripts of a web page may read of an answer."""


def refuse(refusal: Refusal) -> Answer:
    """Return the answer that tells a client of a refusal."""
    return refused(refusal)
