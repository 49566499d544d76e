"""What a check has to know of the Computer Agents API: what there is to play with, what is safe, what to remove."""

from understudy.conformance.computer_agents import cleaning, ground, guard, places, survey, workplace

__all__ = ["cleaning", "ground", "guard", "places", "survey", "workplace"]
