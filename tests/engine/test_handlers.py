"""Handlers and their operations: a server whose two do not fit does not start, and says the nearest right word."""

from __future__ import annotations

import sys
from dataclasses import replace
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from understudy.contract.documents import load_contract
from understudy.contract.operations import Operation, Parameter, operations
from understudy.errors import NotImitated, SetupError
from understudy.server.handlers import Handlers, bind

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

THREAD_ID = Parameter("thread_id", "path", required=True, schema={"type": "string"})
PREFER = Parameter("Prefer-It", "header", required=False, schema={"type": "string"})

GET = Operation(
    id="get_it",
    method="get",
    path="/it/{thread_id}",
    handler="made_up.get",
    parameters=(THREAD_ID, PREFER),
    body=None,
    body_required=False,
    responses={"200": {}},
    public=False,
)
POST = replace(GET, method="post", body={"type": "object"})


@pytest.fixture
def handlers(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[..., Any]], Handlers]:
    """Make handlers whose only module, `made_up`, has this function as `get`."""

    def made(function: Callable[..., Any]) -> Handlers:
        package, module = ModuleType("understudy.handlers.tried"), ModuleType("understudy.handlers.tried.made_up")
        package.__path__ = []
        module.get = function  # type: ignore[attr-defined]  # made up
        monkeypatch.setitem(sys.modules, package.__name__, package)
        monkeypatch.setitem(sys.modules, module.__name__, module)
        monkeypatch.setattr("understudy.server.handlers.iter_modules", lambda _: [_Found("made_up")])
        return Handlers("tried")

    return made


class _Found:
    def __init__(self, name: str) -> None:
        self.name = name


def complaint(operation: Operation, handlers: Handlers) -> str:
    with pytest.raises(SetupError) as error:
        bind(operation, handlers)
    return str(error.value)


def test_a_handler_that_fits_is_bound_with_what_it_asks_for(handlers: Any) -> None:
    async def get(world: Any, thread_id: str, prefer_it: str, caller: Any) -> None: ...

    function, asked = bind(GET, handlers(get))

    assert function is get
    assert asked == {"world", "thread_id", "prefer_it", "caller"}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("thread.copy", 'x-handler "thread.copy": no module "thread". Did you mean "threads"?'),
        ("threads.copi", 'x-handler "threads.copi": no async function "copi" in threads.py. Did you mean "copy"?'),
        ("threads.FIELDS", 'x-handler "threads.FIELDS": no async function "FIELDS" in threads.py.'),
        ("threads.writable", 'x-handler "threads.writable": no async function "writable" in threads.py.'),
        ("threads", 'x-handler "threads": no async function "" in threads.py.'),
    ],
)
def test_a_missing_handler_is_told_with_the_nearest_one(name: str, expected: str) -> None:
    with pytest.raises(SetupError) as error:
        Handlers("agent_server").find(name)

    assert str(error.value).startswith(expected)


def test_a_word_that_is_near_to_none_is_told_with_all_there_are() -> None:
    with pytest.raises(SetupError, match=r'no module "zzz"\. Known: .*assistants.*threads'):
        Handlers("agent_server").find("zzz.get")


def test_a_handler_that_asks_for_what_the_operation_does_not_have(handlers: Any) -> None:
    async def get(world: Any, thread_id: str, prefer_it: str, tread_id: str) -> None: ...

    assert complaint(GET, handlers(get)) == (
        'made_up.get asks for "tread_id", which GET /it/{thread_id} does not have. Did you mean "thread_id"?'
    )


def test_a_handler_that_leaves_out_what_the_operation_has(handlers: Any) -> None:
    async def get(world: Any, thread_id: str) -> None: ...

    assert complaint(GET, handlers(get)) == "made_up.get does not take prefer_it, which GET /it/{thread_id} has"
    assert complaint(POST, handlers(get)) == (
        "made_up.get does not take body, prefer_it, which POST /it/{thread_id} has"
    )


def test_a_handler_that_wants_a_body_where_there_is_none(handlers: Any) -> None:
    async def get(world: Any, thread_id: str, prefer_it: str, body: Any) -> None: ...

    assert complaint(GET, handlers(get)) == ("made_up.get asks for a body, which GET /it/{thread_id} does not have")
    assert bind(POST, handlers(get))[0] is get


def test_a_function_that_is_not_async_is_no_handler(handlers: Any) -> None:
    def get(world: Any, thread_id: str, prefer_it: str) -> None: ...

    assert 'no async function "get"' in complaint(GET, handlers(get))


@pytest.mark.parametrize("name", ["thread_id", "threadId", "Thread-Id", "thread-id"])
def test_a_handler_gets_a_parameter_by_one_name_however_the_document_spells_it(name: str) -> None:
    assert replace(THREAD_ID, name=name).argument == "thread_id"


def test_an_operation_without_a_handler_gets_one_that_says_so() -> None:
    function, asked = bind(replace(GET, handler=None), Handlers("agent_server"))

    assert asked == frozenset()
    with pytest.raises(NotImitated, match=r"^GET /it/\{thread_id\} \(get_it\) is not imitated yet$"):
        run(function())


def run(awaitable: Awaitable[None]) -> None:
    """Step through an awaitable that waits for nothing."""
    with pytest.raises(StopIteration):
        awaitable.__await__().send(None)


def test_every_handler_of_the_document_fits() -> None:
    imitated = [each for each in operations(load_contract("agent-server").observed) if each.handler]

    assert len(imitated) > 30
    for operation in imitated:
        bind(operation, Handlers("agent_server"), {"service"})
