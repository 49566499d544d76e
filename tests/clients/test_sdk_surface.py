"""That the tests beside this one use every method of the SDK."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from langgraph_sdk import get_client, get_sync_client

if TYPE_CHECKING:
    from collections.abc import Iterator

RESOURCES = ("assistants", "threads", "runs", "crons", "store")


def public_methods(client: Any) -> set[str]:
    return {
        f"{resource}.{name}"
        for resource in RESOURCES
        for name, _ in inspect.getmembers(getattr(client, resource), inspect.isroutine)
        if not name.startswith("_")
    }


def called_methods(source: str) -> Iterator[str]:
    """Yield `threads.copy` for each call like `client.threads.copy(…)` in the source."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Attribute(attr=method, value=ast.Attribute(attr=resource, value=ast.Name()))):
                yield f"{resource}.{method}"


def methods_with_a_test() -> set[str]:
    files = [path for path in Path(__file__).parent.glob("test_sdk_*.py") if path != Path(__file__)]
    return {method for path in files for method in called_methods(path.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("make", [get_client, get_sync_client])
def test_every_method_of_the_sdk_has_a_test(make: Any) -> None:
    public = public_methods(make(url="http://localhost", api_key=None))

    assert len(public) > 40
    assert public - methods_with_a_test() == set()


@pytest.mark.parametrize("make", [get_client, get_sync_client])
def test_there_are_no_other_resources(make: Any) -> None:
    resources = vars(make(url="http://localhost", api_key=None)).keys()

    assert resources - {"http"} == set(RESOURCES)


def test_the_search_for_calls_finds_those_of_clients_and_nothing_else() -> None:
    source = "client.threads.get(t); other.store.put_item; threads.copy(t); a.b.c.d()"

    assert list(called_methods(source)) == ["threads.get"]
