"""The words that templates may use: Jinja's, without those that reach beyond their data or cost without end."""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import StrictUndefined
from jinja2.exceptions import SecurityError
from jinja2.filters import FILTERS
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing

from understudy.agents.script.conversations import text_of
from understudy.errors import did_you_mean
from understudy.wire import dumps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from jinja2.runtime import Context

    from understudy.wire import Json

MAX_LENGTH = 10_000_000
"""Characters of a text, or items of a list, that an expression may make."""

MAX_RANGE = 10_000
"""Numbers that `range` may count."""

_COMPARED = 200
"""Characters of a text that are looked at to find the nearest one."""

MAX_WIDTH = 1000
"""Characters to which `format` may pad."""

_MAX_BITS = 4096

_WIDTHS = re.compile(r"\d+")

_BORROWED = """
    abs capitalize count d default dictsort first float int items last length list lower map max min reject
    rejectattr reverse round select selectattr sort string sum title trim truncate unique upper wordcount
"""

_OF_TEXTS = """
    capitalize count endswith find isalpha isdigit join lower lstrip partition removeprefix removesuffix replace
    rpartition rsplit rstrip split splitlines startswith strip swapcase title upper
"""

METHODS = {
    str: frozenset(_OF_TEXTS.split()),
    dict: frozenset({"get", "items", "keys", "values"}),
    list: frozenset({"count", "index"}),
    tuple: frozenset({"count", "index"}),
    int: frozenset[str](),
    float: frozenset[str](),
    bool: frozenset[str](),
    type(None): frozenset[str](),
}
"""What data may be asked to do, by its type."""


class Declared(dict[str, Any]):
    """An object of which is known what it may have; what it has not is none, and does not count as there."""

    def __init__(self, values: Mapping[str, Any], declared: Iterable[str]) -> None:
        super().__init__(values)
        self._declared = frozenset(declared)

    def __missing__(self, key: str) -> None:
        if key not in self._declared:
            raise KeyError(key)


class Missing(StrictUndefined):
    """Something that is not there; whoever uses it is told what was looked for, and where."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        name, holder = self._undefined_name, self._undefined_obj
        if self._undefined_hint:
            return self._undefined_hint
        if holder is missing:
            return f'there is no "{name}"'
        if isinstance(holder, dict):
            keys = [key for key in holder if isinstance(key, str)]
            return f'there is no "{name}" in it.{did_you_mean(str(name), keys)}'.removesuffix(".")
        if isinstance(holder, (list, tuple)):
            return f"there is no item {name} in a list of {len(holder)}"
        return f'{_kind(holder)} has no "{name}"'

    @property
    def message(self) -> str:
        """What is missing."""
        return self._undefined_message


class Sandbox(ImmutableSandboxedEnvironment):
    """Compiles expressions and templates that can read their data and nothing else."""

    intercepted_binops = frozenset({"%", "*", "**", "+"})

    def __init__(self) -> None:
        super().__init__(undefined=Missing, keep_trailing_newline=True, cache_size=0)
        self.globals = {"dict": dict, "range": _range}
        self.filters = {name: FILTERS[name] for name in _BORROWED.split()}
        self.filters |= {
            "format": _format,
            "join": _join,
            "nearest": _nearest,
            "replace": _replace,
            "repr": repr,
            "text": text_of,
            "tojson": _json,
        }

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Return what an operator gives, unless that would be too large."""
        sized = [len(side) for side in (left, right) if isinstance(side, (str, list, tuple))]
        counts = [side for side in (left, right) if isinstance(side, int)]
        if operator == "%" and isinstance(left, str):
            raise SecurityError("texts are not put together with %; use ~ or the filter format")
        if operator == "*" and sized and counts and sized[0] * counts[0] > MAX_LENGTH:
            raise SecurityError(f"longer than {MAX_LENGTH}")
        if operator == "+" and sum(sized) > MAX_LENGTH:
            raise SecurityError(f"longer than {MAX_LENGTH}")
        if operator == "**" and len(counts) == 2 and left.bit_length() * right > _MAX_BITS:
            raise SecurityError(f"larger than {_MAX_BITS} bits")
        return super().call_binop(context, operator, left, right)

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805
        """Return what a call gives, unless that would be too large. Named as in Jinja, whose own takes any keyword."""
        guard = _GUARDS.get(getattr(__obj, "__name__", ""))
        if guard and isinstance(getattr(__obj, "__self__", None), str):
            return guard(__obj.__self__, *args)
        return super().call(__context, __obj, *args, **kwargs)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return what is under a name: what the data says comes before what its type can do."""
        if isinstance(obj, dict):
            try:
                return obj[attribute]
            except KeyError:
                pass
        return super().getattr(obj, attribute)

    def wrap_str_format(self, value: Any) -> None:
        """Return None: texts have no method format here, which could pad without end."""

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Return whether the data may be asked for this."""
        methods = METHODS.get(dict if isinstance(obj, dict) else type(obj))
        return attr in methods if methods is not None else super().is_safe_attribute(obj, attr, value)


@cache
def sandbox() -> Sandbox:
    """Return the sandbox of all scripts. It keeps nothing of what is evaluated in it."""
    return Sandbox()


def _range(*bounds: int) -> range:
    numbers = range(*bounds)
    if len(numbers) > MAX_RANGE:
        raise SecurityError(f"range counts to {MAX_RANGE} at most")
    return numbers


def _format(template: str, *values: object) -> str:
    if "*" in template or any(int(width) > MAX_WIDTH for width in _WIDTHS.findall(template)):
        raise SecurityError(f"pads to {MAX_WIDTH} characters at most")
    return template % values


def _replace(text: str, old: str, new: str, *count: int) -> str:
    if text.count(old) * len(new) > MAX_LENGTH:
        raise SecurityError(f"longer than {MAX_LENGTH}")
    return str(text).replace(old, new, *count)


def _join(values: Iterable[Any], between: str = "", attribute: str | None = None) -> str:
    texts = [str(value if attribute is None else value[attribute]) for value in values]
    if len(texts) * len(between) + sum(map(len, texts)) > MAX_LENGTH:
        raise SecurityError(f"longer than {MAX_LENGTH}")
    return between.join(texts)


_GUARDS: dict[str, Callable[..., str]] = {
    "join": lambda between, values: _join(values, between),
    "replace": _replace,
}


def _nearest(value: Json, known: list[Json]) -> Json:
    """Return that of the known values, of which there is at least one, that is written most like this one."""
    written = {_written(one)[:_COMPARED]: one for one in known}
    return written[get_close_matches(_written(value)[:_COMPARED], written, n=1, cutoff=0)[0]]


def _written(value: Json) -> str:
    return value if isinstance(value, str) else _json(value)


def _json(value: Json) -> str:
    return dumps(value).decode()


def _kind(value: Any) -> str:
    kinds: dict[type, str] = {
        type(None): "none",
        str: "a text",
        bool: "true or false",
        int: "a number",
        float: "a number",
    }
    return kinds.get(type(value), f"a {type(value).__name__}")
