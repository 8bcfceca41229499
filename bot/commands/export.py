"""`export`: registrations into a file: CSV or XLSX for people, GeoJSON for maps, a ZIP for Reportnet 3."""

import argparse
import sys
from datetime import date
from pathlib import Path

from bot import schema, settings
from bot.clock import SystemClock
from bot.commands.progress import Progress
from bot.conversation.response import Say
from bot.database import Database, DatabaseDownError
from bot.registrations.export import history, mapping
from bot.registrations.export.checking import check_file
from bot.registrations.export.exporting import FORMATS, OverlapError, export
from bot.registrations.export.history import Wish
from bot.registrations.export.mapping import MappingError
from bot.registrations.export.reporting import report
from bot.registrations.export.room import values
from bot.registrations.export.sheets import TooManyRowsError
from bot.schema import SchemaError
from bot.words import Words
from bot.words.plain import plain

_BY = "command"
_COMMANDS = {
    "how": "python -m bot export --reported",
    "whole": "python -m bot export --format reportnet --again OUT",
}
_MOST_FAULTS = 200
_MOST_NAMED = 30


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("out", type=Path, nargs="?", metavar="OUT", help="the file to make")
    parser.add_argument("--format", choices=FORMATS, help="what to make of them")
    parser.add_argument(
        "--from", dest="first", type=date.fromisoformat, metavar="DAY", help="received from, 2026-11-22"
    )
    parser.add_argument("--to", dest="last", type=date.fromisoformat, metavar="DAY", help="received until, included")
    parser.add_argument(
        "--with-contacts", action="store_true", help="with names, telephones, houses; noted who and when"
    )
    parser.add_argument("--again", action="store_true", help="reportnet: with all that was exported before")
    parser.add_argument(
        "--mapping", type=Path, default=mapping.FILE, metavar="FILE", help="reportnet: tables and fields"
    )
    parser.add_argument(
        "--check", type=Path, metavar="FILE", help="only say what is wrong with a file (ZIP or GeoJSON)"
    )
    parser.add_argument("--reported", type=int, metavar="N", help="export N was released in Reportnet 3")


def run(options: argparse.Namespace) -> int:
    """Make a file, check one, or note that one was handed in."""
    if wrong := _misused(options):
        print(wrong, file=sys.stderr)
        return 2
    try:
        layout = mapping.load(options.mapping)
        return _check(options.check, layout) if options.check else _with_database(options, layout)
    except DatabaseDownError:
        print("the database does not answer: is it running, is DATABASE_URL right?", file=sys.stderr)
    except (MappingError, SchemaError, OverlapError, TooManyRowsError, OSError) as error:
        print(_SAYS.get(type(error), "") or error, file=sys.stderr)
    return 1


_SAYS: dict[type[Exception], str] = {
    OverlapError: "another export told Reportnet of the same trees meanwhile: run this again",
    TooManyRowsError: "that is more than a sheet can hold: use --format csv, or fewer days",
}


def _misused(options: argparse.Namespace) -> str:
    """Say how to use it where it is used wrongly; '' otherwise."""
    if options.check or options.reported:
        return ""
    if not (options.format and options.out):
        return "say what to make and where: export --format csv|xlsx|geojson|reportnet OUT"
    if options.out.exists():
        return f"{options.out} is there already"
    if options.with_contacts and options.format not in {"csv", "xlsx"}:
        return "contacts go into csv and xlsx only"
    return "" if options.format == "reportnet" or not options.again else "--again is for reportnet"


def _check(path: Path, layout: mapping.Layout) -> int:
    count = 0
    for count, fault in enumerate(check_file(path, layout), start=1):
        if count > _MOST_FAULTS:
            print("… un vēl citas")
            break
        print(fault)
    if not count:
        print("Kļūdu nav." if layout.sure else "Kļūdu nav; taču tabulu un lauku nosaukumi vēl nav pārbaudīti.")
    return 1 if count else 0


def _with_database(options: argparse.Namespace, layout: mapping.Layout) -> int:
    database = Database(settings.load().database)
    try:
        schema.prepare(database)
        return _report(options.reported, database) if options.reported else _export(options, database, layout)
    finally:
        database.dispose()


def _report(number: int, database: Database) -> int:
    try:
        count = database.write_now(lambda tx: report(tx, number, _BY, SystemClock().now()))
    except LookupError:
        print(f"there is no export {number} for Reportnet", file=sys.stderr)
        return 1
    print(
        f"eksports nr. {number}: nodotas reģistrācijas – {count}; cilvēkiem par to pastāstīs palīgs, kad tas darbojas"
    )
    return 0


def _export(options: argparse.Namespace, database: Database, layout: mapping.Layout) -> int:
    wish = Wish(
        format=options.format,
        first=options.first,
        last=options.last,
        again=options.again,
        contacts=options.with_contacts,
    )
    bar = Progress(database.read_now(lambda tx: history.size(tx, wish)))
    try:
        outcome = export(
            database, wish, options.out, layout=layout, by=_BY, now=SystemClock().now(), progress=bar.reach
        )
    finally:
        bar.end()
    told = Say(template="exported", values=values(wish, outcome, str(options.out), _COMMANDS, _MOST_NAMED))
    print(plain(Words().tongue("lv").say(told, {})))
    return 1 if outcome.faults else 0
