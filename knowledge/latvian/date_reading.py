"""Reading what one date says from a row of tokens: taking in day, month, season, year in whatever order they stand."""

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from knowledge.latvian.date_tokens import Token
from knowledge.latvian.periods import Period, days_from, easter_of, latest, months_from, part_of, weeks_from


class Said(NamedTuple):
    """The parts of one date as they were said, before what is left out is filled in.

    `begin` and `stop` are places in the row of tokens, `joint` how it is tied to the date before it (`c` to, `u` and,
    `v` or, a comma).
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

    @property
    def within_year(self) -> bool:
        """Whether it names a month, a season or a period, so that no further one fits."""
        return self.month is not None or self.season is not None or self.period is not None


OPENING = frozenset("DYwzoOnNMmSsZPAWVKLTh12EJB")  # kinds a date may begin with


def read_date(tokens: Sequence[Token], index: int, today: date) -> Said | None:
    """Read one date from `index` on, with all that still fits: `2023. gada maija sākumā`, `maijā, 2023`."""
    while index < len(tokens) and tokens[index].kind in "fi":
        index += 1
    said = Said(begin=index, stop=index)
    at = index
    while at < len(tokens):
        kind = tokens[at].kind
        if kind in ",iL" and at > index and said.dated:
            at += 1
            if kind == "L" and said.month:
                said = said._replace(stop=at)  # aprīļa mēnesī
            continue
        take = _TAKES.get(kind)
        grown = take(tokens, at, said, today) if take else None
        if grown is None:
            break
        said, at = grown, grown.stop
    return said if said.dated else None


def kind_at(tokens: Sequence[Token], at: int) -> str:
    """Return the kind of a token, the end of a sentence beyond the row."""
    return tokens[at].kind if 0 <= at < len(tokens) else "|"


# Each of these takes in the token at a place, or returns None where it begins something else.


def _numeric(tokens: Sequence[Token], at: int, said: Said, _: date) -> Said | None:
    numeric = tokens[at].numeric
    if numeric is None or said.day is not None or said.within_year:
        return None
    year, month, day = numeric
    if year is not None and said.year is not None:
        return None
    weak = year is None and said.year is None
    return said._replace(stop=at + 1, year=year or said.year, month=month, day=day, weak=weak)


def _year(tokens: Sequence[Token], at: int, said: Said, _: date) -> Said | None:
    fits = said.day is not None or said.month is not None or said.season is not None or at == said.stop
    if said.year is not None or said.period is not None or not fits:
        return None
    return said._replace(stop=at + 1, year=tokens[at].value, last_year=tokens[at].upper, weak=False)


def _four_digits(tokens: Sequence[Token], at: int, said: Said, today: date) -> Said | None:
    """Take four digits as the year of a month or season beside them; alone they are a weak year."""
    token, after = tokens[at], kind_at(tokens, at + 1)
    if said.year is not None or said.period is not None:
        return None
    if said.month is not None or said.season is not None:
        counted = at == said.stop and after == "x" and token.value < 2010  # aprīlī 2000 ozolus
        fits = 1990 <= token.value <= today.year + 1 and not counted
        return said._replace(stop=at + 1, year=token.value) if fits else None
    if at != said.begin or not 1950 <= token.value <= today.year + 5:
        return None
    leads = after in "MSs" or (after in "on" and kind_at(tokens, at + 2) in "Mm")
    return said._replace(stop=at + 1, year=token.value, weak=not leads)


def _month(tokens: Sequence[Token], at: int, said: Said, _: date) -> Said | None:
    token = tokens[at]
    if said.within_year:
        return None
    if token.kind == "m" and said.day is said.year is said.back is None and said.part is None:
        after = kind_at(tokens, at + 1)
        dated = after == "o" or (after == "n" and kind_at(tokens, at + 2) in ",w|")  # May 5th; May 14, 2024
        after_in = token.english and (kind_at(tokens, at - 1) == "i" or dated)
        if after not in "Yw" and not after_in:
            return None
    return said._replace(stop=at + 1, month=token.value)


def _season(tokens: Sequence[Token], at: int, said: Said, today: date) -> Said | None:
    token = tokens[at]
    if said.within_year or said.day is not None:
        return None
    if token.kind == "Z":
        year = today.year + token.upper if token.value < 3 or token.upper else None  # šoziem has begun last year
        return said._replace(stop=at + 1, season=token.value, year=year)
    alone = said.year is said.back is None and kind_at(tokens, at + 1) not in "YwP" and len(tokens) > 1
    if token.kind == "s" and alone:
        return None
    return said._replace(stop=at + 1, season=token.value)


def _part(tokens: Sequence[Token], at: int, said: Said, _: date) -> Said | None:
    if said.period is not None and said.period.precision == "month" and at == said.stop:
        return said._replace(stop=at + 1, period=part_of(said.period, tokens[at].value, 3))  # šī mēneša sākumā
    if said.part is not None or at != said.stop or said.period is not None or said.day is not None:
        return None
    if not said.dated and kind_at(tokens, at + 1) not in "MSiY":
        return None
    return said._replace(stop=at + 1, part=(tokens[at].value, 3))


def _last_or_next(tokens: Sequence[Token], at: int, said: Said, _: date) -> Said | None:
    fits = said.back is None and not said.dated and kind_at(tokens, at + 1) in "MmSsWKL"
    return said._replace(stop=at + 1, back=tokens[at].value) if fits else None


def _weekday(tokens: Sequence[Token], at: int, said: Said, _: date) -> Said | None:
    week = said.period
    if week is not None and week.first.weekday() == 0 and (week.last - week.first).days == 6:
        day = week.first + timedelta(tokens[at].value)  # pagājušās nedēļas sestdienā
        return said._replace(stop=at + 1, period=Period(day, day, "day"))
    return None if said.dated else said._replace(stop=at + 1, weekday=tokens[at].value)


def _number(tokens: Sequence[Token], at: int, said: Said, today: date) -> Said | None:
    return _day(tokens, at, said) or _ago(tokens, at, said, today)


def _day(tokens: Sequence[Token], at: int, said: Said) -> Said | None:
    """Take a number as the day of a month beside it, or `otrajā pusē` as a half."""
    token, after, day, stop = tokens[at], kind_at(tokens, at + 1), tokens[at].value, at + 1
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
    following = stop + 1 if kind_at(tokens, stop) == "i" else stop
    if kind_at(tokens, following) in "Mm" and (token.kind in "oO" or day <= 31):
        return said._replace(stop=following, day=day)
    of_year = said.year is not None and said.last_year in {None, said.year} and said.part is None
    if (not said.dated or of_year) and _DAYS_OF.match("".join(token.kind for token in tokens[stop : stop + 12])):
        return said._replace(stop=stop, day=day)
    return None


_DAYS_OF = re.compile(r"(?:,?[cuv,][on])*,?[cuv,](?:[on]i?[Mm]|D)")  # 5., 6. un 7. septembrī


def _feast(tokens: Sequence[Token], at: int, said: Said, today: date) -> Said | None:
    """Take Easter; midsummer (`Jāņos`, also a farm's name) only with a year."""
    if said.within_year or said.day is not None:
        return None
    year, stop = said.year, at + 1
    if year is None and kind_at(tokens, at + 1) == "," and kind_at(tokens, at + 2) == "Y":
        stop += 1
    if year is None and kind_at(tokens, stop) in "Yw":
        year, stop = tokens[stop].value, stop + 1
    if tokens[at].kind == "E":
        return said._replace(stop=stop, period=easter_of(year) if year else latest(easter_of, today))
    midsummer = Period(date(year, 6, 23), date(year, 6, 24), "range") if year else None
    return said._replace(stop=stop, period=midsummer) if midsummer else None


def _day_from_today(tokens: Sequence[Token], at: int, said: Said, today: date) -> Said | None:
    if said.dated:
        return None
    return said._replace(stop=at + 1, period=days_from(today, tokens[at].value, tokens[at].value))


def _week_or_month(tokens: Sequence[Token], at: int, said: Said, today: date) -> Said | None:
    """Take `šonedēļ`, `pagājušajā mēnesī`; a bare `nedēļas` may begin `nedēļu atpakaļ`."""
    token = tokens[at]
    if said.dated:
        return None
    if token.kind in "KL" and said.back is None:
        return _ago(tokens, at, said, today)
    back = token.value if token.kind in "12" else said.back or 0
    counted = weeks_from if token.kind in "1K" else months_from
    return said._replace(stop=at + 1, period=counted(today, back, back))


_AGO = (  # the pattern, where its number stands
    (re.compile("B[nN]?(?:[KLT]|hG?)"), 1),
    (re.compile("[nN]?(?:[KLT]|hG?)X"), 0),
    (re.compile("[KLT][nN]X"), 1),
)
_UNITS = frozenset("KLTh")


def _ago(tokens: Sequence[Token], at: int, said: Said, today: date) -> Said | None:
    """Take `pirms trim dienām`, `2 nedēļas atpakaļ`."""
    kinds = "".join(kind_at(tokens, at + place) for place in range(4))
    if said.dated or _UNITS.isdisjoint(kinds):
        return None
    for pattern, place in _AGO:
        if match := pattern.match(kinds):
            number = tokens[at + place]
            least, most = (number.value, max(number.value, number.upper)) if number.kind in "nN" else (1, 1)
            unit = next(token.kind for token in tokens[at : at + match.end()] if token.kind in _UNITS)
            if most > 366:
                return None
            if unit == "K":
                period = weeks_from(today, -most, -least)
            elif unit == "T":
                period = days_from(today, -most, -least)
            else:
                months = next((token.value for token in tokens[at : at + match.end()] if token.kind == "h"), 1)
                period = months_from(today, -most * months, -least * months)
            return said._replace(stop=at + match.end(), period=period)
    return None


_Take = Callable[[Sequence[Token], int, Said, date], Said | None]
_TAKES: dict[str, _Take] = {
    "D": _numeric,
    "Y": _year,
    "P": _part,
    "A": _last_or_next,
    "W": _weekday,
    "V": _day_from_today,
}
_TAKES |= dict.fromkeys("wz", _four_digits) | dict.fromkeys("Mm", _month) | dict.fromkeys("SsZ", _season)
_TAKES |= dict.fromkeys("onON", _number) | dict.fromkeys("EJ", _feast) | dict.fromkeys("12KL", _week_or_month)
_TAKES |= dict.fromkeys("BTh", _ago)
