"""Privacy: what is erased, when, and that it really is. Only counts without names stay."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversation.response import Event
from bot.delivery.outbox import deliveries
from bot.desk import answers
from bot.inbox.ledger import inbound, prompts
from bot.mailroom import records as letters
from bot.people import guests
from bot.rooms import NO_FACTS, Scene

_GUESTS_STAY = timedelta(days=60)  # beyond the letters: so long a flow may take
_DONE = deliveries.c.state.not_in(["queued", "sending"])


def discard_draft(tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
    """Erase what was said and shown while a draft was filled in; the conversation itself has forgotten it."""
    since: datetime = event.data["since"]
    tx.execute(
        sa.delete(prompts).where(prompts.c.contact_id == scene.contact_id, prompts.c.run_id == event.data["run"])
    )
    said = sa.update(inbound).where(inbound.c.contact_id == scene.contact_id, inbound.c.received_at >= since)
    tx.execute(said.values(text=None, raw=None))
    letters.forget_of(tx, scene.contact_id, since)
    shown = sa.update(deliveries).where(
        deliveries.c.contact_id == scene.contact_id, deliveries.c.created_at >= since, _DONE
    )
    tx.execute(shown.values(body=sa.null()))
    return NO_FACTS


def forget_old_texts(tx: Connection, now: datetime, keep: timedelta) -> int:
    """Erase what was said and sent longer ago than `keep`; the entries stay, so that nothing is read twice."""
    before = now - keep
    said = sa.update(inbound).where(
        inbound.c.received_at < before, sa.or_(inbound.c.text.is_not(None), inbound.c.raw.is_not(None))
    )
    erased = tx.execute(said.values(text=None, raw=None, error=None)).rowcount
    letters.forget_old(tx, now, keep)
    answers.forget_old(tx, before)
    guests.forget_old(tx, before - _GUESTS_STAY)
    shown = sa.update(deliveries).where(deliveries.c.created_at < before, deliveries.c.body.is_not(None), _DONE)
    return erased + tx.execute(shown.values(body=sa.null())).rowcount
