"""Forgetting: exported files may tell of somebody who is erased. Ours go; in the group those that tell contacts."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.documents.orders import documents
from bot.registrations.export.history import exports


def forget_files(tx: Connection, since: datetime) -> tuple[list[int], list[str]]:
    """Let go of what was exported since; return the messages that must be deleted, and the keys of the objects."""
    query = (
        sa.select(documents.c.id, documents.c.delivery_id, documents.c.object_key, exports.c.contacts)
        .join(exports, exports.c.order_id == documents.c.id)
        .where(exports.c.begun_at >= since)
    )
    rows = tx.execute(query).all()
    tx.execute(sa.update(documents).where(documents.c.id.in_([row.id for row in rows])).values(object_key=None))
    told = [row.delivery_id for row in rows if row.contacts and row.delivery_id]
    return told, [row.object_key for row in rows if row.object_key]
