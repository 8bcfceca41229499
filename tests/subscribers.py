"""Subscribers: many people who take our news, and an event that is announced to them, written at once."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversation.state import Act, Do, encode_act
from bot.inbox import ledger
from bot.messages import Address
from bot.outreach import broadcasts, events, progress, wording
from bot.people import contacts, permissions

_AT_ONCE = 500


def subscribe(tx: Connection, chats: Sequence[int], now: datetime) -> None:
    """Enter people by the ids of their chats on Telegram, and that they take our news."""
    for start in range(0, len(chats), _AT_ONCE):
        some = chats[start : start + _AT_ONCE]
        new = sa.insert(contacts.contacts).returning(contacts.contacts.c.id)
        ids = list(tx.execute(new, [{"created_at": now} for _ in some]).scalars())
        reached = [
            {"address": f"telegram:{chat}", "contact_id": ident, "created_at": now}
            for chat, ident in zip(some, ids, strict=True)
        ]
        tx.execute(sa.insert(contacts.addresses), reached)
        held = {"kind": permissions.NEWS, "given": True, "version": "1", "at": now, "inbound_id": 1}
        tx.execute(sa.insert(permissions.permissions), [{"contact_id": ident, **held} for ident in ids])


def announce(tx: Connection, chats: Sequence[int], now: datetime) -> None:
    """Let an announcement be made to all of them, and sent as soon as somebody conducts it."""
    subscribe(tx, chats, now)
    author = contacts.add(tx, Address("console", "coordinator"), now)
    event = {
        "key": "e" * 16,
        "contact_id": author,
        "chat": "console:coordinator",
        "state": "planned",
        "title": "Stādām ozolus",
        "words": {"text": "Paņemiet cimdus.", "where": "Ikšķilē", "contact": "", "pin": False},
        "answers": {},
        "audience": {},
        "municipality": None,
        "places": 0,
        "starts_at": now + timedelta(days=5),
        "ends_at": None,
        "planned_at": now,
    }
    events.keep(tx, event)
    row = events.get(tx, "e" * 16)
    assert row is not None
    made = {
        "key": "b" * 16,
        "kind": "event",
        "event_id": row.id,
        "contact_id": author,
        "chat": "console:coordinator",
        "state": "scheduled",
        "urgent": False,
        "audience": {},
        "prompt_id": "p" * 16,
        "control_id": "c" * 16,
        "starts_at": now,
        "made_at": now,
    }
    broadcasts.make(tx, made)
    acts = [encode_act(offer.act) for offer in wording.offers("event", events.told(row))]
    ledger.show(tx, None, {"id": "p" * 16, "run_id": "", "questions": [], "options": acts}, now)
    controls = [encode_act(Act(do=Do.OUTREACH, key=what, value="b" * 16)) for what in progress.CONTROL_ACTS]
    ledger.show(tx, author, {"id": "c" * 16, "run_id": "", "questions": [], "options": controls}, now)
