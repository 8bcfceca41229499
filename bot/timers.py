"""Timers: a promise to do something later is a row, written in the transaction that wants it.

When it is due it comes in through the inbox like anything else, so it is carried out exactly once, by whichever
process is alive then.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversation.response import Timer
from bot.database import UTCDateTime, insert, metadata

timers = sa.Table(
    "timers",
    metadata,
    sa.Column("key", sa.String(120), primary_key=True),
    sa.Column("contact_id", sa.ForeignKey("contacts.id"), nullable=False, index=True),
    sa.Column("chat", sa.String(400), nullable=False),
    sa.Column("due_at", UTCDateTime, nullable=False, index=True),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("payload", sa.JSON, nullable=False),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """A timer whose time has come, with the conversation that it belongs to."""

    key: str
    chat: str
    due_at: datetime
    kind: str
    payload: dict[str, Any]


def put(tx: Connection, contact_id: int, chat: str, timer: Timer) -> None:
    """Set, move or take away a timer."""
    if timer.due_at is None:
        tx.execute(sa.delete(timers).where(timers.c.key == timer.key))
        return
    row = {
        "contact_id": contact_id,
        "chat": chat,
        "due_at": timer.due_at,
        "kind": timer.kind,
        "payload": dict(timer.payload),
    }
    new = insert(tx, timers).values(key=timer.key, **row)
    tx.execute(new.on_conflict_do_update(index_elements=[timers.c.key], set_=row))


def due(tx: Connection, now: datetime, limit: int = 100) -> list[Due]:
    """Return the timers whose time has come, the longest overdue first."""
    query = sa.select(timers).where(timers.c.due_at <= now).order_by(timers.c.due_at).limit(limit)
    return [
        Due(key=row.key, chat=row.chat, due_at=row.due_at, kind=row.kind, payload=row.payload)
        for row in tx.execute(query)
    ]


def fired(tx: Connection, key: str, due_at: datetime) -> bool:
    """Take away a timer that is being carried out; False when it was moved or taken away meanwhile."""
    gone = tx.execute(sa.delete(timers).where(timers.c.key == key, timers.c.due_at == due_at))
    return bool(gone.rowcount)
