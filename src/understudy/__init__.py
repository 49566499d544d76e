"""A fake Agent Server for tests: the same answers, from memory, in milliseconds."""

from importlib import import_module

__version__ = "0.1.0"

__all__ = [
    "AgentServer",
    "Control",
    "ControlError",
    "Given",
    "Server",
    "UnderstudyError",
    "World",
    "__version__",
    "connect",
    "start",
]

# Where names come from when they are first asked for: the command line and pytest start without them.
# What type checkers are told stands in __init__.pyi.
_FROM = {
    "AgentServer": "pytest_plugin.worlds",
    "Control": "control",
    "ControlError": "control",
    "Given": "control.given",
    "Server": "starting",
    "UnderstudyError": "errors",
    "World": "control",
    "connect": "control",
    "start": "starting",
}


def __getattr__(name: str) -> object:
    if name not in _FROM:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"{__name__}.{_FROM[name]}"), name)
    return value
