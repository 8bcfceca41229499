"""`inbox`: messages that could not be handled, to be tried again, and letters that were held, to be taken in."""

import argparse
import asyncio
import sys
from typing import Any

from bot import app as house
from bot import connecting, settings, timers
from bot.channels.telegram import TelegramChannel
from bot.inbox.receive import timer_inbound
from bot.intake import UnreadableError
from bot.mailroom import records
from bot.service import intake_of, mailroom_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("action", choices=["list", "retry", "held", "release"])
    parser.add_argument("id", type=int, nargs="?", help="the number that the alarm named")


def run(options: argparse.Namespace) -> int:
    """List what failed or is held, or take one in; the answer is left for the worker to send."""
    lists = {"retry": "list", "release": "held"}
    if options.action in lists and options.id is None:
        print(f"which one? `python -m bot inbox {lists[options.action]}` names them", file=sys.stderr)
        return 2
    match options.action:
        case "retry":
            return asyncio.run(_retry(options.id))
        case "release":
            return asyncio.run(_release(options.id))
        case "held":
            return asyncio.run(_held())
    return asyncio.run(_list())


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
    channels = connecting.channels_of(given)
    app = house.build(given, channels)
    try:
        raw = await app.inbox.raw_of(inbound_id)
        if raw is None:
            print(f"{inbound_id} is not a failed message, or its content has been erased", file=sys.stderr)
            return 1
        outcome = await _take_again(app, inbound_id, raw)
        await app.inbox.acknowledged()
    finally:
        await app.close()
        await connecting.close(channels)
    print("still fails" if outcome == "failed" else f"handled: {outcome}")
    return int(outcome == "failed")


async def _held() -> int:
    app = house.build(settings.load(), {})
    try:
        for entry in await app.database.read(records.held):
            print(f"{entry.id}\t{entry.received_at:%Y-%m-%d %H:%M}")
    finally:
        await app.close()
    return 0


async def _release(letter_id: int) -> int:
    given = settings.load()
    channels = connecting.channels_of(given)
    app = house.build(given, channels)
    try:
        mailroom = mailroom_of(app)
        if mailroom is None:
            print("it came by letter: set MAIL_ADDRESS", file=sys.stderr)
            return 1
        outcome = await mailroom.release(letter_id)
    except UnreadableError as error:
        print(f"it can't be taken in: {error}", file=sys.stderr)
        return 1
    finally:
        await app.close()
        await connecting.close(channels)
    print("fails" if outcome == "failed" else f"handled: {outcome}")
    return int(outcome == "failed")


async def _take_again(app: house.App, inbound_id: int, raw: Any) -> str:
    try:
        if timer := raw.get("timer"):
            return await app.inbox.receive(timer_inbound(timers.decode(timer), app.clock.now()), retries=inbound_id)
        if "letter" in raw:
            return await _letter_again(app, inbound_id, raw)
        channel = app.channels.get("telegram")
        if not isinstance(channel, TelegramChannel):
            print("it came from Telegram: set TELEGRAM_TOKEN", file=sys.stderr)
            return "failed"
        return await intake_of(app, channel).retry(inbound_id, raw)
    except UnreadableError as error:
        print(f"it still can't be read: {error}", file=sys.stderr)
        return "failed"


async def _letter_again(app: house.App, inbound_id: int, raw: Any) -> str:
    mailroom = mailroom_of(app)
    if mailroom is None:
        print("it came by letter: set MAIL_ADDRESS", file=sys.stderr)
        return "failed"
    return await mailroom.retry(inbound_id, raw)
