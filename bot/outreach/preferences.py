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
from bot.rooms import NO_FACTS, Scene


def choose(tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
    """Keep what a person has chosen: `municipality` ('' for all), `quiet_until` (None for no pause)."""
    change: dict[str, Any] = {}
    if "municipality" in event.data:
        change["municipality"] = event.data["municipality"] or None
    if "quiet_until" in event.data:
        day = event.data["quiet_until"]
        change["quiet_until"] = datetime.combine(day, time(), RIGA) if day else None
    new = insert(tx, preferences).values(contact_id=scene.contact_id, **change)
    tx.execute(new.on_conflict_do_update(index_elements=[preferences.c.contact_id], set_=change))
    return NO_FACTS


def list_(tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:  # noqa: ARG001 - a handler's shape
    """Bring up which news a person takes."""
    row = tx.execute(sa.select(preferences).where(preferences.c.contact_id == scene.contact_id)).first()
    quiet = row.quiet_until if row and row.quiet_until and row.quiet_until > scene.now else None
    return {
        "takes": permissions.current(tx, scene.contact_id).get(permissions.NEWS, False),
        "municipality": row.municipality if row else None,
        "quiet_until": quiet.astimezone(RIGA).date() if quiet else None,
    }
