"""Alarms: what administrators must hear of, through the outbox, not more often than it helps."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.database import UTCDateTime, insert, metadata
from bot.notices import Notices

_QUIET = timedelta(minutes=30)  # between two messages about the same thing
_MOST = 3  # messages about different things of one kind within that time
_OVER = timedelta(days=1)  # what has not rung for so long is history

alarms = sa.Table(
    "alarms",
    metadata,
    sa.Column("key", sa.String(120), primary_key=True),
    sa.Column("first_at", UTCDateTime, nullable=False),
    sa.Column("told_at", UTCDateTime, nullable=False),
    sa.Column("times", sa.Integer, nullable=False),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Alarms:
    """Where administrators are told; without a chat the alarm is kept for `doctor` and /health."""

    notices: Notices  # of the administrators' chat

    def ring(self, tx: Connection, key: str, now: datetime, **values: Any) -> None:
        """Tell of something: `key` is its kind, which the template `alarm` has words for, and which one it is.

        What rings again within half an hour is counted and not told. When many of a kind ring, which is what a
        broken release does, the rest are told of together.
        """
        kind, _, which = key.partition(":")
        if which and _told(tx, kind, now) >= _MOST:
            key, values = kind, {}
        key = key[:120]
        row = tx.execute(sa.select(alarms).where(alarms.c.key == key)).first()
        if row and now - row.told_at < _QUIET:
            tx.execute(sa.update(alarms).where(alarms.c.key == key).values(times=alarms.c.times + 1))
            return
        times = row.times + 1 if row else 1
        new = insert(tx, alarms).values(key=key, first_at=now, told_at=now, times=times)
        tx.execute(new.on_conflict_do_update(index_elements=[alarms.c.key], set_={"told_at": now, "times": times}))
        self.notices.post(tx, "alarm", now, kind=kind, times=times, values=values)

    @staticmethod
    def clear(tx: Connection, kind: str, now: datetime) -> None:
        """Forget the alarms of a kind whose cause is gone; those just told stay, so that flickering stays quiet."""
        over = sa.and_(_of_kind(kind), alarms.c.told_at <= now - _QUIET)
        tx.execute(sa.delete(alarms).where(over))

    @staticmethod
    def forget_old(tx: Connection, now: datetime) -> None:
        """Forget what has not rung for a day."""
        tx.execute(sa.delete(alarms).where(alarms.c.told_at <= now - _OVER))


def standing(tx: Connection) -> Mapping[str, tuple[datetime, int]]:
    """Return the alarms that have not been cleared: key -> since when, how often."""
    return {row.key: (row.first_at, row.times) for row in tx.execute(sa.select(alarms))}


def _told(tx: Connection, kind: str, now: datetime) -> int:
    """Count what was told of a kind lately, one by one."""
    lately = sa.and_(alarms.c.key.startswith(f"{kind}:"), alarms.c.told_at > now - _QUIET)
    return tx.execute(sa.select(sa.func.count()).where(lately)).scalar_one()


def _of_kind(kind: str) -> sa.ColumnElement[bool]:
    return sa.or_(alarms.c.key == kind, alarms.c.key.startswith(f"{kind}:"))
