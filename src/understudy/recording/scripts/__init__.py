"""Recorded runs made into the scripts of agents: what was said once is said again."""

from understudy.recording.scripts.agents import Scripted, agents_from

__all__ = ["Scripted", "agents_from"]
