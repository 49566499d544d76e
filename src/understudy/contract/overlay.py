"""Correct one document by another: the OpenAPI Overlay Specification 1.0.0."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

import jsonpath_rfc9535 as jsonpath

if TYPE_CHECKING:
    from understudy.wire import Json, JsonObject

    Location: TypeAlias = tuple[int | str, ...]

_FEATURE_SET = "1.0."  # Patch versions only clarify the text, so any of them is understood.


class OverlayError(ValueError):
    """An overlay that cannot be applied; the message names the action and what is wrong with it."""


def apply(document: JsonObject, overlay: JsonObject) -> JsonObject:
    """Return `document` with the actions of `overlay` carried out in their order.

    Neither argument is changed. The result shares with them every part that no action touched, so it is to be read,
    not written. An action says `remove: true` or `update`; where it says both, the removal counts. An update is merged
    into each object that its target selects (members recursively, lists one after the other, anything else
    overwritten), and appended to each list.

    Raises OverlayError, also for what the specification lets pass but no correction can mean: a target that matches
    nothing, and an action that has nothing to do.
    """
    version = overlay.get("overlay")
    if not isinstance(version, str) or not version.startswith(_FEATURE_SET):
        raise OverlayError(f"overlay version {version!r} is not understood; it must be 1.0.0")
    actions = overlay.get("actions")
    if not isinstance(actions, list) or not actions:
        raise OverlayError("an overlay has a list of one action or more")

    tree = _Tree(document)
    for number, action in enumerate(actions, start=1):
        try:
            _carry_out(action, tree)
        except OverlayError as error:
            raise OverlayError(f"{_name(number, action)}: {error}") from error.__cause__
    return tree.root


def _name(number: int, action: Json) -> str:
    target = action.get("target") if isinstance(action, Mapping) else None
    return f"action {number}" if target is None else f"action {number}, target {target}"


def _carry_out(action: Json, tree: _Tree) -> None:
    if not isinstance(action, Mapping):
        raise OverlayError(f"an action is an object, not {_kind(action)}")
    remove = action.get("remove", False)
    if not isinstance(remove, bool):
        raise OverlayError(f"remove is true or false, not {_kind(remove)}")
    if not remove and "update" not in action:
        raise OverlayError("there is neither update nor remove")

    for location in _select(action.get("target"), tree.root):
        if remove:
            tree.remove(location)
        else:
            tree.update(location, action["update"])


def _select(target: Json, root: JsonObject) -> list[Location]:
    """Return where `target` points: inner and later places first, so that each stays true while the others change."""
    if not isinstance(target, str):
        raise OverlayError("target is a JSONPath expression")
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

    def __init__(self, document: JsonObject) -> None:
        self.root = dict(document)
        # By identity; the objects are held, so that no identity is used again.
        self._own: dict[int, Json] = {id(self.root): self.root}

    def remove(self, location: Location) -> None:
        """Take the node at `location` out of the object or list that holds it."""
        if not location:
            raise OverlayError("the whole document cannot be removed")
        del self._writable(location[:-1])[location[-1]]

    def update(self, location: Location, update: Json) -> None:
        """Append `update` to the list at `location`, or merge it into the object there."""
        node = self._writable(location)
        if isinstance(node, list):
            node.append(update)
        elif isinstance(update, Mapping):
            self._merge(node, update, ())
        else:
            raise OverlayError(f"the update of an object is an object, not {_kind(update)}")

    def _merge(self, node: JsonObject, update: Mapping[str, Json], path: tuple[str, ...]) -> None:
        for key, new in update.items():
            old = node.get(key)
            if isinstance(old, dict) and isinstance(new, Mapping):
                self._merge(self._writable_member(node, key), new, (*path, key))
            elif isinstance(old, list) and isinstance(new, list):
                self._writable_member(node, key).extend(new)
            elif isinstance(old, (dict, list)):
                place = ".".join((*path, key))
                raise OverlayError(f"update has {_kind(new)} at {place}, where there is {_kind(old)}")
            else:
                node[key] = new

    def _writable(self, location: Location) -> Json:
        node: Json = self.root
        for step in location:
            node = self._writable_member(node, step)
        return node

    def _writable_member(self, holder: Json, step: int | str) -> Json:
        member = holder[step]
        if id(member) not in self._own:
            member = holder[step] = member.copy()
            self._own[id(member)] = member
        return member


def _kind(value: Json) -> str:
    """Return the JSON type of `value` with its article."""
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    return "a string" if isinstance(value, str) else "a number"
