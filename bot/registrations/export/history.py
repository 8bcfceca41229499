"""History: what was exported when and by whom, and which registrations still wait for Reportnet 3."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.clock import RIGA
from bot.database import BigKey, UTCDateTime, metadata
from bot.people.permissions import ENTER, permissions
from bot.registrations import sites
from bot.registrations.export.entry import NOBODY, Entry
from bot.registrations.records import registrations
from bot.registrations.sites import Planting
from flows.catalogue import FLOWS
from flows.grammar import Flow
from flows.planting_kind import Trees
from flows.register_list import REGISTER_LIST
from flows.when_kind import Planted
from flows.where_kind import Site

_PAGE = 500
_FULL = 5_000  # sites, after which a page ends: a list may hold thousands

exports = sa.Table(
    "exports",
    metadata,
    sa.Column("id", BigKey, primary_key=True),
    sa.Column("format", sa.String(20), nullable=False),  # csv xlsx geojson reportnet
    sa.Column("by", sa.String(400), nullable=False),  # address of whoever asked, or `command`
    sa.Column("order_id", sa.BigInteger, index=True),  # of the document, where it was ordered in a chat
    sa.Column("first_day", sa.Date),  # received from, to; in Riga
    sa.Column("last_day", sa.Date),
    sa.Column("again", sa.Boolean, nullable=False),  # with what had been exported for Reportnet before
    sa.Column("contacts", sa.Boolean, nullable=False),  # whether the file tells who and where people are
    sa.Column("registrations", sa.Integer, nullable=False),
    sa.Column("begun_at", UTCDateTime, nullable=False),
    sa.Column("made_at", UTCDateTime),  # the file is there; before that it does not count
    sa.Column("reported_at", UTCDateTime),  # staff have released it in Reportnet 3
)

# Only of exports for Reportnet: what must not be reported twice.
exported_registrations = sa.Table(
    "exported_registrations",
    metadata,
    sa.Column("export_id", sa.ForeignKey("exports.id"), primary_key=True),
    sa.Column("registration_id", sa.ForeignKey("registrations.id"), primary_key=True, index=True),
    sa.Column("fingerprint", sa.String(32), nullable=False),  # of what was told of it
)

EXPORTABLE = ("accepted", "entered", "reported")


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """Which registrations are wanted: received from one day to another, both included, in Riga."""

    format: str  # csv | xlsx | geojson | reportnet
    first: date | None = None
    last: date | None = None
    again: bool = False
    contacts: bool = False

    @property
    def reports(self) -> bool:
        """Whether it is for Reportnet 3, which must hear of everything once."""
        return self.format == "reportnet"


@dataclass(frozen=True, kw_only=True, slots=True)
class Registered:
    """A registration with its planting sites: none where this release can't read what was answered."""

    id: int
    reference: str
    entries: tuple[Entry, ...]

    @property
    def planter(self) -> str:
        """The code of who planted."""
        return self.entries[0].planter if self.entries else ""

    @property
    def fingerprint(self) -> str:
        """What differs once anything that a delivery can tell has changed."""
        told = [
            [one.planter, one.organisation, one.land, one.trees, one.planted, *_spot(one.place)] for one in self.entries
        ]
        return hashlib.blake2b(orjson.dumps(told), digest_size=16).hexdigest()


def size(tx: Connection, wish: Wish) -> int:
    """Return how many registrations there are of those that are wanted."""
    return int(tx.execute(sa.select(sa.func.count()).select_from(_wanted(wish).subquery())).scalar_one())


def page(tx: Connection, wish: Wish, after: int = 0) -> "list[Registered]":
    """Return the next registrations of those that are wanted, whose id is above `after`; none at the end."""
    query = _wanted(wish).where(registrations.c.id > after).order_by(registrations.c.id).limit(_PAGE)
    found, count = [], 0
    for row in tx.execute(query).all():
        listed = sites.of_registration(tx, row.id) if row.flow == REGISTER_LIST.name else []
        entries = tuple(_entries(row, FLOWS, listed, contacts=wish.contacts))
        found.append(Registered(id=row.id, reference=row.reference, entries=entries))
        count += len(entries)
        if count >= _FULL:
            break
    return found


