"""Finding the function that answers an operation, and checking at start that the two fit."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Collection
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, cast

from understudy.errors import NotImitated, SetupError, did_you_mean

if TYPE_CHECKING:
    from types import ModuleType

    from understudy.contract.operations import Operation

Handler = Callable[..., Awaitable[Any]]

GIVEN = ("world", "body", "caller")
"""What a handler may ask for besides the operation's parameters and what its API offers."""


class Handlers:
    """The handlers of an API: `threads.copy` is the function `copy` of `understudy.handlers.<package>.threads`."""

    def __init__(self, package: str) -> None:
        self._package = f"understudy.handlers.{package}"
        self._modules = [module.name for module in iter_modules(import_module(self._package).__path__)]

    def find(self, name: str) -> Handler:
        """Return the function named `<module>.<function>`. SetupError names the nearest one there is."""
        module_name, _, function_name = name.partition(".")
        if module_name not in self._modules:
            near = did_you_mean(module_name, self._modules)
            raise SetupError(f'x-handler "{name}": no module "{module_name}".{near}')
        module = import_module(f"{self._package}.{module_name}")
        function = getattr(module, function_name, None)
        if not inspect.iscoroutinefunction(function):
            near = did_you_mean(function_name, _coroutines(module))
            raise SetupError(f'x-handler "{name}": no async function "{function_name}" in {module_name}.py.{near}')
        return cast("Handler", function)


def bind(operation: Operation, handlers: Handlers, offered: Collection[str] = ()) -> tuple[Handler, frozenset[str]]:
    """Return the operation's handler and the names of what it asks for, of what its API offers among other things.

    An operation without a handler gets one that says so. SetupError when a handler asks for what the document does
    not have, or leaves out a parameter or a body that it has.
    """
    if operation.handler is None:
        return _not_imitated(operation), frozenset()
    function = handlers.find(operation.handler)
    asked = list(inspect.signature(function).parameters)
    parameters = {parameter.argument for parameter in operation.parameters}
    known = {*parameters, *offered, *GIVEN}
    unknown = [name for name in asked if name not in known]
    if unknown:
        near = did_you_mean(unknown[0], known)
        raise SetupError(f'{operation.handler} asks for "{unknown[0]}", which {operation} does not have.{near}')
    needed = parameters | ({"body"} if operation.body is not None else set())
    dropped = sorted(needed - set(asked))
    if dropped:
        raise SetupError(f"{operation.handler} does not take {', '.join(dropped)}, which {operation} has")
    if "body" in asked and operation.body is None:
        raise SetupError(f"{operation.handler} asks for a body, which {operation} does not have")
    return function, frozenset(asked)


def _not_imitated(operation: Operation) -> Handler:
    async def refuse() -> None:
        raise NotImitated(f"{operation} ({operation.id}) is not imitated yet")

    return refuse


def _coroutines(module: ModuleType) -> list[str]:
    return [name for name, value in vars(module).items() if inspect.iscoroutinefunction(value)]
