"""The reference server's graph: one node that answers each message with an echo."""

from __future__ import annotations

from langchain_core.messages import AIMessage
from langgraph.graph import END, START, MessagesState, StateGraph


def agent(state: MessagesState) -> dict[str, list[AIMessage]]:
    """Return the last message as the agent's own."""
    return {"messages": [AIMessage(content=str(state["messages"][-1].content))]}


builder = StateGraph(MessagesState)
builder.add_node("agent", agent)
builder.add_edge(START, "agent")
builder.add_edge("agent", END)
graph = builder.compile()
