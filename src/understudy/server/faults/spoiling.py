"""The faults of one request, from the moment its operation is known until its answer is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.server.faults.kinds import KINDS, acts_before
from understudy.server.faults.reading import of_header
from understudy.server.faults.shot import Shot
from understudy.state.faults import Rule, When

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import Receive

    from understudy.contract.operations import Operation
    from understudy.server.faults.sent import Sent
    from understudy.server.faults.shot import Failure
    from understudy.server.visits import Visit


class Spoiling:
    """What the rules of a world and the header of a request do to it; the header comes first.

    Rules are tried in order, and all that are due take part: delays add up, an answer is spoiled by one after the
    other. The first that is an answer itself, or drops the connection, is the last that is tried.
    """

    def __init__(self, visit: Visit, operation: Operation, failure: Failure, *, streams: bool) -> None:
        """Look at a request; `failure` is how its API tells of a status, `streams` whether it may answer with events.

        Unacceptable if its header makes no sense.
        """
        self._visit = visit
        self._failure = failure
        self._asked = [Rule(fault, When(), 1, {}) for fault in of_header(visit.fault)]
        self._fitting = visit.world.faults.fitting(
            visit.method, visit.path, operation, visit.parameters, streams=streams
        )
        self._waiting: list[Shot] = []

    async def before(self, receive: Receive) -> Sent | None:
        """Do what comes before the request is carried out; return the answer if it is not to be.

        The request has to be read before. Dropped when the connection is to be dropped, Disconnected when the client
        leaves meanwhile.
        """
        for shot in self._due():
            instead = KINDS[shot.rule.fault.kind].instead
            if instead is None or not acts_before(shot.rule.fault):
                self._waiting.append(shot)
            elif (sent := await instead(shot, receive)) is not None:
                return sent
        return None

    async def after(self, sent: Sent, receive: Receive) -> Sent:
        """Return an answer as it is to be sent. Dropped and Disconnected are raised as above."""
        for shot in self._waiting:
            kind = KINDS[shot.rule.fault.kind]
            if kind.change is not None:
                sent = kind.change(shot, sent)
            elif kind.instead is not None:
                try:
                    instead = await kind.instead(shot, receive)
                except BaseException:
                    await sent.let_go()
                    raise
                if instead is not None:
                    await sent.let_go()
                    sent = instead
        return sent

    def _due(self) -> Iterator[Shot]:
        for rule in (*self._asked, *self._fitting):
            if rule.is_due(self._visit.world.ids):
                yield Shot(rule, self._visit, self._failure)
