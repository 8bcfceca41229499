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
from bot.database import UTCDateTime, insert_for, metadata
from bot.prepared import Prepared

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
    contact_id: int = 0  # unknown of one that an older release kept raw


def put(tx: Connection, contact_id: int, chat: str, timer: Timer) -> None:
    """Set, move or take away a timer."""
    if timer.due_at is None:
        _TAKE_AWAY.run(tx, {"gone": timer.key})
        return
    row = {
        "key": timer.key,
        "contact_id": contact_id,
        "chat": chat,
        "due_at": timer.due_at,
        "kind": timer.kind,
        "payload": dict(timer.payload),
    }
    _PUT.run(tx, row)


def is_set(tx: Connection, key: str) -> bool:
    """Whether a timer is set."""
    return tx.execute(sa.select(timers.c.key).where(timers.c.key == key)).first() is not None


def due(tx: Connection, now: datetime, limit: int = 100) -> list[Due]:
    """Return the timers whose time has come, the longest overdue first."""
    query = sa.select(timers).where(timers.c.due_at <= now).order_by(timers.c.due_at).limit(limit)
    return [Due(**row._mapping) for row in tx.execute(query)]


def fired(tx: Connection, key: str, due_at: datetime) -> bool:
    """Take away a timer that is being carried out; False when it was moved or taken away meanwhile."""
    gone = tx.execute(sa.delete(timers).where(timers.c.key == key, timers.c.due_at == due_at))
    return bool(gone.rowcount)


def encode(timer: Due) -> dict[str, Any]:
    """Turn a due timer into what JSON can hold."""
    return {
        "key": timer.key,
        "chat": timer.chat,
        "due_at": timer.due_at.isoformat(),
        "kind": timer.kind,
        "payload": timer.payload,
        "contact_id": timer.contact_id,
    }


def decode(stored: dict[str, Any]) -> Due:
    """Read it back."""
    return Due(**{**stored, "due_at": datetime.fromisoformat(stored["due_at"])})


def _moving(new: Any) -> Any:
    """Let a timer that is set already move to where the new one is due."""
    changed = {column.name: new.excluded[column.name] for column in timers.c if not column.primary_key}
    return new.on_conflict_do_update(index_elements=[timers.c.key], set_=changed)


_PUT = Prepared(lambda dialect: _moving(insert_for(dialect, timers)), *timers.c.keys())
_TAKE_AWAY = Prepared(lambda _: sa.delete(timers).where(timers.c.key == sa.bindparam("gone")), "gone")
