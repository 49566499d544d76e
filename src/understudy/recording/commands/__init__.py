"""The commands that record and seed deployments: what can be said to them, and what is done then."""
