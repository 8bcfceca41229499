"""Tallies: how often something happened on a day, without whose it was: consultations, drafts sent and given up.

Each is a row of its own at first, so that people who ask the same at the same time never wait for one another; at
night the rows of past days that say the same become one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.clock import RIGA
from bot.conversation.response import Event
from bot.database import BigKey, metadata
from bot.prepared import Prepared
from bot.registrations.records import registrations
from bot.rooms import NO_FACTS, Scene

# Consultations: the subject is a topic's id, '' where none is known.
ANSWERED = "answered"  # by the assistant
UNANSWERED = "unanswered"  # a question that it had to hand to a person
PERSON = "person"  # the wish for a person
CONSULTATIONS = (ANSWERED, UNANSWERED, PERSON)
# Drafts: the subject is the flow, and for one given up also the question where it stood: `register_trees.place`.
SENT, STOPPED = "sent", "stopped"

tallies = sa.Table(
    "tallies",
    metadata,
    sa.Column("id", BigKey, primary_key=True),
    sa.Column("day", sa.Date, nullable=False, index=True),  # in Riga
    sa.Column("what", sa.String(20), nullable=False),
    sa.Column("subject", sa.String(80), nullable=False),
    sa.Column("channel", sa.String(40), nullable=False),
    sa.Column("municipality", sa.String(80), nullable=False),  # of the person's last registration; '' for none
    sa.Column("number", sa.Integer, nullable=False),
)

_KEYS = (tallies.c.day, tallies.c.what, tallies.c.subject, tallies.c.channel, tallies.c.municipality)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """How often something happened on one day."""

    day: date
    what: str
    subject: str
    channel: str
    municipality: str
    number: int


def consulted(tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
    """Count a consultation."""
    _add(tx, scene, event.data["what"], event.data["topic"])
    return NO_FACTS


def sent(tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
    """Count a draft that was sent."""
    _add(tx, scene, SENT, event.data["flow"])
    return NO_FACTS


def stopped(tx: Connection, event: Event, scene: Scene) -> None:
    """Count a draft that was given up, by the question where it stood; one that is begun anew is none."""
    if at := event.data.get("at"):
        _add(tx, scene, STOPPED, at)


def between(tx: Connection, first: date, last: date, what: Iterable[str]) -> list[Tally]:
    """Return what happened from one day to another, both included; each key once a day."""
    which = sa.and_(tallies.c.day >= first, tallies.c.day <= last, tallies.c.what.in_(list(what)))
    query = sa.select(*_KEYS, sa.func.sum(tallies.c.number).label("number")).where(which).group_by(*_KEYS)
    rows = tx.execute(query.order_by(tallies.c.day))
    return [Tally(**{**row._mapping, "number": int(row.number)}) for row in rows]


def fold(tx: Connection, now: datetime) -> int:
    """Make one row of those of past days that say the same; return how many became one with others."""
    total, newest, rows = (
        sa.func.sum(tallies.c.number).label("number"),
        sa.func.max(tallies.c.id).label("newest"),
        sa.func.count().label("rows"),
    )
    before = now.astimezone(RIGA).date() - timedelta(days=1)  # nobody is still writing then
    same = sa.select(*_KEYS, total, newest, rows).where(tallies.c.day < before).group_by(*_KEYS)
    folded = 0
    for group in tx.execute(same.having(sa.func.count() > 1)).all():
        mine = sa.and_(*(column == getattr(group, column.name) for column in _KEYS))
        # The newest stays and takes the others in: whatever is added meanwhile is untouched.
        tx.execute(sa.delete(tallies).where(mine, tallies.c.id < group.newest))
        tx.execute(sa.update(tallies).where(tallies.c.id == group.newest).values(number=int(group.number)))
        folded += group.rows - 1
    return folded


def _add(tx: Connection, scene: Scene, what: str, subject: str) -> None:
    row = {
        "day": scene.now.astimezone(RIGA).date(),
        "what": what,
        "subject": subject[:80],
        "channel": scene.chat.channel,
        "number": 1,
        "contact": scene.contact_id,
    }
    _ADD.run(tx, row)


_OF_PERSON = (
    sa.select(registrations.c.municipality)
    .where(registrations.c.contact_id == sa.bindparam("contact"), registrations.c.state != "withdrawn")
    .order_by(registrations.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
_ADD = Prepared(
    lambda _: sa.insert(tallies).inline().values(municipality=sa.func.coalesce(_OF_PERSON, "")),
    "day",
    "what",
    "subject",
    "channel",
    "number",
    "contact",
)
