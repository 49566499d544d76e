"""Which versions are imitated: what the server says of itself, and what runs say of what played them."""

from __future__ import annotations

LANGGRAPH_API = "0.16.7"
LANGGRAPH = "1.2.22"
LANGCHAIN_CORE = "1.7.2"
