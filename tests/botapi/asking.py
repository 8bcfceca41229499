"""A bot of one request: calls a method by plain HTTP and gives back the answer, for testing the server itself."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import ClientSession

from tests.botapi.server import Server
from tests.botapi.spec import Json


class Asker:
    """Calls methods with JSON bodies."""

    def __init__(self, server: Server, session: ClientSession) -> None:
        self.server = server
        self.session = session

    async def __call__(self, method: str, /, **params: Any) -> Json:
        """Return the whole answer, whatever it says."""
        url = f"{self.server.base_url}{self.server.token}/{method}"
        async with self.session.post(url, json=params) as response:
            answer: Json = await response.json()
            return answer

    async def result(self, method: str, /, **params: Any) -> Any:
        """Return the result of a call that must succeed."""
        answer = await self(method, **params)
        assert answer["ok"], answer
        return answer["result"]


@asynccontextmanager
async def asking(server: Server) -> AsyncIterator[Asker]:
    """Return an Asker for this server."""
    async with ClientSession() as session:
        yield Asker(server, session)
