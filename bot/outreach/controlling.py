"""Controlling: a broadcast is paused, gone on with, stopped, or sent again where nobody knows what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection

from bot.conversation.response import Event
from bot.desk import team
from bot.outreach import broadcasts, matters, progress
from bot.outreach.announcing import NOT_OURS
from bot.rooms import Scene


@dataclass(frozen=True, kw_only=True, slots=True)
class Controlling:
    """Handlers of what coordinators decide about a broadcast; `board` shows what has become of it."""

    board: progress.Board

    def controlled(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Pause a broadcast, go on with it, stop it, or send once more what nobody knows the fate of."""
        if not team.allowed(tx, scene, "coordinator"):
            return NOT_OURS
        row = _meant(tx, event.data)
        if row is None:
            return {"allowed": True, "controlled": "late"}
        done = {
            "pause": self._pause,
            "resume": self._resume,
            "stop": self._stop,
            "again": self._again,
        }[event.data["what"]](tx, row)
        if done:
            self.board.tell(tx, row.id, scene.now)
        return {"allowed": True, "controlled": event.data["what"] if done else "late"}

    @staticmethod
    def _pause(tx: Connection, row: Any) -> bool:
        done = broadcasts.update(tx, row.id, when=("gathering", "canary", "sending"), state="paused", reason="")
        if done:
            broadcasts.hold_back(tx, row.id)
        return done

    @staticmethod
    def _resume(tx: Connection, row: Any) -> bool:
        # The faults so far have been looked at; new ones count anew. The snapshot goes on where it was.
        change = {"state": "gathering" if not row.released else "sending", "faults": 0, "reason": ""}
        return broadcasts.update(tx, row.id, when=("paused",), **change)

    @staticmethod
    def _stop(tx: Connection, row: Any) -> bool:
        return broadcasts.update(tx, row.id, when=broadcasts.UNDER_WAY, state="stopping", starts_at=row.made_at)

    @staticmethod
    def _again(tx: Connection, row: Any) -> bool:
        if row.state not in {"done", "sending"} or not broadcasts.again(tx, row.id):
            return False
        return broadcasts.update(tx, row.id, state="sending", finished_at=None)


def _meant(tx: Connection, data: Mapping[str, Any]) -> Any:
    """Return the broadcast that is named by its key or its id, or the one that first tells of what is named."""
    if about := data.get("about"):
        matter = matters.find(tx, about)
        return broadcasts.standing(tx, matter.reference, matter.kind) if matter else None
    return broadcasts.get(tx, data["key"]) if data.get("key") else broadcasts.by_id(tx, data["id"])
