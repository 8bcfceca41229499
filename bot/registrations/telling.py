"""Telling: what the person hears of a registration of theirs, on the channel that they used."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversation.response import Message, Say
from bot.conversation.state import Offer, Prompt, encode_act
from bot.delivery import outbox
from bot.delivery.outbox import Lane, deliveries
from bot.inbox import ledger
from bot.messages import LETTERS, Address, Envelope
from bot.people import contacts
from bot.words import Words


@dataclass(frozen=True, kw_only=True, slots=True)
class Telling:
    """Writes to people of our own accord. `new_id` makes the id of a prompt."""

    words: Words
    new_id: Callable[[], str]

    def tell(
        self, tx: Connection, row: sa.Row[Any], say: Say, at: datetime, *, offers: tuple[Offer, ...] = ()
    ) -> tuple[int, str]:
        """Write to whoever sent a registration, with buttons where they can be pressed.

        Returns the delivery, and the prompt that an answer is known by; (0, '') for somebody who can't be reached.
        """
        chat = self._where(tx, row)
        if chat is None:
            return 0, ""
        by_letter = chat.channel == LETTERS
        shown = () if by_letter else offers
        prompt = Prompt(id=self.new_id(), offers=tuple((offer.label, offer.act) for offer in shown))
        options = [encode_act(offer.act) for offer in shown]
        ledger.show(tx, row.contact_id, {"id": prompt.id, "run_id": "", "questions": [], "options": options}, at)
        envelope = None
        if by_letter:
            subject, letter = ledger.thread_of(tx, row.contact_id)
            envelope = Envelope(subject=subject, message_id=letter)
        spoken = ledger.spoken(tx, row.contact_id)
        messages = (Message(parts=(say,), offers=shown),)
        (message,) = self.words.render(messages, prompt, spoken, {}, envelope)
        # A notice, so that an answer to what they write meanwhile need not wait for it.
        delivery = outbox.put(tx, message, chat=chat, now=at, contact_id=row.contact_id, lane=Lane.NOTICE)
        return delivery, prompt.id

    @staticmethod
    def language(tx: Connection, row: sa.Row[Any]) -> str:
        """Return the language in which its person was answered last."""
        return ledger.spoken(tx, row.contact_id)

    @staticmethod
    def take_back(tx: Connection, delivery_id: int, now: datetime) -> bool:
        """Take back what has not gone yet; whether that was in time."""
        waiting = sa.and_(deliveries.c.id == delivery_id, deliveries.c.state == "queued")
        change = sa.update(deliveries).where(waiting)
        return tx.execute(change.values(state="skipped", error="undone", finished_at=now)).rowcount > 0

    @staticmethod
    def _where(tx: Connection, row: sa.Row[Any]) -> Address | None:
        """Return the address it was sent from while that works, else the one last written from."""
        sent_from = Address.parse(row.address) if row.address else None
        working = contacts.reachable(tx, row.contact_id)
        return sent_from if sent_from in working else ledger.preferred(tx, row.contact_id)
