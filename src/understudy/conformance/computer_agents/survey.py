"""Recognise a deployment, find out what it has, and make an agent and a computer of the check's own to work with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.conformance.asking import Unexamined
from understudy.conformance.computer_agents.listing import rows
from understudy.conformance.computer_agents.workplace import Workplace
from understudy.errors import SetupError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from understudy.conformance.asking import Answer, Asker
    from understudy.conformance.ledger import Ledger
    from understudy.conformance.reaching import Ask
    from understudy.wire import JsonObject

_MODEL = "claude-sonnet-4-5"
"""What agents are made with where no model is offered."""


def recognise(url: str, ask: Ask) -> None:
    """Return if a deployment lists its agents as this API does; none tells a version. SetupError if it does not."""
    found = ask("GET", "/v1/agents")
    if not isinstance(found.body, dict) or not isinstance(found.body.get("data"), list):
        kind = found.response.headers.get("content-type", "no content").partition(";")[0]
        raise SetupError(
            f"{url} is no Computer Agents deployment: GET /v1/agents answered {found.response.status_code} with {kind}"
        )


def survey(asker: Asker, ledger: Ledger, agent_ids: Sequence[str]) -> Workplace:
    """Return what there is to play with. Unexamined if the deployment does not tell, SetupError for an unknown agent.

    What is there belongs to others, and is noted as such. Where there is no default computer, that of the check is it.
    """
    agents, computers = rows(asker, "GET /v1/agents"), rows(asker, "GET /v1/environments")
    for kind, found in (("agents", agents), ("environments", computers), ("projects", rows(asker, "GET /v1/projects"))):
        ledger.saw(kind, (str(row["id"]) for row in found))
    known = [str(row["id"]) for row in agents]
    for agent_id in agent_ids:
        if agent_id not in known:
            raise SetupError(f'the deployment has no agent "{agent_id}".{did_you_mean(agent_id, known)}')
    model = _model(asker)
    is_default = not any(row.get("isDefault") for row in computers)
    computer = _made(asker, ledger, "environments", {"name": ledger.label, "isDefault": is_default})
    own = _made(asker, ledger, "agents", {"name": ledger.label, "model": model, "metadata": ledger.mark})
    return Workplace(
        ledger,
        computer_id=computer,
        agent_ids=tuple(agent_ids) or (own,),
        model=model,
        default_id=computer if is_default else None,
    )


def words(stage: Workplace) -> dict[str, list[str]]:
    """Return the names in a deployment that requests may be made up with, by what `checks.toml` calls them."""
    return {"<agents>": list(stage.agent_ids), "<models>": [stage.model] if stage.model else []}


def _model(asker: Asker) -> str:
    told = asker.ask("GET /v1/agents/models")
    models: Iterable[JsonObject] = told.body.get("models", []) if told.ok and isinstance(told.body, dict) else []
    return next((str(model["id"]) for model in models if not model.get("locked")), _MODEL)


def _made(asker: Asker, ledger: Ledger, kind: str, body: JsonObject) -> str:
    """Make something that is needed to the end, and return its id."""
    answer: Answer = asker.ask(f"POST /v1/{kind}", body)
    if not answer.ok:
        raise Unexamined(f"{answer.operation} answered {answer.status}: {answer.text[:200]}")
    made = str(answer.body[kind.removesuffix("s")]["id"])
    ledger.made(kind, made)
    ledger.keep(made)
    return made
