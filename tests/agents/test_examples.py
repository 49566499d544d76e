"""Every example on the page on agents plays as the page says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.agents.examples import BLOCKS, PAGE, PYTHON, exchanges
from tests.conftest import Server
from understudy.agents.echo import MAGIC
from understudy.agents.echo import WORDS as MAGIC_WORDS
from understudy.agents.script.scopes import NAMES
from understudy.agents.script.words import WORDS
from understudy.scenarios import Source, build, read
from understudy.state.ids import assistant_of


@pytest.fixture(autouse=True)
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the Python of the page where Python looks."""
    (tmp_path / "shouting.py").write_text("\n".join(PYTHON), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_an_example_plays_as_it_says(server: Server, block: str) -> None:
    server.world = build([read(Source("page.yaml", block))])
    graph_id = next(iter(server.world.agents)).graph_id
    thread_id = server.create_thread()
    played = exchanges(block)

    assert played
    for exchange in played:
        body = {"assistant_id": assistant_of(graph_id), **exchange.body}
        answer = server.post(f"/threads/{thread_id}/runs/wait", body).json()
        for result in exchange.results:
            assert_is(answer, result)


def assert_is(answer: dict[str, Any], result: str) -> None:
    if result.startswith("error: "):
        error = answer["__error__"]
        assert f"{error['error']}: {error['message']}" == result.removeprefix("error: ")
    elif result.startswith("asks: "):
        assert answer["__interrupt__"][0]["value"] == json.loads(result.removeprefix("asks: "))
    elif result.startswith("{"):
        wanted = json.loads(result)
        assert {name: answer.get(name) for name in wanted} == wanted
    else:
        assert answer["messages"][-1]["content"].strip() == result


def test_the_page_shows_every_word_of_the_language() -> None:
    shown = set(re.findall(r"([a-z_]+):", "\n".join(BLOCKS)))

    assert set(WORDS) - shown == set()


def test_the_page_tells_of_every_name_and_of_every_magic_word() -> None:
    assert [name for name in NAMES if f"`{name}`" not in PAGE] == []
    assert [word for word in MAGIC_WORDS if f"`{MAGIC} {word}" not in PAGE] == []


MISTAKEN = """\
agents:
  bot:
    channels: {messages: messages, count: last}
    nodes:
      model:
        - when: text == "hi"
          do: {say: hi}
        - do:
            - sya: hello
            - write: {cuont: "{{ txt }}"}
    edges: [{from: model, to: __end__, when: state.cont > 1}]
"""


def test_mistakes_are_told_as_the_page_says() -> None:
    (text,) = re.findall(r"^```text\n(mine\.yaml.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)

    with pytest.raises(Exception, match="unknown step") as raised:
        build([read(Source("mine.yaml", MISTAKEN))])

    assert str(raised.value) == text.strip()
