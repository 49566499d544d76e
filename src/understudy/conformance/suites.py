"""For a test suite of one's own: a deployment, and the operations and laws of its contract to try on it, one by one.

Nothing here needs a test framework. What is broken is an `AssertionError`, what cannot be examined a `SkipTest`: pytest
and unittest know both.
"""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING
from unittest import SkipTest

from schemathesis.engine import events

from understudy.conformance.contracts import choose
from understudy.conformance.findings import Findings
from understudy.conformance.preparing import prepare
from understudy.conformance.reporting.hiding import Hiding
from understudy.conformance.selection import generated_for, included_in, laws_for
from understudy.conformance.settings import Settings, base_address
from understudy.contract.operations import operations
from understudy.credentials import address
from understudy.errors import SetupError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from types import TracebackType
    from typing import Self

    from starlette.types import ASGIApp

    from understudy.conformance.findings import Cause
    from understudy.conformance.settings import Contract

PHASES = ("examples", "coverage", "fuzzing", "laws", "streams")
"""The phases of a check that look at one operation, or one law, at a time."""

_LEAVING = 5
"""Seconds that a server of ours gives those who still read from it."""


def operation_names(
    *, tags: Collection[str] = (), api: str = "agent-server", contract: Contract = "published"
) -> list[str]:
    """Return the operations that requests are made up for, as in `POST /threads`: those with one of the tags, or all.

    Streams without an end are not among them: laws read those. SetupError for an unknown API or tag.
    """
    settings = _settings(tags, api, contract)
    return generated_for(settings, included_in(settings, list(operations(choose(settings).document))))


def law_names(*, tags: Collection[str] = (), api: str = "agent-server", contract: Contract = "published") -> list[str]:
    """Return the names of the laws, as in `copy-is-independent`: those about operations with one of the tags, or all.

    SetupError for an unknown API or tag.
    """
    settings = _settings(tags, api, contract)
    included = included_in(settings, list(operations(choose(settings).document)))
    return [law.name for law in laws_for(settings, included)]


def _settings(tags: Collection[str], api: str, contract: Contract) -> Settings:
    include = {"tag": tuple(tags)} if tags else {}
    return Settings(url="", api=api, contract=contract, phases=PHASES, include=include)


class Deployment:
    """A deployment that is held to its contract, wherever it is. A context manager: at its end nothing is left in it.

    It is asked what it has when it is entered (SetupError when it cannot be reached), and in the end everything that
    was made in it is removed; an AssertionError tells what is still there. `headers` go along with each request and are
    never shown. Of what `baseline` knows (a file, the name of one that ships, `none`, or `auto` for the one that ships
    for the deployment's version) nothing fails.
    """

    def __init__(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        api: str = "agent-server",
        contract: Contract = "published",
        baseline: str = "auto",
        graph_ids: Sequence[str] = (),
        max_examples: int = 20,
        seed: int = 1,
        timeout: float = 20,
    ) -> None:
        bare, credentials = address(url)
        self._settings = Settings(
            url=base_address(bare, api),
            headers={**credentials, **{name.lower(): value for name, value in (headers or {}).items()}},
            api=api,
            contract=contract,
            phases=PHASES,
            baseline=baseline,
            graph_ids=tuple(graph_ids),
            max_examples=max_examples,
            seed=seed,
            timeout=timeout,
        )
        self._hide = Hiding(self._settings)

    def __enter__(self) -> Self:
        self._checkup = prepare(self._settings)
        self._baseline = self._checkup.schema.config.load_baseline()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._checkup.close()
        if not self._checkup.is_clean:
            # What the tests made is in somebody's way now, or their server does not delete what it should.
            left = self._checkup.leaks or ["it could not be reached"]
            raise AssertionError(self._hide("\n".join([f"something is left in {self._settings.url}:", *left])))

    def check_law(self, name: str) -> None:
        """Try a law, such as `copy-is-independent`.

        AssertionError if it is broken, with what was found and the requests that show it. SkipTest if it cannot be
        examined, or if it is known from the baseline to be broken. SetupError if there is no such law.
        """
        law = next((law for law in self._checkup.laws if law.name == name), None)
        if law is None:
            known = [law.name for law in self._checkup.laws]
            raise SetupError(f'the {self._settings.contract} contract has no law "{name}".{did_you_mean(name, known)}')
        trial = self._checkup.try_law(law)
        if trial.broken is not None:
            known_as = self._baseline.match(trial.broken, name) if self._baseline is not None else None
            if known_as is not None:
                raise SkipTest(self._hide(f"the baseline knows that this is broken: {trial.broken.message}"))
            curls = [step.curl for step in trial.broken.steps]
            words = [f"{law.sentence} ({name}, of {law.section})", *_indented(trial.broken.message), *_shown(curls)]
            raise AssertionError(self._hide("\n".join(words)))
        if trial.unexamined is not None:
            raise SkipTest(self._hide(f"{name} cannot be examined: {trial.unexamined}"))

    def check_operation(self, operation: str) -> None:
        """Make up requests for an operation, such as `POST /threads`, and hold the answers to the document.

        AssertionError if something is broken that the baseline does not know, with everything that is, and the requests
        that show it. SetupError if there is no such operation, or if it could not be tested.
        """
        if operation not in self._checkup.selected:
            hint = did_you_mean(operation, self._checkup.selected)
            raise SetupError(f'the {self._settings.contract} contract has no operation "{operation}".{hint}')
        findings = Findings(self._checkup.chosen, self._baseline)
        for event in self._checkup.about(operation).carry_out(self._baseline):
            if isinstance(event, events.Interrupted):
                raise KeyboardInterrupt
            findings.take(event)
        if findings.broken:
            raise AssertionError(self._hide("\n".join(line for causes in findings.broken for line in _told(causes))))
        if findings.errors:
            told = (f"{title}: {message}" for (_, title), message in findings.errors.items())
            raise SetupError(self._hide(f"{operation} could not be tested: {'; '.join(told)}"))


def _told(causes: Sequence[Cause]) -> Iterator[str]:
    first = causes[0]
    titles = "; ".join(dict.fromkeys(cause.failure.title for cause in causes))
    yield f"{first.failure.operation}: {titles}{f' ({first.line})' if first.line else ''}"
    for cause in causes:
        yield from _indented(cause.failure.message)
    if first.status is not None:
        yield f"    answered {first.status} {first.answer}".rstrip()
    yield from _shown(max((cause.curls for cause in causes), key=len))


def _indented(text: str) -> Iterator[str]:
    yield from (f"    {line}" for line in text.splitlines() if line.strip())


def _shown(curls: Sequence[str]) -> Iterator[str]:
    yield from (f"    $ {curl}" for curl in curls)


@contextmanager
def serving(app: ASGIApp) -> Iterator[str]:
    """Serve an ASGI app of one's own on a free port of this machine, and give its URL.

    SetupError if it does not start. In the end whoever still reads from it has five seconds to leave.
    """
    import uvicorn

    config = uvicorn.Config(app, log_level="error", access_log=False, timeout_graceful_shutdown=_LEAVING)
    server = uvicorn.Server(config)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))

        def serve() -> None:
            with suppress(SystemExit):  # that is how it says that the app did not start
                server.run(sockets=[listener])

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            while not server.started:
                thread.join(0.01)
                if not thread.is_alive():
                    raise SetupError("the app did not start: what it says about it went to its log, on stderr")
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
