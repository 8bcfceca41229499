"""Pace: how fast trees are told of, how fast they would have to be, and what may be said of the end. Pure.

The pace needed is what is still missing, divided by the days that are left, today among them. A forecast is made only
from a whole year with enough registrations in it, since people plant in spring and autumn; it supposes further years
like the last one, without its best month at the least and with another such month at the most. It is no promise.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil, log10

from bot.clock import RIGA
from bot.progress.counting import Count

_YEAR = timedelta(days=365)
_ENOUGH = 30  # registrations in a year


@dataclass(frozen=True, kw_only=True, slots=True)
class Goal:
    """What the project has promised: trees, the last day on which they count, and what it does meanwhile."""

    trees: int
    day: date
    events: int = 28  # information events
    municipalities: int = 8  # with planting events


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """Trees a day, and what follows from them."""

    missing: int  # trees up to the goal
    days: int  # left, today among them; 0 when the day has passed
    needed: int | None  # trees a day, rounded up; None when no day is left
    month: float  # trees a day in the last 30 days
    year: float  # in the last 365, or since the first registration where that is less
    year_days: int  # how many days `year` is about
    forecast: tuple[int, int] | None  # trees on the goal's day, at least and at most; None with too few data


def pace(count: Count, goal: Goal) -> Pace:
    """Work out the pace from what was counted."""
    today = count.at.astimezone(RIGA).date()
    missing = max(0, goal.trees - count.told.trees)
    days = max(0, (goal.day - today).days + 1)
    year_days = _history(count.since, count.at)
    return Pace(
        missing=missing,
        days=days,
        needed=ceil(missing / days) if days else None,
        month=count.month / 30,
        year=count.year / year_days,
        year_days=year_days,
        forecast=_forecast(count, days),
    )


def about(number: int) -> int:
    """Round to two digits that count: a forecast is no more exact than that."""
    if number < 100:
        return number
    return round(number, 1 - int(log10(number)))


def _history(since: datetime | None, at: datetime) -> int:
    if since is None or at - since >= _YEAR:
        return _YEAR.days
    return max(1, (at - since).days + 1)


def _forecast(count: Count, days: int) -> tuple[int, int] | None:
    whole = count.since is not None and count.at - count.since >= _YEAR
    if not whole or not days or count.year_registrations < _ENOUGH:
        return None
    best = min(count.year, max(month.trees for month in count.months.values()))
    least, most = (count.told.trees + (count.year + change) * days // _YEAR.days for change in (-best, best))
    return max(count.told.trees, about(least)), about(most)
