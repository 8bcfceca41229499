"""Reading when: days, months, seasons, years and spans of them, as people say them, as intervals of days."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from knowledge.found import Found
from knowledge.latvian.clauses import clauses
from knowledge.latvian.date_tokens import Token, date_tokens
from knowledge.latvian.periods import (
    BadDate,
    Period,
    day_of,
    days_from,
    easter_of,
    latest,
    month_of,
    months_from,
    part_of,
    season_of,
    weeks_from,
    years,
)
from knowledge.latvian.text import Word, words

__all__ = ["BadDate", "Period", "find_dates"]

def find_dates(text: str, today: date, cut: Sequence[Word] | None = None) -> list[Found[Period | BadDate]]:
    """Return the dates of a text in order.

    Where no year is given it is the latest one in which the day, month or season has begun by `today`, since planting
    lies in the past; a date said to be in the future (`nākamgad`) is returned as such, for the caller to refuse.
    `aprīlī un maijā` is one period, `2021. un 2023. gadā` are two.
    `cut` are the words of the text, if known already.
    """
    cut = words(text) if cut is None else cut
    tokens = date_tokens(text, cut, today)
    found: list[Found[Period | BadDate]] = []
    index = 0
    while index < len(tokens):
        chain = _chain(tokens, index, today) if tokens[index].kind in _OPENING else []
        if not chain:
            index += 1
            continue
        index = chain[-1].stop
        if not _habitual(tokens, chain[0]):
            certain = _states(text, tokens, chain)
            for said in _resolved(tokens, chain, today):
                doubted = isinstance(said.value, Period) and not certain
                found.append(Found(replace(said.value, sure=False), said.start, said.end) if doubted else said)
    return found


_OPENING = frozenset("DYwzoOnNMmSsZPAWVKLTh12EJB")  # kinds a date may begin with


def _states(text: str, tokens: Sequence[Token], chain: Sequence["_Said"]) -> bool:
    """Whether a date without a number of its own can be when trees were planted.

    `Vai var stādīt rudenī?` and `man šodien nav laika` name a season and a day, but not of a planting.
    """
    parts = [tokens[at] for said in chain for at in range(said.begin, said.stop)]
    if any(text[part.start].isdigit() for part in parts):
        return True
    place, moods = tokens[chain[0].begin].start, clauses(text)
    clause = next((clause for clause in moods if clause.start <= place < clause.end), None)
    planted = any(other.planted for other in moods)
    if clause is not None and not planted and clause.mood in ("asked", "planned"):
        return clause.mood == "planned" and any(part.kind == "Y" for part in parts)  # nākamgad stādīsim
    days = [part for part in parts if part.kind == "V"]
    if not days:
        return True
    counted = any(ch.isdigit() for ch in text) or all(token.kind != "x" for token in tokens)
    return (planted or counted) and all(day.value <= 0 for day in days)


# ------------------------------------------------------------------------------------------ what one date says


class _Said(NamedTuple):
    """The parts of one date as they were said, before what is left out is filled in.

    `begin` and `stop` are places in the row of tokens, `joint` how it is tied to the date before it.
    """

    begin: int
    stop: int
    joint: str = ""
    year: int | None = None
    last_year: int | None = None
    month: int | None = None
    day: int | None = None
    season: int | None = None
    part: tuple[int, int] | None = None  # which of how many parts
    back: int | None = None  # last -1, this 0, next 1
    weekday: int | None = None
    period: Period | None = None  # known already
    weak: bool = False

    @property
    def dated(self) -> bool:
        """Whether it states a day, month, season or year, and not only a part of one."""
        if self.year is not None or self.month is not None or self.day is not None:
            return True
        return self.season is not None or self.weekday is not None or self.period is not None


def _chain(tokens: Sequence[Token], index: int, today: date) -> list[_Said]:
    """Read dates that hang together from `index` on: `no 2021. līdz 2023. gadam`, `3. un 4. maijā`."""
    said = _read(tokens, index, today)
    if said is None:
        return []
    chain = [said]
    while (joint := _joint(tokens, chain[-1])) is not None:
        kind, start = joint
        following = _read(tokens, start, today)
        if following is None:
            break
        chain.append(following._replace(joint=kind))
    if len(chain) == 1 and not said.month and not said.season and said.day is not None:
        return []
    return chain


def _joint(tokens: Sequence[Token], said: _Said) -> tuple[str, int] | None:
    """Return how the date is tied to the next one (`c` to, `u` and, `v` or, `,`) and where that begins."""
    at = said.stop
    kinds = [token.kind for token in tokens[at : at + 3]]
    unfinished = said.year is None or said.weak
    if kinds[:1] == [","] and kinds[1:2] in (["u"], ["v"]):
        return kinds[1], at + 2
    if kinds and kinds[0] in "cuv":
        return kinds[0], at + 1
    return (",", at + 1) if kinds[:1] == [","] and unfinished and said.period is None else None


def _read(tokens: Sequence[Token], index: int, today: date) -> _Said | None:
    """Read one date from `index` on, taking in whatever still fits: `2023. gada maija sākumā`, `maijā, 2023`."""
    while index < len(tokens) and tokens[index].kind in "fi":
        index += 1
    said = _Said(begin=index, stop=index)
    at = index
    while at < len(tokens):
        if tokens[at].kind in ",iL" and at > index and said.dated:
            at += 1
            if tokens[at - 1].kind == "L" and said.month:
                said = said._replace(stop=at)
            continue
        grown = _grown(tokens, at, said, today)
        if grown is None:
            break
        said = grown
        at = said.stop
    return said if said.dated else None


def _grown(tokens: Sequence[Token], at: int, said: _Said, today: date) -> _Said | None:
    """Return what was said with the token at `at` taken in, None if that begins something else."""
    token = tokens[at]
    after = _kind(tokens, at + 1)
    near = at == said.stop
    match token.kind:
        case "D" if token.numeric and said.day is said.month is said.season is None:
            year, month, day = token.numeric
            if year is not None and said.year is not None:
                return None
            return said._replace(stop=at + 1, year=year or said.year, month=month, day=day, weak=year is said.year is None)
        case "Y" if said.year is None and said.period is None and (said.day or said.month or said.season is not None or near):
            return said._replace(stop=at + 1, year=token.value, last_year=token.upper, weak=False)
        case "w" | "z" if said.year is None and said.period is None:
            beside = said.month is not None or said.season is not None
            counted = near and after == "x" and token.value < 2010  # aprīlī 2000 ozolus
            if beside and token.kind == "w" and 1990 <= token.value <= today.year + 1 and not counted:
                return said._replace(stop=at + 1, year=token.value)
            if at == said.begin and 1950 <= token.value <= today.year + 5:
                leads = after in "MSs" or (after in "on" and _kind(tokens, at + 2) in "Mm")
                return said._replace(stop=at + 1, year=token.value, weak=not leads)
        case "o" | "n" | "O" | "N":
            return _with_day(tokens, at, said) or (None if said.dated else _ago(tokens, at, said, today))
        case "M" | "m" if said.month is None and said.season is None and said.period is None:
            known = said.day is not None or said.year is not None or said.back is not None or after in "Yw" or said.part
            if token.kind == "M" or known or (token.english and _kind(tokens, at - 1) == "i"):
                return said._replace(stop=at + 1, month=token.value)
        case "S" | "s" | "Z" if said.month is said.day is said.season is said.period is None:
            if token.kind == "Z":
                year = today.year + token.upper if token.value < 3 or token.upper else None
                return said._replace(stop=at + 1, season=token.value, year=year)
            if token.kind == "S" or said.year is not None or said.back is not None or after in "Yw" or len(tokens) == 1:
                return said._replace(stop=at + 1, season=token.value)
        case "P" if said.part is None and (said.dated or after in "MSiY") and near and said.period is said.day is None:
            return said._replace(stop=at + 1, part=(token.value, 3))
        case "A" if said.back is None and (after in "MmSsWKL"):
            if not said.dated:
                return said._replace(stop=at + 1, back=token.value)
        case "W" if said.weekday is None and (not said.dated):
            return said._replace(stop=at + 1, weekday=token.value)
        case _:
            return _counted(tokens, at, said, today)
    return None


def _kind(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].kind if 0 <= at < len(tokens) else "|"


def _with_day(tokens: Sequence[Token], at: int, said: _Said) -> _Said | None:
    """Take a number as the day of a month beside it, or `otrajā pusē` as a half."""
    token, after, day, stop = tokens[at], _kind(tokens, at + 1), tokens[at].value, at + 1
    if after == "H" and token.kind in "oO" and said.dated and said.part is None and day in (1, 2):
        return said._replace(stop=at + 2, part=(day - 1, 2))
    if token.kind == "N" and day in (20, 30) and after == "O" and tokens[at + 1].value < 10:
        day, stop = day + tokens[at + 1].value, at + 2
    elif token.kind == "N":
        return None
    if said.day is not None or said.season is not None or said.period is not None:
        return None
    if said.month is not None:
        english = tokens[said.stop - 1].english and at == said.stop and token.kind in "on" and day <= 31
        return said._replace(stop=stop, day=day) if english else None
    following = stop + 1 if _kind(tokens, stop) == "i" else stop
    if _kind(tokens, following) in "Mm" and (token.kind in "oO" or day <= 31):
        return said._replace(stop=following, day=day)
    if not said.dated and _DAYS_OF.match("".join(token.kind for token in tokens[stop : stop + 12])):
        return said._replace(stop=stop, day=day)
    return None


_DAYS_OF = re.compile(r"(?:,?[cuv,][on])*,?[cuv,](?:[on]i?[Mm]|D)")  # 5., 6. un 7. septembrī


def _counted(tokens: Sequence[Token], at: int, said: _Said, today: date) -> _Said | None:
    """Take `vakar`, `pagājušajā nedēļā`, `pirms trim dienām`, `2 nedēļas atpakaļ`, `Lieldienās`."""
    token = tokens[at]
    if token.kind == "E" and said.month is said.season is None:
        easter = easter_of(said.year) if said.year else latest(easter_of, today)
        return said._replace(stop=at + 1, period=easter)
    if token.kind == "J" and said.year and said.month is said.season is None:
        return said._replace(stop=at + 1, period=Period(date(said.year, 6, 23), date(said.year, 6, 24), "range"))
    if said.dated:
        return None
    if token.kind == "V":
        return said._replace(stop=at + 1, period=days_from(today, token.value, token.value))
    if token.kind in "12" or (token.kind in "KL" and said.back is not None):
        counted = weeks_from if token.kind in "1K" else months_from
        back = said.back or (token.value if token.kind in "12" else 0)
        return said._replace(stop=at + 1, period=counted(today, back, back))
    return _ago(tokens, at, said, today)


_UNITS = frozenset("KLTh")
_AGO = [(re.compile("B[nN]?[KLTh]"), 1), (re.compile("[nN]?[KLTh]X"), 0)]  # the pattern, where its number stands


def _ago(tokens: Sequence[Token], at: int, said: _Said, today: date) -> _Said | None:
    kinds = _kind(tokens, at) + _kind(tokens, at + 1) + _kind(tokens, at + 2)
    if kinds[0] not in "BnNKLTh" or _UNITS.isdisjoint(kinds):
        return None
    for pattern, place in _AGO:
        if match := pattern.match(kinds):
            number = tokens[at + place]
            least, most = (number.value, max(number.value, number.upper)) if number.kind in "nN" else (1, 1)
            unit = next(token for token in tokens[at : at + match.end()] if token.kind in "KLTh")
            if most > 366:
                return None
            if unit.kind in "Lh":
                months = 6 if unit.kind == "h" else 1
                period = months_from(today, -most * months, -least * months)
            else:
                period = (weeks_from if unit.kind == "K" else days_from)(today, -most, -least)
            return said._replace(stop=at + match.end(), period=period)
    return None


# ------------------------------------------------------------------------------------------- filling in and joining


def _habitual(tokens: Sequence[Token], said: _Said) -> bool:
    """`katru pavasari` names no date."""
    return _kind(tokens, said.begin - 1) == "k"


def _resolved(tokens: Sequence[Token], chain: list[_Said], today: date) -> Iterator[Found[Period | BadDate]]:
    chain = _shared(chain)
    values = [_value(said, today) for said in chain]
    place = 0
    while place < len(chain):
        value, stop = values[place], place + 1
        while stop < len(chain) and (joined := _joined(chain[stop - 1], chain[stop], value, values[stop], today)):
            value = joined
            stop += 1
        first, last = chain[place], chain[stop - 1]
        start = tokens[first.begin].start
        if isinstance(value, Period):
            value = _bounded(tokens, first, value, today)
            opens = "f" if stop - place > 1 else "FQB"
            if _kind(tokens, first.begin - 1) in opens:
                start = tokens[first.begin - 1].start
        if value is not None:
            yield Found(value, start, tokens[last.stop - 1].end)
        place = stop


def _shared(chain: list[_Said]) -> list[_Said]:
    """Let dates that hang together share what only one of them says: its month, its year, its being a year."""
    shared = list(chain)
    for place in range(len(shared) - 2, -1, -1):
        said, following = shared[place], shared[place + 1]
        if said.day is not None and said.month is None:
            said = said._replace(month=following.month)
        if said.year is None and said.period is None and following.year is not None and (said.month or said.season is not None):
            earlier = (said.month or 0) > (following.month or 99) and following.joint == "c"
            said = said._replace(year=following.year - earlier)
        if said.weak and not following.weak and following.year is not None:
            said = said._replace(weak=False)
        shared[place] = said
    for place in range(1, len(shared)):
        said, before = shared[place], shared[place - 1]
        if said.year is None and said.period is None and before.year is not None and said.joint != ",":
            shared[place] = said._replace(year=before.year + ((said.month or 99) < (before.month or 0)))
    return shared


def _joined(
    left: _Said, right: _Said, first: Period | BadDate | None, last: Period | BadDate | None, today: date
) -> Period | None:
    """Join two dates into one period: always for `līdz`, for `un` only where one follows the other."""
    if not isinstance(first, Period) or not isinstance(last, Period) or right.joint not in ("c", "u", ","):
        return None
    if left.year is None and right.year is None and left.period is None and first.first > last.first:
        first = _value(left._replace(year=last.first.year - 1), today)  # no oktobra līdz martam
        if not isinstance(first, Period):
            return None
    follows = last.first - first.last == timedelta(1)
    if first.first > last.last or (right.joint != "c" and not follows):
        return None
    return Period(first.first, last.last, "range", sure=first.sure and last.sure)


def _bounded(tokens: Sequence[Token], said: _Said, period: Period, today: date) -> Period:
    """Open a period that stands after `kopš`, `pēc`, `pirms` or a lone `līdz`."""
    before = _kind(tokens, said.begin - 1)
    dash = before == "c" and tokens[said.begin - 1].value == 1
    if said.period is not None or before not in "FQBc" or dash:
        return period
    if before == "F":
        return replace(period, last=max(today, period.first), precision="range")
    if before == "Q":
        return Period(period.last + timedelta(1), max(today, period.last + timedelta(1)), "range", sure=period.sure)
    if before == "B":
        return Period(date.min, period.first - timedelta(1), "range", sure=period.sure)
    return Period(date.min, period.last, "range", sure=False)


def _value(said: _Said, today: date) -> Period | BadDate | None:
    """Return the days one date means, its year filled in."""
    if said.period is not None:
        return said.period
    if said.month is not None and said.day is not None:
        return _day(said.month, said.day, said.year, today, weak=said.weak)
    if said.month is not None:
        month = said.month
        if not 1 <= month <= 12:
            return BadDate(1, month, said.year)
        return _yearly(said, today, lambda year: month_of(year, month))
    if said.season is not None:
        season = said.season
        return _yearly(said, today, lambda year: season_of(year, season))
    if said.weekday is not None:
        return _weekday(said.weekday, said.back, today)
    if said.year is None:
        return None
    period = replace(years(said.year, said.last_year or said.year), sure=not said.weak)
    return part_of(period, *said.part) if said.part else period


def _day(month: int, day: int, year: int | None, today: date, *, weak: bool) -> Period | BadDate:
    if year is not None:
        return day_of(year, month, day)
    for candidate in (today.year, *range(today.year - 1, today.year - 5, -1)):  # 29 February is rare
        value = day_of(candidate, month, day)
        if isinstance(value, Period) and value.first <= today:
            return replace(value, sure=not weak)
    return BadDate(day, month, None)


def _yearly(said: _Said, today: date, of_year: Callable[[int], Period]) -> Period:
    """Return a month or season of the year said, or else of the latest that fits `last`, `this`, `next` or nothing."""
    if said.year is not None:
        period = of_year(said.year)
        if said.last_year not in (None, said.year):
            period = Period(period.first, of_year(said.last_year or said.year).last, "range")
        if said.season == 3 and said.last_year == said.year + 1:
            period = of_year(said.last_year)  # 2022./2023. gada ziemā
    elif said.back == 0:
        period = of_year(today.year)
    elif said.back == 1:
        period = of_year(today.year if of_year(today.year).first > today else today.year + 1)
    else:
        period = latest(of_year, today, ended=said.back is not None)
        if said.back == -2:
            period = of_year(period.last.year - 1)
    return part_of(period, *said.part) if said.part else period


def _weekday(weekday: int, back: int | None, today: date) -> Period:
    """Return the last such day before today; `šo sestdien` is of this week, `nākamo` after today."""
    monday = today - timedelta(today.weekday())
    if back == 0:
        day = monday + timedelta(weekday)
    elif back == 1:
        day = today + timedelta((weekday - today.weekday() - 1) % 7 + 1)
    else:
        day = today - timedelta((today.weekday() - weekday - 1) % 7 + 1)
        day -= timedelta(7 if back == -2 else 0)
    return Period(day, day, "day")
