"""The outbox: rows to be sent, and what becomes of them. Which of them may go now is `claiming`'s matter."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.database import BigKey, UTCDateTime, metadata
from bot.delivery.body import decode, encode
from bot.messages import Address, Outbound
from bot.prepared import Prepared

_MOST_ATTEMPTS = 12  # half an hour of growing pauses
_LONGEST_PAUSE = timedelta(minutes=15)
_OUTAGE_ATTEMPTS = 2900  # a day of them
_OUTAGE_PAUSE = timedelta(seconds=30)
HELD = "held"  # a verdict of withhold, and the state of what a broadcast has not released yet


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
    sa.Column("state", sa.String(10), nullable=False),  # held queued sending sent failed unknown skipped
    sa.Column("body", sa.JSON),  # None when content_id says it, or when it has been erased
    sa.Column("content_id", sa.BigInteger),  # frozen content of a broadcast
    sa.Column("broadcast_id", sa.BigInteger),
    sa.Column("target_id", sa.BigInteger, index=True),  # the delivery that an edit changes
    sa.Column("prompt_id", sa.String(16)),
    sa.Column("created_at", UTCDateTime, nullable=False),
    sa.Column("due_at", UTCDateTime, nullable=False),
    sa.Column("wanted_at", UTCDateTime),  # of what can wait for its turn in a group: by when it is wanted
    sa.Column("attempts", sa.SmallInteger, nullable=False, server_default="0"),
    sa.Column("owner", sa.String(64)),  # the process that is sending it
    sa.Column("message_ref", sa.String(200)),  # the channel's id once it is sent
    sa.Column("error", sa.String(200)),
    sa.Column("finished_at", UTCDateTime),
    sa.UniqueConstraint("broadcast_id", "contact_id"),
)

# Conditions of indexes are literal, here and in the queries: a database uses such an index only where it sees the same.
# Small also when a million broadcasts wait: live claims never look at them.
sa.Index(
    "ix_deliveries_live",
    deliveries.c.chat,
    deliveries.c.thread,
    deliveries.c.id,
    sqlite_where=sa.text("state IN ('queued', 'sending') AND lane < 2"),
    postgresql_where=sa.text("state IN ('queued', 'sending') AND lane < 2"),
)
# So that a broadcast need not be compared with every other one that waits.
sa.Index(
    "ix_deliveries_bulk",
    deliveries.c.chat,
    deliveries.c.thread,
    deliveries.c.id,
    sqlite_where=sa.text("state IN ('queued', 'sending') AND lane >= 2"),
    postgresql_where=sa.text("state IN ('queued', 'sending') AND lane >= 2"),
)
sa.Index(
    "ix_deliveries_active",
    deliveries.c.lane,
    deliveries.c.due_at,
    deliveries.c.id,
    sqlite_where=sa.text("state IN ('queued', 'sending')"),
    postgresql_where=sa.text("state IN ('queued', 'sending')"),
)
# What has a text yet: so that erasing the old ones does not look at everything that was ever sent.
sa.Index(
    "ix_deliveries_texts",
    deliveries.c.created_at,
    sqlite_where=sa.text("body IS NOT NULL"),
    postgresql_where=sa.text("body IS NOT NULL"),
)
sa.Index(
    "ix_deliveries_sending",
    deliveries.c.owner,
    sqlite_where=sa.text("state = 'sending'"),
    postgresql_where=sa.text("state = 'sending'"),
)
# What stands in a group by its message: staff reply to it, tap it, react to it.
sa.Index(
    "ix_deliveries_shown",
    deliveries.c.chat,
    deliveries.c.message_ref,
    sqlite_where=sa.text("contact_id IS NULL"),
    postgresql_where=sa.text("contact_id IS NULL"),
)
# Of broadcasts: what is not released yet, and what is on its way, however many rows are done.
sa.Index(
    "ix_deliveries_held",
    deliveries.c.broadcast_id,
    deliveries.c.id,
    sqlite_where=sa.text("state = 'held'"),
    postgresql_where=sa.text("state = 'held'"),
)
sa.Index(
    "ix_deliveries_released",
    deliveries.c.broadcast_id,
    deliveries.c.id,
    sqlite_where=sa.text("state IN ('queued', 'sending') AND broadcast_id IS NOT NULL"),
    postgresql_where=sa.text("state IN ('queued', 'sending') AND broadcast_id IS NOT NULL"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Finished:
    """How sending a row ended: its new state, and when to try again if it is queued once more."""

    id: int
    state: str
    message_ref: str = ""
    error: str = ""
    due_at: datetime | None = None
    counts: bool = True  # whether this was an attempt, or only a wait for its turn
    opened: str = ""  # the thread that waited for the topic which this row has opened


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
    for message in messages:
        row = _row(message, chat=str(chat), contact_id=contact_id, lane=lane, thread=thread, now=now)
        named = prompt_id if message is messages[-1] else ""
        _INSERT.run(tx, row | {"prompt_id": named or None})


def put(
    tx: Connection,
    message: Outbound,
    *,
    chat: Address,
    now: datetime,
    contact_id: int | None,
    lane: Lane = Lane.LIVE,
    thread: str = "",
    wanted_at: datetime | None = None,
) -> int:
    """Queue one message that is due at `now`, which may be later, and return its id.

    With `wanted_at` it can wait: in a group that has much to show others go first, and then what is wanted earlier.
    """
    row = _row(message, chat=str(chat), contact_id=contact_id, lane=lane, thread=thread, now=now)
    values = row | {"wanted_at": wanted_at}
    return int(tx.execute(sa.insert(deliveries).values(values).returning(deliveries.c.id)).scalar_one())


def move_thread(tx: Connection, chat: Address, old: str, new: str) -> None:
    """Send what waits for one thread of a chat to another one."""
    waits = sa.and_(deliveries.c.chat == str(chat), deliveries.c.thread == old, deliveries.c.state == "queued")
    tx.execute(sa.update(deliveries).where(waits).values(thread=new))


def change(
    tx: Connection, target_id: int, message: Outbound, *, now: datetime, lane: Lane = Lane.COSMETIC, prompt_id: str = ""
) -> None:
    """Queue a change of an earlier message, named by its delivery's id, whether that has been sent by now or not.

    Of several changes of one kind that wait for the same message only the last one goes, and none before its deletion.
    No change passes its own message.
    """
    target = tx.execute(sa.select(deliveries).where(deliveries.c.id == target_id)).one()
    waits = sa.and_(deliveries.c.target_id == target_id, deliveries.c.state == "queued")
    kinds = {
        row.id: decode(row.body).kind for row in tx.execute(sa.select(deliveries.c.id, deliveries.c.body).where(waits))
    }
    overtaken = [row_id for row_id, kind in kinds.items() if message.kind in {kind, "delete"}]
    _skip(tx, sa.and_(waits, deliveries.c.id.in_(overtaken)), "overtaken by a later change", now)
    lane = max(lane, Lane(target.lane))
    row = _row(message, chat=target.chat, contact_id=target.contact_id, lane=lane, thread=target.thread, now=now)
    _INSERT.run(tx, row | {"target_id": target_id, "prompt_id": prompt_id or None})


def change_all(tx: Connection, changes: Mapping[int, Outbound], *, now: datetime, lane: Lane) -> None:
    """Queue changes of many earlier messages, by their deliveries' ids, in the place of those that wait."""
    targets = tx.execute(sa.select(deliveries).where(deliveries.c.id.in_(changes)).order_by(deliveries.c.id)).all()
    waits = sa.and_(deliveries.c.target_id.in_(changes), deliveries.c.state == "queued")
    _skip(tx, waits, "overtaken by a later change", now)
    rows = [
        {
            "contact_id": target.contact_id,
            "chat": target.chat,
            "thread": target.thread,
            "lane": max(lane, target.lane),
            "state": "queued",
            "body": encode(changes[target.id]),
            "target_id": target.id,
            "created_at": now,
            "due_at": now,
        }
        for target in targets
    ]
    if rows:
        tx.execute(sa.insert(deliveries), rows)


