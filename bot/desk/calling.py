"""Calling: cases that wait for a telephone call: the number to tap, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from html import escape
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import timers
from bot.conversation.response import Event, Say, Timer
from bot.desk.cases import case_row, cases
from bot.desk.promise import WorkingHours, promise
from bot.desk.relay import Relay
from bot.desk.rerouting import phones_of
from bot.messages import Button, Outbound
from bot.rooms import NO_FACTS, Handler, Scene


@dataclass(frozen=True, kw_only=True, slots=True)
class Calling:
    """Carries out what staff do about calls. A number is text: Telegram lets no button ring it."""

    relay: Relay
    hours: WorkingHours
    answer_within: timedelta

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """What it hears of."""
        return {"case.calling": self.calling, "case.reached": self.reached, "case.unreached": self.unreached}

    def calling(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Show the numbers that the person has told, with what may come of a call under them."""
        case = case_row(tx, event.data["case"])
        numbers = sorted(set(phones_of(tx, case.contact_id)))
        text = self.relay.words.tongue("lv").say(Say(template="desk_calling", values={"numbers": numbers}), {})
        unreached = Button(label="Zvanīts, neatbild", data=f"call:{case.id}:unreached")
        rows = ((unreached, Button(label="Sarunāts", data=f"call:{case.id}:reached")),) if numbers else ()
        self.relay.post(tx, case.id, Outbound(text=text, rows=rows), scene.now, kind="notice")
        return NO_FACTS

    def reached(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Note that the person was spoken to: the promise is kept, the case stays open."""
        self.relay.note_answer(tx, event.data["case"], event.data["by"], scene.now)
        self._note(tx, event, "sarunāts", scene)
        return NO_FACTS

    def unreached(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Note that nobody answered; the person hears of it, and by when we try again."""
        case = case_row(tx, event.data["case"])
        again = promise(scene.now, self.hours, self.answer_within)
        tx.execute(sa.update(cases).where(cases.c.id == case.id).values(promised_at=again))
        timer = Timer(key=f"promise:{case.id}", due_at=again, kind="promise", payload={"case": case.id, "slips": 0})
        if case.chat:
            timers.put(tx, case.contact_id, case.chat, timer)
            self.relay.tell(tx, case, Say(template="desk_unreached_person", values={"again": again}), scene.now)
        self._note(tx, event, "neatbild", scene)
        return {"again": again}

    def _note(self, tx: Connection, event: Event, what: str, scene: Scene) -> None:
        told = Outbound(text=f"📞 Zvanīja {escape(event.data['name'])}: {what}.")
        self.relay.post(tx, event.data["case"], told, scene.now, kind="notice")
