"""Forgetting an organiser: what they have planned and announced stays for those who come, without them."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.outreach.broadcasts import broadcasts
from bot.outreach.events import events

_CONTACT = "contact"  # among an event's words and answers: how its organiser is reached


def forget_organisers(tx: Connection, contact_ids: Sequence[int], to: int) -> None:
    """Give events and announcements of these people to `to`, without how to reach them."""
    mine = events.c.contact_id.in_(contact_ids)
    for row in tx.execute(sa.select(events.c.id, events.c.words, events.c.answers).where(mine)).all():
        answers = {key: value for key, value in row.answers.items() if key != _CONTACT}
        told = {"words": {**row.words, _CONTACT: ""}, "answers": answers}
        tx.execute(sa.update(events).where(events.c.id == row.id).values(contact_id=to, chat="", **told))
    theirs = sa.update(broadcasts).where(broadcasts.c.contact_id.in_(contact_ids))
    tx.execute(theirs.values(contact_id=to, chat=""))
    by = sa.update(broadcasts).where(broadcasts.c.approved_by.is_not(None), broadcasts.c.contact_id == to)
    tx.execute(by.values(approved_by=None))
