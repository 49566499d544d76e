"""Scenarios: what a world starts from, written in files that people can read."""

from understudy.scenarios.dumping import dump, dump_text
from understudy.scenarios.loading import build, clock_of, load
from understudy.scenarios.problems import Problem, ScenarioError
from understudy.scenarios.scenario import Scenario, read
from understudy.scenarios.sources import Source, bundled, find, find_all, known_as, nearest

__all__ = [
    "Problem",
    "Scenario",
    "ScenarioError",
    "Source",
    "build",
    "bundled",
    "clock_of",
    "dump",
    "dump_text",
    "find",
    "find_all",
    "known_as",
    "load",
    "nearest",
    "read",
]
