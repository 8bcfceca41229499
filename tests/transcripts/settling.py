"""Settling: what a running service does beside the inbox, done at once: sending, documents, broadcasts."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import app as house
from bot.attachments.records import attachments
from bot.outreach.announcements import announcements
from bot.outreach.broadcasts import broadcasts
from bot.outreach.events import events
from bot.timers import timers
from tests.transcripts.reading import read_lists


async def settle(app: house.App) -> None:
    """Let everything that is due now be done, until nothing more comes of it."""
    await _fetch_announced(app)
    await app.sender.drain()
    while await read_lists(app) or await app.press.work_off() or await app.conductor.work_off():
        await app.sender.drain()


async def _fetch_announced(app: house.App) -> None:
    """Fetch pictures where one of them goes along with what is announced."""
    runs = sa.union(sa.select(events.c.key), sa.select(announcements.c.key))
    waits = sa.select(attachments.c.id).where(attachments.c.state == "pending", attachments.c.run_id.in_(runs))
    if app.fetcher is not None and await app.database.read(lambda tx: bool(tx.execute(waits).all())):
        while await app.fetcher.run_once():
            pass


def next_due(tx: Connection) -> datetime | None:
    """Return when the next promise is due: a timer, or a broadcast that waits for its hour."""
    waits = sa.select(sa.func.min(broadcasts.c.starts_at)).where(
        broadcasts.c.state.in_(["scheduled", "canary", "sending"])
    )
    found = [tx.execute(sa.select(sa.func.min(timers.c.due_at))).scalar(), tx.execute(waits).scalar()]
    return min((at for at in found if at is not None), default=None)
