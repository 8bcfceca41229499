"""Anonymous registrations: of an erased person's trees only what is counted stays, with nothing of who and where."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.registrations.export.history import exported_registrations
from bot.registrations.records import registrations

# What is kept of a row as it is. Every other column is emptied, so that a new one can't be forgotten here.
KEPT = frozenset(
    {
        "id", "reference", "contact_id", "run_id", "flow", "state", "eligibility", "reasons", "warnings", "trees",
        "municipality", "planted_from", "planted_to", "entered_by", "campaign", "started_at", "received_at",
        "decided_at", "entered_at",
    }
)  # fmt: skip
_ELSEWHERE = ("entered", "reported")  # states of what others hold as well
_TOLD = ("plantings", "planted")  # answers that are kept as they are
_SEPARATOR = "; "  # between the parts of a summary: trees, then the place


def anonymise(tx: Connection, contact_ids: Sequence[int], to: int) -> tuple[int, ...]:
    """Give registrations to `to`, with species, counts, dates and the municipality alone; return their ids."""
    theirs = sa.select(registrations).where(registrations.c.contact_id.in_(contact_ids)).order_by(registrations.c.id)
    rows = tx.execute(theirs).all()
    for row in rows:
        changed = {name: _empty(registrations.c[name]) for name in set(registrations.c.keys()) - KEPT}
        changed |= {"contact_id": to, "answers": _answers(row), "summary": _summary(row)}
        tx.execute(sa.update(registrations).where(registrations.c.id == row.id).values(changed))
    return tuple(row.id for row in rows)


def passed_on(tx: Connection, contact_ids: Sequence[int]) -> list[str]:
    """Return the references of what is in MapMyTree or Reportnet 3 by now."""
    told = sa.select(exported_registrations.c.registration_id)
    there = sa.or_(registrations.c.state.in_(_ELSEWHERE), registrations.c.id.in_(told))
    query = sa.select(registrations.c.reference).where(registrations.c.contact_id.in_(contact_ids), there)
    return list(tx.execute(query.order_by(registrations.c.id)).scalars())


def first(tx: Connection, contact_ids: Sequence[int]) -> datetime | None:
    """Return when the first registration of these people came; None without any."""
    query = sa.select(sa.func.min(registrations.c.received_at)).where(registrations.c.contact_id.in_(contact_ids))
    return tx.execute(query).scalar()


def count(tx: Connection, contact_ids: Sequence[int]) -> int:
    """Count the registrations of these people."""
    theirs = registrations.c.contact_id.in_(contact_ids)
    return tx.execute(sa.select(sa.func.count()).select_from(registrations).where(theirs)).scalar_one()


def _answers(row: sa.Row[Any]) -> Mapping[str, Any]:
    told = {key: row.answers[key] for key in _TOLD if key in row.answers}
    return told | ({"place": {"municipality": row.municipality}} if row.municipality else {})


def _summary(row: sa.Row[Any]) -> str:
    trees = row.summary.partition(_SEPARATOR)[0] if "plantings" in row.answers else ""
    return _SEPARATOR.join(part for part in (trees, row.municipality) if part)


def _empty(column: sa.Column[Any]) -> Any:
    """Return what a column holds that holds nothing."""
    if column.nullable:
        return sa.null()
    if isinstance(column.type, sa.JSON):
        return []
    return column.type.python_type()
