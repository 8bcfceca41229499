"""An installation for tests: real processes of the bot before a strict Bot API server, and a look into its books."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.database import Database
from bot.delivery.outbox import deliveries
from bot.inbox.ledger import inbound
from tests.botapi import Person, Server
from tests.killing import Herd, environment, free_port

ADMINS = -1001000999
SECRET = "w" * 40
_ROOT = Path(__file__).parents[1]

T = TypeVar("T")


@dataclass(eq=False)
class Installation:
    """One installation of the bot. `port` is where its web side listens."""

    server: Server
    database_url: str
    folder: Path
    settings: dict[str, str]
    role: str = "run"
    processes: int = 1
    _herd: Herd | None = field(default=None, init=False)

    @property
    def url(self) -> str:
        """Where its web side listens."""
        return f"http://127.0.0.1:{self.settings['PORT']}"

    @property
    def log(self) -> str:
        """What its processes have logged."""
        return (self.folder / "log").read_text()

    async def start(self) -> None:
        """Start the processes, and wait until Telegram has heard of them."""
        known = len(self.server.calls_of("setMyCommands"))
        self._herd = Herd(self.role, self.processes, self.settings, self.folder / "log")
        await self._herd.start()
        wanted = known + 2 * self.processes
        await self.server.wait_for(lambda: len(self.server.calls_of("setMyCommands")) >= wanted, timeout=30)

    async def stop(self, seconds: float = 10.0) -> list[int]:
        """End the processes as a supervisor does, and return their exit codes; -9 for one that did not in time."""
        herd, self._herd = self._herd, None
        return await herd.stop(seconds) if herd else []

    async def command(self, *arguments: str) -> tuple[int, str]:
        """Run `python -m bot ...` beside it, and return the exit code and what it printed."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", *arguments, cwd=_ROOT, env=self.settings,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        printed, _ = await process.communicate()
        return process.returncode or 0, printed.decode()

    async def look(self, work: Callable[[Connection], T]) -> T:
        """Read from its database, over a connection of our own."""
        database = Database(self.database_url)
        try:
            return await database.read(work)
        finally:
            await database.close()

    async def change(self, *statements: Any) -> None:
        """Change its database behind its back."""
        database = Database(self.database_url)
        try:
            await database.write(lambda tx: [tx.execute(statement) for statement in statements])
        finally:
            await database.close()

    async def outcomes(self, person: Person) -> list[str]:
        """Return how everything of one person ended, in order."""
        query = sa.select(inbound.c.outcome).where(inbound.c.address == f"telegram:{person.id}").order_by(inbound.c.id)
        return await self.look(lambda tx: list(tx.execute(query).scalars()))

    async def sent(self, chat: int) -> list[tuple[str, str]]:
        """Return what became of every message to a chat, in order, once none is on the wire: state and error."""
        on_the_wire = sa.select(deliveries.c.id).where(
            deliveries.c.chat == f"telegram:{chat}", deliveries.c.state == "sending"
        )
        await self.until(lambda tx: tx.execute(on_the_wire).first() is None)
        query = sa.select(deliveries.c.state, deliveries.c.error).where(deliveries.c.chat == f"telegram:{chat}")
        return await self.look(
            lambda tx: [(row.state, row.error or "") for row in tx.execute(query.order_by(deliveries.c.id))]
        )

    async def until(self, holds: Callable[[Connection], bool], seconds: float = 10.0) -> None:
        """Wait until something is so in its database; raises TimeoutError."""
        database = Database(self.database_url)
        try:
            async with asyncio.timeout(seconds):
                while not await database.read(holds):  # noqa: ASYNC110 - another process changes it
                    await asyncio.sleep(0.02)
        finally:
            await database.close()


@asynccontextmanager
async def installed(
    server: Server, database_url: str, folder: Path, *more: dict[str, str], role: str = "run", processes: int = 1
) -> AsyncIterator[Installation]:
    """Run an installation; `more` are settings. At its end no process is left."""
    server.group(ADMINS, "Administratori", forum=False)
    settings = environment(server, database_url, folder) | {"ADMIN_CHAT_ID": str(ADMINS)}
    for some in more:
        settings |= some
    house = Installation(server, database_url, folder, settings, role, processes)
    try:
        await house.start()
        yield house
    finally:
        await house.stop()


def by_webhook() -> dict[str, str]:
    """Return settings that let updates come by webhook."""
    port = free_port()
    return {"PORT": str(port), "PUBLIC_URL": f"http://127.0.0.1:{port}", "WEBHOOK_SECRET": SECRET}


async def hears(person: Person, count: int = 1) -> list[str]:
    """Wait for the next messages to a person and return their texts."""
    return [seen.text for seen in await person.receives(count, timeout=20)]
