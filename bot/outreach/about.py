"""About: which event or announcement a message speaks of, by what it replies to, or what its writer was told last."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversation.state import Do, decode_act
from bot.delivery.outbox import deliveries
from bot.inbox.ledger import prompts
from bot.outreach import announcements, events
from bot.outreach.broadcasts import broadcasts

_RECENT = timedelta(days=7)  # how long what is said without a reply may be about the last message


@dataclass(frozen=True, kw_only=True, slots=True)
class About:
    """The event; `replies` where the message answers one of ours about it, and does not merely follow it."""

    event: Any
    replies: bool


def event_of(tx: Connection, contact_id: int, answers: str, reply_to: str, now: datetime) -> About | None:
    """Return the event that somebody speaks of, None for none.

    `answers` is the prompt of the letter that they answer, `reply_to` the message of ours that they reply to.
    """
    mine = (deliveries.c.contact_id == contact_id, deliveries.c.target_id.is_(None))
    told = sa.select(deliveries.c.prompt_id).where(*mine, deliveries.c.prompt_id.is_not(None))
    if reply_to:
        # A calendar file has no buttons: it speaks of what it stands under.
        replied = sa.select(sa.func.max(deliveries.c.id)).where(*mine, deliveries.c.message_ref == reply_to)
        told = told.where(deliveries.c.id <= replied.scalar_subquery())
    else:
        told = told.where(deliveries.c.state == "sent", deliveries.c.finished_at > now - _RECENT)
    prompt_id = answers or tx.execute(told.order_by(deliveries.c.id.desc()).limit(1)).scalar()
    event = _of_prompt(tx, prompt_id) if prompt_id else None
    return About(event=event, replies=bool(answers or reply_to)) if event is not None else None


def announcement_of(tx: Connection, contact_id: int, answers: str, reply_to: str) -> Any:
    """Return the announcement about no event that a message replies to, None for none; as above."""
    replied = sa.select(deliveries.c.prompt_id).where(
        deliveries.c.contact_id == contact_id, deliveries.c.message_ref == reply_to, deliveries.c.target_id.is_(None)
    )
    prompt_id = answers or (tx.execute(replied.limit(1)).scalar() if reply_to else None)
    sent = sa.select(broadcasts.c.announcement_id).where(broadcasts.c.prompt_id == prompt_id)
    announcement_id = tx.execute(sent.limit(1)).scalar() if prompt_id else None
    return announcements.by_id(tx, announcement_id) if announcement_id else None


def _of_prompt(tx: Connection, prompt_id: str) -> Any:
    """Return the event that all buttons of a message are about."""
    options = tx.execute(sa.select(prompts.c.options).where(prompts.c.id == prompt_id)).scalar() or []
    acts = [decode_act(stored) for stored in options]
    keys = {str(act.value[0]) if act.do is Do.EVENT and act.value else "" for act in acts}
    return events.get(tx, keys.pop()) if len(keys) == 1 else None
