"""The reference server's graphs whose runs are measured: what ../runs.yaml tells, in Python."""

from __future__ import annotations

import operator
from typing import Annotated, Any

from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage
from langgraph.config import get_stream_writer
from langgraph.graph import END, START, MessagesState, StateGraph
from typing_extensions import TypedDict

Written = dict[str, Any]


class Numbers(TypedDict, total=False):
    """How far to count, and how far it has come."""

    n: int
    count: Annotated[int, operator.add]


class Speech(MessagesState, total=False):
    """How far to count aloud."""

    n: int


async def plan(_: MessagesState) -> Written:
    """Say the first of three things."""
    return {"messages": [AIMessage(content="First the kettle, then the tea.")]}


async def work(_: MessagesState) -> Written:
    """Say the second of three things."""
    return {"messages": [AIMessage(content="The kettle is on.")]}


async def report(_: MessagesState) -> Written:
    """Say the last of three things."""
    return {"messages": [AIMessage(content="Tea is served.")]}


async def speak(state: Speech) -> Written:
    """Say the numbers from 1 to n."""
    text = "".join(f"{number} " for number in range(1, state["n"] + 1))
    model = GenericFakeChatModel(messages=iter([AIMessage(content=text)]))
    return {"messages": [await model.ainvoke(state["messages"])]}


async def tell(state: Numbers) -> Written:
    """Tell of the numbers from 1 to n."""
    write = get_stream_writer()
    for number in range(1, state["n"] + 1):
        write({"progress": number})
    return {}


async def add(_: Numbers) -> Written:
    """Count one further."""
    return {"count": 1}


def again(state: Numbers) -> str:
    """Go on until n."""
    return "add" if state["count"] < state["n"] else END


builder = StateGraph(MessagesState)
builder.add_sequence([plan, work, report])
builder.add_edge(START, "plan")
steps = builder.compile()

speaking = StateGraph(Speech)
speaking.add_node("speak", speak)
speaking.add_edge(START, "speak")
tokens = speaking.compile()

telling = StateGraph(Numbers)
telling.add_node("work", tell)
telling.add_edge(START, "work")
progress = telling.compile()

counting = StateGraph(Numbers)
counting.add_node("add", add)
counting.add_edge(START, "add")
counting.add_conditional_edges("add", again, ["add", END])
counter = counting.compile()
