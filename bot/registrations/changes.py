"""Changes: every step of a registration from one state to another, and what else was done to it, by whom and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.database import BigKey, UTCDateTime, metadata
from bot.registrations import states
from bot.registrations.records import registrations

registration_changes = sa.Table(
    "registration_changes",
    metadata,
    sa.Column("id", BigKey, primary_key=True),
    sa.Column("registration_id", sa.ForeignKey("registrations.id"), nullable=False, index=True),
    sa.Column("kind", sa.String(20), nullable=False),  # state | answers | wish | contact
    sa.Column("from_state", sa.String(20), nullable=False),
    sa.Column("to_state", sa.String(20), nullable=False),
    sa.Column("who", sa.String(400), nullable=False),  # address of who did it
    sa.Column("who_name", sa.String(120), nullable=False, server_default=""),  # of a member of staff
    sa.Column("why", sa.Text, nullable=False, server_default=""),
    sa.Column("details", sa.JSON, nullable=False),  # answers that changed: key -> [before, after], as stored
    sa.Column("told_id", sa.BigInteger),  # the delivery that tells the person
    sa.Column("at", UTCDateTime, nullable=False),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Hand:
    """Whose hand a change is by, why, and when."""

    who: str  # address
    name: str = ""  # of a member of staff
    why: str = ""
    now: datetime


def move(tx: Connection, registration_id: int, to: str, hand: Hand, **columns: Any) -> sa.Row[Any] | None:
    """Bring a registration into another state, with what else changes; return it, None where it can't go there now.

    Of two who do so at once the second finds the state of the first.
    """
    was = tx.execute(sa.select(registrations.c.state).where(registrations.c.id == registration_id)).scalar()
    if was not in states.before(to):
        return None
    still = sa.and_(registrations.c.id == registration_id, registrations.c.state == was)
    changed = sa.update(registrations).where(still).values(state=to, **columns).returning(registrations)
    row = tx.execute(changed).first()
    if row is not None:
        note(tx, registration_id, hand, kind="state", states_=(was, to))
    return row


def note(
    tx: Connection,
    registration_id: int,
    hand: Hand,
    *,
    kind: str,
    states_: tuple[str, str] | None = None,
    details: Mapping[str, Any] | None = None,
) -> int:
    """Write down that something was done; returns the row's id. Without states it stays in the one that it is in."""
    if states_ is None:
        state = tx.execute(sa.select(registrations.c.state).where(registrations.c.id == registration_id)).scalar_one()
        states_ = (state, state)
    row = {
        "registration_id": registration_id,
        "kind": kind,
        "from_state": states_[0],
        "to_state": states_[1],
        "who": hand.who[:400],
        "who_name": hand.name[:120],
        "why": hand.why[:2000],
        "details": dict(details or {}),
        "at": hand.now,
    }
    new = sa.insert(registration_changes).values(row).returning(registration_changes.c.id)
    return int(tx.execute(new).scalar_one())


def told(tx: Connection, registration_id: int, delivery_id: int) -> None:
    """Remember which message tells the person of the latest change of state."""
    latest = sa.select(sa.func.max(registration_changes.c.id)).where(
        registration_changes.c.registration_id == registration_id, registration_changes.c.kind == "state"
    )
    mine = sa.update(registration_changes).where(registration_changes.c.id == latest.scalar_subquery())
    tx.execute(mine.values(told_id=delivery_id))


def latest(tx: Connection, registration_id: int) -> sa.Row[Any] | None:
    """Return the latest change of state; None of one that nobody has touched."""
    mine = sa.and_(registration_changes.c.registration_id == registration_id, registration_changes.c.kind == "state")
    return tx.execute(sa.select(registration_changes).where(mine).order_by(registration_changes.c.id.desc())).first()
