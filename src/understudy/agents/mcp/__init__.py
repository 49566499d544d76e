"""The Model Context Protocol: every assistant is a tool."""
