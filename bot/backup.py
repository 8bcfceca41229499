"""Backup: everything in the database and the object store as files in a folder, and back into an empty installation.

A folder holds `manifest.json`, one gzipped file of JSON lines for each table, and the objects. It belongs to no
kind of database: what was taken from SQLite goes into PostgreSQL, and the other way round. Checksums find damage;
they are no protection from somebody who wants to deceive.
"""

import gzip
import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from bot import schema
from bot.attachments import records
from bot.attachments.store import ObjectStore
from bot.database import Database
from bot.disk import sync
from bot.documents import orders as documents
from bot.mailroom import records as letters
from bot.outreach import broadcasts
from bot.people.privacy import erasures
from bot.tables import metadata

_FORMAT = 1
_BATCH = 500  # rows held in memory
_MANIFEST = "manifest.json"
_PARTS = {"format", "schema", "tables", "objects"}  # of a manifest, that bringing back needs
_OBJECTS = "objects"
_LISTED = "objects.jsonl.gz"
_DECODE: Mapping[type, Callable[[Any], Any]] = {datetime: datetime.fromisoformat, date: date.fromisoformat}


# Erases people in a database that was just brought back; returns how many, and the objects to be deleted.
Replay = Callable[[Connection], tuple[int, list[str]]]


class BackupError(Exception):
    """It can't be done, and nothing was left half done. The message says why and what helps."""


@dataclass(frozen=True, kw_only=True)
class Copied:
    """What went into a backup, or came out of it."""

    folder: Path
    rows: Mapping[str, int]  # by table
    objects: int
    erased: int = 0  # people who were erased once more
    missing: int = 0  # objects that the database speaks of, and the store did not have


def backup(database: Database, store: ObjectStore, into: Path, now: datetime) -> Copied:
    """Copy everything as of one moment into a new folder of `into`, which has its name only when it is complete.

    The service may go on meanwhile. Raises BackupError, DatabaseDownError, OSError.
    """
    folder = into / f"{now:%Y%m%dT%H%M%SZ}"
    if folder.exists():
        raise BackupError(f"{folder} is there already; wait a second")
    into.mkdir(parents=True, exist_ok=True)
    partial = into / f".{folder.name}.partial"
    partial.mkdir(mode=0o700)
    try:
        copied = _fill(partial, database, store, now)
        partial.rename(folder)
        sync(into)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    # Beside all of them: what an older one brings back is erased by the newest.
    erasures.append(into / erasures.LEDGER, database.read_now(erasures.entries))
    return Copied(folder=folder, rows=copied.rows, objects=copied.objects, missing=copied.missing)


def restore(database: Database, store: ObjectStore, folder: Path, replay: Replay | None = None) -> Copied:
    """Bring a backup back, after every checksum was found right, into a migrated database that has no rows.

    `replay` erases whom it must not bring back, in the same transaction.
    Raises BackupError, DatabaseDownError, OSError, and what `replay` raises.
    """
    manifest = _read_manifest(folder)
    _check_files(folder, manifest)
    objects = ObjectStore(f"file://{(folder / _OBJECTS).absolute()}")
    listed = list(_lines(folder / _LISTED))
    for entry in listed:
        if _read_object(objects, entry["key"]) != entry["sha256"]:
            raise BackupError(f"object {entry['key']} is missing or damaged; take another backup")
    _check_empty(database)
    # Objects before the rows that speak of them; should the rows fail, they are swept as orphans.
    for entry in listed:
        store.put(entry["key"], objects.get(entry["key"]))

    def bring_back(tx: Connection) -> tuple[dict[str, int], int, list[str]]:
        return _load(tx, folder, manifest), *(replay(tx) if replay else (0, []))

    rows, erased, gone = database.write_now(bring_back)
    for key in gone:
        store.delete(key)
    return Copied(folder=folder, rows=rows, objects=len(listed), erased=erased)


