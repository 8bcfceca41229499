"""Replies: what people ask about an event or an announcement, and what troubles them, grouped for whoever wrote it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.database import BigKey, UTCDateTime, insert, metadata
from bot.desk.cases import cases
from bot.inbox.ledger import inbound
from bot.outreach import attendance
from bot.rooms import Scene

QUESTION, PROBLEM = "question", "problem"
_MOST = 12  # of each kind, the newest, that one message tells

event_replies = sa.Table(
    "event_replies",
    metadata,
    sa.Column("id", BigKey, primary_key=True),
    sa.Column("event_id", sa.ForeignKey("events.id"), index=True),  # or of an announcement that is about none
    sa.Column("announcement_id", sa.ForeignKey("announcements.id"), index=True),
    sa.Column("contact_id", sa.ForeignKey("contacts.id"), nullable=False, index=True),
    sa.Column("inbound_id", sa.BigInteger, nullable=False, unique=True),  # where its words are, while they are kept
    sa.Column("kind", sa.String(10), nullable=False),  # question | problem
    sa.Column("case_id", sa.BigInteger),  # none where the assistant has answered
    sa.Column("said_at", UTCDateTime, nullable=False),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """One reply, as its organiser reads it; `text` is '' once it has been erased."""

    text: str
    case_id: int | None
    closed: bool = False  # whether the case is


@dataclass(frozen=True, kw_only=True, slots=True)
class Digest:
    """What people have said: how many of each kind, and the newest of them."""

    numbers: Mapping[str, int]
    questions: list[Told] = field(default_factory=list)
    problems: list[Told] = field(default_factory=list)
    words: list[str] = field(default_factory=list)  # beside „nākšu”


def numbers(tx: Connection, reference: Mapping[str, int]) -> dict[str, int]:
    """Return how many questions and problems people have told in reply to what `reference` names by its column."""
    query = sa.select(event_replies.c.kind, sa.func.count()).where(*_of(reference))
    counted = {row[0]: int(row[1]) for row in tx.execute(query.group_by(event_replies.c.kind))}
    return {kind: counted.get(kind, 0) for kind in (QUESTION, PROBLEM)}


def digest(tx: Connection, reference: Mapping[str, int]) -> Digest:
    """Return the newest of what people have said to an event or an announcement, grouped."""
    event_id = reference.get("event_id")
    return Digest(
        numbers=numbers(tx, reference),
        questions=_told(tx, reference, QUESTION),
        problems=_told(tx, reference, PROBLEM),
        words=attendance.words(tx, event_id, _MOST) if event_id else [],
    )


def _of(reference: Mapping[str, int]) -> list[sa.ColumnElement[bool]]:
    return [event_replies.c[name] == value for name, value in reference.items()]


def _told(tx: Connection, reference: Mapping[str, int], kind: str) -> list[Told]:
    query = (
        sa.select(inbound.c.text, event_replies.c.case_id, cases.c.state)
        .select_from(event_replies)
        .outerjoin(inbound, inbound.c.id == event_replies.c.inbound_id)
        .outerjoin(cases, cases.c.id == event_replies.c.case_id)
        .where(*_of(reference), event_replies.c.kind == kind)
    )
    rows = tx.execute(query.order_by(event_replies.c.id.desc()).limit(_MOST))
    return [
        Told(text=" ".join((row.text or "").split()), case_id=row.case_id, closed=row.state == "closed") for row in rows
    ]


def keep(tx: Connection, reference: Mapping[str, int], scene: Scene, *, kind: str, case_id: int | None = None) -> None:
    """Keep a reply, once for each message: a case says more than an answer to the other half of it."""
    said = {"kind": kind, "case_id": case_id}
    values = {**reference, "contact_id": scene.contact_id, "inbound_id": scene.inbound_id, **said}
    new = insert(tx, event_replies).values(**values, said_at=scene.now)
    if case_id is None:
        tx.execute(new.on_conflict_do_nothing())
    else:
        tx.execute(new.on_conflict_do_update(index_elements=[event_replies.c.inbound_id], set_=said))
