"""`organisations import FILE`: put a list of organisations with public addresses into the database."""

import argparse
import asyncio
import sys
from functools import partial
from pathlib import Path

from sqlalchemy.engine import Connection

from bot import schema, settings
from bot.app.known import ids
from bot.clock import SystemClock
from bot.database import Database
from bot.outreach.organisations import importing
from bot.people.privacy import erasures
from bot.people.privacy.fingerprints import Fingerprints

_AT_ONCE = 500  # rows in one transaction: the service writes beside us


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    take = actions.add_parser(
        "import", help="a .csv or .xlsx with Nosaukums and E-pasts; Veids, Novads, Avots if you like"
    )
    take.add_argument("file", type=Path, help="the table")
    take.add_argument("--source", default="", help="where the addresses are from, as each letter says it")


def run(options: argparse.Namespace) -> int:
    """Keep what can be kept, and say of every other row why not; 1 when there was any."""
    given = settings.load()
    try:
        data = options.file.read_bytes()
    except OSError as error:
        print(f"{options.file}: {error.strerror}", file=sys.stderr)
        return 2
    rows, faults = importing.read(data, options.source.strip())
    database = Database(given.database)
    schema.prepare(database)
    marks, new_id = Fingerprints(given.erasure_secret, given.data_dir), ids().__next__

    def erased(tx: Connection, address: str) -> bool:
        return erasures.knows(tx, *marks.of([address]))

    kept = importing.Kept()
    for start in range(0, len(rows), _AT_ONCE):
        some = rows[start : start + _AT_ONCE]
        keep = partial(importing.keep, given=some, now=SystemClock().now(), erased=erased, new_id=new_id)
        kept.add(asyncio.run(database.write(keep)))
    print(f"Jaunas: {kept.new}. Jau bija: {kept.known}. Atteikušās: {kept.stopped}. Lūgušas dzēst: {kept.erased}.")
    for fault in faults:
        print(fault)
    return 1 if faults else 0
