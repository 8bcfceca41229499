"""Audience: whom a broadcast goes to, in batches, each person once and where they write from; and how many they are.

A person is where their trees are: at the point they sent, or about where they said, else in the municipality of either
or of their preferences, whose seat then counts.
"""

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
from bot.inbox.ledger import inbound
from bot.messages import Address
from bot.outreach import rhythm
from bot.outreach.attendance import attendance
from bot.outreach.distance import within
from bot.people.contacts import addresses, contacts
from bot.people.permissions import NEWS, permissions
from bot.registrations.records import registrations
from bot.registrations.sites import registration_sites
from bot.timers import timers
from flows.audience import Audience, Circle
from knowledge.places import Point, distance_km, municipalities

_LOOKED_AT = 5000  # contacts that one batch looks through: few may be meant, and no writer is to wait for that
_AT_ONCE = 1000  # people who have several addresses
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
    sa.Column("about", sa.String(10), nullable=False, server_default=""),  # „events” for news of these only
    sa.Column("every_days", sa.SmallInteger, nullable=False, server_default="0"),  # at most one in so many; 0 for each
    sa.Column("role", sa.String(10), nullable=False, server_default=""),  # „media”, who register nothing
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipient:
    """Somebody to write to."""

    contact_id: int
    chat: Address
    language: str


@dataclass(kw_only=True, slots=True)
class Counted:
    """How many people there are, by channel and by municipality: of what they registered last, or want news of."""

    people: int = 0
    channels: Counter[str] = field(default_factory=Counter)
    municipalities: Counter[str] = field(default_factory=Counter)

    def add(self, channel: str, municipality: str | None, people: int) -> None:
        """Count some more."""
        self.people += people
        self.channels[channel] += people
        if municipality is not None:
            self.municipalities[municipality] += people


@dataclass(frozen=True, kw_only=True, slots=True)
class News:
    """What people are told: of an event or of something else, and where it is."""

    of_event: bool = True
    municipalities: tuple[str, ...] = ()  # that it is for alone; none for all
    at: Point | None = None  # from where distances are counted
    broadcast_id: int = 0  # by which they are told; 0 while it is not made


def subscribed(news: News, now: datetime) -> sa.ColumnElement[bool]:
    """Return the condition on a contact that takes such news, does so now, and has not had enough of them lately."""
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
    unwanted = [preferences.c.quiet_until > now, rhythm.had_enough(preferences, news.broadcast_id, now)]
    if news.municipalities:
        theirs_alone = preferences.c.municipality
        elsewhere = sa.and_(theirs_alone.is_not(None), theirs_alone.not_in(news.municipalities))
        unwanted.append(elsewhere)
    if not news.of_event:
        unwanted.append(preferences.c.about == "events")
    return sa.and_(held, ~sa.exists().where(theirs, sa.or_(*unwanted)))


def batch(
    tx: Connection,
    audience: Audience,
    after: int,
    limit: int,
    *,
    news: News,
    now: datetime,
) -> tuple[list[Recipient], int]:
    """Return up to `limit` people beyond a contact's id who take such news, and the last id looked at; 0 is the end."""
    further = sa.select(contacts.c.id).where(contacts.c.id > after).order_by(contacts.c.id)
    last = tx.execute(further.offset(_LOOKED_AT - 1).limit(1)).scalar()
    query = sa.select(contacts.c.id, contacts.c.language).where(contacts.c.id > after, subscribed(news, now))
    query = query.where(*_narrowed(audience, news.at), *([contacts.c.id <= last] if last else []))
    rows = tx.execute(query.order_by(contacts.c.id).limit(limit)).all()
    people, reached = _addressed(tx, rows)
    return people, reached if len(rows) == limit else last or 0


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


def count(tx: Connection, audience: Audience, news: News, now: datetime) -> Counted:
    """Count whom it goes to where they are kept: somebody waits for the answer, and a million is a few seconds."""
    counted = Counted()
    chosen = [subscribed(news, now), *_narrowed(audience, news.at)]
    working = sa.select(addresses.c.contact_id, sa.func.min(addresses.c.address).label("address"))
    working = working.where(addresses.c.gone_at.is_(None)).group_by(addresses.c.contact_id)
    only = working.having(sa.func.count() == 1).subquery()
    _count_those(tx, counted, only.c.address, [only.c.contact_id == contacts.c.id, *chosen])
    # Few have several addresses, and of each of them it takes a look at what they wrote.
    several = list(tx.execute(working.having(sa.func.count() > 1)).scalars())
    for start in range(0, len(several), _AT_ONCE):
        some = contacts.c.id.in_(several[start : start + _AT_ONCE])
        _count_those(tx, counted, _last_written_from(contacts.c.id), [some, *chosen])
    return counted


