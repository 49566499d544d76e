"""What is left of an answer once all that no two servers share is taken out."""

from __future__ import annotations

import pytest

from understudy.conformance.comparing.canonical import Canonical


@pytest.mark.parametrize("one", ["1795", "17952", "179529999999"])
def test_a_time_that_a_text_ends_in_the_middle_of_is_any_time(one: str) -> None:
    texts = [f"{{'a': 17, '__request_start_time_ms__': {time}" for time in (one, "17953")]

    assert len({Canonical({}).copy(text) for text in texts}) == 1


def test_a_number_that_a_text_ends_with_is_kept() -> None:
    assert Canonical({}).copy("{'n': 17953") == "{'n': 17953"
