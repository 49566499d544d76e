"""What a check has to know of the Agent Server: what there is to play with, what is safe, what to remove."""

from understudy.conformance.agent_server import cleaning, ground, guard, places, survey

__all__ = ["cleaning", "ground", "guard", "places", "survey"]
