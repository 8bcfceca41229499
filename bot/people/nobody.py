"""Nobody: the contact that what is left of erased people belongs to. It has no address and never speaks."""

from datetime import UTC, datetime

from sqlalchemy.engine import Connection

from bot.database import insert
from bot.people.contacts import contacts

NOBODY = 0
_EVER = datetime(2026, 1, 1, tzinfo=UTC)


def ensure(tx: Connection) -> int:
    """Make sure that there is nobody, and return the contact's id."""
    tx.execute(insert(tx, contacts).values(id=NOBODY, created_at=_EVER, language="lv").on_conflict_do_nothing())
    return NOBODY
