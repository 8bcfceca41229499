"""`retention`: what has been kept long enough, by kind; erased now, or with --dry-run only counted."""

import argparse
import sys

from sqlalchemy.engine import Connection

from bot import schema, settings
from bot.clock import SystemClock
from bot.database import Database, DatabaseDownError
from bot.people.privacy.retention import Kind, Retention
from bot.schema import SchemaError


class _OnlyCountedError(Exception):
    """Nothing is to be erased: rolls back what was counted by erasing it."""

    def __init__(self, counted: list[tuple[Kind, int]]) -> None:
        super().__init__("only counted")
        self.counted = counted


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--dry-run", action="store_true", help="only count what would go")


def run(options: argparse.Namespace) -> int:
    """Erase or count, and say how much of each kind."""
    given = settings.load()
    rules = Retention.of(given)
    database = Database(given.database)

    def carry_out(tx: Connection) -> list[tuple[Kind, int]]:
        counted = rules.carry_out(tx, SystemClock().now())
        if options.dry_run:
            raise _OnlyCountedError(counted)
        return counted

    try:
        schema.prepare(database)
        counted = database.write_now(carry_out)
    except _OnlyCountedError as done:
        counted = done.counted
    except DatabaseDownError:
        print("the database does not answer: is it running, is DATABASE_URL right?", file=sys.stderr)
        return 1
    except SchemaError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        database.dispose()
    verb = "would be erased" if options.dry_run else "erased"
    for kind, count in counted:
        print(f"  {kind.what}, after {kind.days} days: {count} {verb}")
    print(f"  drafts, after {rules.draft_days} days: each by its own timer")
    return 0
