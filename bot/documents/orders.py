"""Orders: which documents are to be made, for whom, and what has become of them.

An order is `ordered` until its file is made (`ready`, and on its way through the outbox) or given up (`failed`). While
somebody makes it, it is due again only when their claim ends, so a process that dies loses nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.database import BigKey, UTCDateTime, metadata
from bot.delivery.outbox import Lane
from bot.messages import Address

documents = sa.Table(
    "documents",
    metadata,
    sa.Column("id", BigKey, primary_key=True),
    sa.Column("kind", sa.String(40), nullable=False),  # names its maker
    sa.Column("payload", sa.JSON, nullable=False),  # what the maker has to know
    sa.Column("contact_id", sa.ForeignKey("contacts.id"), index=True),  # none for a staff chat
    sa.Column("chat", sa.String(400), nullable=False),
    sa.Column("thread", sa.String(40), nullable=False, server_default=""),
    sa.Column("lane", sa.SmallInteger, nullable=False),
    sa.Column("language", sa.String(8), nullable=False),
    sa.Column("state", sa.String(10), nullable=False),  # ordered ready failed
    sa.Column("object_key", sa.String(100), unique=True),
    sa.Column("name", sa.String(200), nullable=False, server_default=""),
    sa.Column("delivery_id", sa.BigInteger),
    sa.Column("reason", sa.String(200)),  # why it failed, or what the last attempt met with
    sa.Column("attempts", sa.SmallInteger, nullable=False, server_default="0"),
    sa.Column("due_at", UTCDateTime, nullable=False),  # when to make it; while it is claimed, when the claim ends
    sa.Column("ordered_at", UTCDateTime, nullable=False),
    sa.Column("finished_at", UTCDateTime),
    sa.Index(
        "ix_documents_due",
        "due_at",
        sqlite_where=sa.text("state = 'ordered'"),
        postgresql_where=sa.text("state = 'ordered'"),
    ),
)

_WAITS = sa.text("state = 'ordered'")  # literal, so that the index serves


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """A document that is to be made; `attempts` counts this one."""

    id: int
    kind: str
    payload: Mapping[str, Any]
    contact_id: int | None
    chat: Address
    thread: str
    lane: Lane
    language: str
    attempts: int


def place(
    tx: Connection,
    *,
    kind: str,
    payload: Mapping[str, Any],
    chat: Address,
    contact_id: int | None,
    now: datetime,
    thread: str = "",
    lane: Lane = Lane.LIVE,
    language: str = "lv",
) -> int:
    """Order a document and return the order's id: it is made after this transaction, and sent to the chat."""
    row = {
        "kind": kind,
        "payload": dict(payload),
        "contact_id": contact_id,
        "chat": str(chat),
        "thread": thread,
        "lane": int(lane),
        "language": language,
        "state": "ordered",
        "due_at": now,
        "ordered_at": now,
    }
    return int(tx.execute(sa.insert(documents).values(row).returning(documents.c.id)).scalar_one())


def is_due(tx: Connection, now: datetime) -> bool:
    """Whether anything is to be made now."""
    return tx.execute(sa.select(documents.c.id).where(_WAITS, documents.c.due_at <= now).limit(1)).first() is not None


def claim(tx: Connection, now: datetime, until: datetime) -> Order | None:
    """Take the order that has waited longest, None when there is none; not settled by `until` it is anybody's again."""
    waiting = sa.select(documents.c.id).where(_WAITS, documents.c.due_at <= now).order_by(documents.c.due_at)
    first = waiting.limit(1).with_for_update(skip_locked=True).scalar_subquery()
    taken = sa.update(documents).where(documents.c.id == first)
    row = tx.execute(taken.values(due_at=until, attempts=documents.c.attempts + 1).returning(documents)).first()
    return _order(row) if row else None


def ready(tx: Connection, order: Order, now: datetime, *, object_key: str, name: str, delivery_id: int) -> None:
    """Note that a document is made and on its way."""
    change = {"state": "ready", "object_key": object_key, "name": name[:200], "delivery_id": delivery_id}
    tx.execute(sa.update(documents).where(_mine(order)).values(finished_at=now, **change))


def still_mine(tx: Connection, order: Order) -> bool:
    """Whether an order is still this claim's, and lock it; not when it was given up, erased, or claimed by another."""
    return tx.execute(sa.select(documents.c.id).where(_mine(order)).with_for_update()).first() is not None


def put_off(tx: Connection, order: Order, reason: str, again_at: datetime | None, now: datetime) -> None:
    """Note why a document could not be made, and when to try again; None gives it up."""
    ended: dict[str, Any] = {"due_at": again_at} if again_at else {"state": "failed", "finished_at": now}
    tx.execute(sa.update(documents).where(_mine(order)).values(reason=reason[:200], **ended))


def forget_old(tx: Connection, before: datetime) -> int:
    """Let go of files that were made longer ago than that: they are swept then; return how many."""
    old = sa.and_(documents.c.finished_at < before, documents.c.object_key.is_not(None))
    return tx.execute(sa.update(documents).where(old).values(object_key=None, payload={})).rowcount


def known_keys(tx: Connection, keys: list[str]) -> set[str]:
    """Return which of these object keys belong to a document."""
    query = sa.select(documents.c.object_key).where(documents.c.object_key.in_(keys))
    return {row.object_key for row in tx.execute(query)}


def stored_keys(tx: Connection) -> set[str]:
    """Return the keys of all documents that there should be."""
    query = sa.select(documents.c.object_key).where(documents.c.object_key.is_not(None))
    return {row.object_key for row in tx.execute(query)}


def _mine(order: Order) -> sa.ColumnElement[bool]:
    return sa.and_(documents.c.id == order.id, documents.c.state == "ordered", documents.c.attempts == order.attempts)


def _order(row: Any) -> Order:
    return Order(
        id=row.id,
        kind=row.kind,
        payload=row.payload,
        contact_id=row.contact_id,
        chat=Address.parse(row.chat),
        thread=row.thread,
        lane=Lane(row.lane),
        language=row.language,
        attempts=row.attempts,
    )
