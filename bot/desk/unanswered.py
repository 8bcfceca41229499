"""Unanswered: what people asked in a week and the assistant could not answer, and what was badly rated, without names.

Told on the board „Atbildes” on the first working morning of a week, for whoever writes topics.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from rapidfuzz import fuzz
from sqlalchemy.engine import Connection

from bot import pulses
from bot.clock import RIGA
from bot.conversation.response import Say
from bot.desk.anonymous import anonymous
from bot.desk.boards import Boards
from bot.desk.cases import cases
from bot.desk.promise import WorkingHours
from bot.inbox.ledger import inbound
from bot.messages import Outbound
from bot.words import Words
from knowledge.latvian.text import fold
from knowledge.questions import split_questions
from knowledge.topic import Topic

_BOARD, _PULSE = "answers", "unanswered"
_WEEK, _DAY = timedelta(days=7), timedelta(days=1)
_NOT_ANSWERED = ("declined", "not_understood")  # outcomes that open no case
_HANDED_OVER = ("question", "request")  # kinds of cases
_ALIKE = 75  # of 100: how much two questions share of their words
_BAD = 2  # stars, and fewer
_MOST_GROUPS, _MOST_RATED, _MOST_CHARACTERS = 15, 10, 160


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Questions that are alike: the first of them, how many there are, and the topic that comes nearest."""

    question: str
    times: int
    nearest: str  # label; '' where no topic comes near


@dataclass(frozen=True, kw_only=True, slots=True)
class Unanswered:
    """Called now and then; tells once a week."""

    words: Words
    boards: Boards
    hours: WorkingHours
    nearest: Callable[[str], Sequence[Topic]]

    def tell(self, tx: Connection, now: datetime) -> None:
        """Tell it, if it is such a morning and nobody has yet; a week in which all was answered is not told of."""
        opened = self._opened(now)
        last = pulses.last(tx, _PULSE)
        if opened is None or not opened <= now < opened + _DAY or (last and last.at >= opened):
            return
        pulses.beat(tx, _PULSE, now)
        asked = [text for text in map(anonymous, _asked(tx, now - _WEEK)) if _says_something(text)]
        groups, rated = self.grouped(asked), _rated(tx, now - _WEEK)
        if groups or rated:
            say = Say(
                template="unanswered", values={"groups": groups[:_MOST_GROUPS], "total": len(asked), "rated": rated}
            )
            self.boards.post(tx, _BOARD, Outbound(text=self.words.tongue("lv").say(say, {})), now, kind="unanswered")

    def grouped(self, asked: Sequence[str]) -> list[Group]:
        """Put questions together that are alike, the most frequent first."""
        groups: list[list[str]] = []
        for text in asked:
            alike = (group for group in groups if fuzz.token_set_ratio(fold(group[0]), fold(text)) >= _ALIKE)
            group = next(alike, None)
            if group is None:
                groups.append([text])
            else:
                group.append(text)
        return [
            Group(question=group[0][:_MOST_CHARACTERS], times=len(group), nearest=self._nearest(group[0]))
            for group in sorted(groups, key=len, reverse=True)
        ]

    def _nearest(self, text: str) -> str:
        found = self.nearest(text)
        return found[0].label["lv"] if found else ""

    def _opened(self, now: datetime) -> datetime | None:
        """Return when staff begin to work in the week of a moment."""
        today = now.astimezone(RIGA).date()
        days = (today - timedelta(days=today.weekday()) + timedelta(days=number) for number in range(7))
        return next((hours[0] for day in days if (hours := self.hours.on(day))), None)


def _asked(tx: Connection, since: datetime) -> list[str]:
    """Return what was asked without an answer, as far as it is still kept."""
    heard = sa.select(inbound.c.text).where(
        inbound.c.received_at > since, inbound.c.outcome.in_(_NOT_ANSWERED), inbound.c.text.is_not(None)
    )
    handed = sa.select(cases.c.subject).where(
        cases.c.opened_at > since, cases.c.kind.in_(_HANDED_OVER), cases.c.subject.is_not(None)
    )
    return [*tx.execute(heard.order_by(inbound.c.id)).scalars(), *tx.execute(handed.order_by(cases.c.id)).scalars()]


def _says_something(text: str) -> bool:
    """Whether it asks more than for a person."""
    return any(not piece.is_all_acts for piece in split_questions(text))


def _rated(tx: Connection, since: datetime) -> list[dict[str, object]]:
    bad = sa.select(cases.c.id, cases.c.rating, cases.c.subject).where(
        cases.c.closed_at > since, cases.c.rating <= _BAD
    )
    rows = tx.execute(bad.order_by(cases.c.rating, cases.c.id).limit(_MOST_RATED))
    return [{"id": r.id, "stars": r.rating, "about": anonymous(r.subject or "")[:_MOST_CHARACTERS]} for r in rows]
