"""The outbox: rows to be sent, claimed by one process at a time, in order within each chat.

Only the head of a chat may be claimed, so a row that waits for its retry holds its own chat and no other. The
order within a chat is lane, then age: a live reply may pass a broadcast, and replies never pass each other.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.database import BigKey, UTCDateTime, metadata
from bot.messages import Address, Button, Outbound, Position

_MOST_ATTEMPTS = 12  # about an hour and a half of growing pauses
_LONGEST_PAUSE = timedelta(minutes=15)


class Lane(IntEnum):
    """Who goes first: the smaller number."""

    LIVE = 0
    NOTICE = 1  # to staff and administrators
    BROADCAST = 2
    COSMETIC = 3


deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("id", BigKey, primary_key=True),
    sa.Column("contact_id", sa.ForeignKey("contacts.id"), index=True),  # none for a staff chat
    sa.Column("chat", sa.String(400), nullable=False),
    sa.Column("thread", sa.String(40), nullable=False, server_default=""),
    sa.Column("lane", sa.SmallInteger, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),  # queued sending sent failed unknown skipped
    sa.Column("body", sa.JSON),  # None when content_id says it, or when it has been erased
    sa.Column("content_id", sa.BigInteger),  # frozen content of a broadcast
    sa.Column("broadcast_id", sa.BigInteger),
    sa.Column("target_id", sa.BigInteger),  # the delivery that an edit changes
    sa.Column("prompt_id", sa.String(16)),
    sa.Column("created_at", UTCDateTime, nullable=False),
    sa.Column("due_at", UTCDateTime, nullable=False),
    sa.Column("attempts", sa.SmallInteger, nullable=False, server_default="0"),
    sa.Column("owner", sa.String(64)),  # the process that is sending it
    sa.Column("message_ref", sa.String(200)),  # the channel's id once it is sent
    sa.Column("error", sa.String(200)),
    sa.Column("finished_at", UTCDateTime),
    sa.UniqueConstraint("broadcast_id", "contact_id"),
)

_ACTIVE = deliveries.c.state.in_(["queued", "sending"])
# Small also when a million broadcasts wait: live claims never look at them.
sa.Index(
    "ix_deliveries_live",
    deliveries.c.chat,
    deliveries.c.thread,
    deliveries.c.id,
    sqlite_where=sa.text("state IN ('queued', 'sending') AND lane < 2"),
    postgresql_where=sa.text("state IN ('queued', 'sending') AND lane < 2"),
)
sa.Index(
    "ix_deliveries_active",
    deliveries.c.lane,
    deliveries.c.due_at,
    sqlite_where=sa.text("state IN ('queued', 'sending')"),
    postgresql_where=sa.text("state IN ('queued', 'sending')"),
)
sa.Index(
    "ix_deliveries_sending",
    deliveries.c.owner,
    sqlite_where=sa.text("state = 'sending'"),
    postgresql_where=sa.text("state = 'sending'"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Claimed:
    """A row that this process now sends."""

    id: int
    contact_id: int | None
    chat: Address
    thread: str
    lane: Lane
    attempts: int  # this one included
    message: Outbound


@dataclass(frozen=True, kw_only=True, slots=True)
class Finished:
    """How sending a row ended: its new state, and when to try again if it is queued once more."""

    id: int
    state: str
    message_ref: str = ""
    error: str = ""
    due_at: datetime | None = None
    counts: bool = True  # whether this was an attempt, or only a wait for its turn


def enqueue(
    tx: Connection,
    messages: list[Outbound],
    *,
    chat: Address,
    now: datetime,
    contact_id: int | None,
    lane: Lane = Lane.LIVE,
    thread: str = "",
    prompt_id: str = "",
) -> None:
    """Queue messages to one chat, in order. `prompt_id` goes to the last one, whose buttons it names."""
    rows = [
        {
            "contact_id": contact_id,
            "chat": str(chat),
            "thread": thread,
            "lane": int(lane),
            "state": "queued",
            "body": encode(message),
            "created_at": now,
            "due_at": now,
            "prompt_id": prompt_id if message is messages[-1] and prompt_id else None,
        }
        for message in messages
    ]
    if rows:
        tx.execute(_INSERT, rows)


def claim(tx: Connection, owner: str, now: datetime, limit: int) -> list[Claimed]:
    """Take up to `limit` rows that may go now, the most urgent lane first, and mark them as being sent."""
    claimed: list[Claimed] = []
    for statement in _CLAIMS:
        if len(claimed) < limit:
            rows = tx.execute(statement, {"owner": owner, "now": now, "most": limit - len(claimed)}).all()
            claimed += [_claimed(row) for row in sorted(rows, key=lambda row: row.id)]
    return [_resolve_target(tx, row) if row.message.kind == "edit" else row for row in claimed]


def finish(tx: Connection, owner: str, finished: list[Finished], now: datetime) -> None:
    """Record how sending ended. A row that was taken from this owner meanwhile is left alone."""
    for again in (False, True):
        rows = [
            {
                "row": end.id,
                "by": owner,
                "to": end.state,
                "ref": end.message_ref or None,
                "why": end.error[:200] or None,
                "at": end.due_at if again else now,
            }
            | ({"less": 0 if end.counts else 1} if again else {})
            for end in finished
            if (end.due_at is not None) is again
        ]
        if rows:
            tx.execute(_REQUEUE if again else _FINISH, rows)


def take_back(tx: Connection, living: list[str], now: datetime) -> tuple[int, int]:
    """Settle rows that a dead process was sending: nobody knows whether they arrived.

    A live reply is queued again (better twice than never), a broadcast becomes `unknown` for the coordinator
    to decide. Returns how many of each.
    """
    orphaned = sa.and_(deliveries.c.state == "sending", deliveries.c.owner.not_in(living))
    live = sa.update(deliveries).where(orphaned, deliveries.c.lane != Lane.BROADCAST)
    requeued = tx.execute(live.values(state="queued", owner=None, error="unknown: process died", due_at=now)).rowcount
    bulk = sa.update(deliveries).where(orphaned, deliveries.c.lane == Lane.BROADCAST)
    unknown = tx.execute(bulk.values(state="unknown", owner=None, finished_at=now)).rowcount
    return requeued, unknown


def redirect(tx: Connection, old: Address, new: Address) -> None:
    """Send what is queued for a chat to its new address."""
    waiting = sa.update(deliveries).where(deliveries.c.chat == str(old), deliveries.c.state == "queued")
    tx.execute(waiting.values(chat=str(new)))


def retry_at(attempts: int, now: datetime) -> datetime | None:
    """Return when to try again after that many attempts: 1, 2, 4 ... seconds; None when it is time to give up."""
    if attempts >= _MOST_ATTEMPTS:
        return None
    return now + min(timedelta(seconds=2 ** (attempts - 1)), _LONGEST_PAUSE)


def next_due(tx: Connection) -> datetime | None:
    """Return when the earliest queued row is due."""
    query = sa.select(sa.func.min(deliveries.c.due_at)).where(_ACTIVE, deliveries.c.state == "queued")
    return tx.execute(query).scalar()


def encode(message: Outbound) -> dict[str, Any]:
    """Turn a message into what JSON can hold, without what it has not."""
    stored: dict[str, Any] = {"text": message.text}
    if message.kind != "message":
        stored["kind"] = message.kind
    if message.rows:
        stored["rows"] = [[_encode_button(button) for button in row] for row in message.rows]
    if message.position:
        stored["at"] = [message.position.lat, message.position.lon]
    if message.clear_keyboard:
        stored["clear"] = True
    if message.reply_to:
        stored["reply_to"] = message.reply_to
    return stored


def decode(stored: dict[str, Any]) -> Outbound:
    """Read a stored message."""
    at = stored.get("at")
    return Outbound(
        kind=stored.get("kind", "message"),
        text=stored["text"],
        rows=tuple(tuple(Button(**button) for button in row) for row in stored.get("rows", ())),
        position=Position(lat=at[0], lon=at[1]) if at else None,
        clear_keyboard=stored.get("clear", False),
        reply_to=stored.get("reply_to", ""),
    )


def _encode_button(button: Button) -> dict[str, str]:
    fields = {"label": button.label, "data": button.data, "request": button.request, "url": button.url}
    return {name: value for name, value in fields.items() if value}


def _claimed(row: Any) -> Claimed:
    return Claimed(
        id=row.id,
        contact_id=row.contact_id,
        chat=Address.parse(row.chat),
        thread=row.thread,
        lane=Lane(row.lane),
        attempts=row.attempts,
        message=decode(row.body),
    )


def _resolve_target(tx: Connection, claimed: Claimed) -> Claimed:
    """Find out what an edit changes, now that it is sent: the target's id may not have been known before."""
    edit = deliveries.alias()
    query = (
        sa.select(deliveries.c.message_ref)
        .join(edit, edit.c.target_id == deliveries.c.id)
        .where(edit.c.id == claimed.id)
    )
    ref = tx.execute(query).scalar()
    return replace(claimed, message=replace(claimed.message, target_ref=ref or ""))


