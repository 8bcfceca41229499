"""Stretches of days: months, seasons, weeks and their parts, and the latest one that has begun."""

import calendar
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

Precision = Literal["day", "month", "season", "year", "range"]


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of days, `first` and `last` included.

    Seasons follow the calendar: spring is March to May, summer June to August, autumn September to November; winter
    is December to February and belongs to the year it ends in (`2023. gada ziemā`: December 2022 to February 2023),
    because two of its three months do. Parts of a month are days 1-10, 11-20 and from 21; of a season its three
    months; of a year four months each. Weeks run from Monday to Sunday.

    `sure` is False for what may be something else: four digits with nothing that says year (`2021`), `15.04.`
    without a year, a deadline (`līdz 1. maijam`). Take it only as an answer to the question when.
    An open beginning (`pirms 2020. gada`) is `date.min`; an open end (`kopš 2021. gada`) is today.
    """

    first: date
    last: date
    precision: Precision
    sure: bool = True


@dataclass(frozen=True, slots=True)
class BadDate:
    """A date that does not exist, as it was written: `31.02.2024`, `15.13.2024`, `32. aprīlī`."""

    day: int
    month: int
    year: int | None


def day_of(year: int, month: int, day: int) -> Period | BadDate:
    """Return one day, or what is wrong where the calendar has no such day."""
    if not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(year, month)[1]:
        return BadDate(day, month, year)
    return Period(date(year, month, day), date(year, month, day), "day")


def month_of(year: int, month: int) -> Period:
    """Return a calendar month (1-12)."""
    return Period(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]), "month")


def season_of(year: int, season: int) -> Period:
    """Return a season (0 spring to 3 winter) of a year; winter begins in the December before."""
    if season == 3:
        return Period(date(year - 1, 12, 1), month_of(year, 2).last, "season")
    start = 3 + 3 * season
    return Period(date(year, start, 1), month_of(year, start + 2).last, "season")


def years(first: int, last: int) -> Period:
    """Return one calendar year, or several."""
    return Period(date(first, 1, 1), date(last, 12, 31), "year" if first == last else "range")


def days_from(today: date, least: int, most: int) -> Period:
    """Return the days from `least` to `most` days after today (before, where negative)."""
    return Period(today + timedelta(least), today + timedelta(most), "day" if least == most else "range")


def weeks_from(today: date, least: int, most: int) -> Period:
    """Return whole calendar weeks, counted from the one today is in."""
    monday = today - timedelta(today.weekday())
    return Period(monday + timedelta(weeks=least), monday + timedelta(weeks=most, days=6), "range")


def months_from(today: date, least: int, most: int) -> Period:
    """Return whole calendar months, counted from the one today is in."""
    first, last = (divmod(today.year * 12 + today.month - 1 + count, 12) for count in (least, most))
    start, end = month_of(first[0], first[1] + 1), month_of(last[0], last[1] + 1)
    return Period(start.first, end.last, "month" if least == most else "range")


def latest(of_year: Callable[[int], Period], today: date, *, ended: bool = False) -> Period:
    """Return the latest yearly period that has begun by today, or with `ended` that was over before it."""
    year = today.year + 1
    while (of_year(year).last >= today) if ended else (of_year(year).first > today):
        year -= 1
    return of_year(year)


def part_of(period: Period, which: int, parts: int) -> Period:
    """Return the first, second ... of `parts` (2 or 3) of a month, a season or a year."""
    if period.precision == "month":
        cuts = (1, 11, 21) if parts == 3 else (1, 16)
        first = period.first.replace(day=cuts[which])
        last = period.last if which + 1 == parts else period.first.replace(day=cuts[which + 1] - 1)
        return Period(first, last, "range", sure=period.sure)
    length = {"season": 3, "year": 12}.get(period.precision)
    if length is None or length % parts:
        return replace(period, precision="range")
    step = length // parts
    begin = months_from(period.first, which * step, which * step + step - 1)
    return Period(begin.first, begin.last, "range", sure=period.sure)


def easter_of(year: int) -> Period:
    """Return Good Friday to Easter Monday, by the anonymous Gregorian algorithm."""
    century, rest = divmod(year, 100)
    cycle = year % 19
    shift = (8 * century + 13) // 25
    epact = (19 * cycle + century - century // 4 - shift + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (cycle + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    sunday = date(year, month, day + 1)
    return Period(sunday - timedelta(2), sunday + timedelta(1), "range")
