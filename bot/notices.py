"""Notices: what staff and administrators are told in their own chats, in Latvian, beside every conversation."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversation.response import Say
from bot.database import BigKey, metadata
from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.messages import Address, Outbound
from bot.words import Words

# Which message to staff tells of which person: it goes when they are erased.
mentions = sa.Table(
    "mentions",
    metadata,
    sa.Column("delivery_id", BigKey, primary_key=True, autoincrement=False),
    sa.Column("contact_id", sa.ForeignKey("contacts.id"), nullable=False, index=True),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Notices:
    """One chat that is told things; without a chat nothing is said, and the rows alone know."""

    words: Words
    chat: Address | None

    def post(self, tx: Connection, template: str, now: datetime, *, about: int = 0, **values: Any) -> None:
        """Tell something: a template of templates/staff. `about` is the contact of whom it tells."""
        if self.chat is not None:
            self.tell(tx, self.say(template, **values), now, about=about)

    def tell(self, tx: Connection, text: str, now: datetime, *, about: int = 0) -> None:
        """Tell something that is put into words already."""
        if self.chat is None:
            return
        message = Outbound(text=text)
        delivery = outbox.put(tx, message, chat=self.chat, now=now, contact_id=None, lane=Lane.NOTICE)
        if about:
            mention(tx, delivery, about)

    def say(self, template: str, **values: Any) -> str:
        """Render a template of templates/staff."""
        return self.words.tongue("lv").say(Say(template=template, values=values), {})


def mention(tx: Connection, delivery_id: int, contact_id: int) -> None:
    """Note that a message to staff tells of a person."""
    tx.execute(sa.insert(mentions).values(delivery_id=delivery_id, contact_id=contact_id))