def _count_those(
    tx: Connection, counted: Counted, address: sa.ColumnElement[str], chosen: Sequence[sa.ColumnElement[bool]]
) -> None:
    channel = sa.case(*((address.startswith(f"{name}:"), name) for name in _CHANNELS)).label("channel")
    groups = sa.select(channel, _home(contacts.c.id).label("home"), sa.func.count().label("people"))
    for row in tx.execute(groups.where(*chosen).group_by("channel", "home")):
        if row.channel is not None:
            counted.add(row.channel, row.home, row.people)


def _last_written_from(who: sa.ColumnElement[int]) -> sa.ColumnElement[str]:
    """Return where `_addressed` writes to somebody who has several addresses."""
    working = sa.select(addresses.c.address).where(addresses.c.contact_id == who, addresses.c.gone_at.is_(None))
    last = sa.select(inbound.c.address).where(
        inbound.c.contact_id == who,
        inbound.c.kind.in_(ledger.SPOKEN),
        inbound.c.address.in_(working.correlate(contacts)),
    )
    newest = last.correlate(contacts).order_by(inbound.c.id.desc()).limit(1)
    oldest = working.correlate(contacts).order_by(addresses.c.created_at).limit(1)
    return sa.func.coalesce(newest.scalar_subquery(), oldest.scalar_subquery())


def _home(who: sa.ColumnElement[int]) -> sa.ColumnElement[str | None]:
    """Return the municipality of what somebody registered last, or else the one that they want news of."""
    # Aliases: the conditions have these tables as well, and must not take them for the ones here.
    theirs, wished = registrations.alias(), preferences.alias()
    newest = sa.select(theirs.c.municipality).where(theirs.c.contact_id == who).order_by(theirs.c.id.desc()).limit(1)
    asked = sa.select(wished.c.municipality).where(wished.c.contact_id == who)
    return sa.func.coalesce(newest.scalar_subquery(), asked.scalar_subquery())


def _narrowed(audience: Audience, at: Point | None) -> list[sa.ColumnElement[bool]]:
    theirs = registrations.c.contact_id == contacts.c.id
    conditions: list[sa.ColumnElement[bool]] = []
    places = [_in(audience.municipalities)] if audience.municipalities else []
    places += [_around(circle, at) for circle in audience.circles]
    if places:
        conditions.append(sa.or_(*places))
    if audience.done == "registered":
        conditions.append(sa.exists().where(theirs))
    elif audience.done == "never":
        conditions.append(~sa.exists().where(theirs))
    elif audience.done == "begun":
        conditions.append(sa.exists().where(timers.c.contact_id == contacts.c.id, timers.c.kind == "draft"))
    if audience.who:
        who = registrations.c.answers["who"].as_string().in_(audience.who)
        said = sa.exists().where(preferences.c.contact_id == contacts.c.id, preferences.c.role.in_(audience.who))
        conditions.append(sa.or_(sa.exists().where(theirs, who), said))
    if audience.language:
        conditions.append(contacts.c.language == audience.language)
    return conditions


def _in(named: Sequence[str]) -> sa.ColumnElement[bool]:
    """Return who has trees in one of these municipalities, or has asked for news of it."""
    return sa.or_(
        sa.exists().where(registrations.c.contact_id == contacts.c.id, registrations.c.municipality.in_(named)),
        _with_site(registration_sites.c.municipality.in_(named)),
        sa.exists().where(preferences.c.contact_id == contacts.c.id, preferences.c.municipality.in_(named)),
    )


def _around(circle: Circle, at: Point | None) -> sa.ColumnElement[bool]:
    """Return who has trees within a circle; whoever is known by a municipality alone is at its seat."""
    middle = at if circle.lat is None or circle.lon is None else Point(circle.lat, circle.lon)
    if middle is None:
        return sa.false()  # nobody knows where the event is, so nobody is near it
    seats = [known.name for known in municipalities() if distance_km(known.centre, middle) <= circle.km]
    theirs = registrations.c.contact_id == contacts.c.id
    lat, lon = registrations.c.about_lat, registrations.c.about_lon
    site = registration_sites.c
    return sa.or_(
        sa.exists().where(theirs, within(lat, lon, middle, circle.km)),
        sa.exists().where(theirs, lat.is_(None), registrations.c.municipality.in_(seats)),
        _with_site(sa.or_(within(site.lat, site.lon, middle, circle.km), _unplaced_in(seats))),
        sa.exists().where(preferences.c.contact_id == contacts.c.id, preferences.c.municipality.in_(seats)),
    )


def _unplaced_in(seats: Sequence[str]) -> sa.ColumnElement[bool]:
    return sa.and_(registration_sites.c.lat.is_(None), registration_sites.c.municipality.in_(seats))


def _with_site(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Return who has a place in one of their lists that this holds of."""
    return sa.exists().where(
        registrations.c.contact_id == contacts.c.id,
        registration_sites.c.registration_id == registrations.c.id,
        condition,
    )


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
