"""The bundled OpenAPI documents: published, and corrected by an overlay to what is observed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

import yaml

from understudy.contract import overlay
from understudy.errors import SetupError, did_you_mean

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from understudy.wire import JsonObject

APIS = {"agent-server": "agent_server", "computer-agents": "computer_agents", "control": "control"}
"""The APIs there are, and the package of handlers of each; the last one steers the server itself."""

# Libyaml parses ten times as fast; PyYAML's wheels have it, a build from source may not.
Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Contract:
    """An API's documents; `observed` is `published` with the overlay applied. Neither is to be changed."""

    api: str
    published: JsonObject
    observed: JsonObject


@lru_cache
def load_contract(api: str) -> Contract:
    """Return the documents of an API. SetupError when there is no such API, or when a document is broken."""
    if api not in APIS:
        raise SetupError(f'unknown API "{api}".{did_you_mean(api, APIS)}')
    folder = files("understudy.specs")
    published = _read(folder / f"{api}.yaml")
    corrections = folder / f"{api}.overlay.yaml"
    if not corrections.is_file():
        return Contract(api, published, published)
    try:
        observed = overlay.apply(published, _read(corrections))
    except overlay.OverlayError as error:
        raise SetupError(f"{corrections.name}: {error}") from None
    return Contract(api, published, observed)


def _read(file: Traversable) -> JsonObject:
    try:
        document = yaml.load(file.read_bytes(), Loader)
    except (OSError, yaml.YAMLError) as error:
        raise SetupError(f"cannot read {file.name}: {error}") from None
    if not isinstance(document, dict):
        raise SetupError(f"{file.name} holds no document")
    return document
