"""Claiming: which rows of the outbox may go now, taken so that no other process takes them as well.

Only the head of a chat may be claimed, so a row that waits for its retry holds its own chat and no other. The order
within a chat is lane, then age: a live reply may pass a broadcast, and replies never pass each other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.delivery import contents
from bot.delivery.body import decode
from bot.delivery.outbox import Lane, deliveries
from bot.delivery.pacing import Turns
from bot.messages import Address, Outbound


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
    patient: bool = False  # whether it can wait for what else goes to its group
    broadcast_id: int | None = None


def claim(
    tx: Connection, owner: str, now: datetime, limit: int, *, bulk: int | None = None, apart: Sequence[Address] = ()
) -> list[Claimed]:
    """Take up to `limit` rows that may go now, the most urgent lane first, and mark them as being sent.

    At most `bulk` of them are broadcasts or cosmetic; none is for a chat `apart`, which `claim_in` takes rows for.
    """
    groups = [str(chat) for chat in apart] or [""]
    claimed: list[Claimed] = []
    room = limit if bulk is None else min(limit, bulk)
    for statement, most in ((_CLAIM_LIVE, limit), (_CLAIM_BROADCAST, room), (_CLAIM_COSMETIC, room)):
        left = min(limit - len(claimed), most - sum(row.lane >= Lane.BROADCAST for row in claimed))
        if left > 0:
            rows = tx.execute(statement, {"owner": owner, "now": now, "most": left, "apart": groups}).all()
            frozen = contents.bodies(tx, {row.content_id for row in rows if row.content_id is not None})
            # Among broadcasts what is due longest has the first turn: that is how the urgent passes the others.
            by_age = sorted(rows, key=lambda row: (row.due_at if row.lane >= Lane.BROADCAST else now, row.id))
            claimed += [_claimed(tx, row, frozen) for row in by_age]
    return claimed


def claim_in(tx: Connection, owner: str, chat: Address, now: datetime, turns: Turns) -> list[Claimed]:
    """Take as many rows for one group as there are turns: first what can't wait, then what is wanted earliest."""
    claimed: list[Claimed] = []
    for statement, most in ((_CLAIM_PROMPT, turns.all), (_CLAIM_PATIENT, turns.patient)):
        left = min(most, turns.all - len(claimed))
        if left > 0:
            rows = tx.execute(statement, {"owner": owner, "now": now, "most": left, "group": str(chat)}).all()
            claimed += [_claimed(tx, row, {}) for row in sorted(rows, key=lambda row: (row.wanted_at or now, row.id))]
    return claimed


def waits_in(tx: Connection, chat: Address, now: datetime) -> bool:
    """Whether anything is due for a group."""
    return tx.execute(_GROUP_DUE, {"group": str(chat), "now": now}).first() is not None


def bulk_waits(tx: Connection, now: datetime) -> bool:
    """Whether a broadcast or something cosmetic is due."""
    return tx.execute(_BULK_DUE, {"now": now}).first() is not None


def _claimed(tx: Connection, row: Any, frozen: Mapping[int, Any]) -> Claimed:
    said = row.body if row.content_id is None else frozen.get(row.content_id)
    return Claimed(
        id=row.id,
        contact_id=row.contact_id,
        chat=Address.parse(row.chat),
        thread=row.thread,
        lane=Lane(row.lane),
        attempts=row.attempts,
        patient=row.wanted_at is not None,
        message=decode(said, _target_ref(tx, row.target_id) if row.target_id else ""),
        broadcast_id=row.broadcast_id,
    )


def _target_ref(tx: Connection, target_id: int) -> str:
    """Find out what a change is about, now that it is sent: it may not have been known before."""
    return tx.execute(sa.select(deliveries.c.message_ref).where(deliveries.c.id == target_id)).scalar() or ""


def _claim_statement(*lanes: Lane) -> sa.Update:
    row = deliveries.alias("d")
    before = [_before(row, "e.lane < 2")]
    some = sa.text("d.lane < 2")
    if lanes[0] >= Lane.BROADCAST:
        before.append(_before(row, "e.lane >= 2"))
        some = sa.text("d.lane >= 2")
    apart = row.c.chat.not_in(sa.bindparam("apart", expanding=True))
    return _claiming(_heads(row, some, row.c.lane.in_(lanes), apart, before).order_by(row.c.due_at, row.c.id))


def _claim_in_statement(*, patient: bool) -> sa.Update:
    """Take the heads of one group's topics, of every lane that is not paced by itself."""
    row = deliveries.alias("d")
    waits = row.c.wanted_at.is_not(None) if patient else row.c.wanted_at.is_(None)
    order = (row.c.wanted_at, row.c.id) if patient else (row.c.lane, row.c.due_at, row.c.id)
    here = row.c.chat == sa.bindparam("group")
    heads = _heads(row, sa.text("d.lane < 2"), here, waits, [_before(row, "e.lane < 2")])
    return _claiming(heads.order_by(*order))


def _heads(
    row: Any, some: sa.TextClause, which: sa.ColumnElement[bool], other: sa.ColumnElement[bool], before: list[sa.Exists]
) -> sa.Select[Any]:
    return sa.select(row.c.id).where(
        sa.text("d.state IN ('queued', 'sending')"),
        some,
        row.c.state == "queued",
        which,
        other,
        row.c.due_at <= sa.bindparam("now"),
        *(~earlier for earlier in before),
    )


def _claiming(heads: sa.Select[Any]) -> sa.Update:
    heads = heads.limit(sa.bindparam("most")).with_for_update(skip_locked=True)
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
            deliveries.c.wanted_at,
            deliveries.c.body,
            deliveries.c.target_id,
            deliveries.c.due_at,
            deliveries.c.content_id,
            deliveries.c.broadcast_id,
        )
    )


def _before(row: Any, lanes: str) -> sa.Exists:
    """Whether something of the same chat has to go first: what is on the wire, a more urgent lane, an older row."""
    before = deliveries.alias("e")
    return sa.exists().where(
        before.c.chat == row.c.chat,
        before.c.thread == row.c.thread,
        sa.text(f"e.state IN ('queued', 'sending') AND {lanes}"),
        sa.or_(
            before.c.state == "sending",
            before.c.lane < row.c.lane,
            sa.and_(before.c.lane == row.c.lane, before.c.id < row.c.id),
        ),
    )


_CLAIM_LIVE = _claim_statement(Lane.LIVE, Lane.NOTICE)
_CLAIM_BROADCAST = _claim_statement(Lane.BROADCAST)
_CLAIM_COSMETIC = _claim_statement(Lane.COSMETIC)
_CLAIM_PROMPT = _claim_in_statement(patient=False)
_CLAIM_PATIENT = _claim_in_statement(patient=True)
_GROUP_DUE = (
    sa.select(deliveries.c.id)
    .where(
        deliveries.c.chat == sa.bindparam("group"),
        sa.text("state IN ('queued', 'sending') AND lane < 2"),
        deliveries.c.state == "queued",
        deliveries.c.due_at <= sa.bindparam("now"),
    )
    .limit(1)
)
_BULK_DUE = (
    sa.select(deliveries.c.id)
    .where(
        sa.text("state IN ('queued', 'sending') AND lane >= 2"),
        deliveries.c.state == "queued",
        deliveries.c.due_at <= sa.bindparam("now"),
    )
    .limit(1)
)
