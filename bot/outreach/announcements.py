"""Announcements: what coordinators tell people where there is no event, and what became of it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversation.standing import AnnouncementView
from bot.database import BigKey, UTCDateTime, metadata
from bot.outreach.broadcasts import broadcasts

_MOST_SHOWN = 60
_LOOKED_BACK_ON = timedelta(days=400)  # for a copy of last year's

announcements = sa.Table(
    "announcements",
    metadata,
    sa.Column("id", BigKey, primary_key=True),
    sa.Column("key", sa.String(16), nullable=False, unique=True),  # the run that wrote it
    sa.Column("contact_id", sa.ForeignKey("contacts.id"), nullable=False, index=True),  # whoever wrote it
    sa.Column("chat", sa.String(400), nullable=False),  # where they wrote it
    sa.Column("title", sa.String(200), nullable=False),
    sa.Column("words", sa.JSON, nullable=False),  # text: as people read it
    sa.Column("answers", sa.JSON, nullable=False),  # as the flow's questions encode them
    sa.Column("audience", sa.JSON, nullable=False),
    sa.Column("written_at", UTCDateTime, nullable=False),
)


def keep(tx: Connection, row: Mapping[str, Any]) -> None:
    """Write a new announcement down; the same run writes one."""
    known = sa.select(announcements.c.id).where(announcements.c.key == row["key"])
    if tx.execute(known).first() is None:
        tx.execute(sa.insert(announcements).values(**row))


def change(tx: Connection, key: str, row: Mapping[str, Any]) -> None:
    """Write an announcement anew; whoever wrote it first stays."""
    kept = {name: value for name, value in row.items() if name not in {"key", "contact_id", "chat", "written_at"}}
    tx.execute(sa.update(announcements).where(announcements.c.key == key).values(**kept))


def get(tx: Connection, key: str) -> sa.Row[Any] | None:
    """Return an announcement's row."""
    return tx.execute(sa.select(announcements).where(announcements.c.key == key)).first()


def by_id(tx: Connection, announcement_id: int) -> sa.Row[Any]:
    """Return an announcement's row; raises NoResultFound for none."""
    return tx.execute(sa.select(announcements).where(announcements.c.id == announcement_id)).one()


def told(row: Any) -> dict[str, Any]:
    """Return an announcement as people read it."""
    return {"key": row.key, "title": row.title, "text": row.words["text"]}


def recent(tx: Connection, now: datetime) -> tuple[AnnouncementView, ...]:
    """Return the announcements of the last year and what became of each, the latest first."""
    last = sa.select(sa.func.max(broadcasts.c.id)).where(broadcasts.c.announcement_id.is_not(None))
    sent = sa.select(broadcasts).where(broadcasts.c.id.in_(last.group_by(broadcasts.c.announcement_id))).subquery()
    rows = (
        sa.select(announcements, sent.c.state, sent.c.starts_at, sent.c.finished_at)
        .outerjoin(sent, sent.c.announcement_id == announcements.c.id)
        .where(announcements.c.written_at > now - _LOOKED_BACK_ON)
        .order_by(announcements.c.id.desc())
        .limit(_MOST_SHOWN)
    )
    return tuple(
        AnnouncementView(
            key=row.key,
            title=row.title,
            state=row.state or "",
            at=row.finished_at or row.starts_at,
            answers=row.answers,
        )
        for row in tx.execute(rows)
    )
