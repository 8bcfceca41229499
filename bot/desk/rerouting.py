"""Rerouting: an answer that did not arrive is shown to staff at once, with the person's other ways to be reached."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversation.response import Event, Say
from bot.delivery import outbox
from bot.delivery.body import decode
from bot.delivery.outbox import deliveries
from bot.delivery.sender import Failure
from bot.desk import answers, enclosing
from bot.desk.answers import Answer
from bot.desk.cases import cases
from bot.desk.relay import Relay
from bot.inbox import ledger
from bot.inbox.ledger import inbound
from bot.messages import LETTERS, Address, Button, Fate, Outbound
from bot.people import contacts
from bot.registrations.records import registrations
from bot.rooms import NO_FACTS, Scene
from knowledge.contacts import find_phones

_REPORTS_LATE = timedelta(days=5)  # how long mail servers try before they give a letter back
_MOST_PHONES = 3
_MOST_TEXTS = 50  # of what somebody has written, looked through for a telephone number
_LABELS = {LETTERS: "Sūtīt vēstulē", "telegram": "Sūtīt Telegram"}
_BROKEN = {Fate.GONE: "gone", Fate.UNKNOWN: "unknown"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Rerouting:
    """Called in the transaction that records the failure, the report or the tap."""

    relay: Relay

    def failed(self, tx: Connection, failure: Failure, now: datetime) -> None:
        """Tell staff of an answer that could not be sent."""
        answer = answers.find(tx, failure.row.id) if failure.final and failure.row.contact_id else None
        if answer:
            self._tell(tx, answer, _BROKEN.get(failure.error.fate, "refused"), failure.error.reason, now)

    def came_back(self, tx: Connection, chat: Address, message_ref: str, now: datetime) -> None:
        """Tell staff of an answer by letter that its receiver's mail server gave back."""
        if answer := answers.came_back(tx, chat, message_ref, now - _REPORTS_LATE):
            self._tell(tx, answer, "returned", "", now)

    def send_again(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Send a lost answer on another channel of the person, once; what follows in the case goes there too."""
        answer, channel = answers.find(tx, event.data["delivery"]), event.data["channel"]
        if answer is None or answer.case != event.data["case"]:
            return NO_FACTS
        to = next((other for other in self._others(tx, answer) if other.channel == channel), None)
        if to is None or not answers.send_again(tx, answer.delivery, scene.now):
            return NO_FACTS
        tx.execute(sa.update(cases).where(cases.c.id == answer.case).values(chat=str(to)))
        case = tx.execute(sa.select(cases).where(cases.c.id == answer.case)).one()
        files = [("document", file) for file in _lost(tx, answer).enclosures]
        for message in enclosing.put(self.relay, tx, case, answer.text, files) if answer.text or files else ():
            sent = outbox.put(tx, message, chat=to, now=scene.now, contact_id=case.contact_id)
            answers.note(tx, sent, case, by=answer.by, name=answer.name, text=answer.text, now=scene.now)
        tx.execute(sa.update(cases).where(cases.c.id == case.id).values(answered_at=scene.now, answered_by=answer.by))
        if answer.warning:
            again = bool(answer.text or files)
            values = {"channel": channel, "by": event.data["name"], "answer": answer, "again": again}
            done = Outbound(kind="edit", text=self._say("answer_sent_again", **values))
            outbox.change(tx, answer.warning, done, now=scene.now, lane=outbox.Lane.NOTICE)
        return NO_FACTS

    def _tell(self, tx: Connection, answer: Answer, what: str, reason: str, now: datetime) -> None:
        """Show it in the case's topic; a promise that was kept by this answer is open again."""
        if answer.lost:
            return
        others = list(dict.fromkeys(other.channel for other in self._others(tx, answer)))
        phones = [] if others else sorted(set(phones_of(tx, answer.contact_id)))[:_MOST_PHONES]
        files = [file.name for file in _lost(tx, answer).enclosures]
        text = self._say(
            "answer_lost", answer=answer, files=files, what=what, reason=reason, others=others, phones=phones
        )
        rows = tuple((Button(label=_LABELS[other], data=f"answer:{answer.delivery}:{other}"),) for other in others)
        warning = self.relay.post(tx, answer.case, Outbound(text=text, rows=rows), now, kind="notice")
        answers.lose(tx, answer.delivery, warning, now)
        kept = sa.and_(cases.c.id == answer.case, cases.c.answered_by == answer.by)
        tx.execute(sa.update(cases).where(kept).values(answered_at=None, answered_by=None))

    def _say(self, template: str, **values: Any) -> str:
        return self.relay.words.tongue("lv").say(Say(template=template, values=values), {})

    def _others(self, tx: Connection, answer: Answer) -> list[Address]:
        """Return the person's other addresses that work, the one last written from first."""
        first = ledger.preferred(tx, answer.contact_id)
        working = dict.fromkeys([*([first] if first else []), *contacts.reachable(tx, answer.contact_id)])
        return [other for other in working if other.channel != answer.chat.channel and other.channel in _LABELS]


def _lost(tx: Connection, answer: Answer) -> Outbound:
    """Return an answer as it was to go out, as long as that is kept."""
    body = tx.execute(sa.select(deliveries.c.body).where(deliveries.c.id == answer.delivery)).scalar()
    return decode(body) if body else Outbound()


def phones_of(tx: Connection, contact_id: int) -> Iterator[str]:
    """Yield the telephone numbers that the person has told: in cases, in registrations, in what they wrote of late."""
    told = sa.select(cases.c.details, cases.c.subject).where(cases.c.contact_id == contact_id)
    for row in tx.execute(told):
        yield from _in((row.details or {}).get("answers"))
        yield from _in(row.subject)
    for row in tx.execute(sa.select(registrations.c.answers).where(registrations.c.contact_id == contact_id)):
        yield from _in((row.answers or {}).get("contact"))
    said = sa.select(inbound.c.text).where(inbound.c.contact_id == contact_id, inbound.c.text.is_not(None))
    for row in tx.execute(said.order_by(inbound.c.id.desc()).limit(_MOST_TEXTS)):
        yield from _in(row.text)


def _in(told: Any) -> Iterator[str]:
    if isinstance(told, dict):
        for key in ("phone", "matter"):
            yield from _in(told.get(key))
    elif isinstance(told, str):
        yield from (found.value for found in find_phones(told))
