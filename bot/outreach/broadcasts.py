"""Broadcasts: what is said to many, its state, and who may change that. Each delivery is a row before it is sent."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.database import BigKey, UTCDateTime, insert, metadata
from bot.delivery.body import encode
from bot.delivery.outbox import HELD, Lane, deliveries
from bot.delivery.sender import Failure
from bot.messages import Fate, Outbound
from bot.outreach.audience import Recipient

ACTIVE = ("scheduled", "gathering", "canary", "sending", "stopping")  # states in which the conductor has to do
UNDER_WAY = ("approval", *ACTIVE, "paused")  # states of one that can still be stopped
RUNNING = ("canary", "sending")  # states in which rows may go
_SOON = timedelta(minutes=1)
PASSING = ("changed", "cancelled")  # kinds that go ahead of all others, to those who come, and wait for nobody's word
_AHEAD = timedelta(days=3650)  # they are due since long ago: among broadcasts the longest due goes first

broadcasts = sa.Table(
    "broadcasts",
    metadata,
    sa.Column("id", BigKey, primary_key=True),
    sa.Column("key", sa.String(16), nullable=False, unique=True),
    sa.Column("kind", sa.String(12), nullable=False),  # event news changed cancelled thanks invitation
    sa.Column("event_id", sa.ForeignKey("events.id"), index=True),
    sa.Column("announcement_id", sa.ForeignKey("announcements.id"), index=True),  # one of the two, or neither
    sa.Column("contact_id", sa.ForeignKey("contacts.id"), nullable=False, index=True),  # whoever sends it
    sa.Column("chat", sa.String(400), nullable=False),  # where its progress is told
    sa.Column("state", sa.String(10), nullable=False, index=True),  # approval, ACTIVE, paused, stopped, done
    sa.Column("urgent", sa.Boolean, nullable=False),  # goes at night as well
    sa.Column("audience", sa.JSON, nullable=False),
    sa.Column("prompt_id", sa.String(16), nullable=False),  # of the buttons under it
    sa.Column("control_id", sa.String(16), nullable=False),  # of those under its progress
    sa.Column("starts_at", UTCDateTime, nullable=False),
    sa.Column("reached", sa.BigInteger, nullable=False, server_default="0"),  # the last contact in the snapshot
    sa.Column("total", sa.Integer, nullable=False, server_default="0"),
    sa.Column("ours", sa.Integer, nullable=False, server_default="0"),  # of the team, who get it first
    sa.Column("released", sa.Integer, nullable=False, server_default="0"),
    sa.Column("gone", sa.Integer, nullable=False, server_default="0"),  # who can't be reached any more
    sa.Column("faults", sa.Integer, nullable=False, server_default="0"),  # everything else that failed
    sa.Column("progress_id", sa.BigInteger),  # the delivery that tells how far it is
    sa.Column("progress_at", UTCDateTime),
    sa.Column("reason", sa.String(200), nullable=False, server_default=""),  # why it was paused
    sa.Column("approved_by", sa.String(400)),
    sa.Column("made_at", UTCDateTime, nullable=False),
    sa.Column("finished_at", UTCDateTime),
    sa.Column("object_key", sa.String(100), unique=True),  # of the object that goes along
)


def make(tx: Connection, row: Mapping[str, Any]) -> int | None:
    """Enter a broadcast and return its id; None where it is there already."""
    new = insert(tx, broadcasts).values(**row).on_conflict_do_nothing().returning(broadcasts.c.id)
    entered = tx.execute(new).first()
    return int(entered.id) if entered else None


def get(tx: Connection, key: str) -> Any:
    """Return a broadcast's row; None for none."""
    return tx.execute(sa.select(broadcasts).where(broadcasts.c.key == key)).first()


def by_id(tx: Connection, broadcast_id: int) -> Any:
    """Return a broadcast's row; None for none."""
    return tx.execute(sa.select(broadcasts).where(broadcasts.c.id == broadcast_id)).first()


