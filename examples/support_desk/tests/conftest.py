import pytest
from desk import Desk


@pytest.fixture
def desk(agent_client) -> Desk:
    """The desk of a shop that no other test sees."""
    return Desk(agent_client)


@pytest.fixture
def anyio_backend() -> str:
    """Coroutines are tested on asyncio."""
    return "asyncio"
