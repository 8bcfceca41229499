"""A process that sends what letters are queued, to be killed by a test: `python -m tests.letter_process DB SMTP`."""

import asyncio
import sys

from bot.channels.email.compose import Letterhead
from bot.channels.email.sending import EmailChannel
from bot.clock import SystemClock
from bot.database import Database
from bot.delivery import outbox
from bot.delivery.sender import Sender


async def main(database_url: str, smtp_url: str) -> None:
    """Take over what dead processes were sending, send what is due, and end."""
    database, clock = Database(database_url), SystemClock()
    channel = EmailChannel(Letterhead(address="koki@example.lv", secret="s" * 32), smtp_url, clock)
    await database.write(lambda tx: outbox.take_back(tx, [], clock.now()))
    await Sender(database, {channel.name: channel}, clock, "me", lambda *_: None).drain()
    await channel.close()
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
