"""Reach a deployment: find out whether it is one, and ask it things that no report shows."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import requests
import schemathesis
from schemathesis.config import SanitizationConfig, SchemathesisConfig
from schemathesis.engine.context import make_session
from schemathesis.engine.recorder import ScenarioRecorder

from understudy import reached
from understudy.conformance import apis
from understudy.conformance.asking import Asker
from understudy.contract.documents import load_contract
from understudy.errors import SetupError

if TYPE_CHECKING:
    from collections.abc import Callable

    from understudy.conformance.settings import Settings
    from understudy.wire import Json, JsonObject

_SECRET = SanitizationConfig()
"""What Schemathesis shows to nobody."""

_PUBLIC = ("key", "session")
"""What it takes for secret as a part of a name, and is not: the keys of items, the names of sessions."""


class Told(NamedTuple):
    """An answer, and its JSON; None if it has none."""

    response: requests.Response
    body: Json


Ask: TypeAlias = "Callable[..., Told]"
"""Sends a request, as in `ask("POST", "/assistants/search", {"limit": 1})`."""


def reach(settings: Settings) -> str | None:
    """Return the version that a deployment tells, None if it tells none.

    SetupError if nobody answers, if it is elsewhere, if it wants credentials, and if what answers is no deployment of
    the API. Redirects are not followed, lest credentials go elsewhere.
    """
    session = requests.Session()
    session.headers.update(settings.headers)

    def ask(method: str, path: str, body: Json = None) -> Told:
        response = session.request(
            method, f"{settings.url}{path}", json=body, timeout=settings.timeout, allow_redirects=False
        )
        reached.admitted(settings.url, response)
        return Told(response, _json(response))

    try:
        return apis.of(settings.api).recognise(settings.url, ask)
    except requests.RequestException as error:
        raise SetupError(f"nobody answers at {settings.url}: {_reason(error)}") from None


def _json(answer: requests.Response) -> Json:
    try:
        told: Json = answer.json()
    except ValueError:
        return None
    return told


def asking(settings: Settings, label: str) -> Asker:
    """Return something that asks a deployment by the observed contract, and whose requests no report shows."""
    document = copy.deepcopy(load_contract(settings.api).observed)
    told = {
        "base-url": settings.url,
        "headers": dict(settings.headers),
        "request-timeout": settings.timeout,
        "output": {"sanitization": sanitization(settings)},
        **({"rate-limit": settings.rate_limit} if settings.rate_limit else {}),
    }
    schema = schemathesis.openapi.from_dict(document, config=SchemathesisConfig.from_dict(told))
    return Asker(schema, make_session(schema.config), ScenarioRecorder(label=label))


def sanitization(settings: Settings) -> JsonObject:
    """Return what is not to be shown in any report, as the configuration of Schemathesis has it."""
    return {
        "keys-to-sanitize": [*_SECRET.keys_to_sanitize, *settings.headers],
        "sensitive-markers": [each for each in _SECRET.sensitive_markers if each not in _PUBLIC],
    }


def _reason(error: Exception) -> str:
    """Return why nobody answers, without what libraries say around it."""
    inner: BaseException = error
    while (cause := inner.__cause__ or inner.__context__) is not None:
        inner = cause
    return str(inner)
