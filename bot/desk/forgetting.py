"""Forgetting: of a person's matters staff keep that there were some, and nothing that was said in them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.delivery import forgetting
from bot.delivery.outbox import deliveries
from bot.desk.audit import audit
from bot.desk.cases import cases
from bot.desk.mirrors import mirrors
from bot.desk.relay import posts
from bot.desk.team import team
from bot.inbox.ledger import inbound
from bot.messages import Address
from bot.people.contacts import addresses


def forget_cases(
    tx: Connection, contact_ids: Sequence[int], to: int, now: datetime, chat: Address | None
) -> tuple[int, ...]:
    """Empty and close the cases of these people, which become those of `to`; their topics in `chat` are deleted.

    Returns the ids of the cases.
    """
    theirs = tx.execute(sa.select(cases).where(cases.c.contact_id.in_(contact_ids)).order_by(cases.c.id)).all()
    if not theirs:
        return ()
    ids = tuple(case.id for case in theirs)
    for case in theirs:
        if chat and case.thread:
            for thread in {case.thread, f"case:{case.id}"}:
                forgetting.delete_topic(tx, chat, thread, now)
    empty_posts(tx, ids, now)
    forget_said(tx, min(case.opened_at for case in theirs))
    tx.execute(sa.delete(mirrors).where(mirrors.c.case_id.in_(ids)))
    bare = {
        "contact_id": to,
        "chat": "",
        "name": "",
        "reply_document": "",
        "subject": None,
        "details": {},
        "thread": "",
        "state": "closed",
    }
    closed_at = sa.func.coalesce(cases.c.closed_at, now)
    tx.execute(sa.update(cases).where(cases.c.id.in_(ids)).values(closed_at=closed_at, **bare))
    return ids


def forget_closed(tx: Connection, before: datetime, now: datetime, chat: Address | None) -> int:
    """Empty the cases that were closed before then, and delete their topics in `chat`; return how many there were."""
    old = sa.and_(cases.c.state == "closed", cases.c.closed_at < before)
    told = sa.or_(cases.c.subject.is_not(None), cases.c.thread != "")
    found = tx.execute(sa.select(cases.c.id, cases.c.thread).where(old, told).order_by(cases.c.id)).all()
    ids = [case.id for case in found]
    for case in found:
        if chat and case.thread:
            forgetting.delete_topic(tx, chat, case.thread, now)
    if ids:
        empty_posts(tx, ids, now)
        tx.execute(sa.delete(mirrors).where(mirrors.c.case_id.in_(ids)))
        bare: dict[str, Any] = {"subject": None, "details": {}, "name": "", "thread": ""}
        tx.execute(sa.update(cases).where(cases.c.id.in_(ids)).values(bare))
    return len(ids)


def empty_posts(tx: Connection, case_ids: Sequence[int], now: datetime) -> None:
    """Delete what stands of these cases outside of their topics, and keep nothing of what stood in them."""
    query = sa.select(posts.c.delivery_id, deliveries.c.thread).join(deliveries, deliveries.c.id == posts.c.delivery_id)
    found = tx.execute(query.where(posts.c.case_id.in_(case_ids))).all()
    forgetting.retract(tx, [row.delivery_id for row in found if not row.thread.isdigit()], now)
    inside = [row.delivery_id for row in found if row.thread.isdigit()]
    tx.execute(sa.update(deliveries).where(deliveries.c.id.in_(inside)).values(body=sa.null()))


def forget_said(tx: Connection, since: datetime) -> None:
    """Erase what staff have written since: their notes and answers speak of the person."""
    ours = sa.select(addresses.c.contact_id).join(team, team.c.address == addresses.c.address)
    said = sa.update(inbound).where(inbound.c.contact_id.in_(ours), inbound.c.received_at >= since)
    tx.execute(said.values(text=None, raw=None))


def is_ours(tx: Connection, addresses_: Sequence[str]) -> bool:
    """Whether one of these addresses belongs to somebody who works here now."""
    query = sa.select(team.c.address).where(team.c.address.in_(addresses_), team.c.revoked_at.is_(None))
    return tx.execute(query.limit(1)).first() is not None


def forget_former(tx: Connection, addresses_: Sequence[str]) -> None:
    """Keep no names of people who once worked here."""
    tx.execute(sa.delete(team).where(team.c.address.in_(addresses_), team.c.revoked_at.is_not(None)))
    tx.execute(sa.update(audit).where(audit.c.by.in_(addresses_)).values(by=""))