def earlier(tx: Connection, ids: Sequence[int]) -> dict[int, str]:
    """Return the fingerprints with which registrations were last exported for Reportnet."""
    query = (
        sa.select(exported_registrations.c.registration_id, exported_registrations.c.fingerprint)
        .join(exports, exports.c.id == exported_registrations.c.export_id)
        .where(exported_registrations.c.registration_id.in_(ids), exports.c.made_at.is_not(None))
        .order_by(exports.c.id)
    )
    return {row.registration_id: row.fingerprint for row in tx.execute(query)}


def gone(tx: Connection) -> list[str]:
    """Return the references of what was exported for Reportnet and no longer holds.

    It was withdrawn, rejected or reopened, or its person no longer lets us enter it.
    """
    query = (
        sa.select(registrations.c.reference)
        .join(exported_registrations, exported_registrations.c.registration_id == registrations.c.id)
        .join(exports, exports.c.id == exported_registrations.c.export_id)
        .where(exports.c.made_at.is_not(None), sa.or_(registrations.c.state.not_in(EXPORTABLE), ~_permitted()))
        .distinct()
        .order_by(registrations.c.reference)
    )
    return list(tx.execute(query).scalars())


def begin(tx: Connection, wish: Wish, by: str, now: datetime, order_id: int | None = None) -> int:
    """Write down that an export is begun, and return its number.

    An order that is carried out anew brought nobody a file before: what it told does not count.
    """
    if order_id is not None:
        tx.execute(sa.update(exports).where(exports.c.order_id == order_id).values(made_at=None))
    new = sa.insert(exports).values(
        format=wish.format,
        by=by[:400],
        order_id=order_id,
        first_day=wish.first,
        last_day=wish.last,
        again=wish.again,
        contacts=wish.contacts,
        registrations=0,
        begun_at=now,
    )
    return int(tx.execute(new.returning(exports.c.id)).scalar_one())


def add(tx: Connection, export_id: int, told: Mapping[int, str]) -> None:
    """Write down what an export tells of registrations: id -> fingerprint."""
    rows = [{"export_id": export_id, "registration_id": ident, "fingerprint": mark} for ident, mark in told.items()]
    if rows:
        tx.execute(sa.insert(exported_registrations), rows)


def finish(tx: Connection, export_id: int, count: int, now: datetime, *, again: bool) -> bool:
    """Let an export count; False where another for Reportnet was made meanwhile that tells of the same."""
    # Whoever finishes holds the first row, so that of two that overlap the second sees the first.
    tx.execute(sa.select(exports.c.id).order_by(exports.c.id).limit(1).with_for_update())
    mine = exported_registrations.alias()
    same = sa.and_(
        mine.c.registration_id == exported_registrations.c.registration_id,
        mine.c.export_id == export_id,
        exported_registrations.c.export_id != export_id,
    )
    other = (
        sa.select(exports.c.id)
        .join(exported_registrations, exported_registrations.c.export_id == exports.c.id)
        .join(mine, same)
        .where(exports.c.made_at.is_not(None))
        .limit(1)
    )
    if not again and tx.execute(other).first():
        return False
    tx.execute(sa.update(exports).where(exports.c.id == export_id).values(registrations=count, made_at=now))
    return True


def released(tx: Connection, export_id: int, now: datetime) -> None:
    """Write down that an export was released in Reportnet 3; raises LookupError where none was made for it."""
    made = sa.and_(exports.c.id == export_id, exports.c.format == "reportnet", exports.c.made_at.is_not(None))
    if not tx.execute(sa.update(exports).where(made).values(reported_at=now)).rowcount:
        raise LookupError(export_id)


