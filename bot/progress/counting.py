"""Counting: which registrations count toward the goal, and as what. The one definition: all that is shown is its.

A registration counts while it stands: not rejected (a double one is), not withdrawn, and not „does not fit” unless
staff have accepted it all the same. It counts as *told* („pierakstīts pie mums”) from the day it arrived, as *checked*
once staff have accepted it, as *entered* once it is in MapMyTree, or handed in for it; each contains the next. Trees
are those that people have counted: of „from 50 to 60” the 50; of an unknown number none, though the registration
counts. What people enter into MapMyTree without us is not known here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.clock import RIGA
from bot.registrations import states
from bot.registrations.records import registrations
from bot.registrations.sites import registration_sites
from flows.planting_kind import Trees
from flows.register_trees import REGISTER_TREES
from knowledge.species import plain_name

STAGES = TOLD, CHECKED, ENTERED = ("told", "checked", "entered")

_ACCEPTED = (states.ACCEPTED, *states.DONE)
_PLANTINGS = "plantings"
_MIXED = "dažādas sugas"
_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Sum:
    """How many registrations, and how many trees in them."""

    registrations: int = 0
    trees: int = 0

    def __add__(self, other: "Sum") -> "Sum":
        return Sum(self.registrations + other.registrations, self.trees + other.trees)


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """What counts of one stage and span of time (the number of its end), and perhaps of one municipality."""

    stage: str
    span: int
    sum: Sum
    municipality: str = ""  # also where it is unknown


@dataclass(frozen=True, kw_only=True, slots=True)
class Count:
    """Everything that counts. `told`, `checked` and `entered` contain one another; the rest is about what is told."""

    at: datetime
    told: Sum = Sum()
    checked: Sum = Sum()
    entered: Sum = Sum()
    municipalities: Mapping[str, Sum] = field(default_factory=dict)  # the most trees first; '' is never among them
    months: Mapping[date, Sum] = field(default_factory=dict)  # by the first day in Riga: the last twelve, in order
    month: int = 0  # trees told of in the last 30 days
    year: int = 0  # and in the last 365
    year_registrations: int = 0
    since: datetime | None = None  # when the first of them arrived


def counts() -> sa.ColumnElement[bool]:
    """Return the condition under which a registration counts."""
    state = registrations.c.state
    undecided = sa.and_(state.in_(states.OPEN), registrations.c.eligibility != "unfit")
    return sa.or_(state.in_(_ACCEPTED), undecided)


def groups(tx: Connection, ends: Sequence[datetime]) -> list[Group]:
    """Add up what counts by stage and span of time: span 0 arrived before the first of `ends`."""
    one = sa.select(*_told(ends), sa.func.coalesce(registrations.c.trees, 0).label("trees")).where(counts()).subquery()
    keys = (one.c.stage, one.c.span)
    rows = tx.execute(sa.select(*keys, sa.func.count(), sa.func.sum(one.c.trees)).group_by(*keys))
    return [Group(stage=row[0], span=row[1], sum=Sum(row[2], int(row[3]))) for row in rows]


def places(tx: Connection, ends: Sequence[datetime]) -> list[Group]:
    """Add the same up by municipality as well; a list of plantings counts wherever it has trees.

    So a registration can be in several groups: only their trees may be added up to a whole.
    """
    of_list = registration_sites.c
    listed = sa.exists().where(of_list.registration_id == registrations.c.id)
    alone = sa.select(
        *_told(ends),
        registrations.c.id.label("id"),
        sa.func.coalesce(registrations.c.municipality, "").label("municipality"),
        sa.func.coalesce(registrations.c.trees, 0).label("trees"),
    ).where(counts(), ~listed)
    in_lists = (
        sa.select(*_told(ends), registrations.c.id, of_list.municipality, of_list.count)
        .join(registration_sites, of_list.registration_id == registrations.c.id)
        .where(counts())
    )
    one = sa.union_all(alone, in_lists).subquery()
    keys = (one.c.stage, one.c.span, one.c.municipality)
    distinct = sa.func.count(sa.distinct(one.c.id))
    rows = tx.execute(sa.select(*keys, distinct, sa.func.sum(one.c.trees)).group_by(*keys))
    return [Group(stage=row[0], span=row[1], municipality=row[2], sum=Sum(row[3], int(row[4]))) for row in rows]


def count(tx: Connection, now: datetime) -> Count:
    """Count everything up to now."""
    months = _months(now, 12)
    ends = [_midnight(month) for month in months]
    found = groups(tx, ends)
    month, _ = _lately(tx, now - timedelta(days=30))
    year, registered = _lately(tx, now - timedelta(days=365))
    return Count(
        at=now,
        told=total(group for group in found),
        checked=total(group for group in found if group.stage != TOLD),
        entered=total(group for group in found if group.stage == ENTERED),
        municipalities=by_municipality(places(tx, ends[:1])),
        months={day: total(g for g in found if g.span == number) for number, day in enumerate(months, start=1)},
        month=month,
        year=year,
        year_registrations=registered,
        since=tx.execute(sa.select(sa.func.min(registrations.c.received_at)).where(counts())).scalar(),
    )


def total(found: Iterable[Group]) -> Sum:
    """Add groups up."""
    return sum((group.sum for group in found), Sum())


def by_municipality(found: Iterable[Group]) -> dict[str, Sum]:
    """Add groups up by municipality, the most trees first; those of no known municipality are left out."""
    sums: dict[str, Sum] = {}
    for group in found:
        if group.municipality:
            sums[group.municipality] = sums.get(group.municipality, Sum()) + group.sum
    return dict(sorted(sums.items(), key=lambda item: (-item[1].trees, -item[1].registrations, item[0])))


def by_species(tx: Connection, *which: sa.ColumnElement[bool]) -> dict[str, int]:
    """Add the trees of what counts up by their everyday Latvian name, the most first.

    Trees of several kinds under one number, and those of no named kind, are „dažādas sugas”.
    """
    told = registrations.c.answers[_PLANTINGS]
    query = sa.select(told.label("told")).where(counts(), *which).execution_options(yield_per=_BATCH)
    sums: dict[str, int] = {}

    def add(species: str | None, trees: int) -> None:
        name = plain_name(species) if species else _MIXED
        sums[name] = sums.get(name, 0) + trees

    for row in tx.execute(query):
        for tree in _trees(row.told):
            add(tree.species, tree.count if tree.count is not None else tree.least or 0)
    of_list = registration_sites.c
    in_lists = sa.select(of_list.species, sa.func.sum(of_list.count)).join(registrations).where(counts(), *which)
    for species, trees in tx.execute(in_lists.group_by(of_list.species)):
        add(species, int(trees))
    return dict(sorted(((name, trees) for name, trees in sums.items() if trees), key=lambda item: (-item[1], item[0])))


def _told(ends: Sequence[datetime]) -> tuple[sa.Label[Any], sa.Label[Any]]:
    """Return the stage of a registration, and the span of time in which it arrived."""
    state, arrived = registrations.c.state, registrations.c.received_at
    stage = sa.case((state.in_(states.DONE), ENTERED), (state.in_(_ACCEPTED), CHECKED), else_=TOLD)
    span = sa.case(*[(arrived < end, number) for number, end in enumerate(ends)], else_=len(ends))
    return stage.label("stage"), span.label("span")


def _trees(stored: Any) -> tuple[Trees, ...]:
    """Read what was planted; nothing where this release can no longer read it."""
    question = REGISTER_TREES.question(_PLANTINGS)
    try:
        return question.decode(stored) if question and stored else ()
    except (ValueError, KeyError, TypeError):
        return ()


def _lately(tx: Connection, since: datetime) -> tuple[int, int]:
    trees = sa.func.coalesce(sa.func.sum(registrations.c.trees), 0)
    row = tx.execute(sa.select(trees, sa.func.count()).where(counts(), registrations.c.received_at >= since)).one()
    return int(row[0]), int(row[1])


def _months(now: datetime, how_many: int) -> list[date]:
    """Return the first days of the last months in Riga, the running one last."""
    number = now.astimezone(RIGA).year * 12 + now.astimezone(RIGA).month - 1
    return [date(month // 12, month % 12 + 1, 1) for month in range(number - how_many + 1, number + 1)]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), RIGA)
