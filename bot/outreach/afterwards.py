"""Afterwards: an event is over; its trees are registered once, by whoever organised it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy.engine import Connection

from bot import timers
from bot.clock import RIGA
from bot.conversation.response import Event, Timer
from bot.outreach import attendance, events
from bot.rooms import Handler, Scene
from flows.event_purpose import INFORMATION

DUPLICATE = "event_trees"  # the warning about a registration that may be of an event's trees
_USUAL_LENGTH = timedelta(hours=2)
_AFTER = timedelta(hours=2)  # from its end until its organiser is asked


def remember(tx: Connection, row: Any) -> None:
    """Come back to an event once it is over."""
    at = (row.ends_at or row.starts_at + _USUAL_LENGTH) + _AFTER
    payload = {"event": row.key, "planted": row.purpose != INFORMATION}
    timer = Timer(key=f"event:{row.key}:over", due_at=at, kind="event_over", payload=payload)
    timers.put(tx, row.contact_id, row.chat, timer)


def over(tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:  # noqa: ARG001 - a handler's shape
    """Bring up an event that is over; nothing where it was called off."""
    row = events.get(tx, event.data["event"])
    if row is None or row.state != "planned":
        return {"over": None}
    return {"over": events.told(row), "coming": attendance.count(tx, row.id)}


def flagging(submit: Handler) -> Handler:
    """Return what writes a registration down, with a warning where it may be of trees that an event's organiser counts.

    Whoever came by an event's code, and planted there on its day, may well have registered what all planted together:
    500 trees must not become 15,000.
    """

    def submitted(tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        row = events.get(tx, event.data["campaign"]) if event.data["campaign"] else None
        if row is None or row.contact_id == scene.contact_id or not _same(row, event.data["facts"]):
            return submit(tx, event, scene)
        warned = {**event.data, "warnings": [*event.data["warnings"], DUPLICATE]}
        return submit(tx, replace(event, data=warned), scene)

    return submitted


def _same(row: Any, facts: Mapping[str, Any]) -> bool:
    """Whether a registration is of an event's place and day, as far as either is known, if trees were planted there."""
    day = row.starts_at.astimezone(RIGA).date()
    first, last = facts.get("planted_from"), facts.get("planted_to")
    if row.purpose == INFORMATION:
        return False
    there = not row.municipality or not facts.get("municipality") or row.municipality == facts["municipality"]
    return there and (not isinstance(last, date) or (first or date.min) <= day <= last)
