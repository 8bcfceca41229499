"""Reporting: what becomes of registrations once their export was released in Reportnet 3."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.registrations import entry
from bot.registrations.changes import Hand
from bot.registrations.export import history
from bot.registrations.export.history import exported_registrations


def report(tx: Connection, export_id: int, by: str, now: datetime) -> int:
    """Note that an export was released, and return how many registrations are reported by it now; people are told.

    Said twice it changes nothing more. Raises LookupError where there is no such export for Reportnet.
    """
    history.released(tx, export_id, now)
    told = sa.select(exported_registrations.c.registration_id).where(exported_registrations.c.export_id == export_id)
    hand = Hand(who=by, name=f"eksports nr. {export_id}", now=now)
    return sum(entry.report(tx, ident, hand) for ident in tx.execute(told.order_by("registration_id")).scalars().all())
