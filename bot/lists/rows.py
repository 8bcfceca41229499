"""Rows: one row of a sheet read as trees planted at a place, or what in it has to be mended.

Nothing is guessed: a cell that does not state its value for sure makes a fault, which names the cell's words.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

from bot.lists.book import Cell, as_text
from bot.lists.faults import Fault
from bot.lists.headings import Headings
from bot.lists.places import PLACE_KINDS, Axes, has_words, read_site
from flows.grammar import Understood
from flows.said import Said
from flows.when_kind import Planted, When
from flows.where_kind import Site
from knowledge.latvian.numbers import find_numbers
from knowledge.latvian.periods import month_of
from knowledge.latvian.text import words
from knowledge.secrets import mask
from knowledge.species import find_species

_MOST = 5_000_000  # trees in one row
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_SERIAL = range(32_000, 60_000)  # days since 1900, as a table counts them: 1987 to 2064
_SERIAL_ZERO = date(1899, 12, 30)
_BINOMIAL = re.compile(r"[A-Z][a-z]{3,} (?:[x×] ?)?[a-z]{3,}(?:[ -][a-z]+)?(?: .*)?")
_MIXED = ("dazad", "jaukt", "citi", "citas", "mixed", "various", "other")
_TOTAL = frozenset({"kopa", "pavisam", "suma", "total", "kopskaits", "sum", "kopsuma", "kopsavilkums"})
_WHEN = When(key="w", ask="", again="", label="", change="", why="", example="")


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A row that tells of trees. With faults it counts for nothing; without them everything is stated.

    `sheet` counts from 0, `number` as the person's program shows it. `trees` pairs a Latin name (a genus, or None for
    mixed kinds) with a count. `vague` when the place is no more than a municipality or a parish.
    """

    sheet: int
    number: int
    trees: tuple[tuple[str | None, int], ...] = ()
    planted: Planted | None = None
    site: Site | None = None
    vague: bool = False
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """What holds for all rows of a sheet: the date and the municipality in its name or title, the order of axes."""

    today: date
    headings: Headings
    sheet: int = 0
    dated: Planted | None = None
    within: str = ""  # words of a municipality or parish
    axes: Axes = ""
    asks_date: bool = False  # no date anywhere in the file: it is asked of the person, not of every row


def read_row(row: Sequence[Cell], number: int, setting: Setting) -> Row | None:
    """Read one row; None for an empty one, a total, or one that only numbers or titles."""
    headings = setting.headings
    if _is_empty(row, headings) or is_total(row, headings):
        return None
    faults: list[Fault] = []
    trees = _trees(row, headings, faults)
    if not trees and not faults:
        return None
    planted = _planted(row, setting, faults)
    site = read_site(row, setting.within, setting.axes, headings, faults)
    vague = site is not None and not site.exact and not site.cadastre and not has_words(row, headings)
    if faults:
        hidden = tuple(replace(fault, given=mask(fault.given).text) for fault in faults)
        return Row(sheet=setting.sheet, number=number, faults=hidden)
    return Row(sheet=setting.sheet, number=number, trees=trees, planted=planted, site=site, vague=vague)


def is_total(row: Sequence[Cell], headings: Headings) -> bool:
    """Whether a row only sums up those above: it says so and names no tree."""
    if any(headings.cell(row, kind) is not None for kind in ("cadastre", "lat", "x")):
        return False
    texts = [as_text(value) for value in row if isinstance(value, str)]
    said = any(word.folded in _TOTAL for text in texts for word in words(text)[:2])
    named = as_text(headings.cell(row, "species"))
    return said and not _named(named)[0]


def _is_empty(row: Sequence[Cell], headings: Headings) -> bool:
    kinds = ("species", "latin", "count", "date", "year", "cadastre", "x", "lat", "north", "coordinates", *PLACE_KINDS)
    counted = (row[column] for column in headings.species if column < len(row))
    return all(value is None for value in (*headings.cells(row, *kinds), *counted))


# --- trees ---------------------------------------------------------------------------------------------------------


def _trees(row: Sequence[Cell], headings: Headings, faults: list[Fault]) -> tuple[tuple[str | None, int], ...]:
    if headings.species:
        return _wide(row, headings, faults)
    latin = as_text(headings.cell(row, "latin"))
    named = as_text(headings.cell(row, "species"))
    counted = headings.cell(row, "count")
    if not named and not latin and counted is None and not has_words(row, headings):
        return ()
    species, fault = _named(latin) if latin else ("", None)
    if not latin or fault:
        species, fault = _named(named)
    if fault:
        faults.append(fault)
    count = _count(counted, faults)
    return ((species or None, count),) if not fault and count else ()


def _wide(row: Sequence[Cell], headings: Headings, faults: list[Fault]) -> tuple[tuple[str | None, int], ...]:
    """Read a row that counts several species, each in a column of its own."""
    trees = []
    for column, species in headings.species.items():
        value = row[column] if column < len(row) else None
        if value in {None, 0, "0", "-", "–"}:
            continue
        if count := _count(value, faults):
            trees.append((species, count))
    if not trees and not faults and (has_words(row, headings) or headings.cell(row, "cadastre") is not None):
        faults.append(Fault(code="count_missing"))
    return tuple(trees)