def standing(tx: Connection, reference: Mapping[str, int], kind: str) -> Any:
    """Return the newest broadcast of a kind about what `reference` names, None where there is none that stands."""
    theirs = [broadcasts.c[name] == value for name, value in reference.items()]
    ended = broadcasts.c.state.in_(["stopped", "stopping"])
    query = sa.select(broadcasts).where(*theirs, broadcasts.c.kind == kind, ~ended)
    return tx.execute(query.order_by(broadcasts.c.id.desc()).limit(1)).first()


def active(tx: Connection, now: datetime) -> list[Any]:
    """Return the broadcasts that something is to be done about, what passes the others first."""
    due = sa.and_(broadcasts.c.state.in_(ACTIVE), broadcasts.c.starts_at <= now)
    order = (sa.case((broadcasts.c.kind.in_(PASSING), 0), else_=1), broadcasts.c.id)
    return list(tx.execute(sa.select(broadcasts).where(due).order_by(*order)))


def update(tx: Connection, broadcast_id: int, *, when: tuple[str, ...] = (), **changes: Any) -> bool:
    """Change a broadcast, only in one of the states `when`; whether it was."""
    mine = [broadcasts.c.id == broadcast_id, *([broadcasts.c.state.in_(when)] if when else [])]
    return bool(tx.execute(sa.update(broadcasts).where(*mine).values(**changes)).rowcount)


def address(
    tx: Connection, row: Any, people: list[Recipient], contents: Mapping[tuple[str, str], int], now: datetime
) -> int:
    """Write a delivery down for each of these people, held back; who has one has it already. Returns how many."""
    if not people:
        return 0
    return _enter(tx, [{**_held(row, person, now), "content_id": _content(contents, person)} for person in people])


def address_each(tx: Connection, row: Any, letters: Sequence[tuple[Recipient, Outbound]], now: datetime) -> int:
    """Write a letter down for each of these people, with words and a prompt of its own; the same otherwise."""
    if not letters:
        return 0
    return _enter(tx, [_personal(row, person, message, now) for person, message in letters])


def release(tx: Connection, broadcast_id: int, most: int) -> int:
    """Let up to so many of the held deliveries go, and return how many."""
    held = sa.and_(deliveries.c.broadcast_id == broadcast_id, sa.text("state = 'held'"))
    some = sa.select(deliveries.c.id).where(held).order_by(deliveries.c.id).limit(most)
    return tx.execute(sa.update(deliveries).where(deliveries.c.id.in_(some)).values(state="queued")).rowcount


def hold_back(tx: Connection, broadcast_id: int) -> None:
    """Take back what was released and is not on its way yet."""
    waits = sa.and_(
        deliveries.c.broadcast_id == broadcast_id,
        sa.text("state IN ('queued', 'sending') AND broadcast_id IS NOT NULL"),
        deliveries.c.state == "queued",
    )
    tx.execute(sa.update(deliveries).where(waits).values(state=HELD))


def drop(tx: Connection, broadcast_id: int, most: int, now: datetime) -> int:
    """Give up to so many held deliveries up, and return how many."""
    held = sa.and_(deliveries.c.broadcast_id == broadcast_id, sa.text("state = 'held'"))
    some = sa.select(deliveries.c.id).where(held).limit(most)
    change = {"state": "skipped", "error": "stopped", "finished_at": now}
    return tx.execute(sa.update(deliveries).where(deliveries.c.id.in_(some)).values(**change)).rowcount


def on_the_way(tx: Connection, broadcast_id: int) -> int:
    """Return how many are queued or being sent."""
    going = sa.and_(
        deliveries.c.broadcast_id == broadcast_id,
        sa.text("state IN ('queued', 'sending') AND broadcast_id IS NOT NULL"),
    )
    return int(tx.execute(sa.select(sa.func.count()).where(going)).scalar_one())


