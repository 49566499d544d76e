from understudy.control import Control as Control
from understudy.control import ControlError as ControlError
from understudy.control import World as World
from understudy.control import connect as connect
from understudy.control.given import Given as Given
from understudy.errors import UnderstudyError as UnderstudyError
from understudy.pytest_plugin.worlds import AgentServer as AgentServer
from understudy.starting import Server as Server
from understudy.starting import start as start

__version__: str
