"""Lists of plantings as clerks send them: workbooks of every kind, written here so that none has to be kept."""

import io
import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any
from xml.sax.saxutils import escape

from openpyxl import Workbook

Rows = Sequence[Sequence[Any]]

HEADINGS = ("Nr.", "Suga", "Skaits", "Stādīšanas datums", "Novads", "Pagasts", "Vieta")
GOOD: Rows = (
    HEADINGS,
    (1, "Parastais ozols", 50, date(2024, 4, 15), "Smiltenes novads", "Drustu", "„Kalniņi”"),
    (2, "Liepa", 20, "2023. gada rudens", "Ogres", "", "Ogre, Parka iela 3"),
    (3, "āra bērzs", "1 200 gab.", 2022, "Madonas novads", "Praulienas pagasts", "„Bērzkalni”"),
)
FAULTY: Rows = (
    *GOOD,
    (4, "Lpa", 15, "04.2025.", "Ogres novads", "", "Ogre, Skolas iela 1"),
    (5, "Egle", "daudz", 2023, "Cēsu novads", "", "Cēsis, Parka iela 2"),
    ("", "Kopā", 1285, "", "", "", ""),
)
MENDED: Rows = (
    *GOOD,
    (4, "Liepa", 15, "04.2025.", "Ogres novads", "", "Ogre, Skolas iela 1"),
    (5, "Egle", 100, 2023, "Cēsu novads", "", "Cēsis, Parka iela 2"),
)
BUDGET: Rows = (("Postenis", "Summa"), ("Degviela", 100), ("Papīrs", 20))
PRIVATE: Rows = ((*HEADINGS, "Atbildīgais"), *((*row, "Jānis Bērziņš 010180-12345") for row in GOOD[1:]))


def xlsx(
    rows: Rows,
    *,
    title: str = "Stādījumi",
    more: Mapping[str, Rows] | None = None,
    hidden: Mapping[str, Rows] | None = None,
    merged: Sequence[str] = (),
) -> bytes:
    """Write a workbook as Excel does."""
    book = Workbook()
    first: Any = book.active
    first.title = title
    for row in rows:
        first.append(list(row))
    for area in merged:
        first.merge_cells(area)
    for name, others in {**(more or {}), **(hidden or {})}.items():
        sheet: Any = book.create_sheet(name)
        sheet.sheet_state = "hidden" if name in (hidden or {}) else "visible"
        for row in others:
            sheet.append(list(row))
    return _saved(book)


def text(rows: Rows, *, sign: str = ";", encoding: str = "utf-8-sig") -> bytes:
    """Write a table as text, the way Latvian settings do: semicolons, decimal commas."""
    lines = (sign.join(_written(value) for value in row) for row in rows)
    return ("\r\n".join(lines) + "\r\n").encode(encoding)


def ods(rows: Rows, *, name: str = "Lapa1", tail: str = "") -> bytes:
    """Write a document as LibreOffice does; `tail` is put behind the rows."""
    spaces = " ".join(f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"' for short, long in _SPACES)
    body = "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows)
    content = (
        f'<?xml version="1.0"?><office:document-content {spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="{name}">{body}{tail}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", "<manifest:manifest xmlns:manifest='urn:x'/>")
        archive.writestr("content.xml", content)
    return out.getvalue()


def xls(rows: Rows, *, name: str = "Lapa1") -> bytes:
    """Write a workbook as Excel 97 did: records of BIFF8 in a compound file."""
    start = _record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0))
    label = name.encode("utf-16-le")
    bound = struct.pack("<HBB", 0, len(name), 1) + label
    end = _record(0x0A, b"")
    at = len(start) + 4 + 4 + len(bound) + len(end)
    globals_ = start + _record(0x85, struct.pack("<I", at) + bound) + end
    cells = b"".join(_xls_cell(r, c, value) for r, row in enumerate(rows) for c, value in enumerate(row))
    sheet = _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0)) + cells + end
    return _compound(globals_ + sheet, "Workbook")


def locked() -> bytes:
    """Write what Excel makes of a workbook with a password: an enciphered stream in a compound file."""
    return _compound(b"\x17" * 5000, "EncryptedPackage")


def with_macro() -> bytes:
    """Write a workbook with a program in it."""
    out = io.BytesIO(xlsx(GOOD))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    return out.getvalue()


def bomb() -> bytes:
    """Write a workbook of a few hundred kilobytes that unpacks to 300 MB."""
    return _with_sheet(lambda: (b"<row><c><v>1</v></c></row>" + b" " * 3_000_000 for _ in range(100)))


