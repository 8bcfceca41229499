"""Events: what is planned, where it stands, and what people are told of it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.clock import RIGA
from bot.conversation.standing import EventView
from bot.database import BigKey, UTCDateTime, metadata

_MOST_SHOWN = 12
_MOST_ORGANISED = 60
_USUAL_LENGTH = timedelta(hours=2)  # of an event whose end nobody has told
_LOOKED_BACK_ON = timedelta(days=400)  # for a copy of last year's

events = sa.Table(
    "events",
    metadata,
    sa.Column("id", BigKey, primary_key=True),
    sa.Column("key", sa.String(16), nullable=False, unique=True),  # the run that planned it; also its campaign code
    sa.Column("contact_id", sa.ForeignKey("contacts.id"), nullable=False, index=True),  # whoever organises it
    sa.Column("chat", sa.String(400), nullable=False),  # where they planned it
    sa.Column("state", sa.String(12), nullable=False),  # planned | cancelled
    sa.Column("sequence", sa.Integer, nullable=False, server_default="0"),  # of changes, for calendars
    sa.Column("purpose", sa.String(12)),  # planting | information; unknown of those planned before it was asked
    sa.Column("title", sa.String(200), nullable=False),
    sa.Column("words", sa.JSON, nullable=False),  # text, where, contact: as people read them
    sa.Column("answers", sa.JSON, nullable=False),  # as the flow's questions encode them
    sa.Column("audience", sa.JSON, nullable=False),
    sa.Column("municipality", sa.String(80)),
    sa.Column("lat", sa.Float),
    sa.Column("lon", sa.Float),
    sa.Column("places", sa.Integer, nullable=False),  # 0 for as many as come
    sa.Column("starts_at", UTCDateTime, nullable=False, index=True),
    sa.Column("ends_at", UTCDateTime),
    sa.Column("planned_at", UTCDateTime, nullable=False),
    sa.Column("changed_at", UTCDateTime),  # of the last change, or of its cancelling
)


def keep(tx: Connection, row: Mapping[str, Any]) -> None:
    """Write a new event down; the same run plans one."""
    known = sa.select(events.c.id).where(events.c.key == row["key"])
    if tx.execute(known).first() is None:
        tx.execute(sa.insert(events).values(**row))


def change(tx: Connection, key: str, row: Mapping[str, Any]) -> None:
    """Write an event anew; calendars see that it is a later version."""
    kept = {name: value for name, value in row.items() if name not in {"key", "contact_id", "chat", "planned_at"}}
    mine = sa.update(events).where(events.c.key == key, events.c.state == "planned")
    tx.execute(mine.values(**kept, sequence=events.c.sequence + 1, changed_at=row["planned_at"]))


def cancel(tx: Connection, key: str, now: datetime) -> bool:
    """Cancel an event; whether it stood until now."""
    mine = sa.update(events).where(events.c.key == key, events.c.state == "planned")
    return bool(tx.execute(mine.values(state="cancelled", sequence=events.c.sequence + 1, changed_at=now)).rowcount)


def get(tx: Connection, key: str) -> sa.Row[Any] | None:
    """Return an event's row."""
    return tx.execute(sa.select(events).where(events.c.key == key)).first()


def by_id(tx: Connection, event_id: int) -> sa.Row[Any]:
    """Return an event's row; raises NoResultFound for none."""
    return tx.execute(sa.select(events).where(events.c.id == event_id)).one()


def told(row: Any) -> dict[str, Any]:
    """Return an event as announcements and confirmations tell of it."""
    starts = row.starts_at.astimezone(RIGA)
    ends = row.ends_at.astimezone(RIGA) if row.ends_at else None
    return {
        "key": row.key,
        "purpose": row.purpose or "",
        "title": row.title,
        "text": row.words["text"],
        "where": row.words["where"],
        "contact": row.words["contact"],
        "lat": row.lat,
        "lon": row.lon,
        "pin": row.words["pin"],
        "day": starts.date(),
        "start": starts.time(),
        "end": ends.time() if ends else None,
        "places": row.places,
        "state": row.state,
        "sequence": row.sequence,
    }


def upcoming(tx: Connection, now: datetime, mine: Mapping[int, tuple[str, int]]) -> tuple[EventView, ...]:
    """Return the events to come, the soonest first, each with what the person has said about coming."""
    there = sa.and_(events.c.state == "planned", events.c.starts_at > now - _USUAL_LENGTH)
    rows = tx.execute(sa.select(events).where(there).order_by(events.c.starts_at, events.c.id).limit(_MOST_SHOWN)).all()
    return tuple(view(row, *mine.get(row.id, ("", 0))) for row in rows)


def organised(tx: Connection, now: datetime) -> tuple[EventView, ...]:
    """Return events of every state for those who organise them, the latest first."""
    recent = events.c.starts_at > now - _LOOKED_BACK_ON
    rows: Sequence[Any] = tx.execute(
        sa.select(events).where(recent).order_by(events.c.starts_at.desc(), events.c.id.desc()).limit(_MOST_ORGANISED)
    ).all()
    return tuple(view(row) for row in rows)


def view(row: Any, my_state: str = "", my_people: int = 0) -> EventView:
    """Return an event as a conversation knows it."""
    said = told(row)
    return EventView(
        key=row.key,
        title=row.title,
        where=said["where"],
        day=said["day"],
        start=said["start"],
        end=said["end"],
        lat=row.lat,
        lon=row.lon,
        starts_at=row.starts_at,
        cancelled=row.state != "planned",
        text=said["text"],
        contact=said["contact"],
        my_state=my_state,
        my_people=my_people,
        answers=row.answers,
    )


def at(day: date, hour: time | None) -> datetime | None:
    """Return an hour by the clock in Riga as a time; None for an open one."""
    return datetime.combine(day, hour, RIGA) if hour else None
