"""Happenings: events and broadcasts, for the report, for the week, and what everybody may know of those to come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.clock import RIGA
from bot.delivery.outbox import deliveries
from bot.outreach import events as planned
from bot.outreach.announcements import announcements
from bot.outreach.attendance import attendance
from bot.outreach.broadcasts import broadcasts
from bot.outreach.events import events

_MOST_SHOWN = 50
_STILL_ON = timedelta(hours=2)  # after its beginning an event is still shown


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """An event of a period. It took place where it was not cancelled and has begun."""

    starts_at: datetime
    purpose: str  # planting | information; '' of those planned before it was asked
    title: str
    where: str
    municipality: str
    cancelled: bool
    said: int  # people who said that they would come
    came: int  # people who were ticked off on the day

    def took_place(self, now: datetime) -> bool:
        """Whether it counts."""
        return not self.cancelled and self.starts_at <= now


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """A broadcast of a period, with how many of its messages ended how."""

    starts_at: datetime
    kind: str  # event news changed cancelled thanks
    title: str  # of the event, or of the announcement
    state: str
    sent: int
    failed: int
    unknown: int
    skipped: int


def held(tx: Connection, begins: datetime, ends: datetime) -> list[Held]:
    """Return the events that begin in a period, the earliest first."""
    comes = sa.case((attendance.c.state.in_(["coming", "offered"]), attendance.c.people), else_=0)
    people = (
        sa.select(
            attendance.c.event_id,
            sa.func.sum(comes).label("said"),
            sa.func.sum(attendance.c.arrived).label("came"),
        )
        .group_by(attendance.c.event_id)
        .subquery()
    )
    within = (events.c.starts_at >= begins, events.c.starts_at < ends)
    query = sa.select(events, people.c.said, people.c.came).outerjoin(people, people.c.event_id == events.c.id)
    return [
        Held(
            starts_at=row.starts_at,
            purpose=row.purpose or "",
            title=row.title,
            where=row.words["where"],
            municipality=row.municipality or "",
            cancelled=row.state != "planned",
            said=int(row.said or 0),
            came=int(row.came or 0),
        )
        for row in tx.execute(query.where(*within).order_by(events.c.starts_at, events.c.id))
    ]


def sent(tx: Connection, begins: datetime, ends: datetime) -> list[Sent]:
    """Return the broadcasts that were made in a period, the earliest first; those that waited for approval too."""
    within = (broadcasts.c.made_at >= begins, broadcasts.c.made_at < ends)
    chosen = sa.select(broadcasts.c.id).where(*within)
    states = sa.select(deliveries.c.broadcast_id, deliveries.c.state, sa.func.count().label("number"))
    counted: dict[int, dict[str, int]] = {}
    for row in tx.execute(
        states.where(deliveries.c.broadcast_id.in_(chosen)).group_by(deliveries.c.broadcast_id, deliveries.c.state)
    ):
        counted.setdefault(row.broadcast_id, {})[row.state] = row.number
    title = sa.func.coalesce(events.c.title, announcements.c.title).label("title")
    query = sa.select(broadcasts, title).outerjoin(events, events.c.id == broadcasts.c.event_id)
    query = query.outerjoin(announcements, announcements.c.id == broadcasts.c.announcement_id)
    rows: Sequence[Any] = tx.execute(query.where(*within).order_by(broadcasts.c.made_at, broadcasts.c.id)).all()
    return [
        Sent(
            starts_at=row.made_at,
            kind=row.kind,
            title=row.title or "",
            state=row.state,
            **{state: counted.get(row.id, {}).get(state, 0) for state in ("sent", "failed", "unknown", "skipped")},
        )
        for row in rows
    ]


def to_come(tx: Connection, now: datetime) -> list[dict[str, Any]]:
    """Return what everybody may know of the events to come, the soonest first: not whom to call, nor who comes."""
    later = events.c.starts_at > now - _STILL_ON
    query = sa.select(events).where(later).order_by(events.c.starts_at, events.c.id).limit(_MOST_SHOWN)
    return [_public(row) for row in tx.execute(query)]


def ahead(tx: Connection, now: datetime, until: datetime) -> list[tuple[date, str]]:
    """Return day and title of the events from now on that stand."""
    within = (events.c.starts_at >= now, events.c.starts_at < until, events.c.state == "planned")
    query = sa.select(events.c.starts_at, events.c.title).where(*within).order_by(events.c.starts_at, events.c.id)
    return [(row.starts_at.astimezone(RIGA).date(), row.title) for row in tx.execute(query)]


def _public(row: Any) -> dict[str, Any]:
    told = planned.told(row)
    return {
        "code": told["key"],
        "purpose": told["purpose"] or None,
        "title": told["title"],
        "text": told["text"],
        "where": told["where"],
        "municipality": row.municipality,
        "lat": told["lat"] if told["pin"] else None,
        "lon": told["lon"] if told["pin"] else None,
        "day": told["day"].isoformat(),
        "start": f"{told['start']:%H:%M}",
        "end": f"{told['end']:%H:%M}" if told["end"] else None,
        "cancelled": told["state"] != "planned",
    }
