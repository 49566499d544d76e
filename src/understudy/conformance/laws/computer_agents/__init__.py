"""Laws of the Computer Agents API."""
