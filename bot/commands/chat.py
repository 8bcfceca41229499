"""`chat`: the assistant in a terminal. What it prints is a transcript that the tests can replay."""

import argparse
import asyncio
import logging
import secrets
import sys

from bot import app as house
from bot import settings
from bot.channels.console import PERSON, ConsoleChannel, ConsoleLetters, lines, read_line
from bot.messages import LETTERS, Address

_REMIND_SECONDS = 1.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--as", dest="name", default="me", help="who is talking (another name is another person)")
    parser.add_argument("--channel", choices=["chat", "email"], default="chat", help="as in a chat, or as by letter")


def run(options: argparse.Namespace) -> int:
    """Talk until the input ends."""
    logging.getLogger().setLevel(logging.ERROR)
    try:
        asyncio.run(_talk(options.name, by_letter=options.channel == "email"))
    except KeyboardInterrupt:
        print()
    return 0


async def _talk(name: str, *, by_letter: bool) -> None:
    given = settings.load()
    sent = given.data_dir / "sent"
    letters = ConsoleLetters(folder=sent)
    channel = letters if by_letter else ConsoleChannel(folder=sent)
    app = house.build(given, {channel.name: channel})
    chat = Address(LETTERS, f"{name}@example.lv") if by_letter else Address(channel.name, name)
    session = secrets.token_hex(4)
    await app.duties.claim_life()
    await app.sender.drain()
    reminding = asyncio.create_task(_remind(app))
    if sys.stdin.isatty():
        print("Koku palīgs klausās. Rakstiet latviski; beigt – Ctrl-D.\n")
    try:
        number = 0
        async for line in lines(sys.stdin):
            number += 1
            if not sys.stdin.isatty():
                print(f"{PERSON} {line}")
            await app.inbox.receive(read_line(line, number, chat, app.clock.now(), session, prompt=letters.prompt))
            await _bring(app)
    finally:
        reminding.cancel()
        await app.close()


async def _remind(app: house.App) -> None:
    """Say what has become due while nobody types."""
    while True:
        await asyncio.sleep(_REMIND_SECONDS)
        await _bring(app)


async def _bring(app: house.App) -> None:
    """Bring what is to be said, what has become due by it, and the files that are made for it."""
    await app.sender.drain()
    await app.duties.fire_due()
    await app.sender.drain()
    if await app.press.work_off():
        await app.sender.drain()
