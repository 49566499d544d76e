"""Graphs that do what is hard to find out from a history: tools, sends, joins, commands, stops, questions."""

import operator
from typing import Annotated, Any, Literal

from langchain_core.messages import AIMessage, RemoveMessage
from langchain_core.tools import tool
from langgraph.graph import END, START, StateGraph
from langgraph.graph.message import add_messages
from langgraph.prebuilt import ToolNode, tools_condition
from langgraph.types import Command, Send, interrupt
from typing_extensions import TypedDict


class Conversation(TypedDict):
    messages: Annotated[list, add_messages]


@tool
def weather(city: str) -> str:
    """Tell the weather."""
    return f"sunny in {city}"


@tool
def clock() -> str:
    """Tell the time."""
    raise ValueError("broken")


def model(state: Conversation) -> dict[str, Any]:
    last = state["messages"][-1]
    if last.type == "human":
        calls = [
            {"name": "weather", "args": {"city": last.content}, "id": f"call-{last.content}"},
            {"name": "clock", "args": {}, "id": f"call-clock-{last.content}"},
        ]
        used = {"input_tokens": 3, "output_tokens": 5, "total_tokens": 8}
        return {"messages": [AIMessage("", tool_calls=calls, usage_metadata=used)]}
    if sum(message.type == "ai" for message in state["messages"]) % 3 == 1:
        calls = [{"name": "weather", "args": {"city": "north of it"}, "id": "call-again"}]
        return {"messages": [AIMessage("Let me look again.", tool_calls=calls)]}
    return {"messages": [AIMessage(f"It is {last.content}.", response_metadata={"model_name": "none"})]}


graph = StateGraph(Conversation)
graph.add_node("model", model)
graph.add_node("tools", ToolNode([weather, clock], handle_tool_errors=True))
graph.add_edge(START, "model")
graph.add_conditional_edges("model", tools_condition)
graph.add_edge("tools", "model")
react = graph.compile()


class Topics(TypedDict, total=False):
    topics: list
    notes: Annotated[list, operator.add]
    report: str


def plan(state: Topics) -> dict[str, Any]:
    return {"topics": state.get("topics") or ["tea", "cake"]}


def work(given: dict[str, Any]) -> dict[str, Any]:
    topic = given["topic"]
    if topic == "salt":
        raise ValueError("no salt")
    answer = interrupt(f"About {topic}?") if topic == "cake" else None
    return {"notes": [f"{topic}: {answer}"]}


graph = StateGraph(Topics)
graph.add_node("plan", plan)
graph.add_node("work", work)
graph.add_node("sum_up", lambda state: {"report": ", ".join(state["notes"])})
graph.add_edge(START, "plan")
graph.add_conditional_edges("plan", lambda state: [Send("work", {"topic": each}) for each in state["topics"]], ["work"])
graph.add_edge("work", "sum_up")
graph.add_edge("sum_up", END)
team = graph.compile()


class Thought(TypedDict, total=False):
    kind: str
    n: int


class Logged(Thought, total=False):
    log: Annotated[list, operator.add]


inner = StateGraph(Thought)
inner.add_node("think", lambda state: {"n": (state.get("n") or 0) + 1})
inner.add_edge(START, "think")
inner.add_edge("think", END)
graph = StateGraph(Logged)
graph.add_node("slow", inner.compile())
for name in ("quick", "slower", "last", "again"):
    graph.add_node(name, lambda state, name=name: {"log": [name]})
graph.add_conditional_edges(
    START,
    lambda state: {"both": ["quick", "slow"], "slow": ["slow"]}.get(state.get("kind"), ["quick"]),
    ["quick", "slow"],
)
graph.add_conditional_edges("slow", lambda state: "again" if state.get("n") == 2 else "slower", ["again", "slower"])
graph.add_edge(["quick", "slower"], "last")
graph.add_edge("last", END)
graph.add_edge("again", END)
fork = graph.compile()


def hear(state: Conversation) -> Command[Literal["tell", "shout"]]:
    if state["messages"][-1].content == "forget":
        forgotten = [RemoveMessage(id=state["messages"][0].id)]
        return Command(update={"messages": forgotten}, goto=["tell", Send("shout", {"loud": True})])
    return Command(goto="tell")


graph = StateGraph(Conversation)
graph.add_node("hear", hear)
graph.add_node("tell", lambda state: {"messages": [AIMessage(f"heard {len(state['messages'])}")]})
graph.add_node("shout", lambda given: {"messages": [AIMessage(f"HEARD {given['loud']}", id="loud-1"), AIMessage("!")]})
graph.add_edge(START, "hear")
leaping = graph.compile()


class Seen(TypedDict, total=False):
    log: Annotated[list, operator.add]
    seen: bool


inner = StateGraph(Seen)
inner.add_node("look", lambda state: {"seen": True})
inner.add_node("move", lambda state: {"log": ["move"]})
inner.add_edge(START, "look")
inner.add_edge("look", "move")
inner.add_edge("move", END)
graph = StateGraph(Seen)
graph.add_node("plan", lambda state: {"log": ["plan"]})
graph.add_node("act", inner.compile())
graph.add_node("done", lambda state: {"log": ["done"]})
graph.add_edge(START, "plan")
graph.add_edge("plan", "act")
graph.add_edge("act", "done")
graph.add_edge("done", END)
careful = graph.compile(interrupt_before=["act"])


def send(state: Topics) -> dict[str, Any]:
    return {"report": f"{interrupt('Send it?')}, to {interrupt('To whom?')}"}


graph = StateGraph(Topics)
graph.add_node("send", send)
graph.add_edge(START, "send")
graph.add_edge("send", END)
clerk = graph.compile()
