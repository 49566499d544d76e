"""API keys: where the document says that a request carries one, and which of them let it in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.errors import Forbidden, Unauthorized, UnknownKey

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from understudy.wire import JsonObject

_BEARER = "bearer "


class Keys:
    """The keys of an API: `known` are those that a server was started with; if there are none, any key will do.

    Where the document has `{}` among what its `security` allows, a request needs a key only if the server knows some;
    else it always needs one.
    """

    def __init__(self, document: JsonObject, known: Collection[str]) -> None:
        schemes = document.get("components", {}).get("securitySchemes", {}).values()
        self._headers = [_header(scheme) for scheme in schemes]
        self._known = frozenset(known)
        self._is_optional = {} in document.get("security", [{}])
        self.are_asked_for = bool(self._known) or not self._is_optional

    def admit(self, headers: Iterable[tuple[bytes, bytes]]) -> str | None:
        """Return the key of a request, None if it has none and needs none. Unauthorized or UnknownKey if it may not in.

        An empty key is none where a key is always needed.
        """
        name, key = next(self._given(headers), ("", None))
        if not self.are_asked_for:
            return key
        if key is None or (not key and not self._is_optional):
            places = (f"in the {header} header{' after Bearer' * bearer}" for header, bearer in self._headers)
            raise Unauthorized(f"Missing API key: send it {' or '.join(places)}")
        if self._known and key not in self._known:
            raise UnknownKey(f"Unknown API key in the {name} header")
        return key

    def accepted(self, headers: Iterable[tuple[bytes, bytes]]) -> str | None:
        """Return the key of a request that may come in; None for all others."""
        try:
            return self.admit(headers)
        except (Unauthorized, Forbidden):
            return None

    def _given(self, headers: Iterable[tuple[bytes, bytes]]) -> Iterator[tuple[str, str]]:
        """Yield the keys that a request carries and the names of their headers, in the order of the document."""
        for name, is_bearer in self._headers:
            for header, value in headers:
                if header == name.lower().encode():
                    text = value.decode("latin-1")
                    if not is_bearer:
                        yield name, text
                    elif text.lower().startswith(_BEARER):
                        yield name, text[len(_BEARER) :].strip()


def _header(scheme: JsonObject) -> tuple[str, bool]:
    """Return the header in which a scheme has the key, and whether `Bearer` comes before it."""
    if scheme["type"] == "http" and scheme["scheme"].lower() == "bearer":
        return "Authorization", True
    assert scheme["type"] == "apiKey", scheme
    assert scheme["in"] == "header", scheme
    return scheme["name"], False
