"""Notices: what staff and administrators are told in their own chats, in Latvian, beside every conversation."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from bot.conversation.response import Message, Say
from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.messages import Address
from bot.words import Words


@dataclass(frozen=True, kw_only=True, slots=True)
class Notices:
    """One chat that is told things; without a chat nothing is said, and the rows alone know."""

    words: Words
    chat: Address | None

    def post(self, tx: Connection, template: str, now: datetime, **values: Any) -> None:
        """Tell something: a template of templates/staff."""
        if self.chat is None:
            return
        notice = Message(parts=(Say(template=template, values=values),))
        rendered = self.words.render((notice,), None, "lv", {})
        outbox.enqueue(tx, rendered, chat=self.chat, now=now, contact_id=None, lane=Lane.NOTICE)
