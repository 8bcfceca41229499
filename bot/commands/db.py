"""`db upgrade`: bring the database to this release's schema. The embedded one does so by itself at start."""

import argparse

from bot import schema, settings
from bot.database import Database


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("action", choices=["upgrade"])


def run(options: argparse.Namespace) -> int:  # noqa: ARG001 - there is only one action
    """Upgrade, and say from where to where."""
    database = Database(settings.load().database)
    try:
        schema.make_place(database)
        before = database.read_now(schema.version)
        if before != schema.HEAD:
            schema.upgrade(database)
    finally:
        database.dispose()
    print(f"{before or 'empty'} -> {schema.HEAD}")
    return 0
