"""Reporting: what becomes of registrations once their export was released in Reportnet 3."""

from datetime import datetime

from sqlalchemy.engine import Connection

from bot.registrations import entry
from bot.registrations.changes import Hand
from bot.registrations.export import history
from bot.registrations.export.exporting import Books


def report(books: Books, export_id: int, by: str, now: datetime) -> int:
    """Note that an export was released, and return how many registrations are reported by it now.

    Said twice it changes nothing more. Raises LookupError where there is no such export for Reportnet.
    """
    count, last = 0, 0
    while page := books.read_now(lambda tx, after=last: history.to_report(tx, export_id, after)):  # type: ignore[misc]
        last = page[-1]
        count += books.write_now(lambda tx, ids=page: _mark(tx, ids, by, now))  # type: ignore[misc]
    books.write_now(lambda tx: history.reported(tx, export_id, now))
    return count


def _mark(tx: Connection, ids: list[int], by: str, now: datetime) -> int:
    return sum(entry.report(tx, number, Hand(who=by, now=now)) for number in ids)
