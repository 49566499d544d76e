"""The kinds of faults: what each can be told, and what it does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from understudy.server.faults import answers, streams
from understudy.server.faults.parameters import LONGEST, Parameter, anything, flag, headers, number, text, whole, word
from understudy.server.faults.sent import Sent
from understudy.server.faults.shot import Shot
from understudy.server.faults.streams import spoiled

if TYPE_CHECKING:
    from starlette.types import Receive

    from understudy.state.faults import Fault

    Instead: TypeAlias = Callable[[Shot, Receive], Awaitable[Sent | None]]
    Change: TypeAlias = Callable[[Shot, Sent], Sent]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fault. `instead` happens before an answer, and may be one; `change` is done to an answer.

    What happens instead does so before the request is carried out, or afterwards if it is told that.
    """

    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    instead: Instead | None = None
    change: Change | None = None
    of_streams: bool = False


def _instead(instead: Instead, **parameters: Parameter) -> Kind:
    return Kind(parameters, instead=instead)


def _of_streams(spoil: Callable[[Shot, streams.Pieces], streams.Pieces], **parameters: Parameter) -> Kind:
    return Kind(parameters, change=spoiled(spoil), of_streams=True)


def _garble(shot: Shot, sent: Sent) -> Sent:
    return (spoiled(streams.garble) if sent.is_stream else answers.garble)(shot, sent)


KINDS: dict[str, Kind] = {
    "status": _instead(
        answers.status,
        status=whole(500, least=200, most=599),
        body=anything(),
        headers=headers(),
        carried_out=flag(),
    ),
    "rate_limit": _instead(answers.rate_limit, retry_after=whole(1, most=10**6), **{"as": word("seconds", "date")}),
    "delay": _instead(
        answers.delay,
        seconds=number(1, most=LONGEST),
        jitter=number(0, most=LONGEST),
        carried_out=flag(),
    ),
    "disconnect": _instead(answers.disconnect, carried_out=flag(), reset=flag()),
    "truncate": Kind(
        {
            "bytes": whole(),
            "fraction": number(0.5, most=1),
            "content_length": word("cut", "whole"),
        },
        change=answers.truncate,
    ),
    "content_type": Kind({"media_type": text("text/html", like=r"[ -~]+")}, change=answers.content_type),
    "garble": Kind({"lacks": word("json", "utf-8"), "event": whole(1, least=1)}, change=_garble),
    "slow_start": _of_streams(streams.slow_start, seconds=number(1, most=LONGEST)),
    "end_stream": _of_streams(streams.end_stream, after=whole(1)),
    "drop_stream": _of_streams(streams.drop_stream, after=whole(1), reset=flag()),
    "delay_event": _of_streams(streams.delay_event, event=whole(1, least=1), seconds=number(1, most=LONGEST)),
    "duplicate_event": _of_streams(streams.duplicate_event, event=whole(1, least=1)),
    "reorder_events": _of_streams(streams.reorder_events, event=whole(1, least=1)),
    "event_ids": _of_streams(streams.event_ids, ids=word("empty", "repeated", "missing")),
    "comments": _of_streams(streams.comments, count=whole(1000, least=1, most=100_000), event=whole(least=1)),
    "half_character": _of_streams(
        streams.half_character,
        event=whole(1, least=1),
        rest=word("late", "never"),
        seconds=number(0.1, most=LONGEST),
    ),
    "split_chunks": _of_streams(streams.split_chunks, bytes=whole(1, least=1)),
}
"""All kinds by name, each with what it can be told."""


def acts_before(fault: Fault) -> bool:
    """Return whether a fault happens before its request is carried out."""
    return KINDS[fault.kind].instead is not None and not fault.parameters.get("carried_out", False)
