"""What goes wrong with single answers, and with what is to be removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.conformance.broken.changes import answers, asks
from tests.conformance.broken.fault import Fault
from tests.conformance.broken.proxy import Told
from tests.conformance.computer_agents.broken.changes import does_nothing
from understudy.conformance.laws.computer_agents.platform import COPY, CREATE, DELETE, GET_COMPUTER, LIST, NEW_COMPUTER

if TYPE_CHECKING:
    from tests.conformance.broken.proxy import Asked


async def fails_on_no_time(asked: Asked) -> Told:
    odd = not asked.query.get("createdAfter", "2")[:1].isdigit()
    return Told(500, b'{"error":"Internal Server Error","message":"boom"}') if odd else await asked.told()


async def lets_anybody_in(asked: Asked) -> Told:
    return await asked.told(headers={**asked.headers, "authorization": "Bearer tb_test"})


def only_known(body: Any) -> Any:
    known = ("title", "truncateAtMessageIndex", "environmentTarget", "environmentName", "fileCopyMode")
    return {name: value for name, value in body.items() if name in known} if isinstance(body, dict) else body


FAULTS = (
    Fault("fails-on-no-time", "What is no time is a 500.", "not_a_server_error", {LIST: fails_on_no_time}, LIST),
    Fault(
        "no-envelope",
        "A list of threads has no total_count.",
        "response_schema_conformance",
        {LIST: answers(lambda told: {"object": "list", "data": told["data"], "has_more": False})},
        LIST,
    ),
    Fault(
        "accepted",
        "A new computer is a 202.",
        "status_code_conformance",
        {NEW_COMPUTER: does_nothing(202, environment={})},
        NEW_COMPUTER,
    ),
    Fault(
        "takes-anything",
        "A copy takes members that nobody knows.",
        "negative_data_rejection",
        {COPY: asks(only_known)},
        COPY,
    ),
    Fault("no-key", "Nobody needs a key.", "ignored_auth", {GET_COMPUTER: lets_anybody_in}, GET_COMPUTER),
)

LEAKS = (Fault("cannot-delete", "Threads cannot be deleted.", "leaves_nothing", {DELETE: does_nothing(503)}, CREATE),)
"""Faults that leave something behind."""
