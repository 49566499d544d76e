"""How Schemathesis is to go about it: its configuration, with the names of what a deployment has filled in."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from understudy.conformance import apis

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from understudy.conformance.settings import Settings
    from understudy.conformance.stage import Stage
    from understudy.wire import JsonObject


def configuration(settings: Settings, stage: Stage) -> JsonObject:
    """Return the configuration of Schemathesis for a check, as its configuration files have it.

    It is the `checks.toml` of the API; what its dictionaries have in angle brackets are the API's `words`.
    """
    api = apis.of(settings.api)
    told, words = tomllib.loads(api.checks()), {"<label>": [stage.ledger.label], **api.words(stage)}
    both, of_contract = told["both"], told.get(settings.contract, {})
    dictionaries = both.get("dictionaries", {})
    for dictionary in dictionaries.values():
        dictionary["values"] = list(dict.fromkeys(_filled(dictionary["values"], words)))
    empty = {name for name, each in dictionaries.items() if not each["values"]}
    both["dictionaries"] = {name: each for name, each in dictionaries.items() if name not in empty}
    for one in (both, *both.get("operations", []), *of_contract.get("operations", [])):
        parameters = one.get("parameters", {}).items()
        one["parameters"] = {name: each for name, each in parameters if each.get("dictionary") not in empty}
    merged = {name: {**both.pop(name, {}), **of_contract.get(name, {})} for name in ("generation", "checks")}
    operations = [*both.get("operations", []), *of_contract.get("operations", [])]
    return {**both, **merged, "operations": operations}


def _filled(values: Iterable[str], words: Mapping[str, Sequence[str]]) -> Iterable[Any]:
    for value in values:
        if value in words:
            yield from words[value]
        else:
            yield value.replace("<label>", words["<label>"][0])
