"""Leases: which process does what only one may do at a time, and which processes are alive at all.

They count in real time, also where a test moves the house's clock: a process is alive or it is not.
"""

import time

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.database import insert, metadata

leases = sa.Table(
    "leases",
    metadata,
    sa.Column("name", sa.String(120), primary_key=True),
    sa.Column("owner", sa.String(64), nullable=False),
    sa.Column("until", sa.Float, nullable=False),  # seconds since 1970
)


def take(tx: Connection, name: str, owner: str, seconds: float) -> bool:
    """Take or renew a lease; False while another owner holds it."""
    now = time.time()
    changed = tx.execute(
        sa.update(leases)
        .where(leases.c.name == name, sa.or_(leases.c.owner == owner, leases.c.until < now))
        .values(owner=owner, until=now + seconds),
    )
    if changed.rowcount:
        return True
    new = insert(tx, leases).values(name=name, owner=owner, until=now + seconds).on_conflict_do_nothing()
    # Not its rowcount: PostgreSQL's driver tells none for an INSERT.
    return tx.execute(new.returning(leases.c.name)).first() is not None


def release(tx: Connection, name: str, owner: str) -> None:
    """Give a lease back before it ends."""
    tx.execute(sa.delete(leases).where(leases.c.name == name, leases.c.owner == owner))


def release_all(tx: Connection, owner: str) -> None:
    """Give back everything an owner holds."""
    tx.execute(sa.delete(leases).where(leases.c.owner == owner))


def living(tx: Connection, prefix: str) -> list[str]:
    """Return the owners of unexpired leases whose name begins so."""
    query = sa.select(leases.c.owner).where(leases.c.name.startswith(prefix), leases.c.until >= time.time())
    return [row.owner for row in tx.execute(query)]


def forget_expired(tx: Connection, prefix: str) -> None:
    """Delete leases of processes that are gone."""
    tx.execute(sa.delete(leases).where(leases.c.name.startswith(prefix), leases.c.until < time.time()))
