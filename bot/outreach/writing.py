"""Writing: announcements as coordinators write and change them, and how each stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from bot.conversation.response import Event
from bot.desk import team
from bot.outreach import announcements, broadcasts, matters, replies
from bot.outreach.announcing import NOT_OURS, Announcing
from bot.rooms import Scene

_CHANGEABLE = ("approval", "scheduled")  # states of a broadcast that says nothing yet


@dataclass(frozen=True, kw_only=True, slots=True)
class Writing:
    """Handlers of what coordinators write."""

    announcing: Announcing

    def written(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Write an announcement down, or its change while nobody has been sent it; returns whom it would reach."""
        if not team.allowed(tx, scene, "coordinator"):
            return NOT_OURS
        facts, stored = event.data["facts"], event.data["stored"]
        changes = event.data["subject"]
        key = changes or event.data["run"]
        row = {
            "key": key,
            "contact_id": scene.contact_id,
            "chat": str(scene.chat),
            "title": facts["title"],
            "words": {"text": facts["text"]},
            "answers": stored,
            "audience": stored["audience"],
            "written_at": scene.now,
        }
        late = bool(changes) and self._is_sent(tx, changes)
        if changes and not late:
            announcements.change(tx, changes, row)
            self.announcing.revised(tx, changes, scene)
        elif not changes:
            announcements.keep(tx, row)
        return {**self._standing(tx, key, scene.now), "changed": bool(changes), "late": late}

    def opened(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Bring up how an announcement stands."""
        if not team.allowed(tx, scene, "coordinator"):
            return NOT_OURS
        return self._standing(tx, event.data["about"], scene.now)

    @staticmethod
    def _is_sent(tx: Connection, key: str) -> bool:
        matter = matters.find(tx, key)
        sent = broadcasts.standing(tx, matter.reference, matter.kind) if matter else None
        return sent is not None and sent.state not in _CHANGEABLE

    @staticmethod
    def _standing(tx: Connection, key: str, now: datetime) -> Mapping[str, Any]:
        matter = matters.find(tx, key)
        if matter is None:
            return NOT_OURS
        replied = replies.digest(tx, matter.reference)
        asked = {"replied": replied, "has_replies": any(replied.numbers.values()), "coming": None}
        return {"allowed": True, "event": matter.told, **asked, **matters.reach(tx, matter, now)}
