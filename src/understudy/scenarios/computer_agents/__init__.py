"""The Computer Agents API's side of scenarios: projects, agents, computers with files, threads with steps."""
