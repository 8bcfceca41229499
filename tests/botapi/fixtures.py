"""Fixtures: `botapi`, a server which fails the test if the bot broke a rule; and two for testing the server itself.

Use them by `pytest_plugins = ["tests.botapi.fixtures"]`.
"""

from collections.abc import AsyncIterator

import pytest

from tests.botapi.asking import Asker, asking
from tests.botapi.server import Server


@pytest.fixture
async def botapi() -> AsyncIterator[Server]:
    """Return a running server; at the end its list of violations must be empty, whatever the bot made of the errors."""
    async with Server() as server:
        yield server
    if server.violations:
        shown = "\n".join(f"  {found.method}: {found.reason}\n    {found.params}" for found in server.violations)
        pytest.fail(f"the bot broke rules of the Bot API:\n{shown}", pytrace=False)


@pytest.fixture
async def lenient_botapi() -> AsyncIterator[Server]:
    """Return a running server which does not mind its violations: for the tests which provoke them."""
    async with Server() as server:
        yield server


@pytest.fixture
async def ask(botapi: Server) -> AsyncIterator[Asker]:
    """Return a caller of methods on the strict server."""
    async with asking(botapi) as asker:
        yield asker


@pytest.fixture
async def ask_lenient(lenient_botapi: Server) -> AsyncIterator[Asker]:
    """Return a caller of methods on the lenient server."""
    async with asking(lenient_botapi) as asker:
        yield asker
