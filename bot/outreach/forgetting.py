"""Forgetting: who organised an event or wrote to many, when they are erased; who came, when it is long past."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.outreach.announcements import announcements
from bot.outreach.attendance import attendance
from bot.outreach.broadcasts import broadcasts
from bot.outreach.events import events
from bot.outreach.replies import event_replies

_CONTACT, _PICTURE = "contact", "picture"  # among words and answers: how an organiser is reached, what they sent


def forget_organisers(tx: Connection, contact_ids: Sequence[int], to: int) -> None:
    """Give events and announcements of these people to `to`, without how to reach them."""
    mine = events.c.contact_id.in_(contact_ids)
    for row in tx.execute(sa.select(events.c.id, events.c.words, events.c.answers).where(mine)).all():
        answers = {key: value for key, value in row.answers.items() if key not in {_CONTACT, _PICTURE}}
        told = {"words": {**row.words, _CONTACT: ""}, "answers": answers}
        tx.execute(sa.update(events).where(events.c.id == row.id).values(contact_id=to, chat="", **told))
    theirs = announcements.c.contact_id.in_(contact_ids)
    for one in tx.execute(sa.select(announcements.c.id, announcements.c.answers).where(theirs)).all():
        answers = {key: value for key, value in one.answers.items() if key != _PICTURE}
        written = sa.update(announcements).where(announcements.c.id == one.id)
        tx.execute(written.values(contact_id=to, chat="", answers=answers))
    sent = sa.update(broadcasts).where(broadcasts.c.contact_id.in_(contact_ids))
    tx.execute(sent.values(contact_id=to, chat=""))
    by = sa.update(broadcasts).where(broadcasts.c.approved_by.is_not(None), broadcasts.c.contact_id == to)
    tx.execute(by.values(approved_by=None))


def forget_past(tx: Connection, before: datetime) -> int:
    """Forget who came to events that began before then, with whom, and who asked; return how many came as rows."""
    past = sa.select(events.c.id).where(events.c.starts_at < before)
    known = sa.or_(attendance.c.contact_id.is_not(None), attendance.c.name != "", attendance.c.word != "")
    tx.execute(sa.delete(event_replies).where(event_replies.c.event_id.in_(past)))
    written = sa.select(announcements.c.id).where(announcements.c.written_at < before)
    tx.execute(sa.delete(event_replies).where(event_replies.c.announcement_id.in_(written)))
    gone = sa.update(attendance).where(attendance.c.event_id.in_(past), known)
    return tx.execute(gone.values(contact_id=None, chat="", name="", word="")).rowcount
