"""That the tests beside this one use every method of the SDK that asks for an operation that the server has."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from computer_agents import ComputerAgentsClient

OLDER = {"resume_thread"}
"""Operations that only older versions of the SDK ask for."""

SAME = {"computers": "environments"}
"""A resource that is another one under a second name."""

UNSAID = {"close", "with_organization"}
"""Methods of the client that ask for nothing."""

Asked = tuple[str, str]
"""The method and path of a request."""


class Listener:
    """A client whose requests are kept, and answered with nothing."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.client = ComputerAgentsClient("tb_test", base_url="http://localhost")
        self.client.api._client.close()
        transport = httpx.MockTransport(self._answer)
        self.client.api._client = httpx.Client(base_url=self.client.api.api_base_url, transport=transport)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append((request.method, request.url.path))
        return httpx.Response(200, json={})

    def first(self, method: Callable[..., Any]) -> Asked | None:
        """Return what a method asks for first, if it asks when it is given words for all that it needs."""
        self.asked.clear()
        needed = [name for name, given in inspect.signature(method).parameters.items() if _is_needed(given)]
        try:
            outcome = method(**dict.fromkeys(needed, "x"))
            if isinstance(outcome, Iterator):
                list(outcome)
        except (KeyError, TypeError, ValueError):
            pass  # of the answer, or of the words
        return self.asked[0] if self.asked else None


def _is_needed(parameter: inspect.Parameter) -> bool:
    return parameter.default is parameter.empty and parameter.kind is not parameter.VAR_KEYWORD


def public_methods(client: ComputerAgentsClient) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield `threads.copy` and `run`, each with its method."""
    yield from ((name, method) for name, method in _methods(client) if name not in UNSAID)
    for resource, part in vars(client).items():
        if not resource.startswith("_") and resource not in {"api", *SAME}:
            yield from ((f"{resource}.{name}", method) for name, method in _methods(part))


def _methods(part: Any) -> Iterator[tuple[str, Callable[..., Any]]]:
    return ((name, it) for name, it in inspect.getmembers(part, inspect.isroutine) if not name.startswith("_"))


def operations() -> list[tuple[str, re.Pattern[str], str]]:
    """Return method, paths and id of the operations of the document, those with the fewest parameters first."""
    text = resources.files("understudy.specs").joinpath("computer-agents.yaml").read_text(encoding="utf-8")
    document = yaml.load(text, yaml.CSafeLoader)
    return [
        (method.upper(), re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), operation["operationId"])
        for path, item in sorted(document["paths"].items(), key=lambda pair: pair[0].count("{"))
        for method, operation in item.items()
        if method != "parameters"
    ]


@pytest.fixture(scope="module")
def reached() -> dict[str, str]:
    """The operation that each method of the SDK asks for first, of those that ask for one of ours."""
    listener, known = Listener(), operations()
    found: dict[str, str] = {}
    for name, method in public_methods(listener.client):
        verb, asked = listener.first(method) or ("", "")
        matching = (operation for wanted, path, operation in known if verb == wanted and path.fullmatch(asked))
        if operation := next(matching, None):
            found[name] = operation
    listener.client.close()
    return found


def called_methods(source: str) -> Iterator[str]:
    """Yield `threads.copy` for each `client.threads.copy(…)` in the source, and `run` for each `client.run(…)`."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Attribute(attr=method, value=ast.Attribute(attr=resource, value=ast.Name()))):
                yield f"{SAME.get(resource, resource)}.{method}"
            case ast.Call(func=ast.Attribute(attr=method, value=ast.Name(id="client" | "newcomer"))):
                yield method


def methods_with_a_test() -> set[str]:
    files = [path for path in Path(__file__).parent.glob("test_sdk_*.py") if path != Path(__file__)]
    return {method for path in files for method in called_methods(path.read_text(encoding="utf-8"))}


def test_every_method_that_reaches_an_operation_has_a_test(reached: dict[str, str]) -> None:
    assert len(reached) > 45
    assert reached.keys() - methods_with_a_test() == set()


def test_every_operation_is_reached_by_a_method(reached: dict[str, str]) -> None:
    ids = {operation for _, _, operation in operations()}

    assert ids - set(reached.values()) == OLDER


def test_a_second_name_of_a_resource_is_the_same_resource() -> None:
    with ComputerAgentsClient("tb_test", base_url="http://localhost") as client:
        assert all(getattr(client, name) is getattr(client, other) for name, other in SAME.items())


def test_the_search_for_calls_finds_those_of_clients_and_nothing_else() -> None:
    source = "client.threads.get(t); client.computers.stop(c); client.run(t); threads.copy(t); a.b.c.d()"

    assert list(called_methods(source)) == ["threads.get", "environments.stop", "run"]
