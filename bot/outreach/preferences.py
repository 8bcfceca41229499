"""Preferences: which news a person takes, and when not. Consent itself is a permission; this only narrows it."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.clock import RIGA
from bot.conversation.response import Event
from bot.database import insert
from bot.outreach.audience import preferences
from bot.people import permissions
from bot.rooms import Scene


def choose(tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
    """Keep what a person has chosen, and return how it stands then.

    `municipality` ('' for all), `quiet_until` (None for no pause), `about` ("events", '' for all news), `every_days`
    (at most one in so many, 0 for each), `role` ("media", '' for whoever they are).
    """
    change: dict[str, Any] = {name: event.data[name] for name in ("about", "every_days", "role") if name in event.data}
    if "municipality" in event.data:
        change["municipality"] = event.data["municipality"] or None
    if "quiet_until" in event.data:
        day = event.data["quiet_until"]
        change["quiet_until"] = datetime.combine(day, time(), RIGA) if day else None
    new = insert(tx, preferences).values(contact_id=scene.contact_id, **change)
    tx.execute(new.on_conflict_do_update(index_elements=[preferences.c.contact_id], set_=change))
    return _standing(tx, scene)


def list_(tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:  # noqa: ARG001 - a handler's shape
    """Bring up which news a person takes, and what there is to change about it."""
    return _standing(tx, scene)


def _standing(tx: Connection, scene: Scene) -> Mapping[str, Any]:
    row = tx.execute(sa.select(preferences).where(preferences.c.contact_id == scene.contact_id)).first()
    quiet = row.quiet_until if row and row.quiet_until and row.quiet_until > scene.now else None
    takes = permissions.current(tx, scene.contact_id).get(permissions.NEWS, False)
    about, every_days, role = (row.about, row.every_days, row.role) if row else ("", 0, "")
    municipality = row.municipality if row else None
    return {
        "takes": takes,
        "about": about,
        "every_days": every_days,
        "municipality": municipality,
        "quiet_until": quiet.astimezone(RIGA).date() if quiet else None,
        "is_media": role == "media",
        # What a button would change.
        "rests": not takes or quiet is not None,
        "goes_on": takes and quiet is None,
        "of_all": takes and about != "events",
        "of_events": takes and about == "events",
        "of_one": takes and bool(municipality),
        "each": takes and not every_days,
        "seldom": takes and every_days > 0,
    }
