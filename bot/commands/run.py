"""`run`, `web`, `worker`: the service. `run` is both in one process."""

import argparse
import asyncio
import gc
import logging
import sys

from sqlalchemy.exc import DBAPIError

from bot import app as house
from bot import settings
from bot.connecting import channels_of
from bot.database import DatabaseDownError
from bot.intake import RefusedError
from bot.schema import SchemaError

_NO_DATABASE = "the database does not answer: is it running, is DATABASE_URL right?"
_ROLES = {"run": house.Role.BOTH, "web": house.Role.WEB, "worker": house.Role.WORKER}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare nothing: everything is in the settings."""


def run(options: argparse.Namespace) -> int:
    """Run until SIGTERM or SIGINT."""
    given = settings.load()
    logging.getLogger().setLevel(given.log_level.upper())
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("aioimaplib").setLevel(logging.WARNING)  # more would be the letters themselves
    channels = channels_of(given, lambda: app.database)
    if not channels:
        print(
            "neither TELEGRAM_TOKEN nor MAIL_ADDRESS is set: nobody can write to us. See .env.example.", file=sys.stderr
        )
    try:
        app = house.build(given, channels)
    except DatabaseDownError:
        return _failed(_NO_DATABASE)
    except SchemaError as error:
        return _failed(error)
    except DBAPIError as error:
        return _failed(f"the database refuses us: {error.orig}")
    return _serve(app, _ROLES[options.command])


def _serve(app: house.App, role: house.Role) -> int:
    reasons: list[object] = []
    gc.freeze()  # what is loaded by now stays for good
    try:
        asyncio.run(house.run(app, role))
    except* RefusedError as group:
        reasons += group.exceptions
    except* DatabaseDownError:
        reasons.append(_NO_DATABASE)
    except* OSError as group:  # the port is taken
        reasons += group.exceptions
    for reason in reasons:
        _failed(reason)
    return int(bool(reasons))


def _failed(reason: object) -> int:
    print(reason, file=sys.stderr)
    return 1
