"""Book: a spreadsheet file opened as sheets of plain cells, or the named reason why it is not opened.

Runs in a process of its own (`bot.lists.process`): what a hostile file costs, it costs there.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, TypeAlias

Cell: TypeAlias = str | int | float | date | None
Range: TypeAlias = tuple[int, int, int, int]  # first row, first column, last row, last column, counted from 0

MOST_SHEETS = 60
MOST_ROWS = 20_000  # in all sheets, empty ones between them included
MOST_COLUMNS = 200
_MOST_CELLS = 1_500_000  # of the frame around what is filled
_LARGEST_INSIDE = 80 * 1024 * 1024  # bytes, unpacked
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_CHUNK = 1 << 20
_REFERENCE = re.compile(rb'<(?:\w+:)?c\s[^>]*?\br="([A-Z]{1,4})(\d{1,9})"')
_ROW = re.compile(rb"<(?:\w+:)?row[\s>/]")
_REPEATED = re.compile(rb"<table:table-(row|cell)\b([^>]*)>")
_TIMES = re.compile(rb'number-(?:rows|columns)-repeated="(\d{1,9})"')
_DELIMITERS = ";\t,"


class Trouble(StrEnum):
    """Why nothing can be read in a file."""

    NO_TABLE = "no_table"  # neither a spreadsheet nor a text in columns
    BROKEN = "broken"
    LOCKED = "locked"  # with a password
    TOO_MUCH = "too_much"  # unpacks to more than any list of plantings, or takes too long
    TOO_MANY_SHEETS = "too_many_sheets"
    TOO_MANY_ROWS = "too_many_rows"
    EMPTY = "empty"
    NO_HEADINGS = "no_headings"  # a table, but none of plantings


class TroubleError(Exception):
    """A file can't be read; `trouble` says why. Trying again does not help."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(str(trouble))
        self.trouble = trouble


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """One visible sheet: rows of cells from its first row and column on, and which cells are merged."""

    name: str
    rows: Sequence[Sequence[Cell]]
    merged: tuple[Range, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Book:
    """What a file holds. `kind` is xlsx, xls, ods or csv; `hidden` names the sheets that were not read."""

    kind: str
    sheets: tuple[Sheet, ...]
    hidden: tuple[str, ...] = ()


def open_book(data: bytes) -> Book:
    """Open a file by its content, whatever it is called; raises TroubleError."""
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            raise TroubleError(Trouble.LOCKED)
        return _opened(data, "xls")
    if data.startswith(b"PK\x03\x04"):
        return _opened(data, _look_inside(data))
    return Book(kind="csv", sheets=(_text_sheet(data),))


def as_text(cell: Cell) -> str:
    """Write a cell as a person reads it: 1200, 56.95, 15.04.2024."""
    if cell is None:
        return ""
    if isinstance(cell, datetime | date):
        return f"{cell:%d.%m.%Y}"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return str(cell).strip()


def is_text_table(data: bytes) -> bool:
    """Whether a text looks like a table: several lines, most of them cut by the same sign."""
    try:
        text = decoded(data[:65536], cut=len(data) > 65536)
    except TroubleError:
        return False
    lines = [line for line in text.splitlines() if line.strip()][:50]
    if not lines or text.lstrip()[:1] in {"<", "{", "[", "%"}:
        return False
    return any(sum(line.count(sign) >= 2 for line in lines) * 2 > len(lines) for sign in _DELIMITERS[:2]) or (
        len(lines) > 1 and all(line.count(",") >= 2 for line in lines)
    )


def decoded(data: bytes, *, cut: bool = False) -> str:
    """Decode a text as spreadsheets write it: UTF-8 or UTF-16 with or without a mark, or windows-1257."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    if b"\0" in data[:4096]:
        raise TroubleError(Trouble.NO_TABLE)
    for tail in range(4 if cut else 1):  # a cut may go through a letter
        try:
            return data[: len(data) - tail].decode("utf-8-sig")
        except UnicodeDecodeError:
            continue
    text = data.decode("cp1257", "replace")
    if sum(ch < " " and ch not in "\t\r\n" for ch in text[:4096]):
        raise TroubleError(Trouble.NO_TABLE)
    return text


# --- a text in columns ---------------------------------------------------------------------------------------------


def _text_sheet(data: bytes) -> Sheet:
    text = decoded(data)
    if text[:4].lower() == "sep=":
        text = text.partition("\n")[2]
    sign = max(_DELIMITERS, key=lambda one: _cuts(text, one))
    if not _cuts(text, sign)[0]:
        raise TroubleError(Trouble.NO_TABLE)
    rows: list[list[Cell]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=sign):
            if len(rows) >= MOST_ROWS:
                raise TroubleError(Trouble.TOO_MANY_ROWS)
            rows.append([cell.strip() or None for cell in row[:MOST_COLUMNS]])
    except csv.Error as error:
        raise TroubleError(Trouble.BROKEN) from error
    return Sheet(name="", rows=rows)


def _cuts(text: str, sign: str) -> tuple[int, int]:
    """Tell how well a sign cuts a text: lines that it cuts, and how often; a comma within numbers is no cut."""
    lines = [line for line in text.splitlines() if line.strip()][:100]
    marked = [re.sub(r"(?<=\d),(?=\d)", "", line) if sign == "," else line for line in lines]
    found = [line.count(sign) for line in marked if sign in line]
    return len(found), sum(found)


# --- workbooks -----------------------------------------------------------------------------------------------------


def _look_inside(data: bytes) -> str:
    """Tell what a zip file is, and refuse one that unpacks to too much, before any of it is."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            if sum(entry.file_size for entry in archive.infolist()) > _LARGEST_INSIDE:
                raise TroubleError(Trouble.TOO_MUCH)
            if "content.xml" in names:
                _measure_ods(archive)
                return "ods"
            sheets = [name for name in names if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name)]
            if not sheets:
                raise TroubleError(Trouble.NO_TABLE)
            if len(sheets) > MOST_SHEETS:
                raise TroubleError(Trouble.TOO_MANY_SHEETS)
            for name in sheets:
                _measure_xlsx(archive, name)
            return "xlsx"
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise TroubleError(Trouble.BROKEN) from error
    except RuntimeError as error:  # what zipfile says of an encrypted entry
        raise TroubleError(Trouble.LOCKED) from error


