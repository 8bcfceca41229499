"""A crowd: fills an empty database with many people who take our news, some no more, some on two channels."""

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.inbox.ledger import inbound
from bot.outreach.audience import preferences
from bot.people.contacts import addresses, contacts
from bot.people.permissions import NEWS, permissions
from bot.registrations.records import registrations
from tests.bench.years import insert_for_each, numbers, stated, time_of

# Every so manieth of them.
_ENGLISH, _BY_LETTER, _ON_BOTH, _GONE, _LEFT, _CAME_BACK, _REGISTERED, _CHOOSY = 10, 10, 50, 40, 10, 30, 5, 100
_MUNICIPALITIES = 36
_AGE = timedelta(days=300)


def gather(tx: Connection, size: int) -> int:
    """Let so many people have come, and return how many of them an announcement to everybody reaches."""
    now = datetime.now(UTC)
    counted = numbers(size)
    language = sa.case((counted.c.n % _ENGLISH == 0, "en"), else_="lv")
    insert_for_each(tx, contacts, sa.select(counted.c.n), {"created_at": time_of(now - _AGE), "language": language})
    who, source = contacts.c.id, sa.select(contacts.c.id)
    chat = sa.literal("telegram:") + stated(who)
    letter = sa.literal("mailto:") + stated(who) + sa.literal("@example.org")
    first = sa.case((who % _BY_LETTER == 0, letter), else_=chat)
    gone = sa.case((who % _GONE == 1, time_of(now)), else_=sa.null())
    reached = {"contact_id": who, "created_at": time_of(now - _AGE)}
    insert_for_each(tx, addresses, source, {"address": first, **reached, "gone_at": gone})
    both = source.where(who % _ON_BOTH == 5)
    insert_for_each(tx, addresses, both, {"address": letter, **reached, "gone_at": sa.null()})
    said: dict[str, Any] = {
        "channel": "telegram",
        "external_id": sa.literal("old:") + stated(who),
        "kind": "message",
        "contact_id": who,
        "address": letter,
        "outcome": "answered",
        "received_at": time_of(now - _AGE),
    }
    insert_for_each(tx, inbound, both, said)
    held = {"contact_id": who, "kind": NEWS, "version": "1", "inbound_id": 1}
    for given, days, some in (
        (True, 200, source),
        (False, 100, source.where(who % _LEFT == 3)),
        (True, 50, source.where(who % _CAME_BACK == 3)),
    ):
        insert_for_each(tx, permissions, some, {**held, "given": given, "at": time_of(now - timedelta(days=days))})
    planted = {
        "reference": sa.literal("3MK-2025-") + stated(who),
        "contact_id": who,
        "run_id": sa.literal("r") + stated(who),
        "flow": "register_trees",
        "state": "accepted",
        "eligibility": "fits",
        "reasons": sa.literal([], registrations.c.reasons.type),
        "warnings": sa.literal([], registrations.c.warnings.type),
        "answers": sa.literal({"who": "person"}, registrations.c.answers.type),
        "trees": 50,
        "municipality": municipality(who),
        "entered_by": "staff",
        "summary": "ozols – 50",
        "started_at": time_of(now - _AGE),
        "received_at": time_of(now - _AGE),
    }
    insert_for_each(tx, registrations, source.where(who % _REGISTERED == 2), planted)
    choosy = source.where(who % _CHOOSY == 7)
    insert_for_each(tx, preferences, choosy, {"contact_id": who, "municipality": municipality(who)})
    # Who left and did not come back, and of the others those whom nothing reaches.
    left = {n for n in range(1, size + 1) if n % _LEFT == 3 and n % _CAME_BACK != 3}
    lost = {n for n in range(1, size + 1) if n % _GONE == 1 and n % _ON_BOTH != 5}
    return size - len(left | lost)


def municipality(who: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
    """Return the name of the municipality that somebody plants in."""
    return sa.literal("Novads ") + stated(who % _MUNICIPALITIES)
