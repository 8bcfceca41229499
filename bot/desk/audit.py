"""The audit: who of staff did what to which case, and when; written in the transaction that does it."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversation.response import Event
from bot.database import BigKey, UTCDateTime, metadata
from bot.rooms import Handler, Scene

audit = sa.Table(
    "desk_audit",
    metadata,
    sa.Column("id", BigKey, primary_key=True),
    sa.Column("at", UTCDateTime, nullable=False, index=True),
    sa.Column("by", sa.String(400), nullable=False),  # address of the member of staff
    sa.Column("what", sa.String(60), nullable=False),  # type of the event
    sa.Column("case_id", BigKey, index=True),  # none where it is about no case
)


def kept(rooms: Mapping[str, Handler]) -> dict[str, Handler]:
    """Let every handler's doing be noted, where somebody of staff has done it."""
    return {type_: _noting(handler) for type_, handler in rooms.items()}


def _noting(handler: Handler) -> Handler:
    def handle(tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        facts = handler(tx, event, scene)
        if by := event.data.get("by"):
            row = {"at": scene.now, "by": str(by), "what": event.type, "case_id": event.data.get("case")}
            tx.execute(sa.insert(audit).values(**row))
        return facts

    return handle
