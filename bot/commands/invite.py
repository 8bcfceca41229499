"""`invite`: a one-time link by which somebody joins the team in a role."""

import argparse
import asyncio
import sys

from telegram import Bot
from telegram.error import TelegramError

from bot import schema, settings
from bot.clock import SystemClock
from bot.conversation.roles import ROLES
from bot.database import Database
from bot.desk import team
from knowledge.places.municipalities import municipalities


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("role", choices=ROLES, help="what the person may do")
    parser.add_argument(
        "--region", action="append", default=[], metavar="NAME", help="a coordinator's municipality; may be repeated"
    )


def run(options: argparse.Namespace) -> int:
    """Print a link that works once, for a week."""
    known = {one.name for one in municipalities()}
    if unknown := [region for region in options.region if region not in known]:
        print(f"there is no municipality {', '.join(unknown)}; write it as in „Cēsu novads”", file=sys.stderr)
        return 2
    given = settings.load()
    database = Database(given.database)
    schema.prepare(database)
    code = asyncio.run(database.write(lambda tx: team.invite(tx, options.role, SystemClock().now(), options.region)))
    payload = f"darbs-{code}"
    try:
        name = asyncio.run(_username(given))
    except TelegramError as error:
        print(f"Telegram does not say who we are ({error}); send this to the bot: /start {payload}", file=sys.stderr)
        return 1
    print(f"https://t.me/{name}?start={payload}")
    return 0


async def _username(given: settings.Settings) -> str:
    async with Bot(given.telegram_token, base_url=f"{given.telegram_api_url}/bot") as bot:
        return str(bot.username)