# --- copying out ------------------------------------------------------------------------------------------


def _fill(folder: Path, database: Database, store: ObjectStore, now: datetime) -> Copied:
    rows, named = database.read_now(lambda tx: _dump(tx, folder))
    objects = _copy_objects(store, folder)
    manifest = {
        "format": _FORMAT,
        "made_at": now.isoformat(),
        "schema": schema.HEAD,
        "database": database.url.get_backend_name(),
        "tables": {name: {"rows": count, "sha256": _checksum(_table(folder, name))} for name, count in rows.items()},
        "objects": {"count": len(objects), "sha256": _checksum(folder / _LISTED)},
    }
    path = folder / _MANIFEST
    path.write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    sync(path)
    sync(folder)
    return Copied(folder=folder, rows=rows, objects=len(objects), missing=len(named - objects))


def _dump(tx: Connection, folder: Path) -> tuple[dict[str, int], set[str]]:
    """Write every table as of one moment; return how many rows each had, and the objects they speak of."""
    if tx.dialect.name == "postgresql":
        tx.execute(sa.text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
    found = schema.version(tx)
    if found != schema.HEAD:
        raise BackupError(
            f"the database is at {found or 'nothing'}, this release reads {schema.HEAD}: "
            "make the backup with the release that the database belongs to"
        )
    rows = {table.name: _write(_table(folder, table.name), _rows(tx, table)) for table in metadata.sorted_tables}
    return rows, set().union(*(room.stored_keys(tx) for room in (records, letters, documents, broadcasts)))


def _rows(tx: Connection, table: sa.Table) -> Iterator[dict[str, Any]]:
    query = sa.select(table).order_by(*table.primary_key.columns)
    for row in tx.execute(query, execution_options={"yield_per": _BATCH}):
        yield {name: value.isoformat() if isinstance(value, date) else value for name, value in row._mapping.items()}


def _copy_objects(store: ObjectStore, folder: Path) -> set[str]:
    """Copy every object that is there; one that is erased meanwhile is meant to be gone."""
    target = ObjectStore(f"file://{(folder / _OBJECTS).absolute()}")
    copied: set[str] = set()

    def copy() -> Iterator[dict[str, Any]]:
        for listed in store.list_keys():
            try:
                data = store.get(listed.key)
            except FileNotFoundError:
                continue
            target.put(listed.key, data)
            copied.add(listed.key)
            yield {"key": listed.key, "sha256": hashlib.sha256(data).hexdigest()}

    _write(folder / _LISTED, copy())
    return copied


def _write(path: Path, lines: Iterator[dict[str, Any]]) -> int:
    count = 0
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=6) as out:
        for line in lines:
            out.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
            count += 1
    sync(path)
    return count


# --- bringing back ----------------------------------------------------------------------------------------


def _read_manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest: Any = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        there = sorted(path.parent.name for path in folder.glob(f"[!.]*/{_MANIFEST}"))
        mend = f"name one of those in it: {', '.join(there[-3:])}" if there else "it has no manifest.json"
        raise BackupError(f"{folder} is no backup; {mend}") from None
    except ValueError:
        raise BackupError(f"{folder / _MANIFEST} is damaged; take another backup") from None
    if not isinstance(manifest, dict) or not manifest.keys() >= _PARTS:
        raise BackupError(f"{folder / _MANIFEST} is damaged; take another backup")
    if manifest["format"] != _FORMAT:
        raise BackupError(f"{folder} was made in format {manifest['format']}, this release reads {_FORMAT}")
    if manifest["schema"] != schema.HEAD:
        raise BackupError(
            f"the backup is of schema {manifest['schema']}, this release has {schema.HEAD}: "
            "restore it with the release that made it, then upgrade"
        )
    return dict(manifest)


