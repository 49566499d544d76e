"""The client of the control plane: what a test does with the server that it talks to, wherever that is."""

from understudy.control.asking import ControlError
from understudy.control.clock import Clock
from understudy.control.faults import Fault, Faults
from understudy.control.journal import Journal
from understudy.control.runs import Runs
from understudy.control.server import Control, connect
from understudy.control.world import World

__all__ = ["Clock", "Control", "ControlError", "Fault", "Faults", "Journal", "Runs", "World", "connect"]