def unreported(tx: Connection) -> list[sa.Row[Any]]:
    """Return the exports for Reportnet that nobody has said to be released, the oldest first."""
    waiting = sa.and_(exports.c.format == "reportnet", exports.c.made_at.is_not(None), exports.c.reported_at.is_(None))
    return list(tx.execute(sa.select(exports).where(waiting).order_by(exports.c.id)))


def _wanted(wish: Wish) -> sa.Select[Any]:
    query = sa.select(
        registrations.c.id,
        registrations.c.reference,
        registrations.c.flow,
        registrations.c.state,
        registrations.c.answers,
        registrations.c.campaign,
        registrations.c.received_at,
    )
    if wish.reports:
        # Who enters the trees themselves, or has had them entered, would be counted twice.
        query = query.where(
            registrations.c.entered_by == "staff", registrations.c.state.in_(["accepted", "reported"]), _permitted()
        )
    else:
        query = query.where(registrations.c.state.in_(EXPORTABLE))
    if wish.first:
        query = query.where(registrations.c.received_at >= _midnight(wish.first))
    if wish.last:
        query = query.where(registrations.c.received_at < _midnight(wish.last + timedelta(days=1)))
    return query


def _entries(
    row: sa.Row[Any], flows: Mapping[str, Flow], listed: Sequence[Planting], *, contacts: bool
) -> Iterator[Entry]:
    """Yield the sites of a registration, of a list its rows; without the contact unless it is asked for."""
    answers = _answers(flows[row.flow], row.answers) if row.flow in flows else {}
    whole = Entry(
        reference=row.reference,
        received_on=row.received_at.astimezone(RIGA).date(),
        state=row.state,
        planter=answers.get("who", "person"),
        organisation=answers.get("organisation", ""),
        trees=answers.get("plantings", ()),
        place=answers.get("place", Site()),
        planted=answers.get("planted", Planted()),
        land=answers.get("kind", ""),
        campaign=row.campaign,
        contact=answers.get("contact", NOBODY) if contacts else NOBODY,
    )
    if {"plantings", "place"} <= set(answers):
        yield whole
    rows = groupby(listed, key=lambda planting: (planting.sheet, planting.row))
    for number, (_, kinds) in enumerate(rows, start=1):
        yield _of_row(whole, number, list(kinds))


def _of_row(whole: Entry, number: int, kinds: Sequence[Planting]) -> Entry:
    """Return the site that one row of a list tells of: one or more kinds of trees at one place."""
    first = kinds[0]
    dated = first.planted_from is not None and first.planted_to is not None
    return replace(
        whole,
        site=number,
        trees=tuple(Trees(species=one.species, count=one.count, mixed=one.species is None) for one in kinds),
        planted=Planted(first=first.planted_from, last=first.planted_to, precision="range") if dated else whole.planted,
        place=Site(
            lat=first.lat,
            lon=first.lon,
            cadastre=first.cadastre,
            municipality=first.municipality,
            parish=first.parish,
            words=first.words,
        ),
    )


def _permitted() -> sa.ColumnElement[bool]:
    """Whether the person of a registration lets us enter it into MapMyTree: what they said last."""
    said = (
        sa.select(permissions.c.given)
        .where(permissions.c.contact_id == registrations.c.contact_id, permissions.c.kind == ENTER)
        .order_by(permissions.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return sa.func.coalesce(said, sa.false())


def _spot(place: Site) -> tuple[Any, ...]:
    return place.lat, place.lon, place.municipality, place.parish


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=RIGA)


def _answers(flow: Flow, stored: Mapping[str, Any]) -> dict[str, Any]:
    """Decode what this release can still read; pictures are left where they are: none leaves by an export."""
    answers = {}
    for question in flow.questions:
        if question.key in stored and question.key not in {"photos", "people_in_photos"}:
            try:
                answers[question.key] = question.decode(stored[question.key])
            except (ValueError, KeyError, TypeError):
                continue
    return answers
