"""The graphs that the reference server plays; `fixtures/agent-server/reference.yaml` scripts the same ones.

Clients see the names of the state types as the titles of their schemas, and would see what docstrings say of them.
"""

import asyncio
from operator import add
from typing import Annotated, Any

from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage
from langchain_core.runnables import RunnableConfig
from langgraph.config import get_stream_writer
from langgraph.graph import END, START, StateGraph
from langgraph.graph.message import add_messages
from langgraph.runtime import Runtime
from langgraph.types import interrupt
from typing_extensions import TypedDict


class S(TypedDict):  # messages
    messages: Annotated[list, add_messages]


class C(TypedDict, total=False):  # a count, a log, and how to go about it
    n: Annotated[int, add]
    log: Annotated[list, add]
    sleep: float
    mode: str


class W(TypedDict, total=False):  # one text
    x: str


class P(TypedDict, total=False):  # one text, and whether to ask
    v: str
    ask: bool


class Q(TypedDict, total=False):  # a list of answers
    out: Annotated[list, add]


class K(TypedDict, total=False):  # anything
    k: Any


class Ctx(TypedDict, total=False):  # what a run is told besides its input
    color: str


def chain(state, nodes, **options):
    """Return a graph that goes through these nodes one after another."""
    builder = StateGraph(state, **options)
    before = START
    for name, node in nodes.items():
        builder.add_node(name, node)
        builder.add_edge(before, name)
        before = name
    builder.add_edge(before, END)
    return builder.compile()


def reply(state):
    """Repeat the last message; ask when it says so, fail when it says so."""
    said = state["messages"][-1].content if state["messages"] else ""
    if said == "boom":
        raise ValueError("boom")
    text = f"answer {interrupt({'question': 'ok?'})}" if said == "ask" else f"echo {said}"
    return {"messages": [AIMessage(content=text)]}


def counting(name, *, may_fail):
    """Return a node that counts itself, in the time that the state says."""

    async def count(state):
        await asyncio.sleep(state.get("sleep") or 0)
        if may_fail and state.get("mode") == "boom":
            raise RuntimeError("kaboom")
        return {"n": 1, "log": [name]}

    return count


async def speak(state):
    """Let a model say the same three words, token by token."""
    words = AIMessage(content="Hello big world", id="ai-1")
    return {"messages": [await GenericFakeChatModel(messages=iter([words])).ainvoke(state["messages"])]}


async def tell(state):
    """Write data of its own into the stream."""
    write = get_stream_writer()
    for data in ({"progress": 1}, "plain string", {"progress": 2}):
        write(data)
    return {"x": (state.get("x") or "") + "!"}


async def before(state):
    """Say that it came before the subgraph."""
    return {"v": (state.get("v") or "") + "-pre"}


async def within(state):
    """Say that it came inside the subgraph, or ask."""
    if state.get("ask"):
        return {"v": f"got {interrupt({'need': 'input'})}"}
    return {"v": (state.get("v") or "") + "-inner"}


def asking(name, question):
    """Return a node that asks one question."""

    async def ask(state):
        return {"out": [f"{name}:{interrupt(question)}"]}

    return ask


async def show_context(state, runtime: Runtime[Ctx]):
    """Write down the context."""
    return {"k": dict(runtime.context or {})}


async def show_config(state, config: RunnableConfig):
    """Write down the beginning of what the configuration says."""
    shown = ("configurable", "metadata", "tags", "recursion_limit")
    return {"k": {key: repr(value)[:200] for key, value in config.items() if key in shown}}


agent = chain(S, {"agent": reply})
steps = chain(C, {"a": counting("a", may_fail=False), "b": counting("b", may_fail=True)})
chat = chain(S, {"model": speak})
custom = chain(W, {"writer": tell})
parent = chain(P, {"pre": before, "child": chain(P, {"inner": within})})
ctx = chain(K, {"ctx": show_context}, context_schema=Ctx)
cfg = chain(K, {"cfg": show_config})

questions = StateGraph(Q)
for node, question in (("q1", "one"), ("q2", "two")):
    questions.add_node(node, asking(node, question))
    questions.add_edge(START, node)
    questions.add_edge(node, END)
par = questions.compile()
