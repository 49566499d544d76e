"""Expressions and texts with expressions in them: compiled once, then evaluated in one scope after the other."""

from __future__ import annotations

import math
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias

from jinja2 import TemplateError, TemplateSyntaxError, meta, nodes
from jinja2.parser import Parser

from understudy.agents.script.errors import ScriptError
from understudy.agents.script.sandbox import MAX_LENGTH, METHODS, Missing, sandbox
from understudy.errors import did_you_mean
from understudy.paths import quoted, quoted_expression

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from jinja2 import Template

    from understudy.agents.script.scopes import Scope
    from understudy.wire import Json

    Value: TypeAlias = Callable[[Scope], Json]

_MARKS = ("{{", "{%", "{#")
_PARTS = (nodes.Output, nodes.TemplateData, nodes.If, nodes.For)
_LOOPS = 2
"""How deeply loops may stand in one another."""

_MAX_DEPTH = 200


OMIT = object()
"""Stands for what is left out of the object or list in which it is."""


class InvalidExpression(ValueError):
    """An expression cannot be compiled; the message says why."""


def is_template(text: str) -> bool:
    """Return whether there is any expression in a text."""
    return any(mark in text for mark in _MARKS)


def expression(source: str, names: Iterable[str], fields: Callable[[str], Iterable[str] | None]) -> Value:
    """Return what gives the value of an expression, such as `state.n > 3`.

    It may use `names`; of those for which `fields` knows which keys they have, no other keys. InvalidExpression when
    it cannot be.
    """
    text = source.strip()
    if text.startswith("{{") and text.endswith("}}") and text.count("{{") == 1:
        text = text[2:-2]
    with _read(source):
        parser = Parser(sandbox(), text, state="variable")
        tree = parser.parse_expression()
        if not parser.stream.eos:
            raise InvalidExpression(
                f"{quoted_expression(source)}: not understood from {quoted(parser.stream.current.value)} on"
            )
        tree.set_environment(sandbox())
        used = _check(nodes.Template([nodes.Output([tree], lineno=1)], lineno=1), source, names, fields)
        return _value(tree, source, used)


def template(source: str, names: Iterable[str], fields: Callable[[str], Iterable[str] | None]) -> Value:
    """Return what gives the value of a text with expressions in it; if it is one expression alone, its value as it is.

    InvalidExpression when it is none.
    """
    with _read(source):
        tree = sandbox().parse(source)
        used = _check(tree, source, names, fields)
        parts = [
            part for output in tree.body for part in (output.nodes if isinstance(output, nodes.Output) else [output])
        ]
        told = [part for part in parts if not (isinstance(part, nodes.TemplateData) and part.data.isspace())]
        if len(told) == 1 and isinstance(told[0], nodes.Expr) and not isinstance(told[0], nodes.TemplateData):
            return _value(told[0], source, used)
        return _text(sandbox().from_string(tree), source, used)


@contextmanager
def _read(source: str) -> Iterator[None]:
    """Turn whatever Jinja and Python make of a source that is none into InvalidExpression."""
    try:
        yield
    except InvalidExpression:
        raise
    except RecursionError:
        raise InvalidExpression(f"{quoted_expression(source)}: nested too deeply") from None
    except (MemoryError, SyntaxError, TemplateSyntaxError, ValueError) as error:
        raise InvalidExpression(f"{quoted_expression(source)}: {_worded(error)}") from None


def _check(
    tree: nodes.Template, source: str, names: Iterable[str], fields: Callable[[str], Iterable[str] | None]
) -> list[str]:
    """Return the names that are used. InvalidExpression for one that is not there, or for what templates may not do."""
    tree.set_environment(sandbox())
    for part in tree.find_all(nodes.Stmt):
        if not isinstance(part, _PARTS) or (isinstance(part, nodes.For) and part.recursive):
            raise InvalidExpression(
                f"{quoted_expression(source)}: of the blocks only {{% if %}} and {{% for %}} may stand here"
            )
        if isinstance(part, nodes.For) and _depth(part) > _LOOPS:
            raise InvalidExpression(f"{quoted_expression(source)}: more than {_LOOPS} loops in one another")
    for call in tree.find_all(nodes.Filter):
        if call.name not in sandbox().filters:
            hint = did_you_mean(call.name, sandbox().filters)
            raise InvalidExpression(f'{quoted_expression(source)}: unknown filter "{call.name}".{hint}')
    try:
        used = meta.find_undeclared_variables(tree) - sandbox().globals.keys()
    except TemplateError as error:
        raise InvalidExpression(f"{quoted_expression(source)}: {_worded(error)}") from None
    known = set(names)
    for name in sorted(used - known):
        raise InvalidExpression(f'{quoted_expression(source)}: unknown name "{name}".{did_you_mean(name, known)}')
    for name, key in _keys(tree):
        keys = fields(name)
        if keys is not None and name in used and key not in {*keys, *METHODS[dict]}:
            raise InvalidExpression(f'{quoted_expression(source)}: "{name}" has no "{key}".{did_you_mean(key, keys)}')
    return sorted(used)


