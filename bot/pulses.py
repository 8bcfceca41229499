"""Pulses: when something regular last went well, so that silence can be noticed from any process."""

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


def beat(tx: Connection, name: str, at: datetime) -> None:
    """Note that it went well."""
    new = insert(tx, pulses).values(name=name, at=at, trouble=None)
    tx.execute(new.on_conflict_do_update(index_elements=[pulses.c.name], set_={"at": at, "trouble": None}))


def miss(tx: Connection, name: str, at: datetime, trouble: str) -> None:
    """Note what went wrong since; when it last went well stays (at first: when we began to try)."""
    new = insert(tx, pulses).values(name=name, at=at, trouble=trouble[:400])
    tx.execute(new.on_conflict_do_update(index_elements=[pulses.c.name], set_={"trouble": trouble[:400]}))


def last(tx: Connection, name: str) -> datetime | None:
    """Return when it went well last."""
    return tx.execute(sa.select(pulses.c.at).where(pulses.c.name == name)).scalar()


def beginning(tx: Connection, prefix: str) -> list[tuple[str, datetime, str]]:
    """Return name, last time and trouble of every pulse whose name begins so."""
    query = sa.select(pulses).where(pulses.c.name.startswith(prefix))
    return [(row.name, row.at, row.trouble or "") for row in tx.execute(query)]
