"""Planning: events as coordinators plan, change and cancel them, and how each stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversation.response import Event
from bot.desk import team
from bot.outreach import afterwards, attendance, broadcasts, events, matters, replies
from bot.outreach.announcing import NOT_OURS, Announcing
from bot.outreach.attendance import Guests
from bot.rooms import Scene


@dataclass(frozen=True, kw_only=True, slots=True)
class Planning:
    """Handlers of what coordinators decide about events."""

    announcing: Announcing
    guests: Guests

    def planned(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Write an event down, or its change; returns whom an announcement would reach."""
        if not team.allowed(tx, scene, "coordinator"):
            return NOT_OURS
        facts, stored = event.data["facts"], event.data["stored"]
        changes = event.data["subject"]
        row = {
            "key": changes or event.data["run"],
            "contact_id": scene.contact_id,
            "chat": str(scene.chat),
            "state": "planned",
            "purpose": facts["purpose"],
            "title": facts["title"],
            "words": {name: facts[name] for name in ("text", "where", "contact", "pin")},
            "answers": stored,
            "audience": stored["audience"],
            "municipality": stored["place"].get("municipality") or None,
            "lat": facts["lat"],
            "lon": facts["lon"],
            "places": facts["places"],
            "starts_at": events.at(facts["day"], facts["start"]),
            "ends_at": events.at(facts["day"], facts["end"]),
            "planned_at": scene.now,
        }
        if changes:
            events.change(tx, changes, row)
            planned = events.get(tx, changes)
            if planned is not None:
                self.guests.promote(tx, planned, scene.now)
                self.guests.remind_anew(tx, planned, scene.now)
                self.announcing.revised(tx, changes, scene)
        else:
            events.keep(tx, row)
        if (planned := events.get(tx, row["key"])) is not None:
            afterwards.remember(tx, planned)
        return {**self._standing(tx, row["key"], scene.now), "changed": bool(changes)}

    def opened(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Bring up how an event stands."""
        if not team.allowed(tx, scene, "coordinator"):
            return NOT_OURS
        return self._standing(tx, event.data["event"], scene.now)

    def cancelled(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Cancel an event, and tell everybody who comes at once."""
        row = events.get(tx, event.data["event"])
        if row is None or not team.allowed(tx, scene, "coordinator"):
            return NOT_OURS
        if not events.cancel(tx, row.key, scene.now):
            return {"allowed": True, "cancelled": False, "event": events.told(row)}
        sent = broadcasts.broadcasts
        theirs = sa.and_(sent.c.event_id == row.id, sent.c.state.in_(broadcasts.UNDER_WAY))
        tx.execute(sa.update(sent).where(theirs).values(state="stopping", starts_at=scene.now))
        told = self.announcing.cancel(tx, event, scene, row.key)
        return {"allowed": True, "cancelled": True, "event": events.told(row), **told}

    @staticmethod
    def _standing(tx: Connection, key: str, now: datetime) -> Mapping[str, Any]:
        matter = matters.find(tx, key)
        if matter is None:
            return NOT_OURS
        replied = replies.digest(tx, matter.reference)
        return {
            "allowed": True,
            "event": matter.told,
            "coming": attendance.count(tx, matter.row.id),
            "replied": replied,
            "has_replies": any(replied.numbers.values()) or bool(replied.words),
            **matters.reach(tx, matter, now),
        }