def endless(rows: int = 1_000_000) -> bytes:
    """Write a workbook of very many rows."""
    block = b"".join(b'<row><c t="n"><v>7</v></c></row>' for _ in range(1000))
    return _with_sheet(lambda: (block for _ in range(rows // 1000)))


def far_apart() -> bytes:
    """Write a workbook with two cells in its opposite corners, the frame around them having 17 billion."""
    ends = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return _with_sheet(lambda: (ends,))


def many(count: int) -> bytes:
    """Write a clerk's list of so many rows, the same every time."""
    species = ("Parastais ozols", "liepa", "bērzs", "priede", "egle", "kļava", "ābele")
    places = (
        ("Smiltenes novads", "Drustu pagasts"),
        ("Ogres novads", "Madlienas pagasts"),
        ("Madonas novads", "Praulienas pagasts"),
        ("Talsu novads", "Laidzes pagasts"),
    )
    rows: list[Sequence[Any]] = [(*HEADINGS, "Kadastra numurs", "Piezīmes")]
    for n in range(count):
        novads, pagasts = places[n % 4]
        day = f"{n % 28 + 1:02}.{n % 12 + 1:02}.{2021 + n % 5}."
        house = f"„Māja {n}”" if n % 2 else f"Liepu iela {n}"
        rows.append((n + 1, species[n % 7], n % 400 + 1, day, novads, pagasts, house, "", "stādīja talkā"))
    return xlsx(rows)


FILES: Mapping[str, Callable[[], bytes]] = {
    "saraksts.xlsx": lambda: xlsx(FAULTY),
    "saraksts labots.xlsx": lambda: xlsx(MENDED),
    "labs.xlsx": lambda: xlsx(GOOD),
    "cits.ods": lambda: ods(GOOD),
    "saraksts.csv": lambda: text(GOOD, encoding="cp1257"),
    "bez datuma.xlsx": lambda: xlsx([(*row[:3], *row[4:]) for row in GOOD]),
    "budžets.xlsx": lambda: xlsx(BUDGET),
    "parole.xlsx": locked,
    "bumba.xlsx": bomb,
    "lapas.xlsx": lambda: xlsx(GOOD, more={f"Lapa {n}": () for n in range(70)}),
    "rindas.xlsx": lambda: endless(100_000),
    "tukšs.xlsx": lambda: xlsx([HEADINGS]),
    "bojāts.xlsx": lambda: xlsx(GOOD)[:-900],
    "makro.xlsx": with_macro,
    "kodi.xlsx": lambda: xlsx(PRIVATE),
}


# --- how each of them is written -----------------------------------------------------------------------------------

_SPACES = (("office", "office"), ("table", "table"), ("text", "text"))


def _saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _written(value: Any) -> str:
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}."
    return str(value).replace(".", ",") if isinstance(value, float) else str(value)


def _ods_cell(value: Any) -> str:
    if value in {None, ""}:
        return "<table:table-cell/>"
    if isinstance(value, date):
        return f'<table:table-cell office:value-type="date" office:date-value="{value.isoformat()}"/>'
    if isinstance(value, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
    return f'<table:table-cell office:value-type="string"><text:p>{escape(value)}</text:p></table:table-cell>'


def _xls_cell(row: int, column: int, value: Any) -> bytes:
    where = struct.pack("<HHH", row, column, 0)
    if value in {None, ""}:
        return b""
    if isinstance(value, date):
        value = _written(value)
    if isinstance(value, int | float):
        return _record(0x203, where + struct.pack("<d", value))
    label = value.encode("utf-16-le")
    return _record(0x204, where + struct.pack("<HB", len(value), 1) + label)


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _compound(stream: bytes, name: str) -> bytes:
    """Put one stream into a compound file (OLE): a header, a table of sectors, a directory, the stream."""
    stream = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")
    sectors = len(stream) // 512
    fat_sectors = -(-(sectors + 2) // 127)
    first = fat_sectors + 1
    fat = [0xFFFFFFFD] * fat_sectors + [0xFFFFFFFE]
    fat += [first + n + 1 for n in range(sectors - 1)] + [0xFFFFFFFE]
    fat += [0xFFFFFFFF] * (fat_sectors * 128 - len(fat))
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, fat_sectors, fat_sectors, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<109I", *range(fat_sectors), *[0xFFFFFFFF] * (109 - fat_sectors))
    directory = _entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1) + _entry(name, 2, first, len(stream))
    return header + struct.pack(f"<{len(fat)}I", *fat) + directory.ljust(512, b"\0") + stream


def _entry(name: str, kind: int, start: int, size: int, *, child: int = 0xFFFFFFFF) -> bytes:
    label = f"{name}\0".encode("utf-16-le")
    nobody = 0xFFFFFFFF
    head = label.ljust(64, b"\0") + struct.pack("<HBBIII", len(label), kind, 1, nobody, nobody, child)
    return head + bytes(36) + struct.pack("<IQ", start, size)


def _with_sheet(parts: Callable[[], Any]) -> bytes:
    """Write a workbook around the raw rows of its one sheet."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx([("x",)]))) as model, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in model.namelist():
            if name != "xl/worksheets/sheet1.xml":
                copy.writestr(name, model.read(name))
        with copy.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            space = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
            sheet.write(b'<worksheet xmlns="' + space + b'"><sheetData>')
            for part in parts():
                sheet.write(part)
            sheet.write(b"</sheetData></worksheet>")
    return out.getvalue()
