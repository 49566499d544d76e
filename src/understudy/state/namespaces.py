"""Namespaces of the store: paths of labels, found by their beginning without looking at every one."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, TypeAlias

from understudy.errors import Invalid, Unacceptable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Namespace: TypeAlias = tuple[str, ...]

ANY = "*"
"""In a pattern, stands for any one label."""

_RESERVED_ROOT = "langgraph"


class InvalidLabel(Invalid):
    """A label of a namespace is empty or contains a period."""

    def __init__(self, label: str) -> None:
        super().__init__(f"Namespace label {label!r} must be a non-empty string without periods")


def namespace_of(labels: Iterable[str]) -> Namespace:
    """Return the namespace with these labels. InvalidLabel names the first that cannot be one."""
    namespace = tuple(labels)
    for label in namespace:
        if not label or "." in label:
            raise InvalidLabel(label)
        if "\0" in label:
            raise Unacceptable(
                f"Invalid namespace label '{label}' found in {namespace}. "
                "Namespace labels cannot contain NUL bytes ('\\x00')."
            )
    return namespace


def home_of(labels: Iterable[str]) -> Namespace:
    """Return the namespace with these labels, in which items may be put. Unacceptable where none may be."""
    namespace = namespace_of(labels)
    if not namespace:
        raise Unacceptable("Namespace cannot be empty.")
    if namespace[0] == _RESERVED_ROOT:
        raise Unacceptable(f'Root label for namespace cannot be "{_RESERVED_ROOT}". Got: {namespace}')
    return namespace


class Namespaces:
    """A set of namespaces in order of arrival; each is also filed under every beginning it has."""

    def __init__(self) -> None:
        self._all: dict[Namespace, None] = {}
        # By beginning, the namespaces that are longer than it, and the beginning itself where it is one of the set.
        # A namespace that nothing lies under is not filed under itself: most are such, and each would cost a dict.
        self._under: dict[Namespace, dict[Namespace, None]] = {}

    def adopt(self, other: Namespaces) -> None:
        """Hold what another set holds."""
        self._all = other._all.copy()
        self._under = {beginning: filed.copy() for beginning, filed in other._under.items()}

    def add(self, namespace: Namespace) -> None:
        """Add a namespace; nothing happens if it is there."""
        if namespace in self._all:
            return
        self._all[namespace] = None
        for length in range(1, len(namespace)):
            beginning = namespace[:length]
            filed = self._under.get(beginning)
            if filed is None:
                filed = self._under[beginning] = {beginning: None} if beginning in self._all else {}
            filed[namespace] = None
        if namespace in self._under:
            self._under[namespace][namespace] = None

    def discard(self, namespace: Namespace) -> None:
        """Remove a namespace; nothing happens if it is not there."""
        if namespace not in self._all:
            return
        del self._all[namespace]
        for length in range(1, len(namespace) + 1):
            beginning = namespace[:length]
            filed = self._under.get(beginning)
            if filed is not None:
                del filed[namespace]
                if not filed:
                    del self._under[beginning]

    def under(self, beginning: Namespace) -> Iterator[Namespace]:
        """Yield the namespaces that begin so, in order of arrival."""
        if not beginning:
            return iter(self._all)
        if beginning in self._under:
            return iter(self._under[beginning])
        return iter((beginning,) if beginning in self._all else ())

    def find(
        self, *, prefix: Sequence[str] = (), suffix: Sequence[str] = (), depth: int | None = None
    ) -> list[Namespace]:
        """Return the namespaces that begin and end so, in order of their labels; `*` stands for any one label.

        With a `depth` they are cut off after so many labels, or before so many if it is negative, and each is
        told once.
        """
        literal = tuple(takewhile(lambda label: label != ANY, prefix))
        found: Iterable[Namespace] = self.under(literal)
        if len(literal) < len(prefix):
            found = (namespace for namespace in found if _fits(namespace, prefix))
        if suffix:
            backwards = suffix[::-1]
            found = (namespace for namespace in found if _fits(namespace[::-1], backwards))
        if depth is not None:
            found = {namespace[:depth] for namespace in found}
        return sorted(found)


def _fits(namespace: Namespace, pattern: Sequence[str]) -> bool:
    """Return whether the namespace begins as the pattern says."""
    return len(namespace) >= len(pattern) and all(
        wanted in (ANY, label) for label, wanted in zip(namespace, pattern, strict=False)
    )