def rewrite(tx: Connection, delivery_id: int, message: Outbound) -> bool:
    """Put another message in the place of one that has not gone yet; whether that was in time."""
    waits = sa.and_(deliveries.c.id == delivery_id, deliveries.c.state == "queued")
    return tx.execute(sa.update(deliveries).where(waits).values(body=encode(message))).rowcount > 0


def record(tx: Connection, delivery_id: int, message: Outbound) -> None:
    """Remember how a message that has gone reads by now."""
    tx.execute(sa.update(deliveries).where(deliveries.c.id == delivery_id).values(body=encode(message)))


def withdraw(tx: Connection, delivery_id: int, contact_id: int, because: str, now: datetime) -> bool:
    """Take back a message to a person that has not gone yet; whether that was in time."""
    waits = sa.and_(
        deliveries.c.id == delivery_id, deliveries.c.contact_id == contact_id, deliveries.c.state == "queued"
    )
    return _skip(tx, waits, because, now) > 0


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


def withhold(tx: Connection, owner: str, verdicts: Mapping[int, str], now: datetime) -> None:
    """Send rows that were claimed not after all: for ever (`skipped`), or not yet where the verdict is HELD."""
    for row_id, why in verdicts.items():
        mine = sa.and_(deliveries.c.id == row_id, deliveries.c.state == "sending", deliveries.c.owner == owner)
        change: dict[str, Any]
        if why == HELD:
            change = {"state": HELD, "attempts": deliveries.c.attempts - 1}
        else:
            change = {"state": "skipped", "error": why[:200], "finished_at": now}
        tx.execute(sa.update(deliveries).where(mine).values(owner=None, **change))


