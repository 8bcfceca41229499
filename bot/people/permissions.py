"""Permissions: what a person has allowed, each by itself, with the version of the words and the time; revocable.

Every change is a row of its own; the latest one of a kind counts.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversation.response import Event
from bot.database import BigKey, UTCDateTime, metadata
from bot.rooms import NO_FACTS, Scene

# The version of the words with which permission is asked for; raised when they change (`bot.people.consents`).
VERSION = "2026-11"

ENTER = "enter_mapmytree"  # staff enter the trees into the public MapMyTree
NEWS = "news"  # announcements of events
PUBLICITY = "publicity"  # the person's photos may be shown

permissions = sa.Table(
    "permissions",
    metadata,
    sa.Column("id", BigKey, primary_key=True),
    sa.Column("contact_id", sa.ForeignKey("contacts.id"), nullable=False, index=True),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("given", sa.Boolean, nullable=False),
    sa.Column("version", sa.String(20), nullable=False),
    sa.Column("at", UTCDateTime, nullable=False),
    sa.Column("inbound_id", sa.BigInteger, nullable=False),  # the message or tap that said so
    sa.Column("how", sa.String(20), nullable=False, server_default=""),  # „phone”: told to staff, who wrote it down
)


def give(tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
    """Record permissions of `kinds`."""
    return _record(tx, event, scene, given=True)


def withdraw(tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
    """Record that permissions of `kinds` no longer hold, where they did."""
    held = current(tx, scene.contact_id)
    kinds = [kind for kind in event.data["kinds"] if held.get(kind)]
    return _record(tx, Event(type=event.type, data={"kinds": kinds}), scene, given=False)


def list_(tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:  # noqa: ARG001 - a handler's shape
    """Bring up what the person has allowed."""
    return {"permissions": sorted(kind for kind, given in current(tx, scene.contact_id).items() if given)}


def current(tx: Connection, contact_id: int) -> dict[str, bool]:
    """Return the state of every permission that was ever asked of a person."""
    query = sa.select(permissions.c.kind, permissions.c.given).where(permissions.c.contact_id == contact_id)
    return {row.kind: row.given for row in tx.execute(query.order_by(permissions.c.id))}


def may_show_pictures(tx: Connection, contact_id: int) -> bool:
    """Whether pictures of a person may be published or exported, whoever is in them: only with their permission now.

    Whoever publishes has to ask this at that moment: a permission may be withdrawn.
    """
    return current(tx, contact_id).get(PUBLICITY, False)


def _record(tx: Connection, event: Event, scene: Scene, *, given: bool) -> Mapping[str, Any]:
    rows = [
        {
            "contact_id": scene.contact_id,
            "kind": kind,
            "given": given,
            "version": VERSION,
            "at": scene.now,
            "inbound_id": scene.inbound_id,
            "how": event.data.get("how", ""),
        }
        for kind in event.data["kinds"]
    ]
    if rows:
        tx.execute(sa.insert(permissions), rows)
    return NO_FACTS
