"""Pulses: when something regular last went well, so that silence can be noticed from any process."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.database import UTCDateTime, insert, metadata

pulses = sa.Table(
    "pulses",
    metadata,
    sa.Column("name", sa.String(120), primary_key=True),
    sa.Column("at", UTCDateTime, nullable=False),
    sa.Column("trouble", sa.String(400)),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Pulse:
    """When it last went well, or where it never did, when we began to try; and what is wrong since, '' if nothing."""

    at: datetime
    trouble: str


def beat(tx: Connection, name: str, at: datetime) -> None:
    """Note that it went well."""
    new = insert(tx, pulses).values(name=name, at=at, trouble=None)
    tx.execute(new.on_conflict_do_update(index_elements=[pulses.c.name], set_={"at": at, "trouble": None}))


def miss(tx: Connection, name: str, at: datetime, trouble: str) -> None:
    """Note what is wrong."""
    new = insert(tx, pulses).values(name=name, at=at, trouble=trouble[:400])
    tx.execute(new.on_conflict_do_update(index_elements=[pulses.c.name], set_={"trouble": trouble[:400]}))


def last(tx: Connection, name: str) -> Pulse | None:
    """Return a pulse; None when nobody has tried yet."""
    row = tx.execute(sa.select(pulses).where(pulses.c.name == name)).first()
    return Pulse(at=row.at, trouble=row.trouble or "") if row else None
