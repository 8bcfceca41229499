"""Restoring: what staff could not be shown stands again: a deleted topic with its last messages, a message alone."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.delivery.body import decode
from bot.delivery.outbox import deliveries
from bot.delivery.sender import Failure
from bot.desk.cases import cases, title_of
from bot.desk.mirrors import mirrors
from bot.desk.relay import Relay, posts
from bot.desk.summaries import Summaries
from bot.messages import Obstacle, Outbound

_LAST = 10  # messages that a topic is opened anew with
_SHORT = 300  # characters of each


@dataclass(frozen=True, kw_only=True, slots=True)
class Restoring:
    """Minds what could not be brought to the staff's group."""

    relay: Relay
    summaries: Summaries

    def lost(self, tx: Connection, failure: Failure, now: datetime) -> None:
        """Do without a topic that can't be opened; open one anew that was deleted; tell what could not be shown."""
        row, obstacle = failure.row, failure.error.obstacle
        if not failure.final or row.chat != self.relay.chat:
            return
        if row.message.kind == "topic_open":
            self.relay.topic_opened(tx, row.thread, "")
            return
        case, kind = _case_of(tx, row.id, row.thread)
        if case is None:
            return
        if obstacle is Obstacle.THREAD_GONE:
            self._again(tx, case, row.id, row.thread, kind, row.message, now)
        elif row.message.kind == "edit":
            # Somebody has deleted it, or it is too old to be changed.
            self.relay.post(tx, case.id, Outbound(text=f"✏️ {row.message.text}"), now, kind="person")
        elif row.message.kind == "copy":
            told = Outbound(text="👤 [šo ziņu neizdevās parādīt: cilvēks to, iespējams, izdzēsa]")
            self.relay.post(tx, case.id, told, now, kind="person")

    def _again(  # noqa: PLR0917 - what is known of a message that found no topic
        self, tx: Connection, case: sa.Row[Any], lost: int, thread: str, kind: str, message: Outbound, now: datetime
    ) -> None:
        """Say a message once more, in the topic that there is by now or in one that is opened anew."""
        if case.thread == thread:
            if case.state != "open":
                tx.execute(sa.update(cases).where(cases.c.id == case.id).values(thread=""))
                return
            self._open(tx, case, lost, now)
        if kind:
            self._repeat(tx, case.id, lost, message, now, kind)

    def _open(self, tx: Connection, case: sa.Row[Any], lost: int, now: datetime) -> None:
        before = self._said(tx, case.id, lost)
        tx.execute(sa.update(cases).where(cases.c.id == case.id).values(thread=f"case:{case.id}"))
        summary = self.relay.open(tx, case.id, title_of(case), self.summaries.text(tx, case), now)
        was = sa.select(posts.c.delivery_id).where(posts.c.case_id == case.id, posts.c.kind == "summary")
        _follow(tx, was.where(posts.c.delivery_id != summary), summary)
        texts = [message.text[:_SHORT] for _, message in before if message.text]
        if texts:
            told = Outbound(text="\n".join(["Tēma bija izdzēsta. Pēdējās ziņas:", *texts]))
            self.relay.post(tx, case.id, told, now, kind="person")
        for delivery_id, message in before:
            if message.kind == "copy":
                self._repeat(tx, case.id, delivery_id, message, now, "person")

    def _repeat(  # noqa: PLR0917 - as above
        self, tx: Connection, case_id: int, delivery_id: int, message: Outbound, now: datetime, kind: str
    ) -> None:
        again = self.relay.post(tx, case_id, message, now, kind=kind)
        _follow(tx, sa.select(sa.literal(delivery_id)), again)

    @staticmethod
    def _said(tx: Connection, case_id: int, lost: int) -> list[tuple[int, Outbound]]:
        """Return what was said last, by the person and to them, as far as it is still kept."""
        query = sa.select(deliveries.c.id, deliveries.c.body).join(posts, posts.c.delivery_id == deliveries.c.id)
        query = query.where(
            posts.c.case_id == case_id,
            posts.c.kind.in_(("person", "answer")),
            deliveries.c.id != lost,
            deliveries.c.state == "sent",
        )
        rows = tx.execute(query.order_by(deliveries.c.id.desc()).limit(_LAST)).all()
        return [(row.id, decode(row.body)) for row in reversed(rows) if row.body]


def _case_of(tx: Connection, delivery_id: int, thread: str) -> tuple[sa.Row[Any] | None, str]:
    """Return whose topic a message was for, and what it was there; what changes another one belongs to that."""
    target = sa.select(deliveries.c.target_id).where(deliveries.c.id == delivery_id).scalar_subquery()
    by_post = sa.select(cases, posts.c.kind.label("post"), posts.c.delivery_id).join(
        posts, posts.c.case_id == cases.c.id
    )
    row = tx.execute(by_post.where(posts.c.delivery_id.in_([sa.literal(delivery_id), target]))).first()
    if row:
        return row, row.post if row.delivery_id == delivery_id else ""
    by_thread = sa.select(cases).where(cases.c.thread == thread, cases.c.thread != "")
    return tx.execute(by_thread).first(), ""


def _follow(tx: Connection, old: sa.Select[Any], new: int) -> None:
    """Let what was shown by some delivery be shown by another one."""
    tx.execute(sa.update(mirrors).where(mirrors.c.delivery_id.in_(old)).values(delivery_id=new))
