"""Letters for the tests, as bytes, and an installation's mailroom in front of a mail server."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import app as house
from bot import pulses
from bot.channels.email.letter import Letter
from bot.channels.email.watching import Patience
from bot.clock import Clock, SystemClock
from bot.inbox.ledger import inbound
from bot.mailroom.records import CHANNEL, letters
from bot.mailroom.room import Mailroom
from bot.pulses import Pulse
from bot.service import mailroom_of
from bot.settings import Secret, Settings
from tests.transcripts.stage import RecordingChannel

SECRET = "s" * 40
PATIENCE = Patience(answer=5.0, idle=3.0, refused_pause=60.0)

T = TypeVar("T")


def letter(
    text: str = "kuri koki der?",
    *,
    sender: str = "Anna <anna@example.org>",
    subject: str = "",
    number: int | str = 1,
    attachments: tuple[tuple[str, bytes], ...] = (),
    **headers: str,
) -> bytes:
    """Write a letter; `number` makes its Message-ID. An underscore in a header's name stands for a hyphen."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "koki@example.lv", subject
    message["Message-ID"] = f"<{number}@example.org>"
    if "Date" not in headers:
        message["Date"] = dated(datetime.now(UTC).replace(hour=0, minute=0, second=0))
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    for name, content in attachments:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes(policy=SMTP)


def dated(at: Any) -> str:
    """Write a moment as the Date header has it."""
    return format_datetime(at)


@dataclass(eq=False)
class Post:
    """One process's mailroom, and a look into its books."""

    app: house.App
    room: Mailroom
    _watching: asyncio.Task[None] | None = field(default=None, init=False)

    async def look(self, work: Callable[[Connection], T]) -> T:
        """Read from the database."""
        return await self.app.database.read(work)

    async def outcomes(self) -> list[str]:
        """Return how every letter ended, in the mailbox's order."""
        query = sa.select(letters.c.outcome).order_by(letters.c.uidvalidity, letters.c.uid)
        return await self.look(lambda tx: list(tx.execute(query).scalars()))

    async def heard(self) -> list[tuple[str, str]]:
        """Return what reached the inbox: address and text."""
        query = sa.select(inbound.c.address, inbound.c.text).where(inbound.c.channel == CHANNEL).order_by(inbound.c.id)
        return await self.look(lambda tx: [(row.address, row.text or "") for row in tx.execute(query)])

    async def texts(self) -> list[str]:
        """Return what reached the inbox as text."""
        return [text for _, text in await self.heard()]

    async def pulse(self) -> Pulse | None:
        """Return the mailbox's pulse."""
        return await self.look(lambda tx: pulses.last(tx, self.room.pulse))

    def in_trouble(self, tx: Connection) -> bool:
        """Whether the mailbox can't be looked into, or its letters can't be taken in."""
        told = pulses.last(tx, self.room.pulse)
        return told is not None and told.trouble != ""

    async def until(self, holds: Callable[[Connection], bool], seconds: float = 15.0) -> None:
        """Wait until something is so in the database; raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while not await self.look(holds):  # noqa: ASYNC110 - the watch changes it
                await asyncio.sleep(0.02)

    async def until_heard(self, count: int, seconds: float = 15.0) -> list[str]:
        """Wait until so many letters have reached the inbox, and return their texts."""
        query = sa.select(sa.func.count()).where(inbound.c.channel == CHANNEL)
        await self.until(lambda tx: tx.execute(query).scalar_one() >= count, seconds)
        return await self.texts()

    async def until_text(self, text: str) -> None:
        """Wait until somebody has said this."""
        query = sa.select(inbound.c.id).where(inbound.c.channel == CHANNEL, inbound.c.text == text)
        await self.until(lambda tx: tx.execute(query).first() is not None)

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Watch the mailbox meanwhile."""
        task = asyncio.create_task(self.room.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def settings_for(imap_url: str, database_url: str, folder: Path, **more: Any) -> Settings:
    """Return the settings of an installation that takes letters."""
    settings = Settings(
        mail_address="koki@example.lv",
        mail_secret=Secret(SECRET),
        imap_url=Secret(imap_url),
        smtp_url=Secret("smtp://localhost:1"),
        database_url=Secret(database_url),
        data_dir=folder,
    )
    return replace(settings, **more)


@asynccontextmanager
async def posted(
    imap_url: str,
    database_url: str,
    folder: Path,
    clock: Clock | None = None,
    patience: Patience = PATIENCE,
    **more: Any,
) -> AsyncIterator[Post]:
    """Build an app with its mailroom, without its other loops."""
    settings = settings_for(imap_url, database_url, folder, **more)
    app = house.build(settings, {CHANNEL: RecordingChannel(CHANNEL)}, clock or SystemClock())
    room = mailroom_of(app, patience)
    assert room is not None
    room.letters.read = _poisonable(room.letters.read)
    try:
        yield Post(app, room)
    finally:
        await app.close()


def _poisonable(read: Callable[[bytes], Letter]) -> Callable[[bytes], Letter]:
    """Fail over letters that say POISON, with what no database takes in the error."""

    def trip(raw: bytes) -> Letter:
        if b"POISON" in raw:
            raise ValueError("over \0 and \ud800")
        return read(raw)

    return trip
