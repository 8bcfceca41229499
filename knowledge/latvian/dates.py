"""Reading when: days, months, seasons, years and spans of them, as people say them, as intervals of days."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache

from knowledge.found import Found
from knowledge.latvian.clauses import Clause, clauses
from knowledge.latvian.date_reading import OPENING, Said, kind_at, read_date
from knowledge.latvian.date_tokens import Token, date_tokens
from knowledge.latvian.periods import BadDate, Period, day_of, latest, month_of, part_of, season_of, years
from knowledge.latvian.text import Word, words
from knowledge.latvian.vocabulary import vocabulary

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
        chain = _chain(tokens, index, today) if tokens[index].kind in OPENING else []
        if not chain:
            index += 1
            continue
        index = chain[-1].stop
        if not _habitual(tokens, chain[0]):
            clause = _clause(text, tokens[chain[0].begin].start)
            certain = _states(text, tokens, chain, clause)
            for said in _resolved(tokens, chain, today):
                value = said.value
                if isinstance(value, Period) and not certain:
                    value = replace(value, sure=False)
                elif isinstance(value, Period) and not value.sure and _is_year(text, said, value, today):
                    value = replace(value, sure=True)
                found.append(Found(value, said.start, said.end))
    return found


def _clause(text: str, place: int) -> Clause | None:
    return next((clause for clause in clauses(text) if clause.start <= place < clause.end), None)


def _states(text: str, tokens: Sequence[Token], chain: Sequence[Said], clause: Clause | None) -> bool:
    """Whether a date without a number of its own can be when trees were planted.

    `Vai var stādīt rudenī?` and `man šodien nav laika` name a season and a day, but not of a planting.
    """
    if clause is not None and clause.mood == "denied":
        return False  # nevis šogad
    if clause is not None and _tells_else(text, clause) and not _and_planted(text, tokens, clause):
        return False  # 12. novembrī Jums rakstīju
    if clause is not None and clause.mood == "asked":
        return False  # Vai skaitās koki, kas stādīti 2019. gadā?
    parts = [tokens[at] for said in chain for at in range(said.begin, said.stop)]
    if any(text[part.start].isdigit() for part in parts):
        return True
    planted = any(other.planted for other in clauses(text))
    if clause is not None and not planted and clause.mood == "planned":
        return any(part.kind == "Y" for part in parts)  # nākamgad stādīsim
    days = [part for part in parts if part.kind == "V"]
    if not days:
        return True
    counted = any(ch.isdigit() for ch in text) or all(token.kind != "x" for token in tokens)
    return (planted or counted) and all(day.value <= 0 for day in days)


# What people also tell the day of, and is not planting.
_ELSE = vocabulary(
    "rakstīju rakstījām uzrakst- sazvan- zvanīj- piezvan- nosūt- iesūt- aizsūt- atsūt- iesniedz- pirkām pirku pirka"
    " nopirk- iegādāj- iegādāt- pasūtīj- mantoj- pārdev- pārdot- dzimu dzima dzimām dzimis dzimusi dzimuš-"
    " samaksāj- maksāj-"
    " saņēm- saņemt- izcirta izcirtu izcirtām nocirt- nozāģ- cirtām cirtu vētra vētras vētrā izgāz- pārcēl-"
    " ievācāmies būvē- uzbūvē- celta celts celtas uzcelta uzcelts pensij- aizgāj- sāku strādāj- dzīvoju dzīvojam"
    " sanāksm- sapulc- seminār- tikšan- notiks notiek būs sāksies sākas beigsies beidzas termiņ- derīg- precēj-"
    " gaid- zvanīš- piezvan- atbrauk- brauksim braukšu rakstīš- sūtīš- būšu būsim varēš- iešu iesim"
    " wrote bought called sent born inherited купил- писал- звонил-"
)
_DATED = frozenset("DYMSZVzwW")


@lru_cache(maxsize=32)
def _tells_else(text: str, clause: Clause) -> bool:
    """Whether a clause tells of buying, writing, meeting, and not of planting."""
    return not clause.planted and any(word.folded in _ELSE for word in words(text[clause.start : clause.end]))


def _and_planted(text: str, tokens: Sequence[Token], clause: Clause) -> bool:
    """Whether planting is told with the same date: `2024. gadā nopirku un iestādīju 40 liepas`."""
    following = next((other for other in clauses(text) if other.start == clause.end), None)
    if following is None or not following.planted or following.sentence != clause.sentence:
        return False
    dated = any(following.start <= token.start < following.end and token.kind in _DATED for token in tokens)
    return not dated and text[following.start : following.end].startswith(("un ", ","))


_PLANTED = re.compile(r"(?:st[aā]d[iī]\w*|d[eē]st[iī]\w*|planted)\s*(?:ir|bija|tika)?\s*[:–-]?\s*$", re.IGNORECASE)
_BRACKETED = re.compile(r"\(\d+\s?(?:gab\.?)?\)")
_PART_BEGINS, _PART_ENDS = re.compile(r"[,;(]\s*$"), re.compile(r"\s*(?:[,;.!)\n]|$)")


def _is_year(text: str, found: Found[Period | BadDate], period: Period, today: date) -> bool:
    """Whether four digits alone are a year: `stādīts 2021`, or a part of their own: `50 ozoli, Ogrē, 2022`."""
    if period.precision != "year" or not 2015 <= period.first.year <= today.year:
        return False
    if not text[found.start : found.end].isdigit() or not _PART_ENDS.match(text, found.end):
        return False
    if _PLANTED.search(text, max(0, found.start - 30), found.start):
        return True
    others = text[: found.start] + text[found.end :]
    if _BRACKETED.search(others):
        return False  # ozols (2020), liepa (15)
    return _PART_BEGINS.search(text, max(0, found.start - 5), found.start) is not None and any(
        ch.isdigit() for ch in others
    )


# ------------------------------------------------------------------------------- dates that hang together


def _chain(tokens: Sequence[Token], index: int, today: date) -> list[Said]:
    """Read dates that hang together from `index` on: `no 2021. līdz 2023. gadam`, `3. un 4. maijā`."""
    said = read_date(tokens, index, today)
    if said is None:
        return []
    chain = [said]
    while (joint := _joint(tokens, chain[-1])) is not None:
        kind, start = joint
        following = read_date(tokens, start, today)
        if following is None:
            break
        chain.append(following._replace(joint=kind))
    if len(chain) == 1 and not said.month and not said.season and said.day is not None:
        return []
    return chain


def _joint(tokens: Sequence[Token], said: Said) -> tuple[str, int] | None:
    """Return how the date is tied to the next one (`c` to, `u` and, `v` or, `,`) and where that begins."""
    at = said.stop
    kinds = [token.kind for token in tokens[at : at + 3]]
    unfinished = said.year is None or said.weak or (said.day is not None and said.month is None)
    if kinds[:1] == [","] and kinds[1:2] in (["u"], ["v"]):
        return kinds[1], at + 2
    if kinds and kinds[0] in "cuv":
        return kinds[0], at + 1
    return (",", at + 1) if kinds[:1] == [","] and unfinished and said.period is None else None


# ------------------------------------------------------------------------------------------- filling in and joining


def _habitual(tokens: Sequence[Token], said: Said) -> bool:
    """`katru pavasari` names no date."""
    return kind_at(tokens, said.begin - 1) == "k"


def _resolved(tokens: Sequence[Token], chain: list[Said], today: date) -> Iterator[Found[Period | BadDate]]:
    chain = _shared(chain, opened=kind_at(tokens, chain[0].begin - 1) == "f")
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
            if kind_at(tokens, first.begin - 1) in opens:
                start = tokens[first.begin - 1].start
        if value is not None:
            yield Found(value, start, tokens[last.stop - 1].end)
        place = stop


def _shared(chain: list[Said], *, opened: bool) -> list[Said]:
    """Let dates that hang together share what only one of them says: its month, its year, its being a year.

    `opened` by `no`: both of `no 2021 līdz 2023` are years.
    """
    shared = list(chain)
    for place in range(len(shared) - 2, -1, -1):
        said, following = shared[place], shared[place + 1]
        if said.day is not None and said.month is None:
            said = said._replace(month=following.month)
        if (
            said.year is None
            and said.period is None
            and following.year is not None
            and (said.month or said.season is not None)
        ):
            earlier = (said.month or 0) > (following.month or 99) and following.joint == "c"
            said = said._replace(year=following.year - earlier)
        if said.weak and not following.weak and following.year is not None:
            said = said._replace(weak=False)
        shared[place] = said
    for place in range(1, len(shared)):
        said, before = shared[place], shared[place - 1]
        if opened and said.joint == "c" and said.weak and not before.weak and before.year is not None:
            said = shared[place] = said._replace(weak=False)
        days = said.day is not None and before.day is not None and said.month == before.month
        shares = said.joint != "," or days  # 2023. gada 3., 4. un 5. oktobrī
        if said.year is None and said.period is None and before.year is not None and shares:
            shared[place] = said._replace(year=before.year + ((said.month or 99) < (before.month or 0)))
    return shared


def _joined(
    left: Said, right: Said, first: Period | BadDate | None, last: Period | BadDate | None, today: date
) -> Period | None:
    """Join two dates into one period: always for `līdz`, for `un` only where one follows the other."""
    if not isinstance(first, Period) or not isinstance(last, Period) or right.joint not in ("c", "u", ","):
        return None
    if left.year is None and right.year is None and left.period is None and first.first > last.first:
        # no oktobra līdz martam; but 20.–27. novembrī is of one year, also where only its end is still to come
        within = left.month and right.month and (left.month, left.day or 1) <= (right.month, right.day or 31)
        first = _value(left._replace(year=last.first.year - (not within)), today)
        if not isinstance(first, Period):
            return None
    follows = last.first - first.last == timedelta(1)
    if first.first > last.last or (right.joint != "c" and not follows):
        return None
    return Period(first.first, last.last, "range", sure=first.sure and last.sure)


def _bounded(tokens: Sequence[Token], said: Said, period: Period, today: date) -> Period:
    """Open a period that stands after `kopš`, `pēc`, `pirms` or a lone `līdz`."""
    before = kind_at(tokens, said.begin - 1)
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


def _value(said: Said, today: date) -> Period | BadDate | None:
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


def _yearly(said: Said, today: date, of_year: Callable[[int], Period]) -> Period:
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
