"""The cards by which agents of A2A are found."""

from __future__ import annotations

from tests.parity.rpc import agent
from tests.parity.sequence import Ask, Json, ask, sequence

CARD = "/.well-known/agent-card.json"
MISSING = "33333333-3333-4333-8333-333333333333"
GRAPHS = ("agent", "steps", "chat", "custom", "parent", "par", "ctx", "cfg")
OWN: dict[str, Json] = {
    "with a description": {"name": "Ada's own", "description": "Says it again."},
    "with modes": {"metadata": {"a2a": {"input_modes": ["text/plain"], "output_modes": ["text/html", " image/png "]}}},
    "with modes that are null": {"metadata": {"a2a": {"input_modes": None, "output_modes": None}}},
    "with no modes": {"metadata": {"a2a": {"input_modes": []}}},
    "with modes that are no texts": {"metadata": {"a2a": {"output_modes": [1]}}},
    "with modes that are one text": {"metadata": {"a2a": {"output_modes": "text/plain"}}},
    "with a text about A2A": {"metadata": {"a2a": "x"}},
    "with A2UI": {"metadata": {"a2a": {"a2ui": True}}},
}


def of(name: str) -> tuple[Ask, ...]:
    """Ask for the card of an assistant in every way there is."""
    return (
        ask(f"GET {CARD}?assistant_id={name}"),
        ask(f"GET /a2a/{name}{CARD}"),
        ask(f"GET /a2a/{name}/.well-known/agent.json"),
        ask(f"GET /a2a/{name}"),
    )


SEQUENCES = (
    *(sequence(f"the card of {graph}", *of(agent(graph).removeprefix("/a2a/"))) for graph in GRAPHS),
    *(
        sequence(
            f"the card of an assistant {how}",
            ask("POST /assistants", {"graph_id": "agent", **own}, own="body/assistant_id"),
            *of("{own}"),
        )
        for how, own in OWN.items()
    ),
    *(sequence(f"no card of {name!r}", *of(name)) for name in ("agent", MISSING, MISSING.replace("-", ""), "x")),
    sequence(
        "cards in other ways",
        ask(f"GET {CARD}"),
        ask(f"GET {CARD}?assistant_id="),
        ask("GET /.well-known/agent.json"),
        ask(f"HEAD {agent('agent')}{CARD}"),
        ask(f"POST {agent('agent')}{CARD}"),
        ask(f"DELETE {CARD}"),
        ask(f"GET {agent('agent')}/"),
        ask(f"GET {agent('agent')}{CARD}/"),
        Ask(f"GET {agent('agent')}", headers={"accept": "text/html"}),
    ),
)
