"""`backup DIR`, `restore DIR`: database and objects into a folder, and back into an empty installation."""

import argparse
import sys
from pathlib import Path

from obstore.exceptions import BaseError as StoreError
from sqlalchemy.engine import Connection

from bot import backup as copying
from bot import schema, settings
from bot.attachments.store import ObjectStore
from bot.backup import BackupError, Copied
from bot.clock import SystemClock
from bot.database import Database, DatabaseDownError
from bot.messages import Address
from bot.people.privacy import erasures, replaying
from bot.people.privacy.fingerprints import Fingerprints
from bot.people.privacy.replaying import ReplayError
from bot.schema import SchemaError
from bot.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    backing_up = parser.prog.endswith("backup")
    about = "where the backup's own folder is made" if backing_up else "the folder of one backup, named by its time"
    parser.add_argument("folder", type=Path, metavar="DIR", help=about)


def run(options: argparse.Namespace) -> int:
    """Copy, and say what was copied."""
    given = settings.load()
    database = Database(given.database)
    try:
        copied = _copy(options, given, database, ObjectStore(given.objects))
    except DatabaseDownError:
        print("the database does not answer: is it running, is DATABASE_URL right?", file=sys.stderr)
        return 1
    except (BackupError, ReplayError, SchemaError, OSError, StoreError) as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        database.dispose()
    for table, count in copied.rows.items():
        print(f"  {table}: {count}")
    done = "backed up to" if options.command == "backup" else "brought back from"
    print(f"{done} {copied.folder}: {sum(copied.rows.values())} rows, {copied.objects} objects")
    if copied.erased:
        print(f"{copied.erased} people who have been erased since were erased again")
    if copied.missing:
        print(f"{copied.missing} objects that the database speaks of are not in the object store", file=sys.stderr)
    return 0


def _copy(options: argparse.Namespace, given: Settings, database: Database, store: ObjectStore) -> Copied:
    if options.command == "backup":
        return copying.backup(database, store, options.folder, SystemClock().now())
    schema.prepare(database)
    return copying.restore(database, store, options.folder, lambda tx: _erase_again(tx, given, options.folder))


def _erase_again(tx: Connection, given: Settings, folder: Path) -> tuple[int, list[str]]:
    """Carry out the erasures that were written down beside the backups, and where the service writes them."""
    noted = [*erasures.read(folder.absolute().parent / erasures.LEDGER), *erasures.read(given.ledger)]
    entries = {entry.id: entry for entry in noted}
    marks = Fingerprints(given.erasure_secret, given.data_dir)
    staff_chat = Address("telegram", given.staff_chat_id) if given.staff_chat_id else None
    return replaying.replay(tx, entries.values(), marks, SystemClock().now(), staff_chat)