def _check_files(folder: Path, manifest: dict[str, Any]) -> None:
    if manifest["tables"].keys() != metadata.tables.keys():
        raise BackupError(f"{folder} has other tables than this release; restore it with the release that made it")
    expected = {_table(folder, name): entry["sha256"] for name, entry in manifest["tables"].items()}
    expected[folder / _LISTED] = manifest["objects"]["sha256"]
    for path, checksum in expected.items():
        if not path.is_file() or _checksum(path) != checksum:
            raise BackupError(f"{path} is missing or damaged; take another backup")


def _read_object(objects: ObjectStore, key: str) -> str:
    """Return an object's checksum, '' where there is none."""
    try:
        return hashlib.sha256(objects.get(key)).hexdigest()
    except (FileNotFoundError, ValueError):
        return ""


def _check_empty(database: Database) -> None:
    found = database.read_now(schema.version)
    if found != schema.HEAD:
        raise BackupError(
            f"the database is at {found or 'nothing'}, it must be at {schema.HEAD}: run `db upgrade` first"
        )
    full = database.read_now(_full)
    if full:
        raise BackupError(
            f"the database is not empty ({', '.join(full)}): a backup is brought back into a new one only; "
            "stop the service, and name a new DATABASE_URL or DATA_DIR"
        )


def _full(tx: Connection) -> list[str]:
    """Return the tables that have rows."""
    return [
        table.name
        for table in metadata.sorted_tables
        if tx.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first()
    ]


def _load(tx: Connection, folder: Path, manifest: dict[str, Any]) -> dict[str, int]:
    """Write every row with the ids it had, all in one transaction."""
    loaded = {}
    for table in metadata.sorted_tables:
        try:
            loaded[table.name] = _insert(tx, table, _lines(_table(folder, table.name)))
            _continue_numbers(tx, table)
        except DBAPIError as error:
            # The first line says what is wrong, those after it may quote what people wrote.
            because = str(error.orig).partition("\n")[0]
            raise BackupError(f"the database does not take the rows of {table.name}: {because}") from error
        if loaded[table.name] != manifest["tables"][table.name]["rows"]:
            raise BackupError(f"{table.name} has another number of rows than the manifest says; take another backup")
    return loaded


def _insert(tx: Connection, table: sa.Table, lines: Iterator[dict[str, Any]]) -> int:
    new = sa.insert(table).values({column.name: _place(column) for column in table.columns})
    decode = {column.name: _DECODE.get(_python_type(column)) for column in table.columns}
    count = 0
    while batch := list(islice(lines, _BATCH)):
        rows = [
            {f"v_{name}": use(line[name]) if (use := decode[name]) and line[name] else line[name] for name in decode}
            for line in batch
        ]
        tx.execute(new, rows)
        count += len(rows)
    return count


def _python_type(column: sa.Column[Any]) -> type:
    kind = column.type
    return (kind.impl_instance if isinstance(kind, sa.TypeDecorator) else kind).python_type


def _place(column: sa.Column[Any]) -> sa.BindParameter[Any]:
    """Return a column's place in an INSERT. None is NULL in JSON too, where the column may be: it was when erased."""
    null = isinstance(column.type, sa.JSON) and column.nullable
    return sa.bindparam(f"v_{column.name}", type_=sa.JSON(none_as_null=True) if null else column.type)


def _continue_numbers(tx: Connection, table: sa.Table) -> None:
    """Let ids go on after the highest: PostgreSQL counts apart from the rows."""
    column = table.autoincrement_column
    if column is None or tx.dialect.name != "postgresql":
        return
    highest = tx.execute(sa.select(sa.func.max(column))).scalar()
    sequence = sa.func.pg_get_serial_sequence(table.name, column.name)
    tx.execute(sa.select(sa.func.setval(sequence, highest or 1, highest is not None)))


# --- files ------------------------------------------------------------------------------------------------


def _table(folder: Path, name: str) -> Path:
    return folder / f"{name}.jsonl.gz"


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as source:
        for line in source:
            yield json.loads(line)


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
