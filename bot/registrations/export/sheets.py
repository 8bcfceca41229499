"""Sheets: tables for people, as CSV that Excel in Latvian opens with a double click, and as a workbook."""

import csv
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from bot.registrations.export.columns import Cell, rows, shown
from bot.registrations.export.entry import Entry

_MOST_ROWS = 1_048_576  # of a sheet in a workbook, the heading among them
_DEGREES = 6  # decimals: a tenth of a metre


class TooManyRowsError(Exception):
    """A workbook can't hold that many rows. Trying again does not help; CSV, or fewer days, does."""


def write_csv(path: Path, entries: Iterable[Entry], *, private: bool = False) -> int:
    """Write a table with semicolons and decimal commas, UTF-8 with its mark; returns how many rows of trees."""
    columns, count = shown(private=private), 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        writer.writerow([column.heading for column in columns])
        for entry in entries:
            for row in rows(entry, columns):
                writer.writerow([_text(cell) for cell in row])
                count += 1
    return count


def write_xlsx(path: Path, entries: Iterable[Entry], *, private: bool = False) -> int:
    """Write a workbook with one sheet; returns how many rows of trees; raises TooManyRowsError."""
    from openpyxl import Workbook  # noqa: PLC0415 - brings 20 MB, which only a workbook needs
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
    from openpyxl.styles import Alignment, Font, PatternFill  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    columns, count = shown(private=private), 0
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Reģistrētie koki")
    sheet.freeze_panes = "B2"
    for number, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = column.width
    heads = []
    for column in columns:
        head = WriteOnlyCell(sheet, value=column.heading)
        head.font, head.fill = Font(bold=True, color="FFFFFF"), PatternFill("solid", fgColor="2F5D3A")
        head.alignment = Alignment(vertical="center", wrap_text=True)
        heads.append(head)
    sheet.append(heads)
    cells = [WriteOnlyCell(sheet) for _ in columns]  # each row is written at once, so one of them serves all
    for cell, column in zip(cells, columns, strict=True):
        if column.format:
            cell.number_format = column.format
    for entry in entries:
        for row in rows(entry, columns):
            count += 1
            if count >= _MOST_ROWS:
                raise TooManyRowsError(count)
            for cell, value in zip(cells, row, strict=True):
                cell.value = _rounded(value)
                if isinstance(value, str):
                    cell.data_type = "s"  # text, whatever it begins with
            sheet.append(cells)
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{count + 1}"
    book.save(path)
    return count


def _text(cell: Cell) -> str:
    """Write a value as a Latvian spreadsheet reads it: 22.11.2026, 56,949600."""
    if cell is None:
        return ""
    if isinstance(cell, date):
        return f"{cell:%d.%m.%Y}"
    return f"{cell:.{_DEGREES}f}".replace(".", ",") if isinstance(cell, float) else str(cell)


def _rounded(cell: Cell) -> Cell:
    return round(cell, _DEGREES) if isinstance(cell, float) else cell
