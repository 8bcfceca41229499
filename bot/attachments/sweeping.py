"""Sweeping: objects that no row speaks of are deleted, once they are old enough that none will."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy.engine import Connection

from bot.attachments import records
from bot.attachments.store import ObjectStore
from bot.database import Database
from bot.documents import orders as documents
from bot.mailroom import records as letters
from bot.outreach import broadcasts

_OLD_ENOUGH = timedelta(days=1)
_BATCH = 500


def sweep(database: Database, store: ObjectStore, now: datetime) -> int:
    """Delete orphans and return how many. It waits for database and store: not for the event loop."""
    old = (listed.key for listed in store.list_keys() if now - listed.written_at > _OLD_ENOUGH)
    swept = 0
    for keys in _batches(old):
        known = database.read_now(lambda tx, keys=keys: _known(tx, keys))  # type: ignore[misc]
        orphans = [key for key in keys if key not in known]
        for key in orphans:
            store.delete(key)
        swept += len(orphans)
    return swept


def _known(tx: Connection, keys: list[str]) -> set[str]:
    return set().union(*(room.known_keys(tx, keys) for room in (records, letters, documents, broadcasts)))


def _batches(keys: Iterable[str]) -> Iterator[list[str]]:
    left = iter(keys)
    while batch := list(islice(left, _BATCH)):
        yield batch