def put_off(tx: Connection, broadcast_id: int, now: datetime) -> int:
    """Return how many of those are to come back later: letters that wait for their hour, above all."""
    later = sa.and_(
        deliveries.c.broadcast_id == broadcast_id,
        sa.text("state IN ('queued', 'sending') AND broadcast_id IS NOT NULL"),
        deliveries.c.state == "queued",
        deliveries.c.due_at > now + _SOON,
    )
    return int(tx.execute(sa.select(sa.func.count()).where(later)).scalar_one())


def again(tx: Connection, broadcast_id: int) -> int:
    """Hold what nobody knows the fate of, to be sent once more, and return how many."""
    unknown = sa.and_(deliveries.c.broadcast_id == broadcast_id, deliveries.c.state == "unknown")
    change = {"state": HELD, "error": None, "finished_at": None, "attempts": 0}
    return tx.execute(sa.update(deliveries).where(unknown).values(**change)).rowcount


def counts(tx: Connection, broadcast_id: int) -> dict[str, int]:
    """Return how many deliveries there are in each state."""
    states = ("held", "queued", "sending", "sent", "failed", "unknown", "skipped")
    query = sa.select(deliveries.c.state, sa.func.count()).where(deliveries.c.broadcast_id == broadcast_id)
    counted = {row[0]: int(row[1]) for row in tx.execute(query.group_by(deliveries.c.state))}
    return dict.fromkeys(states, 0) | counted


def known_keys(tx: Connection, keys: list[str]) -> set[str]:
    """Return which of these object keys belong to a broadcast."""
    query = sa.select(broadcasts.c.object_key).where(broadcasts.c.object_key.in_(keys))
    return {row.object_key for row in tx.execute(query)}


def stored_keys(tx: Connection) -> set[str]:
    """Return the keys of all objects that broadcasts take along."""
    query = sa.select(broadcasts.c.object_key).where(broadcasts.c.object_key.is_not(None))
    return {row.object_key for row in tx.execute(query)}


def forget_files(tx: Connection, before: datetime) -> int:
    """Let go of what went along with broadcasts that ended before then: it is swept; return how many there were."""
    old = sa.and_(broadcasts.c.finished_at < before, broadcasts.c.object_key.is_not(None))
    return tx.execute(sa.update(broadcasts).where(old).values(object_key=None)).rowcount


def lost(tx: Connection, failure: Failure, now: datetime) -> None:  # noqa: ARG001 - the shape of who minds failures
    """Count what failed; a person who is gone is nobody's fault."""
    if failure.row.broadcast_id is None or not failure.final:
        return
    name = "gone" if failure.error.fate is Fate.GONE else "faults"
    mine = sa.update(broadcasts).where(broadcasts.c.id == failure.row.broadcast_id)
    tx.execute(mine.values({name: broadcasts.c[name] + 1}))


def _enter(tx: Connection, rows: list[dict[str, Any]]) -> int:
    new = insert(tx, deliveries).on_conflict_do_nothing().returning(deliveries.c.id)
    return len(tx.execute(new, rows).all())


def _held(row: Any, person: Recipient, now: datetime) -> dict[str, Any]:
    return {
        "contact_id": person.contact_id,
        "chat": str(person.chat),
        "thread": "",
        "lane": int(Lane.BROADCAST),
        "state": HELD,
        "broadcast_id": row.id,
        "prompt_id": row.prompt_id,
        "created_at": now,
        "due_at": now - _AHEAD if row.kind in PASSING else now,
    }


def _personal(row: Any, person: Recipient, message: Outbound, now: datetime) -> dict[str, Any]:
    prompt = message.envelope.prompt if message.envelope else row.prompt_id
    return {**_held(row, person, now), "prompt_id": prompt, "body": encode(message)}


def _content(contents: Mapping[tuple[str, str], int], person: Recipient) -> int:
    """Return what somebody is told: in their language, or in Latvian."""
    channel = person.chat.channel
    return contents.get((person.language, channel)) or contents["lv", channel]
