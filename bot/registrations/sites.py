"""Sites: the places of a registration that came as a list, one row for each kind of tree in each row of the file.

A registration of a single place has none here: its place is in its answers. Read `of_registration` for all that a list
holds; the registration itself sums up (`trees`, `planted_from` to `planted_to`, `municipality` where there is one).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.database import BigKey, metadata

registration_sites = sa.Table(
    "registration_sites",
    metadata,
    sa.Column("id", BigKey, primary_key=True),
    sa.Column("registration_id", sa.ForeignKey("registrations.id"), nullable=False, index=True),
    sa.Column("sheet", sa.SmallInteger, nullable=False),  # of the file, from 0
    sa.Column("row", sa.Integer, nullable=False),  # as the person's program numbers it; several species may share one
    sa.Column("species", sa.String(80)),  # a Latin name or a genus; none for mixed kinds
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("planted_from", sa.Date),  # both included; none where the person does not know
    sa.Column("planted_to", sa.Date),
    sa.Column("lat", sa.Float),  # WGS 84 degrees of the trees themselves
    sa.Column("lon", sa.Float),
    sa.Column("words", sa.String(300), nullable=False, server_default=""),  # the place as the file says it
    sa.Column("cadastre", sa.String(11), nullable=False, server_default=""),
    sa.Column("municipality", sa.String(80), nullable=False, server_default=""),
    sa.Column("parish", sa.String(80), nullable=False, server_default=""),
)

_AT_ONCE = 500  # rows in one statement


@dataclass(frozen=True, kw_only=True, slots=True)
class Planting:
    """Trees of one kind at one place: a row of the table, without its keys."""

    sheet: int
    row: int
    species: str | None
    count: int
    planted_from: date | None
    planted_to: date | None
    lat: float | None
    lon: float | None
    words: str
    cadastre: str
    municipality: str
    parish: str


def replace(tx: Connection, registration_id: int, plantings: Sequence[Planting]) -> None:
    """Let a registration have these sites, and no others."""
    tx.execute(sa.delete(registration_sites).where(registration_sites.c.registration_id == registration_id))
    names = [column.name for column in registration_sites.c if column.name not in {"id", "registration_id"}]
    rows = [
        {"registration_id": registration_id, **{name: getattr(planting, name) for name in names}}
        for planting in plantings
    ]
    for at in range(0, len(rows), _AT_ONCE):
        tx.execute(sa.insert(registration_sites), rows[at : at + _AT_ONCE])


def of_registration(tx: Connection, registration_id: int) -> list[Planting]:
    """Return the sites of a registration in the order of its file; none for one of a single place."""
    names = [column for column in registration_sites.c if column.name not in {"id", "registration_id"}]
    query = sa.select(*names).where(registration_sites.c.registration_id == registration_id)
    return [Planting(**row._mapping) for row in tx.execute(query.order_by(registration_sites.c.id))]
