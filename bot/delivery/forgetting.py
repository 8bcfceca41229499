"""Forgetting: what the outbox holds of a person is emptied, and what waits for them does not go any more.

What is on the wire can't be called back: it loses its text, and the rest once it has come to its end.
"""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.delivery import outbox
from bot.delivery.outbox import Lane, deliveries
from bot.messages import LETTERS, Address, Outbound

_ERASED = "erased"  # why it was skipped
_BARE = {"body": sa.null(), "prompt_id": None, "message_ref": None, "error": None, "thread": "", "contact_id": None}
# Letters within the hour are counted by their channel.
_CHANNEL = sa.case((deliveries.c.chat.startswith(f"{LETTERS}:"), f"{LETTERS}:"), else_="")


def of_contacts(tx: Connection, contact_ids: Sequence[int], now: datetime) -> int:
    """Empty everything that went to these people, and let nothing more go; return how many rows were emptied."""
    theirs = deliveries.c.contact_id.in_(contact_ids)
    tx.execute(_skipped(theirs, now))
    tx.execute(sa.update(deliveries).where(theirs, deliveries.c.state == "sending").values(body=sa.null()))
    done = deliveries.c.state.not_in(["queued", "sending"])
    return tx.execute(sa.update(deliveries).where(theirs, done).values(chat=_CHANNEL, **_BARE)).rowcount


def give_up(tx: Connection, contact_ids: Sequence[int], now: datetime) -> None:
    """Let nothing go to these people any more."""
    tx.execute(_skipped(deliveries.c.contact_id.in_(contact_ids), now))


def is_underway(tx: Connection, contact_ids: Sequence[int]) -> bool:
    """Whether anything waits for these people or is on the wire to them."""
    active = deliveries.c.state.in_(["queued", "sending"])
    query = sa.select(deliveries.c.id).where(deliveries.c.contact_id.in_(contact_ids), active)
    return tx.execute(query.limit(1)).first() is not None


def delete_topic(tx: Connection, chat: Address, thread: str, now: datetime) -> None:
    """Delete a topic with all that stands in it; one that is just being opened is deleted once it is."""
    empty_thread(tx, chat, thread, now)
    opens = sa.select(deliveries.c.id).where(
        deliveries.c.chat == str(chat), deliveries.c.thread == thread, deliveries.c.state == "sending"
    )
    if thread.isdigit() or tx.execute(opens.limit(1)).first():
        deletes = Outbound(kind="topic_delete")
        outbox.put(tx, deletes, chat=chat, now=now, contact_id=None, lane=Lane.NOTICE, thread=thread)


def retract(tx: Connection, delivery_ids: Sequence[int], now: datetime) -> None:
    """Delete messages where they have been sent to, and let those that wait not go, with every change of them."""
    if not delivery_ids:
        return
    these = deliveries.c.id.in_(delivery_ids)
    stale = sa.or_(these, sa.and_(deliveries.c.target_id.in_(delivery_ids), deliveries.c.lane != Lane.NOTICE))
    tx.execute(_skipped(stale, now))
    tx.execute(sa.update(deliveries).where(stale).values(body=sa.null()))
    # Once is enough, though it may be asked for again.
    there = sa.and_(
        these,
        deliveries.c.state.in_(["sent", "sending", "unknown"]),
        ~deliveries.c.chat.startswith(f"{LETTERS}:"),  # a letter can't be called back
        sa.or_(deliveries.c.error.is_(None), deliveries.c.error != _ERASED),
    )
    gone = tx.execute(sa.update(deliveries).where(there).values(error=_ERASED).returning(deliveries.c.id))
    for delivery_id in sorted(gone.scalars()):
        outbox.change(tx, delivery_id, Outbound(kind="delete"), now=now, lane=Lane.NOTICE)


def empty_thread(tx: Connection, chat: Address, thread: str, now: datetime) -> None:
    """Let nothing more go to a thread, and keep nothing of what went there."""
    in_it = sa.and_(deliveries.c.chat == str(chat), deliveries.c.thread == thread)
    tx.execute(_skipped(in_it, now))
    tx.execute(sa.update(deliveries).where(in_it).values(body=sa.null()))


def _skipped(which: sa.ColumnElement[bool], now: datetime) -> sa.Update:
    waiting = sa.update(deliveries).where(which, deliveries.c.state.in_(["held", "queued"]))
    return waiting.values(state="skipped", error=_ERASED, finished_at=now)
