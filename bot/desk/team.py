"""The team: who works here, in which role, and the one-time links by which they join."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversation.response import Event
from bot.conversation.roles import ROLES, may
from bot.database import UTCDateTime, insert, metadata
from bot.inbox import ledger
from bot.messages import Address
from bot.people import contacts
from bot.rooms import NO_FACTS, Scene

_INVITES_LIVE = timedelta(days=7)

team = sa.Table(
    "team",
    metadata,
    sa.Column("address", sa.String(400), primary_key=True),
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("name", sa.String(120), nullable=False, server_default=""),
    sa.Column("since", UTCDateTime, nullable=False),
    sa.Column("revoked_at", UTCDateTime),
    sa.Column("regions", sa.JSON(none_as_null=True)),  # a coordinator's municipalities; none is all of Latvia
    sa.Column("by_letter", sa.Boolean, nullable=False, server_default=sa.false()),  # is told of cases by letter
    sa.Column("away_from", sa.Date),
    sa.Column("away_to", sa.Date),  # the last day away
)

invites = sa.Table(
    "invites",
    metadata,
    sa.Column("code", sa.String(40), primary_key=True),
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("made_at", UTCDateTime, nullable=False),
    sa.Column("regions", sa.JSON(none_as_null=True)),
    sa.Column("used_by", sa.String(400)),
    sa.Column("used_at", UTCDateTime),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """One of ours."""

    address: Address
    role: str
    name: str
    since: datetime | None = None  # none where the settings list them
    regions: tuple[str, ...] = ()  # names of municipalities; none is all of Latvia
    away: tuple[date, date] | None = None  # the first and the last day, both included

    def is_away(self, day: date) -> bool:
        """Whether somebody is away on a day."""
        return self.away is not None and self.away[0] <= day <= self.away[1]


def invite(tx: Connection, role: str, now: datetime, regions: Sequence[str] = ()) -> str:
    """Make a code that lets one person join in a role, once, within a week; raises ValueError for no such role.

    `regions` are the municipalities that a coordinator is for; none is all of Latvia.
    """
    if role not in ROLES:
        raise ValueError(role)
    code = secrets.token_urlsafe(18)
    tx.execute(sa.insert(invites).values(code=code, role=role, made_at=now, regions=list(regions) or None))
    return code


def join(tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
    """Let whoever shows a code that is still good join; returns the role, '' for a code that is not."""
    good = sa.and_(
        invites.c.code == event.data["code"], invites.c.used_at.is_(None), invites.c.made_at > scene.now - _INVITES_LIVE
    )
    taken = (
        sa.update(invites)
        .where(good)
        .values(used_by=str(scene.chat), used_at=scene.now)
        .returning(invites.c.role, invites.c.regions)
    )
    found = tx.execute(taken).first()
    if found is None:
        return {"role": ""}
    role = found.role
    row = {
        "role": role,
        "regions": found.regions,
        "name": event.data["name"][:120],
        "since": scene.now,
        "revoked_at": None,
    }
    new = insert(tx, team).values(address=str(scene.chat), **row)
    tx.execute(new.on_conflict_do_update(index_elements=[team.c.address], set_=row))
    ledger.employ(tx, scene.contact_id, role, scene.now)
    return {"role": role}


def allowed(tx: Connection, scene: Scene, needed: str) -> bool:
    """Whether whoever speaks may do what is for a role. Their conversation's word for it may be out of date."""
    return plays(tx, scene.contact_id, needed)


def plays(tx: Connection, contact_id: int, needed: str) -> bool:
    """Whether somebody works here in a role that may do this."""
    mine = sa.select(team.c.role).join(contacts.addresses, contacts.addresses.c.address == team.c.address)
    roles = tx.execute(mine.where(contacts.addresses.c.contact_id == contact_id, team.c.revoked_at.is_(None)))
    return any(may(row.role, needed) for row in roles)


def member(tx: Connection, address: Address) -> Member | None:
    """Return one of ours; None for anybody else."""
    query = sa.select(team).where(team.c.address == str(address), team.c.revoked_at.is_(None))
    row = tx.execute(query).first()
    return _member(row) if row else None


def members(tx: Connection) -> list[Member]:
    """Return all of ours, by name."""
    rows = tx.execute(sa.select(team).where(team.c.revoked_at.is_(None)).order_by(team.c.name))
    return [_member(row) for row in rows]


def with_letters(tx: Connection) -> list[Member]:
    """Return those who are told of cases by letter, by name."""
    wished = sa.select(team).where(team.c.revoked_at.is_(None), team.c.by_letter).order_by(team.c.name)
    return [_member(row) for row in tx.execute(wished)]


def switch_letters(tx: Connection, contact_id: int) -> bool:
    """Let one of ours be told of cases by letter, or no longer; returns which."""
    own = sa.select(contacts.addresses.c.address).where(contacts.addresses.c.contact_id == contact_id)
    mine = sa.update(team).where(team.c.address.in_(own), team.c.revoked_at.is_(None))
    row = tx.execute(mine.values(by_letter=~team.c.by_letter).returning(team.c.by_letter)).first()
    return bool(row and row.by_letter)


def away(tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
    """Note when one of ours is away; without days they are back."""
    own = sa.select(contacts.addresses.c.address).where(contacts.addresses.c.contact_id == scene.contact_id)
    mine = sa.update(team).where(team.c.address.in_(own), team.c.revoked_at.is_(None))
    first, last = (date.fromisoformat(day) if (day := event.data[key]) else None for key in ("first", "last"))
    tx.execute(mine.values(away_from=first, away_to=last))
    return NO_FACTS


def revoke(tx: Connection, address: Address, now: datetime) -> bool:
    """Take a role away; whether there was one."""
    mine = sa.and_(team.c.address == str(address), team.c.revoked_at.is_(None))
    if not tx.execute(sa.update(team).where(mine).values(revoked_at=now)).rowcount:
        return False
    if contact_id := contacts.owner(tx, address):
        ledger.employ(tx, contact_id, "", now)
    return True


def _member(row: sa.Row[Any]) -> Member:
    return Member(
        address=Address.parse(row.address),
        role=row.role,
        name=row.name,
        since=row.since,
        regions=tuple(row.regions or ()),
        away=(row.away_from, row.away_to) if row.away_from and row.away_to else None,
    )
