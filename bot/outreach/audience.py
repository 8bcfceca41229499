"""Audience: whom a broadcast goes to, in batches, each person once and where they write from; and how many they are."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.database import BigKey, UTCDateTime, metadata
from bot.desk.team import team
from bot.inbox import ledger
from bot.messages import Address
from bot.outreach.attendance import attendance
from bot.people.contacts import addresses, contacts
from bot.people.permissions import NEWS, permissions
from bot.registrations.records import registrations
from bot.timers import timers
from flows.event_kinds import Audience

_ADDRESSED = ("coming", "waiting", "offered")
# Channels that announcements go out on; a terminal is nobody's.
_CHANNELS = ("telegram", "mailto", "chat")

preferences = sa.Table(
    "preferences",
    metadata,
    sa.Column("id", BigKey, primary_key=True),
    sa.Column("contact_id", sa.ForeignKey("contacts.id"), nullable=False, unique=True),
    sa.Column("municipality", sa.String(80)),  # news of this one only
    sa.Column("quiet_until", UTCDateTime),  # a pause for the winter
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipient:
    """Somebody to write to."""

    contact_id: int
    chat: Address
    language: str


@dataclass(kw_only=True, slots=True)
class Counted:
    """How many people there are, by channel and by municipality (of what they have registered)."""

    people: int = 0
    channels: Counter[str] = field(default_factory=Counter)
    municipalities: Counter[str] = field(default_factory=Counter)


def subscribed(now: datetime, near: str = "") -> sa.ColumnElement[bool]:
    """Return the condition on a contact that takes our news, does so now, and of what is `near` (a municipality)."""
    newer = permissions.alias()
    held = sa.exists().where(
        permissions.c.contact_id == contacts.c.id,
        permissions.c.kind == NEWS,
        permissions.c.given,
        ~sa.exists().where(
            newer.c.contact_id == permissions.c.contact_id, newer.c.kind == NEWS, newer.c.id > permissions.c.id
        ),
    )
    theirs = preferences.c.contact_id == contacts.c.id
    rests = sa.exists().where(theirs, preferences.c.quiet_until > now)
    elsewhere = sa.exists().where(theirs, preferences.c.municipality.is_not(None), preferences.c.municipality != near)
    return sa.and_(held, ~rests, ~elsewhere) if near else sa.and_(held, ~rests)


def batch(
    tx: Connection, audience: Audience, after: int, limit: int, *, now: datetime, near: str = ""
) -> tuple[list[Recipient], int]:
    """Return up to `limit` people beyond a contact's id who take news, and the last id looked at; 0 is the end."""
    query = sa.select(contacts.c.id, contacts.c.language).where(contacts.c.id > after, subscribed(now, near))
    query = query.where(*_narrowed(audience)).order_by(contacts.c.id).limit(limit)
    return _addressed(tx, tx.execute(query).all())


def of_event(
    tx: Connection, event_id: int, after: int, limit: int, *, came: bool = False
) -> tuple[list[Recipient], int]:
    """Return the same of those who come to an event or wait to: they asked to be told, whatever news they take.

    `came` leaves out who only waited.
    """
    states = ("coming",) if came else _ADDRESSED
    query = (
        sa.select(contacts.c.id, contacts.c.language)
        .join(attendance, attendance.c.contact_id == contacts.c.id)
        .where(attendance.c.event_id == event_id, attendance.c.state.in_(states), contacts.c.id > after)
    )
    return _addressed(tx, tx.execute(query.order_by(contacts.c.id).limit(limit)).all())


def of_team(tx: Connection) -> list[Recipient]:
    """Return those of ours who see announcements first: coordinators and administrators."""
    ours = (
        sa.select(contacts.c.id, contacts.c.language)
        .join(addresses, addresses.c.contact_id == contacts.c.id)
        .join(team, team.c.address == addresses.c.address)
        .where(team.c.revoked_at.is_(None), team.c.role.in_(["coordinator", "admin"]))
    )
    return _addressed(tx, tx.execute(ours.order_by(contacts.c.id).distinct()).all())[0]


def count(tx: Connection, audience: Audience, now: datetime, near: str = "") -> Counted:
    """Count whom it goes to, in batches, so that memory stays flat; municipalities are those of registrations."""
    counted, after = Counted(), 0
    while True:
        people, after = batch(tx, audience, after, 1000, now=now, near=near)
        counted.people += len(people)
        counted.channels.update(person.chat.channel for person in people)
        ids = [person.contact_id for person in people]
        newest = sa.select(sa.func.max(registrations.c.id)).where(registrations.c.contact_id.in_(ids))
        theirs = sa.select(registrations.c.municipality).where(
            registrations.c.id.in_(newest.group_by(registrations.c.contact_id)),
            registrations.c.municipality.is_not(None),
        )
        counted.municipalities.update(row.municipality for row in tx.execute(theirs))
        if not after:
            return counted


def _narrowed(audience: Audience) -> list[sa.ColumnElement[bool]]:
    theirs = registrations.c.contact_id == contacts.c.id
    conditions: list[sa.ColumnElement[bool]] = []
    if audience.municipalities:
        named = list(audience.municipalities)
        conditions.append(
            sa.or_(
                sa.exists().where(theirs, registrations.c.municipality.in_(named)),
                sa.exists().where(preferences.c.contact_id == contacts.c.id, preferences.c.municipality.in_(named)),
            )
        )
    if audience.done == "registered":
        conditions.append(sa.exists().where(theirs))
    elif audience.done == "never":
        conditions.append(~sa.exists().where(theirs))
    elif audience.done == "begun":
        conditions.append(sa.exists().where(timers.c.contact_id == contacts.c.id, timers.c.kind == "draft"))
    if audience.who:
        who = registrations.c.answers["who"].as_string() == audience.who
        conditions.append(sa.exists().where(theirs, who))
    if audience.language:
        conditions.append(contacts.c.language == audience.language)
    return conditions


def _addressed(tx: Connection, rows: Sequence[Any]) -> tuple[list[Recipient], int]:
    """Find out where each is written to: one address of a person, the one they last wrote from."""
    ids = [row.id for row in rows]
    known = sa.select(addresses).where(addresses.c.contact_id.in_(ids), addresses.c.gone_at.is_(None))
    found: dict[int, list[Address]] = {}
    for row in tx.execute(known):
        found.setdefault(row.contact_id, []).append(Address.parse(row.address))
    people = []
    for row in rows:
        theirs = found.get(row.id, [])
        chat = theirs[0] if len(theirs) == 1 else ledger.preferred(tx, row.id) if theirs else None
        if chat is not None and chat.channel in _CHANNELS:
            people.append(Recipient(contact_id=row.id, chat=chat, language=row.language))
    return people, ids[-1] if ids else 0
