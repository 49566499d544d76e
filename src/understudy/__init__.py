"""A stand-in for an agent platform's HTTP API, for tests and CI."""

__version__ = "0.1.0"
