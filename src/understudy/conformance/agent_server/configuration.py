"""How Schemathesis is to go about it: its configuration, with the names of what a deployment has filled in."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from understudy.conformance.settings import Settings
    from understudy.conformance.stage import Stage
    from understudy.wire import JsonObject

_NAMES: dict[str, Callable[[Stage], Iterable[str]]] = {
    "<assistants>": lambda stage: [graph.assistant_id for graph in stage.graphs],
    "<graphs>": lambda stage: [graph.graph_id for graph in stage.graphs],
    "<nodes>": lambda stage: [node for graph in stage.graphs for node in graph.nodes],
}


def configuration(settings: Settings, stage: Stage) -> JsonObject:
    """Return the configuration of Schemathesis for a check, as its configuration files have it."""
    told = tomllib.loads((files("understudy.conformance.agent_server") / "checks.toml").read_text(encoding="utf-8"))
    both, of_contract = told["both"], told.get(settings.contract, {})
    for dictionary in both["dictionaries"].values():
        dictionary["values"] = list(dict.fromkeys(_filled(dictionary["values"], stage)))
    empty = {name for name, each in both["dictionaries"].items() if not each["values"]}
    both["dictionaries"] = {name: each for name, each in both["dictionaries"].items() if name not in empty}
    for one in (both, *both.get("operations", []), *of_contract.get("operations", [])):
        parameters = one.get("parameters", {}).items()
        one["parameters"] = {name: each for name, each in parameters if each.get("dictionary") not in empty}
    generation = {**both.pop("generation", {}), **of_contract.get("generation", {})}
    operations = [*both.get("operations", []), *of_contract.get("operations", [])]
    return {**both, "generation": generation, "operations": operations}


def _filled(values: list[str], stage: Stage) -> Iterable[Any]:
    for value in values:
        if value in _NAMES:
            yield from _NAMES[value](stage)
        else:
            yield value.replace("<label>", stage.ledger.label)
