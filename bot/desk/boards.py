"""Boards: topics of the staff's group that belong to no case: the queue of registrations, the overview, events.

A board is opened when something is first to stand on it, and anew when somebody has deleted it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversation.standing import Post
from bot.database import BigKey, metadata
from bot.delivery import outbox
from bot.delivery.outbox import deliveries
from bot.delivery.sender import Failure
from bot.messages import Address, Inbound, Obstacle, Outbound

boards = sa.Table(
    "boards",
    metadata,
    sa.Column("name", sa.String(20), primary_key=True),
    sa.Column("thread", sa.String(40), nullable=False),  # „board:NAME” until Telegram has numbered it
)

posts = sa.Table(
    "board_posts",
    metadata,
    sa.Column("delivery_id", BigKey, primary_key=True, autoincrement=False),
    sa.Column("board", sa.String(20), nullable=False),
    sa.Column("subject", sa.BigInteger, nullable=False),  # id of what it is about, as the board counts; 0 for nothing
    sa.Column("kind", sa.String(20), nullable=False, server_default=""),  # what of it, as the board's room calls it
    sa.Index("ix_board_posts_subject", "board", "subject"),
)

# Titles, and icons of those that Telegram offers for topics.
BOARDS: Mapping[str, tuple[str, str]] = {
    "review": ("Reģistrācijas", "🔎"),
    "overview": ("Pārskats", "📈"),
    "events": ("Pasākumi un ziņas", "📣"),
    "answers": ("Atbildes", "✍️"),
}


def posts_about(tx: Connection, board: str, subjects: Sequence[int]) -> list[int]:
    """Return the deliveries of everything on a board that is about one of these."""
    query = sa.select(posts.c.delivery_id).where(posts.c.board == board, posts.c.subject.in_(subjects))
    return list(tx.execute(query).scalars())


@dataclass(frozen=True, kw_only=True, slots=True)
class Boards:
    """The boards in the staff's group. Without topics everything stands in the group itself."""

    chat: Address
    topics: bool

    def post(
        self, tx: Connection, board: str, message: Outbound, now: datetime, *, subject: int = 0, kind: str = ""
    ) -> int:
        """Put a message on a board and return its delivery.

        A reply to it, or a tap under it, is known by `subject` and `kind`.
        """
        delivery = outbox.put(
            tx,
            message,
            chat=self.chat,
            now=now,
            contact_id=None,
            lane=outbox.Lane.NOTICE,
            thread=self.thread(tx, board, now),
        )
        tx.execute(sa.insert(posts).values(delivery_id=delivery, board=board, subject=subject, kind=kind))
        return delivery

    @staticmethod
    def newest(tx: Connection, board: str, subject: int, kind: str) -> tuple[int, str] | None:
        """Return the delivery of the newest message of a kind about a subject, and its id in the chat once it is sent.

        None where there is none. One that was put up again counts as new.
        """
        mine = sa.and_(posts.c.board == board, posts.c.subject == subject, posts.c.kind == kind)
        query = sa.select(posts.c.delivery_id, deliveries.c.message_ref)
        joined = query.join(deliveries, deliveries.c.id == posts.c.delivery_id)
        row = tx.execute(joined.where(mine).order_by(posts.c.delivery_id.desc()).limit(1)).first()
        return (row.delivery_id, row.message_ref or "") if row else None

    def thread(self, tx: Connection, board: str, now: datetime) -> str:
        """Return the thread of a board, which is opened if need be."""
        if not self.topics:
            return ""
        known = tx.execute(sa.select(boards.c.thread).where(boards.c.name == board)).scalar()
        if known is not None:
            return str(known)
        waiting = f"board:{board}"
        tx.execute(sa.insert(boards).values(name=board, thread=waiting))
        self._open(tx, board, now)
        return waiting

    def opened(self, tx: Connection, thread: str, ref: str) -> None:
        """Take over the number that Telegram gave a topic."""
        tx.execute(sa.update(boards).where(boards.c.thread == thread).values(thread=ref))

    def lost(self, tx: Connection, failure: Failure, now: datetime) -> None:
        """Put a message up again whose board somebody has deleted."""
        row = failure.row
        if not failure.final or row.chat != self.chat:
            return
        if row.message.kind == "topic_open" and row.thread.startswith("board:"):
            # It can't be opened: what waits for it goes to the group itself.
            self.opened(tx, row.thread, "")
            outbox.move_thread(tx, self.chat, row.thread, "")
        if failure.error.obstacle is not Obstacle.THREAD_GONE:
            return
        post = tx.execute(sa.select(posts).where(posts.c.delivery_id == row.id)).first()
        if post is None:
            return
        theirs = sa.and_(boards.c.name == post.board, boards.c.thread == row.thread)
        # Only the first of those that waited finds it still under its old number.
        if tx.execute(sa.update(boards).where(theirs).values(thread=f"board:{post.board}")).rowcount:
            self._open(tx, post.board, now)
        self.post(tx, post.board, row.message, now, subject=post.subject, kind=post.kind)

    def about(self, tx: Connection, item: Inbound) -> Post | None:
        """Return what the message is about that is replied to or tapped; None where it stands on no board."""
        ref = item.reply_to or (item.message_ref if item.is_tap else "")
        if not ref or item.chat != self.chat:
            return None
        query = sa.select(posts.c.board, posts.c.subject, posts.c.kind).join(
            deliveries, deliveries.c.id == posts.c.delivery_id
        )
        here = sa.and_(deliveries.c.message_ref == ref, deliveries.c.chat == str(self.chat))
        row = tx.execute(query.where(here)).first()
        return Post(board=row.board, subject=row.subject, kind=row.kind) if row else None

    def _open(self, tx: Connection, board: str, now: datetime) -> None:
        title, icon = BOARDS[board]
        opens = Outbound(kind="topic_open", text=title, icon=icon)
        chat, thread = self.chat, f"board:{board}"
        outbox.put(tx, opens, chat=chat, now=now, contact_id=None, lane=outbox.Lane.NOTICE, thread=thread)
