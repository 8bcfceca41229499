"""Alike: other registrations that may be of the same trees, looked up for whoever checks one."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.attachments import records as attachments
from bot.registrations import states
from bot.registrations.likeness import Likeness, Sight, likeness
from bot.registrations.records import registrations

_MOST_COMPARED = 200
_MOST_ALIKE = 5
_DEGREES = 0.01  # of latitude: a kilometre, more than what counts as near


def alike(tx: Connection, row: sa.Row[Any]) -> list[tuple[sa.Row[Any], Likeness]]:
    """Return registrations that may be of the same trees as this one, the newest first, five at most."""
    twins = attachments.runs_alike(tx, row.run_id)
    candidates = sa.select(registrations).where(
        registrations.c.id != row.id, registrations.c.state.in_(states.COUNTS), sa.or_(*_near(row, twins))
    )
    rows = tx.execute(candidates.order_by(registrations.c.id.desc()).limit(_MOST_COMPARED)).all()
    mine = _sight(row, shares=True)
    found = [(other, likeness(mine, _sight(other, shares=other.run_id in twins))) for other in rows]
    return [(other, like) for other, like in found if like][:_MOST_ALIKE]


def _near(row: sa.Row[Any], twins: set[str]) -> list[sa.ColumnElement[bool]]:
    """Return what makes another registration worth a closer look."""
    near = [registrations.c.contact_id == row.contact_id, registrations.c.run_id.in_(twins)]
    if row.cadastre:
        near.append(registrations.c.cadastre == row.cadastre)
    if row.lat is not None:
        lat, lon = registrations.c.lat, registrations.c.lon
        beside = lon.between(row.lon - 2 * _DEGREES, row.lon + 2 * _DEGREES)
        near.append(sa.and_(lat.between(row.lat - _DEGREES, row.lat + _DEGREES), beside))
    elif row.municipality:
        near.append(sa.and_(registrations.c.municipality == row.municipality, registrations.c.lat.is_(None)))
    return near


def _sight(row: sa.Row[Any], *, shares: bool) -> Sight:
    """Take what can be compared. Of pictures it is known only whether there is a common one (`shares`)."""
    place = row.answers.get("place") or {}
    parts = (place.get(part, "") for part in ("municipality", "parish", "settlement", "street", "house"))
    return Sight(
        contact_id=row.contact_id,
        lat=row.lat,
        lon=row.lon,
        cadastre=row.cadastre,
        named=tuple(part for part in parts if part),
        first=row.planted_from,
        last=row.planted_to,
        trees=row.trees,
        photos=frozenset({"common"} if shares else ()),
    )
