"""Notices: what staff and administrators are told in their own chats, in Latvian, beside every conversation."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from bot.conversation.response import Say
from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.messages import Address, Outbound
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
        rendered = [Outbound(text=self.say(template, **values))]
        outbox.enqueue(tx, rendered, chat=self.chat, now=now, contact_id=None, lane=Lane.NOTICE)

    def say(self, template: str, **values: Any) -> str:
        """Render a template of templates/staff."""
        return self.words.tongue("lv").say(Say(template=template, values=values), {})
