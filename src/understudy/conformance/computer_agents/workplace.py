"""What a deployment has that a check can play with: agents, and a computer of the check's own that they work in."""

from __future__ import annotations

from dataclasses import dataclass

from understudy.conformance.stage import Stage


@dataclass
class Workplace(Stage):
    """What laws may rely on. Whoever makes a thread says which agent and which computer, never the default ones.

    Those may be somebody's: what is executed in a computer starts it and changes its files.
    """

    computer_id: str = ""
    """A computer of the check's own, which is there to the end."""
    agent_ids: tuple[str, ...] = ()
    """The agents to execute with: those that were asked for, else one of the check's own."""
    model: str = ""
    """A model that agents can have."""
    default_id: str | None = None
    """The default computer, if it is the check's own: nobody had one before. Only then may it be another one."""

    @property
    def played(self) -> list[str]:
        """What is run, by the names that users know."""
        return list(self.agent_ids)

    def agent_id(self, chance: int = 0) -> str:
        """Return one of the agents to execute with."""
        return self.agent_ids[chance % len(self.agent_ids)]
