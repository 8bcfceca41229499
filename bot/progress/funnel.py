"""The funnel: how many drafts of a registration were sent, where others were given up, and what had no answer.

It knows only tallies: drafts that are still open are nobody's business.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from sqlalchemy.engine import Connection

from bot.clock import RIGA
from bot.progress import tallies
from bot.progress.tallies import Tally
from flows.catalogue import FLOWS, MAIN_FLOW

DAYS = 90  # of drafts
QUESTION_DAYS = 30

_REVIEW = "Pārskats pirms nosūtīšanas"
_FIRST = 8
_Key = TypeVar("_Key", date, str)


@dataclass(frozen=True, kw_only=True, slots=True)
class Funnel:
    """Labels with numbers, the largest first; days the newest first."""

    sent: int
    given_up: int
    stops: tuple[tuple[str, int], ...]  # the question where drafts stood
    answered: int
    unanswered: int
    people: int  # who wished for a person
    topics: tuple[tuple[str, int], ...]  # what the unanswered ones were about, as far as can be guessed; '' for unknown
    days: tuple[tuple[date, int], ...]


def funnel(tx: Connection, now: datetime, topics: Mapping[str, str]) -> Funnel:
    """Look back over the last days; `topics` are the labels of those that have an answer."""
    today = now.astimezone(RIGA).date()
    drafts = tallies.between(tx, _back(today, DAYS), today, [tallies.SENT, tallies.STOPPED])
    asked = tallies.between(tx, _back(today, QUESTION_DAYS), today, tallies.CONSULTATIONS)
    stopped = [tally for tally in drafts if tally.what == tallies.STOPPED and _flow(tally) == MAIN_FLOW]
    unanswered = [tally for tally in asked if tally.what == tallies.UNANSWERED]
    return Funnel(
        sent=_number(tally for tally in drafts if tally.what == tallies.SENT and tally.subject == MAIN_FLOW),
        given_up=_number(stopped),
        stops=_most((_question(tally.subject), tally.number) for tally in stopped),
        answered=_number(tally for tally in asked if tally.what == tallies.ANSWERED),
        unanswered=_number(unanswered),
        people=_number(tally for tally in asked if tally.what == tallies.PERSON),
        topics=_most((topics.get(tally.subject, tally.subject), tally.number) for tally in unanswered),
        days=tuple(sorted(_sums((tally.day, tally.number) for tally in unanswered).items(), reverse=True)[:_FIRST]),
    )


def _back(today: date, days: int) -> date:
    return today - timedelta(days=days - 1)


def _flow(tally: Tally) -> str:
    return tally.subject.partition(".")[0]


def _question(subject: str) -> str:
    """Name the question of `register_trees.place`; one that the flow no longer has by its key."""
    flow, _, key = subject.partition(".")
    question = FLOWS[flow].question(key)
    return question.label if question else _REVIEW if key == "review" else key


def _number(found: Iterable[Tally]) -> int:
    return sum(tally.number for tally in found)


def _sums(pairs: Iterable[tuple[_Key, int]]) -> dict[_Key, int]:
    sums: dict[_Key, int] = {}
    for key, number in pairs:
        sums[key] = sums.get(key, 0) + number
    return sums


def _most(pairs: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(_sums(pairs).items(), key=lambda item: (-item[1], item[0]))[:_FIRST])
