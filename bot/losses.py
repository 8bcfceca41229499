"""Losses: what follows when a message can't be brought to a person, or a file can't be taken from one."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from bot.alarms import Alarms
from bot.attachments.records import Claimed, Outcome
from bot.channels.email.letter import Letter
from bot.conversation.response import Message, Say
from bot.delivery import outbox
from bot.delivery.sender import Failure
from bot.documents.orders import Order
from bot.mailroom import records as letters
from bot.mailroom.entering import sender_of
from bot.messages import LETTERS, Address, Envelope, Fate
from bot.people import contacts
from bot.words import Words

_DAY = timedelta(days=1)
_TOLD = frozenset({"enciphered", "too big", "too many parts", "too deep"})  # what only a person's own letter can be


@dataclass(frozen=True, kw_only=True, slots=True)
class Losses:
    """Called in the transaction that records the loss."""

    words: Words
    alarms: Alarms

    def of_message(self, tx: Connection, failure: Failure, now: datetime) -> None:
        """Follow a chat that has moved, remember a person who is gone, raise the alarm over the rest that is final."""
        chat, error = failure.row.chat, failure.error
        if error.moved_to:
            new = Address(chat.channel, error.moved_to)
            contacts.move(tx, chat, new)
            outbox.redirect(tx, chat, new)
        elif error.fate is Fate.GONE and failure.row.contact_id is not None:
            contacts.mark_gone(tx, chat, now, error.reason)
        elif failure.final:
            self.alarms.ring(tx, f"refused:{error.reason[:60]}", now, delivery=failure.row.id, reason=error.reason)

    def of_document(self, tx: Connection, order: Order, reason: str, now: datetime) -> None:
        """Tell whoever waits for a document that we can't make it, and administrators why."""
        self.alarms.ring(tx, f"document:{order.kind}", now, document=order.id, reason=reason)
        envelope = Envelope() if order.chat.channel == LETTERS else None
        say = Say(template="no_document")
        told = self.words.render((Message(parts=(say,)),), None, order.language, {}, envelope)
        outbox.enqueue(
            tx, told, chat=order.chat, thread=order.thread, now=now, contact_id=order.contact_id, lane=order.lane
        )

    def of_letter(self, tx: Connection, letter: Letter, now: datetime) -> None:
        """Tell the sender of a letter that could not be read, once a day: where it is a person's, they wait for it."""
        if letter.reason not in _TOLD or not letter.sender:
            return
        chat = sender_of(letter)
        if letters.count_refused(tx, str(chat), now - _DAY) > 1:  # this one is there already
            return
        say = Say(template="letter_refused", values={"reason": letter.reason})
        answered = Envelope(subject=letter.subject, message_id=letter.message_id, references=letter.references)
        told = self.words.render((Message(parts=(say,)),), None, "lv", {}, answered)
        outbox.enqueue(tx, told, chat=chat, now=now, contact_id=contacts.owner(tx, chat))

    def of_file(self, tx: Connection, row: Claimed, outcome: Outcome, now: datetime) -> None:
        """Tell the person of a file that we could not take; one that never came concerns administrators as well."""
        failed = outcome.state == "failed"
        say = Say(template="lost_file", values={"kind": row.kind, "reason": outcome.reason, "failed": failed})
        chat = Address.parse(row.address)
        envelope = Envelope() if chat.channel == LETTERS else None
        told = self.words.render((Message(parts=(say,)),), None, contacts.language(tx, row.contact_id), {}, envelope)
        outbox.enqueue(tx, told, chat=chat, now=now, contact_id=row.contact_id)
        if failed:
            self.alarms.ring(tx, f"object:{outcome.reason[:60]}", now, attachment=row.id, reason=outcome.reason)
