"""What made-up requests meet in a deployment: a few things of each kind, which are made when they are first asked for.

They are kept and met again and again; a request that ends one gets it to itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeAlias, TypeVar

from understudy.conformance.stage import Stage

if TYPE_CHECKING:
    import requests

    from understudy.conformance.ledger import Ledger
    from understudy.wire import JsonObject

SOME = 4
"""How many of a kind are kept."""

Makers: TypeAlias = Mapping[str, Callable[[Any], dict[str, str] | None]]

S = TypeVar("S", bound=Stage)


class Ground(Generic[S]):
    """Hands out ids of what is there, and makes it if it is not. Several workers may ask at once."""

    makers: ClassVar[Makers] = {}
    """How something of a kind is made; each gives path parameters, or None where it cannot be made."""

    def __init__(self, url: str, session: requests.Session, stage: S, timeout: float) -> None:
        self.stage = stage
        self._url = url.rstrip("/")
        self._session = session
        self._timeout = timeout
        self._lock = threading.RLock()
        self._kept: dict[str, list[dict[str, str]]] = {}
        self._turns: dict[str, int] = {}

    @property
    def ledger(self) -> Ledger:
        """What was made."""
        return self.stage.ledger

    def some(self, kind: str, *, to_itself: bool) -> dict[str, str] | None:
        """Return the path parameters of something of a kind (see `makers`); None if it cannot be made.

        `to_itself` is for whoever is going to end it: nobody else gets it.
        """
        make = self.makers[kind]
        with self._lock:
            kept = self._kept.setdefault(kind, [])
            if to_itself:
                return kept.pop() if len(kept) == SOME else make(self)
            if len(kept) < SOME:
                made = make(self)
                if made is None:
                    return kept[0] if kept else None
                kept.append(made)
                return made
            turn = self._turns[kind] = self._turns.get(kind, -1) + 1
            return kept[turn % SOME]

    def forget(self, names: dict[str, str]) -> None:
        """Say that something is not there any more: whatever lives in it is gone as well."""
        with self._lock:
            for kept in self._kept.values():
                kept[:] = [each for each in kept if not names.items() <= each.items()]

    def _asked(self, method: str, path: str, body: JsonObject | None = None) -> requests.Response | None:
        """Return an answer of success, None for any other."""
        import requests

        try:
            answer = self._session.request(method, f"{self._url}{path}", json=body, timeout=self._timeout)
        except requests.RequestException:
            return None
        return answer if answer.ok else None
