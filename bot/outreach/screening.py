"""Screening: what of a broadcast may go, looked at once more in the moment of sending."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.delivery.claiming import Claimed
from bot.delivery.outbox import HELD
from bot.outreach import audience, matters
from bot.outreach.attendance import attendance
from bot.outreach.broadcasts import RUNNING, broadcasts
from bot.outreach.organisations import records as organisations
from bot.outreach.quiet import QuietHours
from bot.outreach.rhythm import NEWS
from bot.people.contacts import addresses, contacts


@dataclass(frozen=True, kw_only=True, slots=True)
class Screening:
    """Looks at what was claimed."""

    quiet: QuietHours
    invitations: bool  # whether organisations may be written to at all

    def __call__(self, tx: Connection, rows: list[Claimed], now: datetime) -> Mapping[int, str]:
        """Return why some are not to go: stopped, unsubscribed, gone; HELD for what is to wait."""
        ids = {row.broadcast_id for row in rows}
        known = {row.id: row for row in tx.execute(sa.select(broadcasts).where(broadcasts.c.id.in_(ids)))}
        takes = {
            one.id: _takers(tx, one, [row.contact_id for row in rows if row.broadcast_id == one.id], now)
            for one in known.values()
        }
        chats = [str(row.chat) for row in rows]
        gone = sa.select(addresses.c.address).where(addresses.c.address.in_(chats), addresses.c.gone_at.is_not(None))
        unreachable = {row.address for row in tx.execute(gone)}
        verdicts: dict[int, str] = {}
        for row in rows:
            broadcast = known.get(row.broadcast_id)
            if broadcast is None or broadcast.state in {"stopping", "stopped"}:
                verdicts[row.id] = "stopped"
            elif broadcast.state not in RUNNING or self._waits(broadcast, now):
                verdicts[row.id] = HELD
            elif str(row.chat) in unreachable:
                verdicts[row.id] = "can't be reached"
            elif row.contact_id not in takes[broadcast.id]:
                verdicts[row.id] = "unsubscribed"
        return verdicts

    def _waits(self, broadcast: Any, now: datetime) -> bool:
        """Whether people sleep, or it may not be sent at all."""
        forbidden = broadcast.kind == organisations.KIND and not self.invitations
        return forbidden or (not broadcast.urgent and self.quiet.until(now) is not None)


def _takers(tx: Connection, broadcast: Any, ids: list[int | None], now: datetime) -> set[int]:
    """Return who may be written to: of news those who take them, of an event those who said that they come."""
    if broadcast.kind == organisations.KIND:
        return organisations.takers(tx, ids)
    if broadcast.kind not in NEWS:
        comes = sa.select(attendance.c.contact_id).where(attendance.c.contact_id.in_(ids), attendance.c.state != "left")
        return set(tx.execute(comes).scalars())
    news = replace(matters.of(tx, broadcast).news, broadcast_id=broadcast.id)
    takers = sa.select(contacts.c.id).where(contacts.c.id.in_(ids), audience.subscribed(news, now))
    # Ours see all that goes out.
    return {*tx.execute(takers).scalars(), *(one.contact_id for one in audience.of_team(tx))}
