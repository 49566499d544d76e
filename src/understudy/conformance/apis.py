"""What a check has to know of each API: how a deployment is recognised, what is made there, what is safe, what goes."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Protocol

from understudy.conformance import agent_server, computer_agents
from understudy.conformance.stage import Stage
from understudy.contract.documents import load_contract
from understudy.errors import SetupError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from schemathesis.core.transport import Response

    from understudy.conformance.asking import Asker
    from understudy.conformance.ground import Ground
    from understudy.conformance.leaks import Leak
    from understudy.conformance.ledger import Ledger
    from understudy.conformance.made_up import Case
    from understudy.conformance.reaching import Ask


class Guard(Protocol):
    """Prepares made-up requests before they are sent, and notes what their answers say was made."""

    def prepare(self, case: Case) -> None:
        """Change a request so that it harms nobody. One that a law asks stays as it is."""

    def note(self, case: Case, response: Response) -> None:
        """Take down what an answer tells of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """What a check has to know of an API."""

    noun: str
    """What a deployment of it is, as in "Agent Server"."""
    beginning: str
    """What is made before anything is checked, as in "an assistant is made for each graph"."""
    players: str
    """What runs, as users call it, such as "graphs"."""
    package: str
    """The package here that knows it, in which its `checks.toml` is."""
    recognise: Callable[[str, Ask], str | None]
    """Returns the version that a deployment tells, None if none. SetupError if it is no deployment of this API."""
    reads: Callable[[str], bool]
    """Whether an operation, as in `GET /threads`, cannot change anything."""
    survey: Callable[[Asker, Ledger, Sequence[str]], Stage]
    """Finds out what is there to play with; Unexamined if the deployment does not tell."""
    stage: Callable[[Ledger], Stage]
    """What a check has that makes nothing."""
    words: Callable[[Any], Mapping[str, Sequence[str]]]
    """What a stage has for the words in angle brackets of `checks.toml`."""
    ground: Callable[..., Ground[Any]]
    guard: Callable[..., Guard]
    clean: Callable[[Asker, Ledger], Iterator[Leak]]
    """Removes everything that a check has made. Yields what is still there after it was told to go."""
    sweep: Callable[[Asker], Iterator[tuple[str, str, Leak | None]]]
    """Removes what checks have left behind, whichever they were. Yields kind, name, and what is still there."""

    def checks(self) -> str:
        """Return its `checks.toml`: how Schemathesis holds a server to the contract."""
        return (files(self.package) / "checks.toml").read_text(encoding="utf-8")


APIS = {
    "agent-server": Api(
        noun="Agent Server",
        beginning="an assistant is made for each graph",
        players="graphs",
        package=agent_server.__name__,
        recognise=agent_server.survey.recognise,
        reads=agent_server.places.reads,
        survey=agent_server.survey.survey,
        stage=Stage,
        words=agent_server.survey.words,
        ground=agent_server.ground.AgentServerGround,
        guard=agent_server.guard.Guard,
        clean=agent_server.cleaning.clean,
        sweep=agent_server.cleaning.sweep,
    ),
    "computer-agents": Api(
        noun="Computer Agents deployment",
        beginning="an agent and a computer are made",
        players="agents",
        package=computer_agents.__name__,
        recognise=computer_agents.survey.recognise,
        reads=computer_agents.places.reads,
        survey=computer_agents.survey.survey,
        stage=computer_agents.workplace.Workplace,
        words=computer_agents.survey.words,
        ground=computer_agents.ground.ComputerAgentsGround,
        guard=computer_agents.guard.Guard,
        clean=computer_agents.cleaning.clean,
        sweep=computer_agents.cleaning.sweep,
    ),
}
"""The APIs that a deployment can be held to."""


def of(name: str) -> Api:
    """Return what is to be known of an API. SetupError if no deployment of it can be checked."""
    load_contract(name)
    if name not in APIS:
        raise SetupError(f'no deployment of "{name}" can be checked, but of {" and of ".join(APIS)}.')
    return APIS[name]
