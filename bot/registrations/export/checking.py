"""Checking: what Reportnet 3 would refuse in a delivery, by table, row and field, said in Latvian."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import orjson

from bot.registrations.export import geometry
from bot.registrations.export.entry import FORMULA
from bot.registrations.export.mapping import Field, Layout, Table

_MARK = b"\xef\xbb\xbf"
_LARGEST_CELL = 1 << 27  # characters; a geometry may be large
_INTEGER = re.compile(r"-?\d{1,18}")
_DECIMAL = re.compile(r"-?\d{1,15}(\.\d{1,15})?")
_LONE = re.compile(rb"(?<!\r)\n|\r(?!\n)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """One thing that is wrong. `row` counts as a spreadsheet does: the names of the fields are row 1."""

    says: str
    table: str = ""
    row: int = 0
    field: str = ""

    def __str__(self) -> str:
        """Say where it is and what."""
        where = [self.table, f"{self.row}. rinda" if self.row else "", f"lauks {self.field}" if self.field else ""]
        said = ", ".join(part for part in where if part)
        return f"{said}: {self.says}" if said else self.says


def check_file(path: Path, layout: Layout) -> Iterator[Fault]:
    """Name what is wrong with a ZIP for Reportnet 3, or with a GeoJSON file; nothing where all is right.

    A template that Reportnet has exported is checked alike: it has the names and no rows.
    """
    if path.suffix.lower() in {".geojson", ".json"}:
        yield from _of_geojson(path)
    else:
        yield from check_zip(path, layout)


def check_zip(path: Path, layout: Layout) -> Iterator[Fault]:
    """Name what is wrong with a ZIP for Reportnet 3."""
    try:
        archive = ZipFile(path)
    except (BadZipFile, OSError):
        yield Fault(says=f"„{path.name}” nav ZIP fails, ko var atvērt")
        return
    with archive:
        yield from _of_names(archive, layout)
        for table in layout.tables:
            if f"{table.name}.csv" in archive.namelist():
                yield from _of_table(archive, table)


def _of_names(archive: ZipFile, layout: Layout) -> Iterator[Fault]:
    names = [name for name in archive.namelist() if not name.endswith("/")]
    wanted = {f"{table.name}.csv" for table in layout.tables}
    for name in sorted(wanted - set(names)):
        yield Fault(says="ZIP failā šīs tabulas nav", table=name.removesuffix(".csv"))
    by_lower = {name.lower(): name for name in wanted}
    for name in names:
        last = name.rpartition("/")[2]
        if name in wanted:
            continue
        if last in wanted:
            yield Fault(says=f"failam „{name}” jābūt ZIP faila saknē, nevis mapē")
        elif last.lower() in by_lower:
            yield Fault(says=f"failam jābūt „{by_lower[last.lower()]}”, nevis „{last}”: lielie un mazie burti jāievēro")
        else:
            yield Fault(says=f"tabulu sarakstā nav faila „{name}”")


def _of_table(archive: ZipFile, table: Table) -> Iterator[Fault]:
    name = f"{table.name}.csv"
    with archive.open(name) as file:
        start = file.read(len(_MARK))
    if start == _MARK:
        yield Fault(says="fails sākas ar BOM; tas jāsaglabā kā UTF-8 bez BOM", table=table.name)
    yield from _of_endings(archive, table)
    with archive.open(name) as raw:
        text = io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")
        try:
            yield from _of_rows(text, table)
        except UnicodeDecodeError:
            yield Fault(says="burti nav UTF-8 kodējumā; garumzīmes tiktu sabojātas", table=table.name)
        except csv.Error as error:
            yield Fault(says=f"CSV nav salasāms ({error})", table=table.name)


def _of_endings(archive: ZipFile, table: Table) -> Iterator[Fault]:
    """Name a file whose lines end otherwise. Bytes are looked at a piece at a time, an overlap holding the seam."""
    last = b""
    with archive.open(f"{table.name}.csv") as file:
        while chunk := file.read(1 << 20):
            seen = last + chunk
            whole = seen[:-1] if seen.endswith(b"\r") else seen
            if _LONE.search(whole):
                yield Fault(says="rindām jābeidzas ar \\r\\n (Windows rindu beigas)", table=table.name)
                return
            last = seen[-1:] if seen.endswith(b"\r") else b""
    if last:
        yield Fault(says="rindām jābeidzas ar \\r\\n (Windows rindu beigas)", table=table.name)


def _of_rows(text: io.TextIOWrapper, table: Table) -> Iterator[Fault]:
    csv.field_size_limit(_LARGEST_CELL)
    rows = csv.reader(text, strict=True)
    heading = next(rows, [])
    yield from _of_heading(heading, table)
    known = {field.name: field for field in table.fields}
    seen: dict[str, set[int]] = {field.name: set() for field in table.fields if field.unique}
    for number, row in enumerate(rows, start=2):
        if len(row) != len(heading):
            says = f"rindā ir {len(row)} vērtības, bet lauku ir {len(heading)}"
            yield Fault(says=says, table=table.name, row=number)
            continue
        for name, cell in zip(heading, row, strict=True):
            if name in known:
                for says in _of_cell(known[name], cell, seen):
                    yield Fault(says=says, table=table.name, row=number, field=name)


def _of_heading(heading: list[str], table: Table) -> Iterator[Fault]:
    wanted = [field.name for field in table.fields]
    if any(";" in name for name in heading) and len(heading) == 1:
        yield Fault(says="vērtības atdalītas ar semikolu, bet jāatdala ar komatu", table=table.name, row=1)
        return
    for name in wanted:
        if name not in heading:
            close = next((other for other in heading if other.strip().lower() == name.lower()), "")
            says = f"lauka nosaukumam jābūt tieši tādam; failā ir „{close}”" if close else "šī lauka failā nav"
            yield Fault(says=says, table=table.name, row=1, field=name)
    lower = {name.lower() for name in wanted}
    for name in heading:
        if name not in wanted and name.strip().lower() not in lower:
            yield Fault(says="tādu lauku tabulā nav", table=table.name, row=1, field=name or "bez nosaukuma")
        elif heading.count(name) > 1:
            yield Fault(says="šis lauks ir divas reizes", table=table.name, row=1, field=name)


def _of_cell(field: Field, cell: str, seen: Mapping[str, set[int]]) -> Iterator[str]:
    if not cell.strip():
        if field.required:
            yield "lauks ir tukšs, bet tas jāaizpilda"
        return
    if wrong := _WRONG[field.type](cell):
        yield wrong
    if field.longest and len(cell) > field.longest:
        yield f"teksts ir {len(cell)} zīmes garš; drīkst būt {field.longest}"
    if field.codes and cell not in field.codes.values():
        yield f"„{cell}” nav sarakstā: {', '.join(field.codes.values())}"
    if field.unique:
        # Numbers of 64 bits, not the texts: a hundred thousand of them take a few megabytes.
        if (mark := hash(cell)) in seen[field.name]:
            yield f"„{cell}” jau ir citā rindā; vērtībai jābūt unikālai"
        seen[field.name].add(mark)
        if field.type == "text" and "," in cell:
            yield f"„{cell}”: atslēgā nedrīkst būt komata"


def _of_text(cell: str) -> str:
    return f"teksts sākas ar „{cell[0]}”; izklājlapa to ņemtu par formulu" if cell[0] in FORMULA else ""


def _of_integer(cell: str) -> str:
    return "" if _INTEGER.fullmatch(cell) else f"„{cell}” nav vesels skaitlis (bez atstarpēm un komatiem)"


def _of_decimal(cell: str) -> str:
    return "" if _DECIMAL.fullmatch(cell) else f"„{cell}” nav skaitlis ar decimālpunktu"


def _of_date(cell: str) -> str:
    try:
        day = date.fromisoformat(cell)
    except ValueError:
        return f"„{cell}” nav datums formā 2026-11-22"
    return "" if day.isoformat() == cell else f"„{cell}” nav datums formā 2026-11-22"


def _of_point(cell: str) -> str:
    try:
        shape: Any = orjson.loads(cell)
    except orjson.JSONDecodeError:
        return "vietai jābūt GeoJSON"
    if isinstance(shape, dict) and shape.get("type") not in {"Point", None}:
        return f"vietai jābūt punktam, nevis „{shape['type']}”"
    return next(geometry.faults(shape), "")


_WRONG = {
    "text": _of_text,
    "integer": _of_integer,
    "decimal": _of_decimal,
    "date": _of_date,
    "point": _of_point,
}


def _of_geojson(path: Path) -> Iterator[Fault]:
    try:
        content: Any = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        yield Fault(says=f"„{path.name}” nav GeoJSON")
        return
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list) or content.get("type") != "FeatureCollection":
        yield Fault(says="failam jābūt FeatureCollection ar sarakstu „features”")
        return
    if "crs" in content:
        yield Fault(says="„crs” nedrīkst būt: GeoJSON koordinātas vienmēr ir WGS 84")
    for number, one in enumerate(features, start=1):
        shape = one.get("geometry") if isinstance(one, dict) else {}
        for says in geometry.faults(shape) if shape is not None else ():
            yield Fault(says=f"{number}. objekts: {says}")