def _unpacked(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """Yield an entry in chunks that end where a tag ends; what it says of its size is not believed."""
    size, rest = 0, b""
    with archive.open(name) as entry:
        while chunk := entry.read(_CHUNK):
            size += len(chunk)
            if size > _LARGEST_INSIDE:
                raise TroubleError(Trouble.TOO_MUCH)
            whole, tag, rest = (rest + chunk).rpartition(b">")
            yield whole + tag
    yield rest


def _measure_xlsx(archive: zipfile.ZipFile, name: str) -> None:
    """Refuse a sheet of too many rows, or of few cells so far apart that the frame around them is too large."""
    rows = last_row = last_column = 0
    for chunk in _unpacked(archive, name):
        rows += sum(1 for _ in _ROW.finditer(chunk))
        if rows > MOST_ROWS * 3:
            raise TroubleError(Trouble.TOO_MANY_ROWS)
        for match in _REFERENCE.finditer(chunk):
            last_row = max(last_row, int(match[2]))
            last_column = max(last_column, _column(match[1]))
    if last_row > MOST_ROWS * 3 or last_row * last_column > _MOST_CELLS:
        raise TroubleError(Trouble.TOO_MANY_ROWS)


def _measure_ods(archive: zipfile.ZipFile) -> None:
    """Refuse a document whose cells and rows are said to repeat too often; empty ones at the end always do."""
    cells, times = 0, 1
    width = 0
    for chunk in _unpacked(archive, "content.xml"):
        for match in _REPEATED.finditer(chunk):
            found = _TIMES.search(match[2])
            repeats = int(found[1]) if found else 1
            if match[1] == b"row":
                cells += width * times
                times, width = repeats, 0
            elif b"office:value" in match[2] or b"office:string-value" in match[2] or b"value-type" in match[2]:
                width += repeats
            if cells + width * times > _MOST_CELLS:
                raise TroubleError(Trouble.TOO_MANY_ROWS)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _opened(data: bytes, kind: str) -> Book:
    import python_calamine as calamine  # noqa: PLC0415 - only the process that opens files needs it

    try:
        with calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
            known = [meta for meta in workbook.sheets_metadata if meta.typ == calamine.SheetTypeEnum.WorkSheet]
            _limit(len(known), MOST_SHEETS, Trouble.TOO_MANY_SHEETS)
            seen = [meta.name for meta in known if meta.visible == calamine.SheetVisibleEnum.Visible]
            hidden = tuple(meta.name for meta in known if meta.name not in seen)
            sheets, rows = [], 0
            for name in seen:
                sheet = _sheet(workbook.get_sheet_by_name(name), name)
                rows += len(sheet.rows)
                _limit(rows, MOST_ROWS, Trouble.TOO_MANY_ROWS)
                sheets.append(sheet)
            return Book(kind=kind, sheets=tuple(sheets), hidden=hidden)
    except calamine.PasswordError as error:
        raise TroubleError(Trouble.LOCKED) from error
    except TroubleError:
        raise
    except MemoryError as error:
        raise TroubleError(Trouble.TOO_MUCH) from error
    except BaseException as error:  # what is written in Rust panics past Exception
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        raise TroubleError(Trouble.LOCKED if "password" in str(error).lower() else Trouble.BROKEN) from error


def _limit(number: int, most: int, trouble: Trouble) -> None:
    if number > most:
        raise TroubleError(trouble)


def _sheet(found: Any, name: str) -> Sheet:
    rows = [[_plain(cell) for cell in row[:MOST_COLUMNS]] for row in found.to_python(skip_empty_area=False)]
    while rows and all(cell is None for cell in rows[-1]):
        rows.pop()
    merged = tuple((top, left, bottom, right) for (top, left), (bottom, right) in found.merged_cell_ranges or ())
    return Sheet(name=name, rows=rows, merged=merged)


def _plain(cell: Any) -> Cell:
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return "jā" if cell else "nē"
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, time | timedelta):
        return str(cell)
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() and abs(cell) < 1e15 else cell
    if isinstance(cell, str):
        return cell.replace("\u00a0", " ").strip() or None
    return cell if isinstance(cell, int | date) else str(cell)
