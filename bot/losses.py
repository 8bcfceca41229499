"""Losses: what follows when a message can't be brought to a person, or a file can't be taken from one."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.engine import Connection

from bot.alarms import Alarms
from bot.attachments.records import Claimed, Outcome
from bot.conversation.response import Message, Say
from bot.delivery import outbox
from bot.delivery.sender import Failure
from bot.messages import Address, Fate
from bot.people import contacts
from bot.words import Words


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

    def of_file(self, tx: Connection, row: Claimed, outcome: Outcome, now: datetime) -> None:
        """Tell the person of a file that we could not take; one that never came concerns administrators as well."""
        failed = outcome.state == "failed"
        say = Say(template="lost_file", values={"kind": row.kind, "reason": outcome.reason, "failed": failed})
        told = self.words.render((Message(parts=(say,)),), None, contacts.language(tx, row.contact_id), {})
        outbox.enqueue(tx, told, chat=Address.parse(row.address), now=now, contact_id=row.contact_id)
        if failed:
            self.alarms.ring(tx, f"object:{outcome.reason[:60]}", now, attachment=row.id, reason=outcome.reason)