def _depth(loop: nodes.For) -> int:
    return 1 + max((_depth(inner) for part in loop.iter_child_nodes() for inner in _loops(part)), default=0)


def _loops(part: nodes.Node) -> list[nodes.For]:
    return [part] if isinstance(part, nodes.For) else [*part.find_all(nodes.For)]


def _keys(tree: nodes.Template) -> Iterable[tuple[str, str]]:
    """Yield the keys that names are asked for: `state.topic` and `state["topic"]`."""
    for part in tree.find_all(nodes.Getattr):
        if isinstance(part.node, nodes.Name):
            yield part.node.name, part.attr
    for item in tree.find_all(nodes.Getitem):
        if isinstance(item.node, nodes.Name) and isinstance(item.arg, nodes.Const) and isinstance(item.arg.value, str):
            yield item.node.name, item.arg.value


def _value(tree: nodes.Expr, source: str, names: list[str]) -> Value:
    body: list[nodes.Node] = [nodes.Assign(nodes.Name("result", "store"), tree, lineno=1)]
    compiled = sandbox().from_string(nodes.Template(body, lineno=1))

    def value(scope: Scope) -> Json:
        try:
            context = compiled.new_context({name: scope[name] for name in names})
            for _ in compiled.root_render_func(context):
                pass
            return plain(context.vars["result"])
        except Exception as error:  # noqa: BLE001 - whatever an expression raises is told as its own
            raise ScriptError(f"{quoted_expression(source)}: {_worded(error)}") from None

    return value


def _text(compiled: Template, source: str, names: list[str]) -> Value:
    def text(scope: Scope) -> str:
        try:
            chunks: list[str] = []
            length = 0
            for chunk in compiled.root_render_func(compiled.new_context({name: scope[name] for name in names})):
                length += len(chunk)
                if length > MAX_LENGTH:
                    raise ScriptError(f"longer than {MAX_LENGTH}")
                chunks.append(chunk)
            return _encodable("".join(chunks))
        except Exception as error:  # noqa: BLE001 - whatever a template raises is told as its own
            raise ScriptError(f"{quoted_expression(source)}: {_worded(error)}") from None

    return text


def plain(value: object, depth: int = 0) -> Json:
    """Return a value as JSON has it. ScriptError for what JSON cannot say."""
    if depth > _MAX_DEPTH:
        raise ScriptError("nested too deeply")
    if value is None or value is OMIT or isinstance(value, bool):
        return value
    if isinstance(value, str):
        if len(value) > MAX_LENGTH:
            raise ScriptError(f"longer than {MAX_LENGTH}")
        return _encodable(value)
    if isinstance(value, Missing):
        raise ScriptError(value.message)
    if isinstance(value, int):
        return value if -(2**63) <= value < 2**64 else float(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ScriptError(f"{value} is no number that JSON has")
        return value
    if isinstance(value, dict):
        return without_omitted({_encodable(str(key)): plain(inner, depth + 1) for key, inner in value.items()})
    if callable(value) or not hasattr(value, "__iter__"):
        raise ScriptError(f"a {type(value).__name__} is no value; is it to be called?")
    return without_omitted([plain(inner, depth + 1) for inner in value])


def _encodable(text: str) -> str:
    """Return a text. ScriptError if it has half of a surrogate pair, which no answer can carry."""
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise ScriptError(f"{text[error.start]!a} alone is no character") from None
    return text


def without_omitted(value: Json) -> Json:
    """Return an object or a list without what is to be left out of it."""
    if isinstance(value, dict):
        return {key: inner for key, inner in value.items() if inner is not OMIT}
    return [inner for inner in value if inner is not OMIT]


def _worded(error: Exception) -> str:
    """Return what an error says, without the places in generated code that Jinja adds."""
    if isinstance(error, TemplateError):
        return (error.message or type(error).__name__).removesuffix(".")
    text = str(error) or type(error).__name__
    return text if isinstance(error, ScriptError) else text[:1].lower() + text[1:]
