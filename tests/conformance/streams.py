"""The laws of streams, tried on a server with made-up runs."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine.context import make_session
from schemathesis.engine.recorder import ScenarioRecorder

from tests.conformance.campaign import API
from understudy.conformance.agent_server.survey import survey
from understudy.conformance.asking import Asker
from understudy.conformance.laws import followers, streams
from understudy.conformance.laws.all import LAWS
from understudy.conformance.laws.running import Trial
from understudy.conformance.ledger import Ledger
from understudy.conformance.streams import Broken
from understudy.contract.documents import load_contract

if TYPE_CHECKING:
    from understudy.conformance.laws.law import Law

CHECKS: dict[str, type[Law]] = {
    law.name: law for law in LAWS[API] if law.__module__ in (streams.__name__, followers.__name__)
}
"""What streams are held to, by name."""


class Follower:
    """A client that starts runs on a server and reads all of their streams."""

    def __init__(self, url: str) -> None:
        settings = {"base-url": url, "request-timeout": 10, "max-stream-events": 10_000}
        document = deepcopy(load_contract(API).observed)
        self._schema = schemathesis.openapi.from_dict(document, config=SchemathesisConfig.from_dict(settings))
        self._session = make_session(self._schema.config)
        self._stage = survey(self._asker("survey"), Ledger("streams"), [])

    def close(self) -> None:
        """Leave."""
        self._session.close()

    def try_out(self, law: type[Law], *, examples: int, seed: int) -> Trial:
        """Return what became of so many examples of a law."""
        trial = Trial(law, self._stage, self._asker(law.name))
        trial.run(examples=round(examples / law.examples), seed=seed)
        return trial

    def _asker(self, label: str) -> Asker:
        return Asker(self._schema, self._session, ScenarioRecorder(label=label))


def follow_all(follower: Follower, law: type[Law], *, examples: int, seed: int) -> None:
    """Try so many examples of a law; what is wrong is raised as Broken, with the requests that show it."""
    trial = follower.try_out(law, examples=examples, seed=seed)
    if trial.broken is not None:
        raise Broken("\n".join([trial.broken.message, *(step.curl for step in trial.broken.steps)]))
    if trial.unexamined is not None:
        raise Broken(f"it could not be looked at: {trial.unexamined}")
