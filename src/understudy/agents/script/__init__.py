"""The language in which scenarios say what the nodes of an agent do, and where its conditions lead.

`fixtures/agents.md` explains it to those who write it.
"""

from understudy.agents.script.errors import ScriptError
from understudy.agents.script.nodes import behaviour
from understudy.agents.script.routes import Way, ways
from understudy.agents.script.spots import Graph, Spot

__all__ = ["Graph", "ScriptError", "Spot", "Way", "behaviour", "ways"]