@lru_cache(maxsize=4096)
def _named(text: str) -> tuple[str, Fault | None]:
    """Return the Latin name of the trees a cell names, '' for mixed ones, or what is wrong with it."""
    if not text:
        return "", Fault(code="species_missing")
    found = find_species(text.lower())
    kinds = list(dict.fromkeys(mention.value.latin for mention in found))
    if len(kinds) == 1:
        return kinds[0], None
    if len(kinds) > 1:
        return "", Fault(code="species_many", given=text)
    if any(word.folded.startswith(_MIXED) for word in words(text)):
        return "", None
    if _BINOMIAL.fullmatch(text):
        return " ".join(text.split()[:2]), None
    return "", Fault(code="species_unknown", given=text)


def _count(value: Cell, faults: list[Fault]) -> int:
    """Return a number of trees; 0 with a fault where the cell states none."""
    if value is None:
        faults.append(Fault(code="count_missing"))
        return 0
    number = _whole(value)
    if number is None:
        faults.append(Fault(code="count_unclear", given=as_text(value)))
    elif number <= 0:
        faults.append(Fault(code="count_zero"))
    elif number > _MOST:
        faults.append(Fault(code="count_large", given=as_text(value)))
    else:
        return number
    return 0


def _whole(value: Cell) -> int | None:
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    if not isinstance(value, str):
        return None
    plain = re.sub(r"(?<=\d)[ \u00a0\u202f](?=\d{3}\b)", "", value)
    numbers = find_numbers(plain)
    exact = numbers[0].value.exact if len(numbers) == 1 else None
    # „-5”, „50 vai vairāk”, „15,5” state no number of trees.
    signs = re.search(r"[-–<>~±]\s*\d|\d[.,]\d", plain)
    return None if signs and not re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+(?:\s*gab\.?)?", plain) else exact


# --- when ----------------------------------------------------------------------------------------------------------


def _planted(row: Sequence[Cell], setting: Setting, faults: list[Fault]) -> Planted | None:
    headings = setting.headings
    first, last = headings.cell(row, "date_from"), headings.cell(row, "date_to")
    told = headings.cell(row, "date")
    year, month = headings.cell(row, "year"), headings.cell(row, "month")
    if told is None and (first is not None or last is not None):
        parts = [_when(part, setting.today) for part in (first, last) if part is not None]
        period = _stretch(parts)
        given = " – ".join(as_text(part) for part in (first, last) if part is not None)
    elif told is None and year is not None and month is not None:
        period, given = _of_month(year, month, setting.today), f"{as_text(year)} {as_text(month)}"
    else:
        value = told if told is not None else year if year is not None else month
        if value is None:
            if setting.dated is None and not setting.asks_date:
                faults.append(Fault(code="date_missing"))
            return setting.dated
        period, given = _when(value, setting.today), as_text(value)
    if period is None:
        faults.append(Fault(code="date_unclear", given=given))
    elif period.first is not None and period.first > setting.today:
        faults.append(Fault(code="date_future", given=given))
    return period


def _stretch(parts: Sequence[Planted | None]) -> Planted | None:
    known = [part for part in parts if part and part.first and part.last]
    if len(known) < len(parts) or not known:
        return None
    if len(known) == 1:
        return known[0]
    first, last = min(part.first for part in known if part.first), max(part.last for part in known if part.last)
    return Planted(first=first, last=last, precision="range" if first != last else "day")


def _of_month(year: Cell, month: Cell, today: date) -> Planted | None:
    number = _whole(year) if not isinstance(year, date) else year.year
    if number is None or not _FIRST_YEAR <= number <= _LAST_YEAR:
        return None
    if (index := _whole(month)) is not None:
        if not 1 <= index <= 12:
            return None
        period = month_of(number, index)
        return Planted(first=period.first, last=period.last, precision="month")
    return _when(f"{number}. gada {as_text(month)}", today)


def _when(value: Cell, today: date) -> Planted | None:
    if isinstance(value, date):
        return Planted(first=value, last=value, precision="day") if value.year >= _FIRST_YEAR else None
    if isinstance(value, int | float):
        number = int(value)
        if number != value:
            return None
        if _FIRST_YEAR <= number <= _LAST_YEAR:
            return Planted(first=date(number, 1, 1), last=date(number, 12, 31), precision="year")
        if number in _SERIAL:
            day = _SERIAL_ZERO + timedelta(days=number)
            return Planted(first=day, last=day, precision="day")
        return None
    return _said_when(as_text(value), today) if value else None


@lru_cache(maxsize=4096)
def _said_when(text: str, today: date) -> Planted | None:
    if match := re.fullmatch(r"(\d{4})\s?\.?\s?(?:g|gads|gada)?\.?", text):
        return _when(int(match[1]), today)
    if match := re.fullmatch(r"(\d{1,2})[./](\d{4})\.?|(\d{4})[-./](\d{1,2})\.?", text):
        year, month = int(match[2] or match[3]), int(match[1] or match[4])
        return _of_month(year, month, today)
    reading = _WHEN.read(Said(text=text), today)
    return reading.value if isinstance(reading, Understood) else None
