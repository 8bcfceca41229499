"""Contacts and the addresses they are reached at."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.database import BigKey, UTCDateTime, metadata
from bot.messages import Address

contacts = sa.Table(
    "contacts",
    metadata,
    sa.Column("id", BigKey, primary_key=True),
    sa.Column("created_at", UTCDateTime, nullable=False),
    sa.Column("language", sa.String(8), nullable=False, server_default="lv"),
)

addresses = sa.Table(
    "addresses",
    metadata,
    sa.Column("address", sa.String(400), primary_key=True),
    sa.Column("contact_id", sa.ForeignKey("contacts.id"), nullable=False, index=True),
    sa.Column("created_at", UTCDateTime, nullable=False),
    sa.Column("gone_at", UTCDateTime),  # blocked, deactivated, bounced: nothing is sent there
    sa.Column("gone_because", sa.String(200)),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Contact:
    """A person, known by at least one address."""

    id: int
    language: str


def add(tx: Connection, address: Address, now: datetime, language: str = "lv") -> int:
    """Create a contact with its first address and return its id; raises IntegrityError where the address exists."""
    row = tx.execute(sa.insert(contacts).values(created_at=now, language=language).returning(contacts.c.id)).one()
    tx.execute(sa.insert(addresses).values(address=str(address), contact_id=row.id, created_at=now))
    return int(row.id)


def add_unreachable(tx: Connection, now: datetime, language: str = "lv") -> int:
    """Create a contact that we have no address of, such as somebody who called; return its id."""
    new = sa.insert(contacts).values(created_at=now, language=language).returning(contacts.c.id)
    return int(tx.execute(new).scalar_one())


def owner(tx: Connection, address: Address) -> int | None:
    """Return whose an address is; None when nobody's."""
    return tx.execute(sa.select(addresses.c.contact_id).where(addresses.c.address == str(address))).scalar()


def language(tx: Connection, contact_id: int) -> str:
    """Return the language a person is written to."""
    return str(tx.execute(sa.select(contacts.c.language).where(contacts.c.id == contact_id)).scalar_one())


def set_language(tx: Connection, contact_id: int, language: str) -> None:
    """Remember the language a person is written to."""
    tx.execute(sa.update(contacts).where(contacts.c.id == contact_id).values(language=language))


def mark_gone(tx: Connection, address: Address, now: datetime, because: str) -> None:
    """Note that an address can't be reached: initiatives skip it until the person writes again."""
    change = sa.update(addresses).where(addresses.c.address == str(address), addresses.c.gone_at.is_(None))
    tx.execute(change.values(gone_at=now, gone_because=because[:200]))


def mark_present(tx: Connection, address: Address) -> None:
    """Note that an address works again."""
    change = sa.update(addresses).where(addresses.c.address == str(address), addresses.c.gone_at.is_not(None))
    tx.execute(change.values(gone_at=None, gone_because=None))


def move(tx: Connection, old: Address, new: Address) -> None:
    """Follow a chat to its new id; the old address is forgotten where the new one is known already."""
    known = tx.execute(sa.select(addresses.c.address).where(addresses.c.address == str(new))).first()
    if known:
        tx.execute(sa.delete(addresses).where(addresses.c.address == str(old)))
    else:
        tx.execute(sa.update(addresses).where(addresses.c.address == str(old)).values(address=str(new)))


def reachable(tx: Connection, contact_id: int) -> list[Address]:
    """Return the addresses that work, the oldest first."""
    query = sa.select(addresses.c.address).where(addresses.c.contact_id == contact_id, addresses.c.gone_at.is_(None))
    return [Address.parse(row.address) for row in tx.execute(query.order_by(addresses.c.created_at))]