def _claim_statement(lanes: tuple[Lane, ...]) -> sa.Update:
    row, before = deliveries.alias("d"), deliveries.alias("e")
    blocked = sa.exists().where(
        before.c.chat == row.c.chat,
        before.c.thread == row.c.thread,
        before.c.state.in_(["queued", "sending"]),
        before.c.lane < 2 if lanes[0] < Lane.BROADCAST else sa.true(),
        sa.or_(
            before.c.state == "sending",
            before.c.lane < row.c.lane,
            sa.and_(before.c.lane == row.c.lane, before.c.id < row.c.id),
        ),
    )
    heads = (
        sa.select(row.c.id)
        .where(row.c.state == "queued", row.c.lane.in_(lanes), row.c.due_at <= sa.bindparam("now"), ~blocked)
        .order_by(row.c.due_at, row.c.id)
        .limit(sa.bindparam("most"))
        .with_for_update(skip_locked=True)
    )
    return (
        sa.update(deliveries)
        .where(deliveries.c.id.in_(heads))
        .values(state="sending", owner=sa.bindparam("owner"), attempts=deliveries.c.attempts + 1)
        .returning(
            deliveries.c.id,
            deliveries.c.contact_id,
            deliveries.c.chat,
            deliveries.c.thread,
            deliveries.c.lane,
            deliveries.c.attempts,
            deliveries.c.body,
        )
    )


_INSERT = sa.insert(deliveries)
_CLAIMS = [_claim_statement((Lane.LIVE, Lane.NOTICE)), _claim_statement((Lane.BROADCAST, Lane.COSMETIC))]
_MINE = sa.and_(
    deliveries.c.id == sa.bindparam("row"), deliveries.c.state == "sending", deliveries.c.owner == sa.bindparam("by")
)
_FINISH = (
    sa.update(deliveries)
    .where(_MINE)
    .values(
        state=sa.bindparam("to"),
        message_ref=sa.bindparam("ref"),
        error=sa.bindparam("why"),
        finished_at=sa.bindparam("at"),
        owner=None,
    )
)
_REQUEUE = (
    sa.update(deliveries)
    .where(_MINE)
    .values(
        state=sa.bindparam("to"),
        error=sa.bindparam("why"),
        due_at=sa.bindparam("at"),
        attempts=deliveries.c.attempts - sa.bindparam("less"),
        message_ref=sa.bindparam("ref"),
        owner=None,
    )
)
