"""All faults of servers of the Computer Agents API."""

from __future__ import annotations

from tests.conformance.computer_agents.broken import answers, copies, platform, threads

LAW_FAULTS = (*copies.FAULTS, *threads.FAULTS, *platform.FAULTS)
"""Faults that no single answer shows: laws find them."""

ANSWER_FAULTS = answers.FAULTS
"""Faults of single answers."""

LEAKS = answers.LEAKS
"""Faults that leave something behind."""
