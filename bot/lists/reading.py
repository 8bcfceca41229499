"""Reading: a whole file of plantings: its rows, what they come to, and what was left out."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from bot.lists.book import Book, Cell, Sheet, Trouble, TroubleError, as_text, open_book
from bot.lists.faults import Fault
from bot.lists.headings import Headings, find_headings, same_headings
from bot.lists.places import choose_axes
from bot.lists.rows import Row, Setting, is_total, read_row
from flows.when_kind import Planted, When
from flows.where_kind import Where
from knowledge.latvian.dates import Period, find_dates
from knowledge.latvian.text import fold
from knowledge.places import Place, find_places
from knowledge.secrets import MARKS, mask

Json = Any

_FILLED = frozenset({"municipality", "parish", "settlement", "street", "place", "cadastre", "species", "date", "year"})
_EXAMPLES = frozenset(map(fold, ("Paraugs", "Kā aizpildīt", "Example")))  # sheets of our template
_NAMED = re.compile(r"([A-ZĀČĒĢĪĶĻŅŠŪŽ][\w-]+(?: [A-ZĀČĒĢĪĶĻŅŠŪŽ][\w-]+)?) (novad|pagast)\w*")
_PERSONAL = re.compile(r"person\w*\W{0,3}kod|\bp\.?\s?k\.?$|personal (?:id|code)", re.IGNORECASE)
_ELEVEN = re.compile(r"\d{6}\s?[-–]?\s?\d{5}")
_WHEN = When(key="w", ask="", again="", label="", change="", why="", example="")
_WHERE = Where(key="w", ask="", again="", label="", change="", why="", example="")


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadSheet:
    """A sheet that was read. `fix` is the column that says what to mend, if there is one; all is counted from 0."""

    name: str  # '' for the one of a CSV
    index: int  # among the visible ones
    heading: int  # row
    fix: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """What a file tells. `masked` names cells that hold a *personas kods*: sheet, row, column, counted from 0.

    `hidden` counts sheets that are hidden and were not read; `mended` whether the file is one of ours that came back;
    `undated` whether no date stands anywhere in it.
    """

    kind: str
    rows: tuple[Row, ...]
    sheets: tuple["ReadSheet", ...]
    hidden: int = 0
    mended: bool = False
    undated: bool = False
    masked: tuple[tuple[int, int, int], ...] = ()

    @property
    def good(self) -> tuple[Row, ...]:
        """Rows that count."""
        return tuple(row for row in self.rows if not row.faults)

    @property
    def faulty(self) -> tuple[Row, ...]:
        """Rows to be mended."""
        return tuple(row for row in self.rows if row.faults)


def read_list(data: bytes, today: date) -> Listed:
    """Read a file; raises TroubleError where it is no list of plantings, or can't be opened."""
    book = open_book(data)
    if not any(any(cell is not None for cell in row) for sheet in book.sheets for row in sheet.rows):
        raise TroubleError(Trouble.EMPTY)
    known = [
        (number, sheet, headings)
        for number, sheet in enumerate(book.sheets)
        if fold(sheet.name) not in _EXAMPLES and (headings := find_headings(sheet))
    ]
    if not known:
        raise TroubleError(Trouble.NO_HEADINGS)
    settings = [_setting(sheet, number, headings, today) for number, sheet, headings in known]
    undated = not any(_tells_dates(sheet, setting) for (_, sheet, _), setting in zip(known, settings, strict=True))
    rows = [
        row
        for (_, sheet, _), setting in zip(known, settings, strict=True)
        for row in _rows(sheet, replace(setting, asks_date=undated))
    ]
    if not rows:
        raise TroubleError(Trouble.EMPTY)
    return Listed(
        kind=book.kind,
        rows=tuple(rows),
        sheets=tuple(
            ReadSheet(name=sheet.name, index=number, heading=headings.row, fix=headings.first("fix"))
            for number, sheet, headings in known
        ),
        hidden=len(book.hidden),
        mended=any(headings.has("fix") for _, _, headings in known),
        undated=undated,
        masked=tuple(_personal_codes(book)),
    )


def summary(listed: Listed) -> dict[str, Json]:
    """Return what a person is told of a list, and what its registration sums up: plain values for JSON."""
    good = listed.good
    kinds: Counter[str] = Counter()
    for row in good:
        for latin, count in row.trees:
            kinds[latin or ""] += count
    firsts = [row.planted.first for row in good if row.planted and row.planted.first]
    lasts = [row.planted.last for row in good if row.planted and row.planted.last]
    places = Counter(row.site.municipality for row in good if row.site and row.site.municipality)
    return {
        "rows": len(good),
        "trees": sum(kinds.values()),
        "kinds": [[latin or None, count] for latin, count in kinds.most_common()],
        "first": min(firsts).isoformat() if firsts else None,
        "last": max(lasts).isoformat() if lasts else None,
        "municipalities": [name for name, _ in places.most_common()],
        "vague": sum(row.vague for row in good),
        "faulty": len(listed.faulty),
        "sheets": len(listed.sheets),
        "hidden": listed.hidden,
        "mended": listed.mended,
        "undated": listed.undated,
        "masked": len(listed.masked),
    }


