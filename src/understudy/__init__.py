"""A stand-in for an agent platform's HTTP API, for tests and CI."""
