"""`report`: what happened from one day to another, as a workbook for whoever pays for the project."""

import argparse
import sys
from datetime import date
from pathlib import Path

from bot import app, schema, settings
from bot.clock import SystemClock
from bot.database import Database, DatabaseDownError
from bot.progress import workbook
from bot.schema import SchemaError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--from", dest="first", type=date.fromisoformat, metavar="DAY", required=True, help="2026-01-01"
    )
    parser.add_argument("--to", dest="last", type=date.fromisoformat, metavar="DAY", required=True, help="included")
    parser.add_argument("out", type=Path, metavar="OUT", help="the XLSX file to make")


def run(options: argparse.Namespace) -> int:
    """Write the file; one that is there already stays as it is."""
    if options.out.exists():
        print(f"{options.out} is there already", file=sys.stderr)
        return 2
    if options.last < options.first:
        print(f"--to {options.last} is before --from {options.first}", file=sys.stderr)
        return 2
    given = settings.load()
    database = Database(given.database)
    try:
        schema.prepare(database)
        progress = app.progress_of(given)
        report = database.read_now(lambda tx: progress.report(tx, options.first, options.last, SystemClock().now()))
        options.out.write_bytes(workbook.write(report))
    except DatabaseDownError:
        print("the database does not answer: is it running, is DATABASE_URL right?", file=sys.stderr)
        return 1
    except (SchemaError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        database.dispose()
    print(options.out)
    return 0
