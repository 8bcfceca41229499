"""Mirrors: which message of one side of a case stands where on the other, so that what becomes of it can follow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.database import BigKey, UTCDateTime, metadata
from bot.delivery.outbox import deliveries
from bot.messages import Address, Inbound, Kind

mirrors = sa.Table(
    "case_mirrors",
    metadata,
    sa.Column("id", BigKey, primary_key=True),
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("chat", sa.String(400), nullable=False),  # where it was written: a person's chat, or the staff's group
    sa.Column("ref", sa.String(200), nullable=False),  # its id there
    sa.Column("delivery_id", BigKey, index=True),  # what shows it on the other side; none while an album is gathered
    sa.Column("place", sa.SmallInteger, nullable=False, server_default="0"),  # which one of an album it is there
    sa.Column("album", sa.String(80), nullable=False, server_default=""),
    sa.Column("made_at", UTCDateTime, nullable=False),
    sa.Index("ix_case_mirrors_source", "chat", "ref"),
)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a message was written: a chat, and its id there."""

    chat: Address
    ref: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """A message and what shows it on the other side."""

    id: int
    case_id: int
    spot: Spot
    delivery_id: int
    place: int
    album: str
    made_at: datetime


def pair(tx: Connection, case_id: int, spot: Spot, delivery_id: int, now: datetime) -> None:
    """Note that a delivery shows a message; one that has no id can't be followed."""
    if spot.ref:
        written = {"chat": str(spot.chat), "ref": spot.ref, "made_at": now}
        tx.execute(sa.insert(mirrors).values(case_id=case_id, delivery_id=delivery_id, **written))


def gather(tx: Connection, case_id: int, spot: Spot, album: str, now: datetime) -> None:
    """Note one picture of an album, whose others are still on their way."""
    written = {"chat": str(spot.chat), "ref": spot.ref, "made_at": now}
    tx.execute(sa.insert(mirrors).values(case_id=case_id, album=album, **written))


def gathered(tx: Connection, case_id: int, album: str) -> Sequence[sa.Row[Any]]:
    """Return the pictures of an album that nothing shows yet, in the order in which they were sent."""
    rows = tx.execute(sa.select(mirrors).where(_waits(album), mirrors.c.case_id == case_id)).all()
    return sorted({row.ref: row for row in rows}.values(), key=lambda row: (len(row.ref), row.ref))


def place(tx: Connection, rows: Sequence[sa.Row[Any]], delivery_id: int) -> None:
    """Note that one delivery shows an album, in this order."""
    for number, row in enumerate(rows):
        mine = sa.update(mirrors).where(mirrors.c.id == row.id)
        tx.execute(mine.values(delivery_id=delivery_id, place=number))


def is_gathered(tx: Connection, chat: Address, album: str) -> int | None:
    """Return the case that an album is being gathered for in a chat; only its first picture may say so."""
    return tx.execute(sa.select(mirrors.c.case_id).where(_waits(album), mirrors.c.chat == str(chat))).scalar()


def get(tx: Connection, pair_id: int) -> Pair:
    """Return a pair."""
    return _pair(tx.execute(sa.select(mirrors).where(mirrors.c.id == pair_id)).one())


def of_source(tx: Connection, spot: Spot) -> list[Pair]:
    """Return what shows a message elsewhere: in each case it stands in, the newest."""
    mine = sa.and_(mirrors.c.chat == str(spot.chat), mirrors.c.ref == spot.ref, mirrors.c.delivery_id.is_not(None))
    rows = tx.execute(sa.select(mirrors).where(mine).order_by(mirrors.c.id)).all()
    return [_pair(row) for row in {row.case_id: row for row in rows}.values()]


def of_shown(tx: Connection, chat: Address, ref: str, contact_id: int | None = None) -> Pair | None:
    """Return the pair whose showing is a message of ours in a chat: a person's own, or the staff's group."""
    # Literal, as in the index's condition.
    whose = deliveries.c.contact_id == contact_id if contact_id else sa.text("deliveries.contact_id IS NULL")
    shown = sa.select(mirrors, deliveries.c.message_ref).join(deliveries, deliveries.c.id == mirrors.c.delivery_id)
    shown = shown.where(whose, deliveries.c.chat == str(chat)).order_by(mirrors.c.id.desc())
    row = tx.execute(shown.where(deliveries.c.message_ref == ref)).first()
    if row is None:
        albums = tx.execute(shown.where(mirrors.c.album != "", deliveries.c.message_ref.contains(ref, autoescape=True)))
        row = next((row for row in albums if ref_at(row.message_ref, row.place) == ref), None)
    return _pair(row) if row else None


def of_inbound(tx: Connection, item: Inbound) -> Pair | None:
    """Return the pair that an edit or a reaction in the staff's group is about."""
    if item.kind is Kind.EDIT:
        return next(iter(of_source(tx, Spot(item.chat, item.message_ref))), None)
    ref = item.message_ref if item.kind is Kind.REACTION else item.reply_to
    return of_shown(tx, item.chat, ref) if ref else None


def ref_at(message_ref: str | None, place: int) -> str:
    """Return the id of one message of an album, or of the only one; '' where it is not there."""
    refs = (message_ref or "").split(",")
    return refs[place] if place < len(refs) else ""


def _waits(album: str) -> sa.ColumnElement[bool]:
    return sa.and_(mirrors.c.album == album, mirrors.c.delivery_id.is_(None), sa.literal(bool(album)))


def _pair(row: sa.Row[Any]) -> Pair:
    return Pair(
        id=row.id,
        case_id=row.case_id,
        spot=Spot(Address.parse(row.chat), row.ref),
        delivery_id=row.delivery_id,
        place=row.place,
        album=row.album,
        made_at=row.made_at,
    )
