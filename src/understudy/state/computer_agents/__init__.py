"""What the Computer Agents API remembers: threads, the computers they work in, the agents that do the work."""

OWNER = "user_understudy"
"""Who owns everything that a world holds."""
