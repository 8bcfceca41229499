"""Progress: one message that says how far a broadcast is, and a report at its end."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversation.response import Message, Say
from bot.conversation.state import Act, Do, Offer, Prompt
from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.desk.boards import Boards
from bot.messages import LETTERS, Address, Button, Envelope, Outbound
from bot.outreach import attendance, broadcasts, matters, replies
from bot.words import Words

BOARD = "events"
# What can be done in each state, as a button says it.
CONTROLS = {
    "approval": (("Apturēt", "stop"),),
    "scheduled": (("Apturēt", "stop"),),
    "gathering": (("Pauze", "pause"), ("Apturēt", "stop")),
    "canary": (("Pauze", "pause"), ("Apturēt", "stop")),
    "sending": (("Pauze", "pause"), ("Apturēt", "stop")),
    "paused": (("Turpināt sūtīt", "resume"), ("Apturēt", "stop")),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Board:
    """Tells on the staff's board of events where there is one, else in the chat of whoever sends."""

    words: Words
    boards: Boards | None

    def tell(self, tx: Connection, broadcast_id: int, now: datetime) -> None:
        """Say how far it is, in the message that said so before."""
        row = tx.execute(sa.select(broadcasts.broadcasts).where(broadcasts.broadcasts.c.id == broadcast_id)).one()
        text = self.say(tx, row, "broadcast_progress")
        chat = Address.parse(row.chat)
        if row.progress_id is not None:
            kind = Outbound(kind="edit", text=text, rows=self._rows(row))
            outbox.change(tx, row.progress_id, kind, now=now, lane=Lane.NOTICE if self.boards else Lane.COSMETIC)
            broadcasts.update(tx, row.id, progress_at=now)
            return
        if self.boards:
            message = Outbound(text=text, rows=self._rows(row))
            delivery = self.boards.post(tx, BOARD, message, now, subject=row.id)
        elif chat.channel == LETTERS:
            return  # a letter can't be changed: the report is one
        else:
            message = Outbound(text=text, rows=self._rows(row))
            delivery = outbox.put(tx, message, chat=chat, now=now, contact_id=row.contact_id, lane=Lane.NOTICE)
        broadcasts.update(tx, row.id, progress_id=delivery, progress_at=now)

    def report(self, tx: Connection, broadcast_id: int, now: datetime) -> None:
        """Tell whoever sent it what has become of it."""
        self._to_author(tx, broadcast_id, "broadcast_report", now)

    def alarm(self, tx: Connection, broadcast_id: int, now: datetime) -> None:
        """Tell whoever sends it that it was paused."""
        self._to_author(tx, broadcast_id, "broadcast_paused", now)

    def say(self, tx: Connection, row: Any, template: str) -> str:
        """Render what stands about a broadcast."""
        matter = matters.of(tx, row)
        values = {"broadcast": row._mapping, "event": matter.told, "counts": broadcasts.counts(tx, row.id)}
        replied = replies.numbers(tx, matter.reference) if row.kind in {"event", "news"} else {}
        asked = row.kind == "event" and any(replied.values())
        coming = attendance.count(tx, row.event_id)["coming"] if asked else 0
        values |= {"replied": replied, "coming": coming}
        return self.words.tongue("lv").say(Say(template=template, values=values), {})

    def _to_author(self, tx: Connection, broadcast_id: int, template: str, now: datetime) -> None:
        row = tx.execute(sa.select(broadcasts.broadcasts).where(broadcasts.broadcasts.c.id == broadcast_id)).one()
        chat = Address.parse(row.chat)
        counts = broadcasts.counts(tx, row.id)
        offers = tuple(
            Offer(label=label, act=Act(do=Do.OUTREACH, key=what, value=row.key))
            for label, what, wanted in (
                ("Sūtīt vēlreiz", "again", counts["unknown"] > 0),
                ("Turpināt sūtīt", "resume", row.state == "paused"),
                ("Apturēt", "stop", row.state == "paused"),
            )
            if wanted
        )
        event = matters.of(tx, row).told
        say = Say(template=template, values={"broadcast": row._mapping, "event": event, "counts": counts})
        letter = Envelope(subject=str(event["title"])) if chat.channel == LETTERS else None
        prompt = Prompt(id=row.control_id, offers=tuple((offer.label, offer.act) for offer in offers))
        # Buttons are numbered by the control prompt, which knows all that can ever be pressed.
        numbered = tuple(self._button(row, what) for what in (str(offer.act.key) for offer in offers))
        if letter:
            told = self.words.render((Message(parts=(say,), offers=offers),), prompt, "lv", {}, letter)
        else:
            text = self.words.tongue("lv").say(say, {})
            told = [Outbound(text=text, rows=(numbered,) if numbered else ())]
        outbox.enqueue(tx, told, chat=chat, now=now, contact_id=row.contact_id, lane=Lane.NOTICE)

    def _rows(self, row: Any) -> tuple[tuple[Button, ...], ...]:
        controls = CONTROLS.get(row.state, ())
        if self.boards:
            buttons = tuple(Button(label=label, data=f"broadcast:{row.id}:{what}") for label, what in controls)
        else:
            buttons = tuple(self._button(row, what) for _, what in controls)
        return (buttons,) if buttons else ()

    @staticmethod
    def _button(row: Any, what: str) -> Button:
        return Button(label=LABELS[what], data=f"{row.control_id}:{CONTROL_ACTS.index(what)}")


LABELS = {"pause": "Pauze", "resume": "Turpināt sūtīt", "stop": "Apturēt", "again": "Sūtīt vēlreiz"}
CONTROL_ACTS = tuple(LABELS)  # in the order in which the control prompt knows them