def encode_row(row: Row) -> Json:
    """Write a row as JSON holds it."""
    return {
        "sheet": row.sheet,
        "number": row.number,
        "trees": [list(tree) for tree in row.trees],
        "planted": _WHEN.encode(row.planted) if row.planted else None,
        "site": _WHERE.encode(row.site) if row.site else None,
        "vague": row.vague,
        "faults": [[fault.code, fault.given] for fault in row.faults],
    }


def decode_row(stored: Json) -> Row:
    """Read it back."""
    return Row(
        sheet=stored["sheet"],
        number=stored["number"],
        trees=tuple((latin, count) for latin, count in stored["trees"]),
        planted=_WHEN.decode(stored["planted"]) if stored["planted"] else None,
        site=_WHERE.decode(stored["site"]) if stored["site"] else None,
        vague=stored["vague"],
        faults=tuple(Fault(code=code, given=given) for code, given in stored["faults"]),
    )


# --- sheets --------------------------------------------------------------------------------------------------------


def _setting(sheet: Sheet, number: int, headings: Headings, today: date) -> Setting:
    """Take the date and the place that stand above the table, or in the sheet's name, for all of its rows."""
    title = "\n".join([sheet.name, *(_line(row) for row in sheet.rows[: headings.row])])
    periods = {found.value for found in find_dates(title, today) if isinstance(found.value, Period)}
    dated = next(iter(periods)) if len(periods) == 1 else None
    units = "\n".join(f"{match[1]} {match[2]}s" for match in _NAMED.finditer(title))
    places = [found.value for found in find_places(units or title) if isinstance(found.value, Place)]
    named = {place.parish or place.municipality: place for place in places if place.municipality}
    within = next(iter(named.values())) if len(named) == 1 else None
    words = [within.parish, within.municipality] if within else []
    return Setting(
        today=today,
        headings=headings,
        sheet=number,
        dated=Planted(first=dated.first, last=dated.last, precision=dated.precision) if dated else None,
        within=", ".join(word for word in words if word),
        axes=choose_axes(sheet.rows[headings.row + 1 :], headings) if headings.has("x") else "",
    )


def _tells_dates(sheet: Sheet, setting: Setting) -> bool:
    headings = setting.headings
    columns = [c for kind in ("date", "year", "date_from", "date_to") for c in headings.columns.get(kind, ())]
    below = sheet.rows[headings.row + 1 :]
    return setting.dated is not None or any(
        column < len(row) and row[column] is not None for row in below for column in columns
    )


def _rows(sheet: Sheet, setting: Setting) -> Iterator[Row]:
    headings = setting.headings
    filled = _filled(sheet, headings)
    for index in range(headings.row + 1, len(sheet.rows)):
        row = [filled.get((index, column), value) for column, value in enumerate(sheet.rows[index])]
        if same_headings(row, headings) or _is_sum(sheet, index, headings):
            continue
        if found := read_row(row, index + 1, setting):
            yield found


def _filled(sheet: Sheet, headings: Headings) -> Mapping[tuple[int, int], Cell]:
    """Return what stands in the cells of a merged one below its first, where that is meant for each: never counts."""
    columns = {column for kind in _FILLED for column in headings.columns.get(kind, ())}
    filled: dict[tuple[int, int], Cell] = {}
    for top, left, bottom, _ in sheet.merged:
        if left in columns and top > headings.row and top < len(sheet.rows) and left < len(sheet.rows[top]):
            filled |= {(row, left): sheet.rows[top][left] for row in range(top + 1, bottom + 1)}
    return filled


def _is_sum(sheet: Sheet, index: int, headings: Headings) -> bool:
    """Whether the last row holds nothing but the sum of the counts above it."""
    column = headings.first("count")
    row = sheet.rows[index]
    if column is None or index + 1 < len(sheet.rows) or column >= len(row) or not isinstance(row[column], int | float):
        return False
    if any(value is not None for at, value in enumerate(row) if at != column):
        return False
    above = [r for r in sheet.rows[headings.row + 1 : index] if column < len(r) and not is_total(r, headings)]
    counts = [value for r in above if isinstance(value := r[column], int | float)]
    return len(counts) > 1 and sum(counts) == row[column]


def _line(row: Sequence[Cell]) -> str:
    return " ".join(as_text(cell) for cell in row if cell is not None)


def _personal_codes(book: Book) -> Iterator[tuple[int, int, int]]:
    """Yield the cells that hold a *personas kods*, in whatever column: ours or not."""
    for number, sheet in enumerate(book.sheets):
        labelled = {
            column
            for row in sheet.rows[:40]
            for column, cell in enumerate(row)
            if isinstance(cell, str) and len(cell) < 40 and _PERSONAL.search(cell)
        }
        for index, row in enumerate(sheet.rows):
            for column, cell in enumerate(row):
                if cell is None or isinstance(cell, date | float):
                    continue
                text = str(cell)
                if sum(map(text.count, "0123456789")) < 11:
                    continue
                bare = column in labelled and _ELEVEN.fullmatch(text.strip())
                if bare or MARKS["personal_code"] in mask(text).text:
                    yield number, index, column
