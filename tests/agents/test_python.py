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
from understudy.scenarios.core_yaml import render

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


def setting(_: steps.Situation) -> Any:
    return {"it": {1, 2}}


def emitting_a_surrogate(_: steps.Situation) -> Generator[Any, Any, Any]:
    yield Emit("\ud800")


def sending_too_much(_: steps.Situation) -> Any:
    return Goto(("node", Send("node", {"n": 2**64})))


def leaving(_: steps.Situation) -> None:
    raise SystemExit(3)


def keeping(_: steps.Situation) -> Generator[Any, Any, Any]:
    log = [1]
    yield {"write": {"log": log}}
    log.append(2)


def changing(told: steps.Situation) -> Any:
    log = told.state["log"]
    log.append("more")
    told.input.clear()
    told.config["configurable"].clear()
    return {"log": log}


def asking_and_breaking(_: steps.Situation) -> Generator[Any, Any, Any]:
    try:
        yield {"interrupt": "ok?"}
    finally:
        int("what is left behind")


def waiting_for_nothing(_: steps.Situation) -> Any:
    soon: Any = "soon"
    return steps.Wait(soon)


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
        ("leaving", Fail("SystemExit", "3")),
    ],
)
def test_what_a_callable_raises_is_the_error_of_the_run(name: str, failed: Fail) -> None:
    assert played(name)[-1] == failed


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("setting", "write: no JSON can be made of {'it': {1, 2}}: Type is not JSON serializable: set"),
        (
            "emitting_a_surrogate",
            "emit: no JSON can be made of '\\ud800': str is not valid UTF-8: surrogates not allowed",
        ),
        ("sending_too_much", "goto: no JSON can be made of {'n': 18446744073709551616}: Integer exceeds 64-bit range"),
    ],
)
def test_what_json_cannot_say_is_the_error_of_the_run(name: str, complaint: str) -> None:
    assert played(name) == [Fail("ScriptError", f"agents.bot.nodes.node: {complaint}")]


def test_what_was_handed_on_stays_as_it_was() -> None:
    assert played("keeping") == [Write({"log": [1]})]


def test_a_callable_may_do_what_it_likes_to_what_it_is_given() -> None:
    given = situation(state={"log": ["one"]}, config={"configurable": {"user": "ada"}})

    assert taken(agent_of({"node": {"python": f"{MODULE}:changing"}}).behaviours["node"](given)) == [
        Write({"log": ["one", "more"]})
    ]
    assert (given.state, given.input) == ({"log": ["one"]}, {"log": ["one"]})
    assert given.config == {"configurable": {"user": "ada"}}


@pytest.mark.parametrize(
    ("name", "error"),
    [("asking_and_breaking", "ValueError"), ("setting", "ScriptError"), ("waiting_for_nothing", "ScriptError")],
)
@pytest.mark.parametrize("beside", [(), ("other",)])
def test_what_goes_wrong_in_a_callable_ends_its_run_also_beside_others(
    server: Server, name: str, error: str, beside: tuple[str, ...]
) -> None:
    nodes = {"node": {"python": f"{MODULE}:{name}"}, **dict.fromkeys(beside)}
    edges = [["__start__", node] for node in nodes]
    text = render({"agents": {"bot": {"channels": {"it": "last"}, "nodes": nodes, "edges": edges}}})
    server.world = build([read(Source("f.yaml", text))])
    thread_id = server.create_thread()

    answer = server.post(f"/threads/{thread_id}/runs/wait", {"assistant_id": "bot", "input": {}})

    assert answer.json()["__error__"]["error"] == error
    assert server.get(f"/threads/{thread_id}").json()["status"] == "error"
    assert server.get(f"/threads/{thread_id}/state").json()["next"] == ["node"]


def test_a_module_that_cannot_be_imported_is_a_mistake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken_one.py").write_text("import not_there_at_all\n", encoding="utf-8")
    (tmp_path / "broken_two.py").write_text("1 / 0\n", encoding="utf-8")
    (tmp_path / "broken_three.py").write_text("import sys\nsys.exit(4)\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)

    with pytest.raises(
        Exception, match="broken_one cannot be imported: ModuleNotFoundError: No module named 'not_there"
    ):
        agent_of({"node": {"python": "broken_one:f"}})
    with pytest.raises(Exception, match="broken_two cannot be imported: ZeroDivisionError: division by zero"):
        agent_of({"node": {"python": "broken_two:f"}})
    with pytest.raises(Exception, match="broken_three cannot be imported: SystemExit: 4"):
        agent_of({"node": {"python": "broken_three:f"}})


def test_an_error_of_ones_own_class_keeps_its_name_and_hides_its_message(server: Server) -> None:
    text = f"agents: {{bot: {{nodes: {{node: {{python: '{MODULE}:failing_late'}}}}}}}}"
    server.world = build([read(Source("f.yaml", text))])

    answer = server.post("/runs/wait", {"assistant_id": "bot", "input": {}}).json()

    assert answer["__error__"] == {"error": "NoStock", "message": "An internal error occurred"}
