"""Python callables play nodes: what they yield, return and raise."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from typing import Any

import pytest

from tests.agents.plays import agent_of, situation, taken
from tests.conftest import Server
from understudy.agents import steps
from understudy.agents.steps import Emit, Fail, Goto, Interrupt, Say, Send, Write
from understudy.scenarios import Source, build, read

MODULE = __name__


closed: list[str] = []
"""The names of generators that were closed."""


def returning(told: steps.Situation) -> Any:
    return {"it": told.visit}


async def waiting(told: steps.Situation) -> Any:
    await asyncio.wait_for(asyncio.sleep(0), 1)
    return [{"emit": 1}, Write({"n": 1})]


def nothing(_: steps.Situation) -> None:
    return None


def generating(told: steps.Situation) -> Generator[Any, Any, Any]:
    answer = yield {"interrupt": "ok? {{ text }}"}
    said = yield Say({"content": "Hi"}, ("Hi",))
    yield {"emit": {"answer": answer, "said": said["content"]}}
    yield Send("node", 1)
    told.store.put(["a"], "k", {"v": 1})
    return {"n": 2}


async def generating_slowly(_: steps.Situation) -> AsyncGenerator[Any, Any]:
    try:
        first = yield {"interrupt": 1}
        yield {"goto": "node"}
        yield {"emit": first}
    finally:
        closed.append("slowly")


def failing(_: steps.Situation) -> None:
    raise KeyError("no such order")


class NoStock(Exception):
    """An error of one's own."""


def failing_late(_: steps.Situation) -> Generator[Any, Any, Any]:
    yield {"emit": 1}
    raise NoStock("none left")


def wrong_word(_: steps.Situation) -> Generator[Any, Any, Any]:
    yield {"emitt": 1}


def wrong_channel(_: steps.Situation) -> Any:
    return {"m": 1}


def wrong_step(_: steps.Situation) -> Any:
    return object


class Calling:
    """A callable that is no function."""

    def __call__(self, _: steps.Situation) -> Any:
        return Emit(self.__class__.__name__)


calling = Calling()


def played(name: str, *answers: Any, **given: Any) -> list[Any]:
    behaviour = agent_of({"node": {"python": f"{MODULE}:{name}"}}).behaviours["node"]
    return taken(behaviour(situation("Hello", **given)), *answers)


def test_what_a_function_returns_is_written() -> None:
    assert played("returning", visit=3) == [Write({"it": 3})]
    assert played("nothing") == []


def test_a_coroutine_may_return_steps() -> None:
    assert played("waiting") == [Emit(1), Write({"n": 1})]


def test_a_generator_is_sent_the_results_of_its_steps() -> None:
    given = situation()

    assert played("generating", True, store=given.store) == [
        Interrupt("ok? {{ text }}"),
        Say({"content": "Hi"}, ("Hi",)),
        Emit({"answer": True, "said": "Hi"}),
        Goto((Send("node", 1),)),
        Write({"n": 2}),
    ]
    assert [item["value"] for item in given.store] == [{"v": 1}]


def test_an_asynchronous_generator_is_closed_when_it_is_left() -> None:
    closed.clear()

    assert played("generating_slowly", 7) == [Interrupt(1), Goto(("node",)), Emit(7)]
    assert closed == ["slowly"]


def test_a_callable_may_be_any_object() -> None:
    assert played("calling") == [Emit("Calling")]


@pytest.mark.parametrize(
    ("name", "failed"),
    [
        ("failing", Fail("KeyError", "'no such order'")),
        ("failing_late", Fail("NoStock", "none left", builtin=False)),
        ("wrong_word", Fail("ScriptError", 'agents.bot.nodes.node: unknown step "emitt". Did you mean "emit"?')),
        ("wrong_channel", Fail("ScriptError", 'agents.bot.nodes.node: no channel "m". Known: it, log, messages, n.')),
        ("wrong_step", Fail("ScriptError", "agents.bot.nodes.node: a callable yields steps, not <class 'object'>")),
    ],
)
def test_what_a_callable_raises_is_the_error_of_the_run(name: str, failed: Fail) -> None:
    assert played(name)[-1] == failed


def test_a_module_that_cannot_be_imported_is_a_mistake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken_one.py").write_text("import not_there_at_all\n", encoding="utf-8")
    (tmp_path / "broken_two.py").write_text("1 / 0\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)

    with pytest.raises(
        Exception, match="broken_one cannot be imported: ModuleNotFoundError: No module named 'not_there"
    ):
        agent_of({"node": {"python": "broken_one:f"}})
    with pytest.raises(Exception, match="broken_two cannot be imported: ZeroDivisionError: division by zero"):
        agent_of({"node": {"python": "broken_two:f"}})


def test_an_error_of_ones_own_class_keeps_its_name_and_hides_its_message(server: Server) -> None:
    text = f"agents: {{bot: {{nodes: {{node: {{python: '{MODULE}:failing_late'}}}}}}}}"
    server.world = build([read(Source("f.yaml", text))])

    answer = server.post("/runs/wait", {"assistant_id": "bot", "input": {}}).json()

    assert answer["__error__"] == {"error": "NoStock", "message": "An internal error occurred"}
