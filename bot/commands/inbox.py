"""`inbox retry ID`: handle a message again that could not be handled, once the cause is mended."""

import argparse
import asyncio
import sys

from bot import app as house
from bot import settings
from bot.channels.telegram import TelegramChannel
from bot.service import intake_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("action", choices=["retry", "list"])
    parser.add_argument("id", type=int, nargs="?", help="the number that the alarm named")


def run(options: argparse.Namespace) -> int:
    """List what failed, or try one again; the answer is left for the worker to send."""
    if options.action == "retry" and options.id is None:
        print("which one? `python -m bot inbox list` names them", file=sys.stderr)
        return 2
    return asyncio.run(_retry(options.id) if options.action == "retry" else _list())


async def _list() -> int:
    app = house.build(settings.load(), {})
    try:
        for row in await app.inbox.failures():
            print(f"{row.id}\t{row.received_at:%Y-%m-%d %H:%M}\t{row.channel}\t{row.error}")
    finally:
        await app.close()
    return 0


async def _retry(inbound_id: int) -> int:
    given = settings.load()
    channel = TelegramChannel(given.telegram_token, given.telegram_api_url) if given.telegram_token else None
    app = house.build(given, {"telegram": channel} if channel else {})
    try:
        raw = await app.inbox.reopen(inbound_id)
        if raw is None:
            print(f"{inbound_id} is not a failed message, or its content has been erased", file=sys.stderr)
            return 1
        if channel is None or "update_id" not in raw:
            print(f"{inbound_id} did not come from Telegram, or can't be read at all", file=sys.stderr)
            return 1
        await intake_of(app, channel).receive([raw])
        left = [row.id for row in await app.inbox.failures()]
    finally:
        await app.close()
    print("still fails" if left and max(left) >= inbound_id else "handled")
    return 1 if left and max(left) >= inbound_id else 0
