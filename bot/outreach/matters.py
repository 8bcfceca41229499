"""Matters: what a broadcast is about, an event or an announcement, in the terms that both have in common."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.outreach import announcements, audience, broadcasts, events
from bot.outreach.audience import News
from bot.outreach.organisations import records as organisations
from flows.audience import Audience, audience_of
from knowledge.places import Point

_MOST_NAMED = 6  # municipalities of an audience


@dataclass(frozen=True, kw_only=True, slots=True)
class Matter:
    """One of them. `kind` is that of the broadcast which tells of it first: event or news."""

    kind: str
    row: Any
    told: Mapping[str, Any]  # as templates tell of it; key, title and text at least
    audience: Audience
    news: News  # as those who take only some have to know it
    picture: str = ""  # what its channel calls the picture that goes along; '' for none

    @property
    def reference(self) -> Mapping[str, int]:
        """Return the column by which a broadcast names it."""
        return {"event_id" if self.kind == "event" else "announcement_id": self.row.id}


def find(tx: Connection, key: str) -> Matter | None:
    """Return what has this key."""
    if event := events.get(tx, key):
        return _event(event)
    announcement = announcements.get(tx, key)
    return _announcement(announcement) if announcement else None


def announced(tx: Connection) -> Mapping[str, str]:
    """Return the state of the newest announcement of each event that has one, by the event's key."""
    sent = broadcasts.broadcasts
    newest = sa.select(sa.func.max(sent.c.id)).where(sent.c.kind == "event").group_by(sent.c.event_id)
    query = sa.select(events.events.c.key, sent.c.state).join(sent, sent.c.event_id == events.events.c.id)
    return {row.key: row.state for row in tx.execute(query.where(sent.c.id.in_(newest)))}


def of(tx: Connection, broadcast: Any) -> Matter:
    """Return what a broadcast is about."""
    if broadcast.kind == organisations.KIND:
        told = {"key": broadcast.key, "title": "Vēstules organizācijām"}
        return Matter(kind=broadcast.kind, row=broadcast, told=told, audience=Audience(), news=News(of_event=False))
    if broadcast.announcement_id is not None:
        return _announcement(announcements.by_id(tx, broadcast.announcement_id))
    return _event(events.by_id(tx, broadcast.event_id))


def count(tx: Connection, matter: Matter, now: datetime) -> audience.Counted:
    """Count whom an announcement would reach."""
    return audience.count(tx, matter.audience, matter.news, now)


def reach(tx: Connection, matter: Matter, now: datetime) -> Mapping[str, Any]:
    """Return whom an announcement would reach, in words and numbers, and what has become of it so far."""
    counted = count(tx, matter, now)
    sent = broadcasts.standing(tx, matter.reference, matter.kind)
    return {
        "audience": matter.audience.in_words(),
        "people": counted.people,
        "channels": sorted(counted.channels.items()),
        "municipalities": counted.municipalities.most_common(_MOST_NAMED),
        "elsewhere": sum(n for _, n in counted.municipalities.most_common()[_MOST_NAMED:]),
        "placeless": counted.people - counted.municipalities.total(),
        "announcement": sent.state if sent else "",
        "announced_at": sent.starts_at if sent else None,
    }


def _event(row: Any) -> Matter:
    at = None if row.lat is None or row.lon is None else Point(row.lat, row.lon)
    return Matter(
        kind="event",
        row=row,
        told=events.told(row),
        audience=audience_of(row.audience),
        news=News(municipalities=(row.municipality,) if row.municipality else (), at=at),
        picture=_picture(row),
    )


def _announcement(row: Any) -> Matter:
    theirs = audience_of(row.audience)
    # What is for some municipalities concerns nobody who wants news of another one only; what is for all, everybody.
    news = News(of_event=False, municipalities=() if theirs.circles else theirs.municipalities)
    told = announcements.told(row)
    return Matter(kind="news", row=row, told=told, audience=theirs, news=news, picture=_picture(row))


def _picture(row: Any) -> str:
    """Return what its flow keeps: a list of at most one, of which the second part names the content."""
    kept = row.answers.get("picture")
    return str(kept[0][1]) if kept else ""
