"""Documents to compare or to hold a deployment to: bundled, from a file, from an address, from a deployment."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import httpx
import yaml

from understudy import wire
from understudy.contract.documents import Loader, load_contract
from understudy.errors import SetupError

if TYPE_CHECKING:
    from understudy.wire import Json, JsonObject

_DOCUMENT_TYPES = (".json", ".yaml", ".yml")
_ANSWERS_WITHIN = 30
_LARGEST = 64 * 1024 * 1024

_FIXES = {
    401: "Give a key with --api-key, or what else it asks for with --header.",
    403: "Give another key with --api-key, or what else it asks for with --header.",
    404: "Is it the base address? A document elsewhere is named whole, ending in .json or .yaml.",
}
"""What to do about an answer, by its status."""


@dataclass(frozen=True, slots=True)
class Document:
    """An OpenAPI document, and where it is from, without credentials."""

    source: str
    content: JsonObject


def bundled(api: str, contract: Literal["published", "observed"]) -> Document:
    """Return a document that ships with us. SetupError if there is no such API."""
    documents = load_contract(api)
    content = documents.published if contract == "published" else documents.observed
    return Document(f"the {contract} contract of {api}", content)


def fetched(place: str, headers: dict[str, str] | None = None) -> Document:
    """Return the document at a place: a file, an address that ends in .json or .yaml, or the base of a deployment.

    `headers` are sent along; redirects are not followed, lest they go elsewhere. SetupError if there is no OpenAPI 3
    document, with what there is instead.
    """
    if "://" in place:
        source, raw = _downloaded(place, headers or {})
    else:
        source = place
        try:
            raw = Path(place).read_bytes()
        except OSError as error:
            fix = "An address begins with http:// or https://."
            raise SetupError(f"cannot read {place}: {error.strerror}. {fix}") from None
    return Document(source, _understood(raw, source))


def _downloaded(address: str, headers: dict[str, str]) -> tuple[str, bytes]:
    """Return where a document is, without credentials, and its bytes."""
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL:
        raise SetupError("the address is malformed; it should read http://HOST:PORT") from None
    if url.scheme not in ("http", "https") or not url.host:
        raise SetupError(f'an address begins with http:// or https:// and a host, not "{url.scheme}://{url.host}"')
    if not url.path.endswith(_DOCUMENT_TYPES):
        url = url.copy_with(path=url.path.rstrip("/") + "/openapi.json")
    source = str(url.copy_with(username=None, password=None, query=None, fragment=None))
    if "authorization" in (name.lower() for name in headers):
        url = url.copy_with(username=None, password=None)  # which would be sent in its place
    raw = bytearray()
    try:
        with httpx.Client(timeout=_ANSWERS_WITHIN, headers=headers) as client, client.stream("GET", url) as response:
            if response.status_code != 200:
                raise SetupError(f"{source} answered {_told(response)}")
            for piece in response.iter_bytes():
                raw += piece
                if len(raw) > _LARGEST:
                    raise SetupError(f"{source} is larger than {_LARGEST >> 20} MiB; no document is")
    except httpx.TimeoutException:
        raise SetupError(f"{source} did not answer within {_ANSWERS_WITHIN} seconds") from None
    # What httpx says may hold the address, and with it a password: only the kind of its error is told.
    except (httpx.HTTPError, httpx.StreamError, UnicodeError) as error:
        raise SetupError(f"cannot reach {source} ({type(error).__name__}). Is the server running there?") from None
    return source, bytes(raw)


def _told(response: httpx.Response) -> str:
    status = response.status_code
    if response.is_redirect and response.next_request:
        target = response.next_request.url.copy_with(username=None, password=None, query=None, fragment=None)
        return f"{status}, it is at {target}. Give that address."
    return " ".join(filter(None, (f"{status}.", _FIXES.get(status))))


def _understood(raw: bytes, source: str) -> JsonObject:
    content: Json
    try:
        content = yaml.load(raw, Loader) if source.endswith((".yaml", ".yml")) else wire.loads(raw)
    except (ValueError, yaml.YAMLError):
        begin = raw[:60].decode(errors="replace").strip()
        raise SetupError(f"{source} is no document: it begins with {begin!r}. Is it the base address?") from None
    version = content.get("openapi") if isinstance(content, dict) else None
    if not isinstance(content, dict) or not isinstance(content.get("paths"), dict) or version is None:
        what = f"swagger {content['swagger']}" if isinstance(content, dict) and "swagger" in content else _kind(content)
        raise SetupError(f'{source} is no OpenAPI 3 document, which has "openapi" and "paths": it is {what}')
    if not str(version).startswith("3."):
        raise SetupError(
            f'{source} is written in OpenAPI {wire.dumps(version).decode()}; "3.0" and "3.1" are understood'
        )
    return content


def _kind(content: Json) -> str:
    if isinstance(content, dict):
        return f"an object with {', '.join(map(str, list(content)[:5])) or 'nothing in it'}"
    return f"a value that begins with {json.dumps(content, default=str)[:40]}"
