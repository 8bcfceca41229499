"""Reportnet: a delivery to Reportnet 3 as a ZIP of CSV files, as its help page „Create CSV-files” asks for."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TextIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import orjson

from bot.registrations.export.entry import Entry
from bot.registrations.export.mapping import Layout, Table, Value

_CHUNK = 1 << 20  # bytes


def write_reportnet(path: Path, entries: Iterable[Entry], layout: Layout, now: datetime) -> int:
    """Write one file a table into the ZIP's root; returns how many rows. The same entries make the same bytes."""
    with TemporaryDirectory() as folder:
        made = {table.name: Path(folder) / f"{number}.csv" for number, table in enumerate(layout.tables)}
        with ExitStack() as stack:
            files = {
                name: stack.enter_context(file.open("w", encoding="utf-8", newline="")) for name, file in made.items()
            }
            count = _fill(files, entries, layout)
        with ZipFile(path, "w", ZIP_DEFLATED) as archive:
            for table in layout.tables:
                _put(archive, table, made[table.name], now)
    return count


def cells(table: Table, entry: Entry) -> Iterator[list[str | int | float | None]]:
    """Yield the rows of a site in a table, as they are written."""
    for line in table.lines(entry):
        yield [written(field.of(line)) for field in table.fields]


def lacks(layout: Layout, entries: Iterable[Entry]) -> list[str]:
    """Return the names of the fields that must be filled and can't be, each once."""
    missing = {
        field.name: None
        for entry in entries
        for table in layout.tables
        for line in table.lines(entry)
        for field in table.fields
        if field.required and not field.filled(line)
    }
    return list(missing)


def written(value: Value) -> str | int | float | None:
    """Say a value as Reportnet reads it: days as 2026-11-22, points as GeoJSON."""
    if isinstance(value, date):
        return value.isoformat()
    return orjson.dumps(value).decode() if isinstance(value, dict) else value


def _fill(files: Mapping[str, TextIO], entries: Iterable[Entry], layout: Layout) -> int:
    # Quotes stand around text only, and so not around the names in the first row.
    writers = {
        name: csv.writer(file, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n") for name, file in files.items()
    }
    for table in layout.tables:
        names = csv.writer(files[table.name], lineterminator="\r\n")
        names.writerow([field.name for field in table.fields])
    count = 0
    for entry in entries:
        for table in layout.tables:
            for row in cells(table, entry):
                writers[table.name].writerow(row)
                count += 1
    return count


def _put(archive: ZipFile, table: Table, made: Path, now: datetime) -> None:
    info = ZipInfo(f"{table.name}.csv", date_time=now.timetuple()[:6])
    info.compress_type = ZIP_DEFLATED
    with made.open("rb") as source, archive.open(info, "w") as target:
        while chunk := source.read(_CHUNK):
            target.write(chunk)
