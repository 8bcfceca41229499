"""Drafts: what was said and shown while one was filled in goes with it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversation.response import Event
from bot.delivery.outbox import deliveries
from bot.inbox.ledger import inbound, prompts
from bot.mailroom import records as letters
from bot.rooms import NO_FACTS, Scene

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
