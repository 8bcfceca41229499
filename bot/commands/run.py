"""`run`, `web`, `worker`: the service. `run` is both in one process."""

import argparse
import asyncio
import logging
import sys

from telegram.error import TelegramError

from bot import app as house
from bot import settings
from bot.channels.telegram import TelegramChannel
from bot.messages import Channel
from bot.schema import SchemaError

_ROLES = {"run": house.Role.BOTH, "web": house.Role.WEB, "worker": house.Role.WORKER}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare nothing: everything is in the settings."""


def run(options: argparse.Namespace) -> int:
    """Run until SIGTERM or SIGINT."""
    given = settings.load()
    logging.getLogger().setLevel(given.log_level.upper())
    logging.getLogger("httpx").setLevel(logging.WARNING)
    channels: dict[str, Channel] = {}
    if given.telegram_token:
        channels["telegram"] = TelegramChannel(given.telegram_token, given.telegram_api_url)
    else:
        print("TELEGRAM_TOKEN is not set: nobody can write to us. See .env.example.", file=sys.stderr)
    try:
        app = house.build(given, channels)
    except SchemaError as error:
        print(error, file=sys.stderr)
        return 1
    refused = False
    try:
        asyncio.run(house.run(app, _ROLES[options.command]))
    except* TelegramError as group:
        refused = True
        print(f"Telegram refuses us: {group.exceptions[0]}. Check TELEGRAM_TOKEN.", file=sys.stderr)
    return int(refused)
