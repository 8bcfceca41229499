"""Retention: what has been kept long enough is erased, day by day."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.delivery.outbox import deliveries
from bot.desk import answers, approving
from bot.inbox.ledger import inbound
from bot.mailroom import records as letters
from bot.people import guests

_GUESTS_STAY = timedelta(days=60)  # beyond the letters: so long a flow may take
_DONE = deliveries.c.state.not_in(["queued", "sending"])


def forget_old_texts(tx: Connection, now: datetime, keep: timedelta) -> int:
    """Erase what was said and sent longer ago than `keep`; the entries stay, so that nothing is read twice."""
    before = now - keep
    said = sa.update(inbound).where(
        inbound.c.received_at < before, sa.or_(inbound.c.text.is_not(None), inbound.c.raw.is_not(None))
    )
    erased = tx.execute(said.values(text=None, raw=None, error=None)).rowcount
    letters.forget_old(tx, now, keep)
    answers.forget_old(tx, before)
    approving.forget_old(tx, before)
    guests.forget_old(tx, before - _GUESTS_STAY)
    shown = sa.update(deliveries).where(deliveries.c.created_at < before, deliveries.c.body.is_not(None), _DONE)
    return erased + tx.execute(shown.values(body=sa.null())).rowcount
