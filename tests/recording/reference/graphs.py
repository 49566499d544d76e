"""The agents of the scenario `demo` as real graphs: the same nodes, channels and ways, whatever they say."""

import operator
from typing import Annotated, Any

from langgraph.graph import END, START, StateGraph
from langgraph.graph.message import add_messages
from langgraph.types import interrupt
from typing_extensions import TypedDict


class Desk(TypedDict):
    language: str
    tone: str


class Support(TypedDict):
    messages: Annotated[list, add_messages]
    order: Any
    refund: Any


def reply(state: Support) -> dict[str, Any]:
    return {"messages": [{"role": "ai", "content": "Hello! Ask me where an order is, or for a refund."}]}


def tools(state: Support) -> dict[str, Any]:
    ids = [call["id"] for call in state["messages"][-1].tool_calls]
    return {"messages": [{"role": "tool", "content": "It comes tomorrow.", "tool_call_id": each} for each in ids]}


def approve(state: Support) -> dict[str, Any]:
    approved = interrupt({"question": "Refund this order?", "order": state["order"]["number"]})
    return {"refund": {"approved": bool(approved), "amount": state["order"]["total"]}}


def refund(state: Support) -> dict[str, Any]:
    return {"messages": [{"role": "ai", "content": f"{state['refund']['amount']} EUR are on their way to you."}]}


def after_reply(state: Support) -> str:
    if getattr(state["messages"][-1], "tool_calls", None):
        return "tools"
    return "approve" if state.get("order") and state.get("refund") is None else END


class Research(TypedDict):
    question: Any
    notes: Annotated[list, operator.add]
    report: Any


def plan(state: Research) -> dict[str, Any]:
    return {"notes": ["Look at the returns of the last six months.", "Group them by maker, then by fault."]}


def search(state: Research) -> dict[str, Any]:
    return {"notes": ["0 articles say something about it."]}


def write(state: Research) -> dict[str, Any]:
    return {"report": f"{state.get('question')} In short: {len(state['notes'])} notes were made."}


_support = StateGraph(Support, context_schema=Desk)
for node in (reply, tools, approve, refund):
    _support.add_node(node.__name__, node)
_support.add_edge(START, "reply")
_support.add_conditional_edges("reply", after_reply, ["tools", "approve", END])
_support.add_edge("tools", "reply")
_support.add_edge("approve", "refund")
_support.add_edge("refund", END)
support = _support.compile()

_research = StateGraph(Research)
for node in (plan, search, write):
    _research.add_node(node.__name__, node)
for source, target in ((START, "plan"), ("plan", "search"), ("search", "write"), ("write", END)):
    _research.add_edge(source, target)
research = _research.compile()
