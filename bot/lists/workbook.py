"""Workbook: the spreadsheets that we write: the template, and a person's own file with what is to be mended in it.

Runs in a process of its own, as reading does: openpyxl takes memory by the cell.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import MergedCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from bot.lists.book import Book, Sheet, TroubleError, open_book
from knowledge import secrets

_HEAD = PatternFill("solid", fgColor="E2EFDA")
_WRONG = PatternFill("solid", fgColor="FFF2CC")
_TOP = Alignment(vertical="top", wrap_text=True)
_UNTITLED = "Saraksts"

_COLUMNS = (
    ("Suga", 22),
    ("Skaits", 10),
    ("Stādīšanas datums", 20),
    ("Novads vai pilsēta", 20),
    ("Pagasts", 20),
    ("Adrese, māja vai vieta", 32),
    ("Kadastra numurs", 20),
    ("Platums", 12),
    ("Garums", 12),
    ("Piezīmes", 30),
)
_EXAMPLES = (
    ("parastais ozols", 50, "15.04.2024.", "Smiltenes novads", "Drustu pagasts", "„Kalniņi”", "", "", "", ""),
    ("liepa", 20, "2023. gada rudens", "Madona", "", "Rīgas iela 5", "", "", "", "gar ceļu"),
    ("āra bērzs", 300, "2022", "Ogres novads", "", "", "74940120849", "", "", ""),
    ("parastā priede", 120, "04.2025.", "", "", "", "", 56.9496, 24.1052, ""),
)
_ADVICE = (
    "Katrai sugai un vietai – sava rinda. Kolonnu secība nav svarīga.",
    "Suga: latviski vai latīniski. Ja stādītas dažādas sugas un skaits pa sugām nav zināms, rakstiet „dažādas”.",
    "Skaits: viens vesels skaitlis.",
    "Stādīšanas datums: diena, mēnesis, gadalaiks vai gads – cik precīzi zināt.",
    "Vieta: pietiek ar vienu no trim – novads un adrese, kadastra numurs (11 cipari) vai koordinātas.",
    "Koordinātas: platums un garums grādos; der arī LKS-92 kolonnas „X” un „Y”.",
    "Personu vārdus un personas kodus te nerakstiet.",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Remark:
    """What is to be written beside a row: its sheet (the number among the visible ones), its number from 1."""

    sheet: int
    number: int
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """Where remarks go: the heading row of a sheet, and the column that is there for them already, from 0."""

    heading: int
    fix: int | None


def template() -> bytes:
    """Make the empty workbook that people fill in, with an example and advice in a sheet of its own."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = "Stādījumi"
    _head(sheet)
    sheet.freeze_panes = "A2"
    for row in range(2, 2002):
        sheet.cell(row, 7).number_format = "@"  # a cadastre number keeps its zero
    example: Any = book.create_sheet("Paraugs")
    _head(example)
    for values in _EXAMPLES:
        example.append([value or None for value in values])
    for number, line in enumerate(_ADVICE, len(_EXAMPLES) + 3):
        example.cell(number, 1, line)
    return _saved(book)


def rewritten(
    data: bytes,
    *,
    remarks: Sequence[Remark] = (),
    columns: Mapping[int, Column] | None = None,
    heading: str = "",
    masked: Sequence[tuple[int, int, int]] = (),
    mask: str = "",
) -> bytes:
    """Return a person's file as .xlsx with a column of remarks, and with `mask` in the `masked` cells.

    The rest of an .xlsx stays as it is; of other kinds the visible sheets' cells are copied. Raises TroubleError.
    """
    seen = open_book(data)
    book = _loaded(data, seen)
    sheets = [book[sheet.name or _UNTITLED] for sheet in seen.sheets]
    for number, row, column in masked:
        cell = sheets[number].cell(row + 1, column + 1)
        if not isinstance(cell, MergedCell):
            hidden = secrets.mask(str(cell.value)).text
            cell.value = hidden if hidden != str(cell.value) else mask
            cell.data_type = "s"
    for number, where in (columns or {}).items():
        texts = {remark.number: remark.text for remark in remarks if remark.sheet == number}
        _remark(sheets[number], where, texts, heading)
    return _saved(book)


def _remark(sheet: Any, where: Column, texts: Mapping[int, str], heading: str) -> None:
    """Write the remarks of a sheet into their column; those of last time are taken away."""
    column = where.fix + 1 if where.fix is not None else sheet.max_column + 1
    for row in range(where.heading + 2, sheet.max_row + 1):
        cell = sheet.cell(row, column)
        if isinstance(cell, MergedCell):
            continue
        text = texts.get(row)
        if text:
            cell.value, cell.data_type, cell.fill, cell.alignment = text, "s", _WRONG, _TOP
        elif where.fix is not None:
            cell.value, cell.fill = None, PatternFill()
    head = sheet.cell(where.heading + 1, column)
    if not isinstance(head, MergedCell):
        head.value, head.font, head.fill = heading, Font(bold=True), _WRONG
    sheet.column_dimensions[get_column_letter(column)].width = 60


def _loaded(data: bytes, seen: Book) -> Workbook:
    if seen.kind == "xlsx":
        try:
            book = load_workbook(io.BytesIO(data))
            if all(sheet.name in book.sheetnames for sheet in seen.sheets):
                return book
        except Exception:  # noqa: BLE001, S110 - what openpyxl can't load, its cells can be copied of
            pass
    return _copied(seen.sheets)


def _copied(sheets: Sequence[Sheet]) -> Workbook:
    book = Workbook()
    first: Any = book.active
    for number, sheet in enumerate(sheets):
        copy: Any = first if number == 0 else book.create_sheet()
        copy.title = sheet.name or _UNTITLED
        for row, cells in enumerate(sheet.rows, 1):
            for column, value in enumerate(cells, 1):
                if value is None:
                    continue
                cell = copy.cell(row, column, value)
                if isinstance(value, str):
                    cell.data_type = "s"  # „=1+1” of a text stays a text
                elif not isinstance(value, int | float):
                    cell.number_format = "DD.MM.YYYY"
    return book


def _head(sheet: Any) -> None:
    for column, (title, width) in enumerate(_COLUMNS, 1):
        cell = sheet.cell(1, column, title)
        cell.font, cell.fill, cell.alignment = Font(bold=True), _HEAD, _TOP
        sheet.column_dimensions[get_column_letter(column)].width = width


def _saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


__all__ = ["Column", "Remark", "TroubleError", "rewritten", "template"]
