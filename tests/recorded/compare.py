"""Whether a server answers what was recorded, up to what no two servers share."""

from __future__ import annotations

from collections.abc import Iterator

from tests.recorded.exchange import Json
from understudy.conformance.comparing import differences as places
from understudy.conformance.comparing.differences import ABSENT, Difference, Twins

NOT_KEPT = "<not kept>"  # in a recording: something was here, and what it was is no evidence


def differences(recorded: Json, live: Json, twins: Twins) -> Iterator[Difference]:
    """Every place where `live` does not say what `recorded` says; pairs the ids it meets on the way."""
    return places.differences(recorded, live, twins, alike=lambda said, told: said == NOT_KEPT and told is not ABSENT)
