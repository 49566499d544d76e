"""A2A, spoken by assistants: contexts are threads, tasks are runs, messages are those of the agent's state."""
