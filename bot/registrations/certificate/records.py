"""Records: which certificates were made, of whose trees, and the names of those who wait for theirs."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.database import BigKey, UTCDateTime, metadata
from bot.registrations import sites, states
from bot.registrations.certificate.wording import Deed
from bot.registrations.records import registrations
from flows.catalogue import FLOWS
from flows.planting_kind import Trees
from flows.when_kind import Planted

# A row for each registration that a certificate thanks for.
certificates = sa.Table(
    "certificates",
    metadata,
    sa.Column("id", BigKey, primary_key=True),
    sa.Column("document_id", sa.BigInteger, nullable=False),  # the order; the same for all rows of one certificate
    sa.Column("registration_id", sa.ForeignKey("registrations.id"), nullable=False, index=True),
    sa.Column("contact_id", sa.ForeignKey("contacts.id"), nullable=False, index=True),
    sa.Column("by", sa.String(400), nullable=False),  # address of whoever asked for it
    sa.Column("at", UTCDateTime, nullable=False),
)

# A name that somebody gave before any trees were entered; the latest one counts.
certificate_names = sa.Table(
    "certificate_names",
    metadata,
    sa.Column("id", BigKey, primary_key=True),
    sa.Column("contact_id", sa.ForeignKey("contacts.id"), nullable=False, index=True),
    sa.Column("name", sa.String(400), nullable=False),
    sa.Column("at", UTCDateTime, nullable=False),
)


def due(tx: Connection, contact_id: int) -> list[sa.Row[Any]]:
    """Return the registrations that a person's next certificate thanks for.

    Those that were entered and not thanked for, of one planter; else those of the last certificate, to be made anew.
    """
    entered = sa.and_(registrations.c.contact_id == contact_id, registrations.c.state.in_(states.DONE))
    rows = tx.execute(sa.select(registrations).where(entered).order_by(registrations.c.id)).all()
    if new := fresh(tx, rows):
        return [row for row in new if planter(row) == planter(new[-1])]
    last = sa.select(sa.func.max(certificates.c.document_id)).where(certificates.c.contact_id == contact_id)
    thanked = sa.select(certificates.c.registration_id).where(certificates.c.document_id == last.scalar_subquery())
    again = set(tx.execute(thanked).scalars())
    return [row for row in rows if row.id in again]


def of_campaign(tx: Connection, code: str) -> list[sa.Row[Any]]:
    """Return the registrations of a campaign that were entered, by their persons."""
    entered = sa.and_(sa.func.lower(registrations.c.campaign) == code.lower(), registrations.c.state.in_(states.DONE))
    return list(
        tx.execute(sa.select(registrations).where(entered).order_by(registrations.c.contact_id, registrations.c.id))
    )


def waiting(tx: Connection, code: str) -> int:
    """Return how many registrations of a campaign are not entered yet."""
    unentered = states.COUNTS - states.DONE
    mine = sa.and_(sa.func.lower(registrations.c.campaign) == code.lower(), registrations.c.state.in_(unentered))
    return int(tx.execute(sa.select(sa.func.count()).select_from(registrations).where(mine)).scalar_one())


def fresh(tx: Connection, rows: Sequence[sa.Row[Any]]) -> list[sa.Row[Any]]:
    """Return those that no certificate has thanked for."""
    ids = [row.id for row in rows]
    thanked = sa.select(certificates.c.registration_id).where(certificates.c.registration_id.in_(ids))
    known = set(tx.execute(thanked).scalars())
    return [row for row in rows if row.id not in known]


def note(tx: Connection, rows: Iterable[sa.Row[Any]], document_id: int, by: str, now: datetime) -> None:
    """Write down that a certificate was ordered for registrations."""
    new = [
        {"document_id": document_id, "registration_id": row.id, "contact_id": row.contact_id, "by": by, "at": now}
        for row in rows
    ]
    tx.execute(sa.insert(certificates), new)


def keep_name(tx: Connection, contact_id: int, name: str, now: datetime) -> None:
    """Remember a name until trees of that person are entered."""
    tx.execute(sa.insert(certificate_names).values(contact_id=contact_id, name=name, at=now))


def take_name(tx: Connection, contact_id: int) -> str:
    """Return the name that a person has given and forget it; '' where there is none."""
    mine = certificate_names.c.contact_id == contact_id
    names = tx.execute(sa.select(certificate_names.c.name).where(mine).order_by(certificate_names.c.id)).scalars().all()
    tx.execute(sa.delete(certificate_names).where(mine))
    return names[-1] if names else ""


def has_registrations(tx: Connection, contact_id: int) -> bool:
    """Whether a person has told of trees that may still be entered."""
    theirs = sa.and_(registrations.c.contact_id == contact_id, registrations.c.state.in_(states.COUNTS))
    return tx.execute(sa.select(registrations.c.id).where(theirs).limit(1)).first() is not None


def deeds(tx: Connection, ids: Sequence[int]) -> list[Deed]:
    """Return what the registrations tell, as far as this release can read it."""
    query = sa.select(registrations).where(registrations.c.id.in_(ids)).order_by(registrations.c.id)
    return [
        Deed(
            reference=row.reference,
            trees=_answer(row, "plantings") or _listed(tx, row.id),
            planted=_answer(row, "planted") or Planted(first=row.planted_from, last=row.planted_to, precision="range"),
            municipality=row.municipality or "",
        )
        for row in tx.execute(query).all()
    ]


def _listed(tx: Connection, registration_id: int) -> tuple[Trees, ...]:
    """Return the trees of a list; none for a registration of one place."""
    plantings = sites.of_registration(tx, registration_id)
    return tuple(Trees(species=one.species, count=one.count, mixed=one.species is None) for one in plantings)


def planter(row: sa.Row[Any]) -> str:
    """Return the organisation that planted; '' for a person."""
    return _answer(row, "organisation") or ""


def named(row: sa.Row[Any]) -> str:
    """Return whose name the certificate carries where nobody was asked: as it was told to us."""
    contact = _answer(row, "contact")
    return planter(row) or (contact.name if contact else "")


def _answer(row: sa.Row[Any], key: str) -> Any:
    flow = FLOWS.get(row.flow)
    question = flow.question(key) if flow else None
    if question is None or key not in row.answers:
        return None
    try:
        return question.decode(row.answers[key])
    except (ValueError, KeyError, TypeError):
        return None
