"""Answers: what staff have sent to the people of their cases, and which of it did not arrive."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.database import BigKey, UTCDateTime, metadata
from bot.delivery.outbox import deliveries
from bot.messages import Address

answers = sa.Table(
    "answers",
    metadata,
    sa.Column("delivery_id", BigKey, primary_key=True, autoincrement=False),
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("contact_id", sa.ForeignKey("contacts.id"), nullable=False, index=True),
    sa.Column("by", sa.String(400), nullable=False),  # address of the member of staff
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("text", sa.Text),  # as written by them; erased after the retention time
    sa.Column("at", UTCDateTime, nullable=False),
    sa.Column("lost_at", UTCDateTime),  # when it was known not to have arrived
    sa.Column("warning_id", sa.BigInteger),  # the delivery that told staff of it
    sa.Column("sent_again_at", UTCDateTime),  # on another channel of the person
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """One answer of staff, and where it went."""

    delivery: int
    case: int
    contact_id: int
    chat: Address
    by: str
    name: str
    text: str
    lost: bool
    warning: int | None  # the delivery that told staff of the loss


def note(tx: Connection, delivery: int, case: sa.Row[Any], *, by: str, name: str, text: str, now: datetime) -> None:
    """Note that a delivery is an answer of staff to the person of a case."""
    row = {"case_id": case.id, "contact_id": case.contact_id, "by": by, "name": name, "text": text, "at": now}
    tx.execute(sa.insert(answers).values(delivery_id=delivery, **row))


def reword(tx: Connection, delivery: int, text: str) -> None:
    """Note that an answer reads otherwise now."""
    tx.execute(sa.update(answers).where(answers.c.delivery_id == delivery).values(text=text))


def find(tx: Connection, delivery: int) -> Answer | None:
    """Return the answer that a delivery is; None where it is something else."""
    return _answer(tx.execute(_SELECT.where(answers.c.delivery_id == delivery)).first())


def came_back(tx: Connection, chat: Address, message_ref: str, since: datetime) -> Answer | None:
    """Return the answer that came back from an address: the one of that id, else the last one sent there `since`."""
    there = _SELECT.where(deliveries.c.chat == str(chat), answers.c.lost_at.is_(None))
    named = there.where(deliveries.c.message_ref == message_ref) if message_ref else None
    found = tx.execute(named).first() if named is not None else None
    if found is None and not message_ref:
        found = tx.execute(there.where(answers.c.at > since).order_by(answers.c.delivery_id.desc()).limit(1)).first()
    return _answer(found)


def lose(tx: Connection, delivery: int, warning: int, now: datetime) -> None:
    """Note that an answer did not arrive, and which message in its topic said so."""
    mine = sa.update(answers).where(answers.c.delivery_id == delivery)
    tx.execute(mine.values(lost_at=now, warning_id=warning))


def send_again(tx: Connection, delivery: int, now: datetime) -> bool:
    """Note that a lost answer goes out on another channel; False where it has."""
    mine = sa.and_(answers.c.delivery_id == delivery, answers.c.lost_at.is_not(None), answers.c.sent_again_at.is_(None))
    return tx.execute(sa.update(answers).where(mine).values(sent_again_at=now)).rowcount > 0


def forget_old(tx: Connection, before: datetime) -> None:
    """Erase the texts of answers older than that; that there was one stays."""
    old = sa.and_(answers.c.at < before, answers.c.text.is_not(None))
    tx.execute(sa.update(answers).where(old).values(text=None))


_SELECT = sa.select(answers, deliveries.c.chat).join(deliveries, deliveries.c.id == answers.c.delivery_id)


def _answer(row: sa.Row[Any] | None) -> Answer | None:
    if row is None:
        return None
    return Answer(
        delivery=row.delivery_id,
        case=row.case_id,
        contact_id=row.contact_id,
        chat=Address.parse(row.chat),
        by=row.by,
        name=row.name,
        text=row.text or "",
        lost=row.lost_at is not None,
        warning=row.warning_id,
    )
