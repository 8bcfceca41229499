"""Records: the organisations that a letter may go to, and how it stands with each.

How it stands is found in what happened: letters that were sent, letters that came, registrations. Only that a colleague
answered is noted: their letter is their own.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversation.response import Event
from bot.database import BigKey, UTCDateTime, metadata
from bot.delivery.outbox import deliveries
from bot.desk.team import team
from bot.inbox.ledger import inbound
from bot.messages import Kind
from bot.outreach.broadcasts import broadcasts
from bot.people.contacts import addresses
from bot.people.permissions import NEWS, permissions
from bot.registrations.records import registrations
from bot.rooms import NO_FACTS, Handler, Scene

KIND = "invitation"  # of the broadcasts by which they are written to
KINDS = {
    "school": "skola",
    "municipality": "pašvaldība",
    "company": "uzņēmums",
    "association": "biedrība",
    "media": "medijs",
    "other": "cita",
}
STATES = {
    "registered": "reģistrējuši kokus",
    "stopped": "atteikušies",
    "answered": "atbildējuši",
    "unreachable": "vēstule nenonāk",
    "contacted": "uzrakstīts",
    "new": "vēl nav rakstīts",
}
_REACHED = ("sent", "unknown")
_GIVEN_UP = ("skipped", "failed")  # such a letter may be written once more

organisations = sa.Table(
    "organisations",
    metadata,
    sa.Column("id", BigKey, primary_key=True),
    sa.Column("contact_id", sa.ForeignKey("contacts.id"), nullable=False, index=True),
    sa.Column("address", sa.String(400), nullable=False, unique=True),  # mailto:..., in lower case
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),  # one of KINDS
    sa.Column("municipality", sa.String(80)),
    sa.Column("source", sa.String(200), nullable=False),  # where the address is from, as its letter says
    sa.Column("code", sa.String(16), nullable=False, unique=True),  # of the campaign: by it its registrations are known
    sa.Column("imported_at", UTCDateTime, nullable=False),
    sa.Column("answered_at", UTCDateTime),  # when somebody else first answered its letter, that was passed on
    sa.Column("stopped_at", UTCDateTime),  # they want no letters: never again
)

_ours = organisations.c


def _letters() -> sa.Select[Any]:
    theirs = sa.and_(deliveries.c.contact_id == _ours.contact_id, broadcasts.c.kind == KIND)
    return sa.select(deliveries.c.id).join(broadcasts, broadcasts.c.id == deliveries.c.broadcast_id).where(theirs)


_first = (
    _letters()
    .with_only_columns(sa.func.min(deliveries.c.finished_at))
    .where(deliveries.c.state.in_(_REACHED))
    .correlate(organisations)
    .scalar_subquery()
)
_answered = sa.or_(
    _ours.answered_at.is_not(None),
    sa.exists().where(
        inbound.c.contact_id == _ours.contact_id, inbound.c.kind == Kind.MESSAGE, inbound.c.received_at > _first
    ),
)
# Each by itself: a list of codes is looked through once, and not for every organisation.
_registered = sa.or_(
    sa.exists().where(registrations.c.contact_id == _ours.contact_id),
    _ours.code.in_(sa.select(registrations.c.campaign).where(registrations.c.campaign != "")),
)
_unreachable = sa.exists().where(addresses.c.address == _ours.address, addresses.c.gone_at.is_not(None))
_withdrawn = permissions.alias()
_refused = sa.exists().where(
    permissions.c.contact_id == _ours.contact_id,
    permissions.c.kind == NEWS,
    ~permissions.c.given,
    ~sa.exists().where(
        _withdrawn.c.contact_id == permissions.c.contact_id,
        _withdrawn.c.kind == NEWS,
        _withdrawn.c.id > permissions.c.id,
    ),
)
_state = sa.case(
    (_registered, "registered"),
    (sa.or_(_ours.stopped_at.is_not(None), _refused), "stopped"),
    (_answered, "answered"),
    (_unreachable, "unreachable"),
    (_first.is_not(None), "contacted"),
    else_="new",
)
_of_team = sa.exists().where(team.c.address == _ours.address, team.c.revoked_at.is_(None))


def willing() -> sa.ColumnElement[bool]:
    """Return the condition on an organisation that may be written to at all: it never said no."""
    return sa.and_(_ours.stopped_at.is_(None), ~_refused, ~_unreachable)


def waiting() -> sa.ColumnElement[bool]:
    """Return the condition on one that is to be written to: nobody has yet, and it has not come by itself."""
    written = _letters().where(deliveries.c.state.not_in(_GIVEN_UP)).correlate(organisations).exists()
    came = sa.exists().where(inbound.c.contact_id == _ours.contact_id, inbound.c.kind == Kind.MESSAGE)
    return sa.and_(willing(), _state == "new", ~written, ~came, ~_of_team)


def batch(tx: Connection, after: int, limit: int) -> tuple[list[Any], int]:
    """Return up to `limit` of them that are to be written to, beyond an id, and the last id; 0 is the end."""
    query = sa.select(organisations).where(_ours.id > after, waiting()).order_by(_ours.id).limit(limit)
    rows = list(tx.execute(query))
    return rows, rows[-1].id if rows else 0


def takers(tx: Connection, contact_ids: Sequence[int | None]) -> set[int]:
    """Return which of these may be written to at this moment."""
    theirs = sa.select(_ours.contact_id).where(_ours.contact_id.in_(contact_ids), willing())
    return set(tx.execute(theirs).scalars())


def counts(tx: Connection) -> dict[str, int]:
    """Return how many organisations stand how, without those there are none of."""
    told = sa.select(_state.label("state")).subquery()
    query = sa.select(told.c.state, sa.func.count()).group_by(told.c.state)
    found = {state: int(number) for state, number in tx.execute(query)}
    return {state: found[state] for state in STATES if state in found}


def to_write(tx: Connection) -> int:
    """Return how many are to be written to."""
    return int(tx.execute(sa.select(sa.func.count()).select_from(organisations).where(waiting())).scalar_one())


def listed(tx: Connection) -> list[Any]:
    """Return all of them with their `state`, when they were written to and whether they said no, by name."""
    refused = sa.or_(_ours.stopped_at.is_not(None), _refused).label("refused")
    query = sa.select(organisations, _state.label("state"), _first.label("contacted_at"), refused)
    return list(tx.execute(query.order_by(_ours.name, _ours.id)))


def names(tx: Connection, state: str, most: int) -> list[str]:
    """Return the names of some that stand so, the newest of the list first."""
    query = sa.select(_ours.name).where(_state == state).order_by(_ours.id.desc()).limit(most)
    return list(tx.execute(query).scalars())


def first_waiting(tx: Connection) -> Any:
    """Return one that is to be written to, to show what it will get; None for none."""
    return tx.execute(sa.select(organisations).where(waiting()).order_by(_ours.id).limit(1)).first()


def stop(tx: Connection, contact_id: int, now: datetime) -> bool:
    """Never write to an organisation again; whether it was one that we might have."""
    mine = sa.update(organisations).where(_ours.contact_id == contact_id, _ours.stopped_at.is_(None))
    return bool(tx.execute(mine.values(stopped_at=now)).rowcount)


def answered(tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
    """Note that somebody answers the letter with this code, whoever they are."""
    mine = sa.update(organisations).where(_ours.code == event.data["code"], _ours.answered_at.is_(None))
    tx.execute(mine.values(answered_at=scene.now))
    return NO_FACTS


def refused(tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
    """Never write again where somebody says so in answer to the letter with this code, whoever they are."""
    mine = sa.update(organisations).where(_ours.code == event.data["code"], _ours.stopped_at.is_(None))
    tx.execute(mine.values(stopped_at=scene.now))
    return NO_FACTS


def stopping(withdraw: Handler) -> Handler:
    """Return what takes a permission back, which for an organisation is a word for ever."""

    def withdrawn(tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        if NEWS in event.data["kinds"]:
            stop(tx, scene.contact_id, scene.now)
        return withdraw(tx, event, scene)

    return withdrawn
