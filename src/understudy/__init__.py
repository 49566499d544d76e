"""A fake Agent Server for tests: the same answers, from memory, in milliseconds."""

__version__ = "0.1.0"
