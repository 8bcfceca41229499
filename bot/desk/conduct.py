"""Conduct: whom the assistant does not hear for a while, because staff have said so."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.engine import Connection

from bot.conversation.response import Event
from bot.desk.cases import case_row
from bot.inbox import ledger
from bot.rooms import Handler, Scene

_FOR_GOOD = datetime(9998, 6, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Conduct:
    """Tells conversations whom not to hear. They say so themselves, once, when they are spoken to."""

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """What it hears of."""
        return {"person.muted": self.mute, "person.unmuted": self.hear_again}

    def mute(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Do not hear a case's person for so many days, 0 for good; returns until when, None where there is nobody."""
        case, days = case_row(tx, event.data["case"]), event.data["days"]
        if not case.chat:
            return {"muted": False, "until": None}
        until = scene.now + timedelta(days=days) if days else _FOR_GOOD
        ledger.mute(tx, case.contact_id, until, scene.now)
        return {"muted": True, "until": until if days else None}

    def hear_again(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Hear a case's person again."""
        case = case_row(tx, event.data["case"])
        if case.chat:
            ledger.mute(tx, case.contact_id, None, scene.now)
        return {}