def take_back(tx: Connection, living: list[str], now: datetime) -> tuple[int, int]:
    """Settle rows that a dead process was sending: nobody knows whether they arrived.

    A live reply is queued again (better twice than never), a broadcast becomes `unknown` for the coordinator
    to decide. Returns how many of each.
    """
    orphaned = sa.and_(sa.text("state = 'sending'"), deliveries.c.owner.not_in(living))
    live = sa.update(deliveries).where(orphaned, deliveries.c.lane != Lane.BROADCAST)
    requeued = tx.execute(live.values(state="queued", owner=None, error="unknown: process died", due_at=now)).rowcount
    bulk = sa.update(deliveries).where(orphaned, deliveries.c.lane == Lane.BROADCAST)
    unknown = tx.execute(bulk.values(state="unknown", owner=None, finished_at=now)).rowcount
    return requeued, unknown


def sent_since(tx: Connection, channel: str, since: datetime) -> dict[str, datetime]:
    """Return what went out on a channel since then, by message_ref, whichever process sent it; no index serves this."""
    query = sa.select(deliveries.c.id, deliveries.c.message_ref, deliveries.c.finished_at).where(
        deliveries.c.finished_at > since,
        deliveries.c.state.in_(("sent", "unknown")),
        deliveries.c.chat.startswith(f"{channel}:", autoescape=True),
    )
    return {row.message_ref or f"#{row.id}": row.finished_at for row in tx.execute(query)}


def redirect(tx: Connection, old: Address, new: Address) -> None:
    """Send what is queued for a chat to its new address."""
    waiting = sa.update(deliveries).where(deliveries.c.chat == str(old), deliveries.c.state == "queued")
    tx.execute(waiting.values(chat=str(new)))


def retry_at(attempts: int, now: datetime) -> datetime | None:
    """Return when to try again after that many attempts: 1, 2, 4 ... seconds; None when it is time to give up."""
    return _grown(attempts, now, _MOST_ATTEMPTS, _LONGEST_PAUSE)


def outage_retry_at(attempts: int, now: datetime) -> datetime | None:
    """Return the same for what never left: often, since any moment may do, and for a day."""
    return _grown(attempts, now, _OUTAGE_ATTEMPTS, _OUTAGE_PAUSE)


def _row(
    message: Outbound, *, chat: str, contact_id: int | None, lane: Lane, thread: str, now: datetime
) -> dict[str, Any]:
    """Return the row of a message that is due now, of no prompt and no change of another."""
    return {
        "contact_id": contact_id,
        "chat": chat,
        "thread": thread,
        "lane": int(lane),
        "state": "queued",
        "body": encode(message),
        "target_id": None,
        "created_at": now,
        "due_at": now,
        "prompt_id": None,
    }


def _skip(tx: Connection, which: sa.ColumnElement[bool], because: str, now: datetime) -> int:
    skipped = sa.update(deliveries).where(which).values(state="skipped", error=because, finished_at=now)
    return tx.execute(skipped).rowcount


def _grown(attempts: int, now: datetime, most: int, longest: timedelta) -> datetime | None:
    if attempts >= most:
        return None
    return now + min(timedelta(seconds=2 ** min(attempts - 1, 20)), longest)


_INSERT = Prepared(
    lambda _: sa.insert(deliveries).inline(),
    "contact_id",
    "chat",
    "thread",
    "lane",
    "state",
    "body",
    "target_id",
    "created_at",
    "due_at",
    "prompt_id",
)
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
