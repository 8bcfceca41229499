"""The overview: when more cases come at once than topics can be opened for, one message tells staff of all of them.

A group takes twenty messages a minute, and a topic needs two: two hundred cases have theirs in under 25 minutes.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import timers
from bot.conversation.response import Event, Timer
from bot.delivery import outbox
from bot.delivery.outbox import Lane, deliveries
from bot.desk import boards
from bot.desk.boards import Boards
from bot.desk.cases import KINDS, WAITING, cases
from bot.messages import Outbound
from bot.notices import Notices
from bot.rooms import NO_FACTS, Scene

_MANY = 8  # cases without a topic: fewer have one within the minute
_SOON = timedelta(seconds=20)  # for the others to come
_SAME = timedelta(minutes=30)  # so long one message is kept up to date
_SUBJECT = 1  # of the board's post: cases that wait for their topics
_PER_MINUTE = 17 / 2  # topics
_ROOM = 3000  # characters for what cases are about
_LONGEST, _SHORTEST = 60, 12  # of each; where there is room for less, numbers must do
_MOST = 400  # numbers in a message
_KEY = "overview"


@dataclass(frozen=True, kw_only=True, slots=True)
class Overview:
    """Tells of cases that wait for their topics, on a board of the staff's group."""

    boards: Boards
    notices: Notices

    def watch(self, tx: Connection, scene: Scene) -> None:
        """Look whether there are many of them; then all are told in a moment, with those that come until then."""
        if tx.execute(sa.select(sa.func.count()).where(WAITING)).scalar_one() >= _MANY and not timers.is_set(tx, _KEY):
            timer = Timer(key=_KEY, due_at=scene.now + _SOON, kind="overview")
            timers.put(tx, scene.contact_id, str(scene.chat), timer)

    def tell(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:  # noqa: ARG002
        """Tell of all that wait now, in the message that does so already if there is one."""
        rows = tx.execute(sa.select(cases).where(WAITING).order_by(cases.c.promised_at, cases.c.id)).all()
        if not rows:
            return NO_FACTS
        minutes = math.ceil(len(rows) / _PER_MINUTE)
        groups = [(promised, _words(list(some), len(rows))) for promised, some in groupby(rows[:_MOST], _promise)]
        more = max(0, len(rows) - _MOST)
        text = self.notices.say("desk_overview", count=len(rows), minutes=minutes, groups=groups, more=more)
        if known := _last(tx, scene.now - _SAME):
            outbox.change(tx, known, Outbound(kind="edit", text=text), now=scene.now, lane=Lane.NOTICE)
        else:
            self.boards.post(tx, "overview", Outbound(text=text), scene.now, subject=_SUBJECT)
        return NO_FACTS


def _promise(row: sa.Row[Any]) -> datetime:
    at: datetime = row.promised_at
    return at


def _words(rows: Sequence[sa.Row[Any]], count: int) -> list[str]:
    """Name cases: with what they are about, or, where they are too many for that, by kind."""
    room = min(_LONGEST, _ROOM // count - len("#1000 , "))
    if room >= _SHORTEST:
        return [f"#{row.id} {_shortened(row.subject or KINDS[row.kind], room)}" for row in rows]
    kinds: dict[str, list[str]] = {}
    for row in rows:
        kinds.setdefault(row.kind, []).append(f"#{row.id}")
    return [f"{KINDS[kind]}: {' '.join(numbers)}" for kind, numbers in kinds.items()]


def _shortened(text: str, most: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def _last(tx: Connection, since: datetime) -> int | None:
    mine = sa.and_(boards.posts.c.board == "overview", boards.posts.c.subject == _SUBJECT)
    query = sa.select(deliveries.c.id).join(boards.posts, boards.posts.c.delivery_id == deliveries.c.id)
    recent = query.where(mine, deliveries.c.created_at > since, deliveries.c.state.in_(("queued", "sending", "sent")))
    return tx.execute(recent.order_by(deliveries.c.id.desc()).limit(1)).scalar()
