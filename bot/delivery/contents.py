"""Contents: what a broadcast says, frozen once for each language and channel; its many deliveries name it."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.database import BigKey, metadata
from bot.delivery.body import encode
from bot.messages import Outbound

contents = sa.Table(
    "contents",
    metadata,
    sa.Column("id", BigKey, primary_key=True),
    sa.Column("broadcast_id", sa.BigInteger, nullable=False),
    sa.Column("language", sa.String(8), nullable=False),
    sa.Column("channel", sa.String(40), nullable=False),
    sa.Column("body", sa.JSON, nullable=False),
    sa.UniqueConstraint("broadcast_id", "language", "channel"),
)


def freeze(tx: Connection, broadcast_id: int, language: str, channel: str, message: Outbound) -> int:
    """Keep what is said, and return its id; what has been frozen once stays as it is."""
    theirs = sa.and_(
        contents.c.broadcast_id == broadcast_id, contents.c.language == language, contents.c.channel == channel
    )
    known = tx.execute(sa.select(contents.c.id).where(theirs)).scalar()
    if known is not None:
        return int(known)
    row = {"broadcast_id": broadcast_id, "language": language, "channel": channel, "body": encode(message)}
    return int(tx.execute(sa.insert(contents).values(row).returning(contents.c.id)).scalar_one())


def of(tx: Connection, broadcast_id: int) -> dict[tuple[str, str], int]:
    """Return the ids of a broadcast's contents, by language and channel."""
    rows = tx.execute(sa.select(contents).where(contents.c.broadcast_id == broadcast_id))
    return {(row.language, row.channel): row.id for row in rows}


def bodies(tx: Connection, ids: set[int]) -> dict[int, Any]:
    """Return what is said, as it is stored, by id."""
    rows = tx.execute(sa.select(contents.c.id, contents.c.body).where(contents.c.id.in_(ids))) if ids else ()
    return {row.id: row.body for row in rows}
