"""Correct one document by another: the OpenAPI Overlay Specification 1.0.0."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import jsonpath_rfc9535 as jsonpath

Location: TypeAlias = tuple[int | str, ...]

_FEATURE_SET = "1.0."  # patch versions only clarify the text, so any of them is understood


class OverlayError(ValueError):
    """An overlay that cannot be applied; the message names the action and what is wrong with it."""


def apply(document: Mapping[str, Any], overlay: Mapping[str, Any]) -> dict[str, Any]:
    """Return `document` with the actions of `overlay` carried out in their order.

    Neither argument is changed. The result shares with them every part that no action touched, so it is to be read,
    not written. An action says either `remove: true` or `update`: an update is merged into each object its target
    selects (members recursively, lists one after the other, anything else overwritten) or appended to each list.
    Where both are said, the removal counts.

    Raises `OverlayError`. Stricter than the specification in two points, because a correction that corrects nothing
    is a mistake: a target must match, and an action must have something to do.
    """
    version = overlay.get("overlay")
    if not isinstance(version, str) or not version.startswith(_FEATURE_SET):
        raise OverlayError(f"overlay version {version!r} is not understood; it must be 1.0.0")
    actions = overlay.get("actions")
    if not isinstance(actions, list) or not actions:
        raise OverlayError("an overlay needs a list of at least one action")

    tree = _Tree(document)
    for number, action in enumerate(actions, start=1):
        try:
            _carry_out(action, tree)
        except OverlayError as error:
            raise OverlayError(f"{_name(number, action)}: {error}") from error.__cause__
    return tree.root


def _name(number: int, action: object) -> str:
    target = action.get("target") if isinstance(action, Mapping) else None
    return f"action {number}" if target is None else f"action {number}, target {target}"


def _carry_out(action: object, tree: "_Tree") -> None:
    if not isinstance(action, Mapping):
        raise OverlayError(f"an action is an object, not {_kind(action)}")
    remove = action.get("remove", False)
    if not isinstance(remove, bool):
        raise OverlayError(f"remove is true or false, not {remove!r}")
    if not remove and "update" not in action:
        raise OverlayError("neither update nor remove is given")

    locations = _select(action.get("target"), tree.root)
    for location in locations:
        if remove:
            tree.remove(location)
        else:
            tree.update(location, action["update"])


def _select(target: object, root: dict[str, Any]) -> list[Location]:
    """Where `target` points in `root`: inner and later places first, so that each stays true while others change."""
    if not isinstance(target, str):
        raise OverlayError("target must be a JSONPath expression")
    try:
        nodes = jsonpath.compile(target).find(root)
    except jsonpath.JSONPathError as error:
        raise OverlayError(f"target is no JSONPath of RFC 9535: {str(error).splitlines()[0]}") from error
    if not nodes:
        raise OverlayError("target matches nothing")
    for node in nodes:
        if not isinstance(node.value, (dict, list)):
            raise OverlayError(f"target selects {_kind(node.value)}; select the object or list that holds it")
    return sorted({node.location for node in nodes}, key=_position, reverse=True)


def _position(location: Location) -> list[tuple[int, str]]:
    return [(step, "") if isinstance(step, int) else (-1, step) for step in location]


class _Tree:
    """A document under change, copied on the way to each change and nowhere else."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.root: dict[str, Any] = dict(document)
        # By identity, and holding the objects themselves: an identity must not be used again while this lives.
        self._own: dict[int, Any] = {id(self.root): self.root}

    def remove(self, location: Location) -> None:
        """Take the node at `location` out of the object or list that holds it."""
        if not location:
            raise OverlayError("the whole document cannot be removed")
        del self._writable(location[:-1])[location[-1]]

    def update(self, location: Location, update: Any) -> None:
        """Append `update` to the list at `location`, or merge it into the object there."""
        node = self._writable(location)
        if isinstance(node, list):
            node.append(update)
        elif isinstance(update, Mapping):
            self._merge(node, update, at=())
        else:
            raise OverlayError(f"the update of an object must be an object, not {_kind(update)}")

    def _merge(self, node: dict[str, Any], update: Mapping[str, Any], *, at: Location) -> None:
        for key, new in update.items():
            old = node.get(key)
            if isinstance(old, dict) and isinstance(new, Mapping):
                self._merge(self._writable_member(node, key), new, at=(*at, key))
            elif isinstance(old, list) and isinstance(new, list):
                self._writable_member(node, key).extend(new)
            elif isinstance(old, (dict, list)):
                place = "/".join(map(str, (*at, key)))
                raise OverlayError(f"update has {_kind(new)} at {place}, where the document has {_kind(old)}")
            else:
                node[key] = new

    def _writable(self, location: Iterable[int | str]) -> Any:
        node: Any = self.root
        for step in location:
            node = self._writable_member(node, step)
        return node

    def _writable_member(self, holder: Any, step: int | str) -> Any:
        member = holder[step]
        if id(member) not in self._own:
            member = holder[step] = member.copy()
            self._own[id(member)] = member
        return member


def _kind(value: object) -> str:
    """Name the JSON type of `value` with its article."""
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    return "a string" if isinstance(value, str) else "a number"
