"""Backup and restore: every row and object comes back, on either database, or nothing does and the words say why."""

import gzip
import hashlib
import json
import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import __main__ as commands
from bot.attachments.records import attachments
from bot.attachments.store import ObjectStore
from bot.backup import BackupError, backup, restore
from bot.database import Database, DatabaseDownError, UTCDateTime
from bot.messages import Address
from bot.people import contacts
from bot.tables import metadata
from tests.postgres import Postgres

_NOW = datetime(2026, 11, 23, 8, 0, 0, 123456, tzinfo=UTC)
_IDS = (5, 41)
_OBJECTS = {"ab/one": b"\xff\xd8 picture", "cd/two": bytes(70_000)}

Tables = dict[str, list[tuple[Any, ...]]]


@pytest.fixture
def source(database_url: str) -> Iterator[Database]:
    """Return a database with two rows in every table, of each kind in turn."""
    database = _opened(database_url)
    database.write_now(_fill)
    yield database
    database.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Return a migrated database without rows, of each kind in turn."""
    if request.param == "sqlite":
        path = tmp_path / "target.db"
        shutil.copy(request.getfixturevalue("prepared_sqlite"), path)
        database = _opened(f"sqlite:///{path}")
        yield database
        database.dispose()
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.database("restored", template="prepared") as url:
        database = _opened(url)
        yield database
        database.dispose()


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    """Return an object store with two objects."""
    store = ObjectStore(f"file://{tmp_path}/objects")
    for key, data in _OBJECTS.items():
        store.put(key, data)
    return store


@pytest.fixture
def empty_store(tmp_path: Path) -> ObjectStore:
    """Return the object store that is restored into."""
    return ObjectStore(f"file://{tmp_path}/restored")


@pytest.fixture
def sqlite(sqlite_url: str) -> Iterator[Database]:
    """Return a filled SQLite database, for what is the same on both."""
    database = _opened(sqlite_url)
    database.write_now(_fill)
    yield database
    database.dispose()


def _opened(url: str) -> Database:
    database = Database(url)
    metadata.create_all(database.engine, tables=[attachments])
    return database


def _fill(tx: Connection) -> None:
    """Put two rows into every table: one with all that it can hold, one with nothing that it need not."""
    for table in metadata.sorted_tables:
        for index in range(2):
            row = {column.name: _value(column, index) for column in table.columns}
            tx.execute(sa.insert(table).values(row))


def _value(column: sa.Column[Any], index: int) -> Any:
    """Return something that a column can hold, different for each row where it has to be."""
    for key in column.foreign_keys:
        return _value(key.column, index)
    if column.nullable and index:
        return sa.null()
    values: dict[type, Callable[[], Any]] = {
        sa.Integer: lambda: _IDS[index] if column.primary_key else 7 + index,
        sa.String: lambda: _text(column, index),
        sa.Boolean: lambda: not index,
        sa.Float: lambda: 0.1 + index,
        sa.JSON: lambda: [] if index else {"koki": ["ozols – 50", None, 1.5, {"ļ": True}]},
        UTCDateTime: lambda: _NOW + timedelta(days=index),
        sa.Date: lambda: date(2020, 5, 20 + index),
    }
    return next(make for kind, make in values.items() if isinstance(column.type, kind))()


def _text(column: sa.Column[Any], index: int) -> str:
    length = getattr(column.type, "length", None)
    return f"{column.name[:9]} {index}"[:length] if length else f"Ļoti „garš”\n😀 {index}\u200b"


def _meet(database: Database, number: int) -> int:
    return database.write_now(lambda tx: contacts.add(tx, Address("telegram", str(number)), _NOW))


def _all(database: Database) -> Tables:
    def read(tx: Connection) -> Tables:
        ordered = (sa.select(table).order_by(*table.primary_key.columns) for table in metadata.sorted_tables)
        return {
            table.name: [tuple(row) for row in tx.execute(query)]
            for table, query in zip(metadata.sorted_tables, ordered, strict=True)
        }

    return database.read_now(read)


def _objects(store: ObjectStore) -> dict[str, bytes]:
    return {listed.key: store.get(listed.key) for listed in store.list_keys()}


def _refused(database: Database, store: ObjectStore, folder: Path) -> str:
    """Try to restore, prove that nothing was written, and return why."""
    before = _all(database)
    with pytest.raises(BackupError) as raised:
        restore(database, store, folder)
    assert before == _all(database)
    return str(raised.value)


def test_everything_comes_back_on_either_database(
    source: Database, target: Database, store: ObjectStore, empty_store: ObjectStore, tmp_path: Path
) -> None:
    """Every table and every object, from each kind of database into each: equal to the last letter and moment."""
    before = _all(source)
    assert {2} == {len(rows) for rows in before.values()}
    copied = backup(source, store, tmp_path / "backups", _NOW)
    assert tmp_path / "backups" / "20261123T080000Z" == copied.folder
    assert (set(before), 2) == (set(copied.rows), copied.objects)
    restored = restore(target, empty_store, copied.folder)
    assert (copied.rows, 2) == (restored.rows, restored.objects)
    assert before == _all(target)
    assert _OBJECTS == _objects(empty_store)


def test_numbering_goes_on_after_a_restore(
    source: Database, target: Database, store: ObjectStore, empty_store: ObjectStore, tmp_path: Path
) -> None:
    """The next row of every table that counts by itself has the number after the highest."""
    restore(target, empty_store, backup(source, store, tmp_path, _NOW).folder)
    new = target.write_now(lambda tx: contacts.add(tx, Address("telegram", "9"), _NOW))
    assert _IDS[1] + 1 == new


def test_numbering_of_an_empty_table_begins_at_one(
    postgresql_url: str, store: ObjectStore, empty_store: ObjectStore, sqlite_url: str, tmp_path: Path
) -> None:
    """A table without rows is restored too, and its first row is number 1."""
    source, target = _opened(sqlite_url), _opened(postgresql_url)
    restore(target, empty_store, backup(source, store, tmp_path, _NOW).folder)
    assert 1 == target.write_now(lambda tx: contacts.add(tx, Address("telegram", "9"), _NOW))
    source.dispose()
    target.dispose()


def test_what_was_erased_stays_null(sqlite: Database, target: Database, store: ObjectStore, tmp_path: Path) -> None:
    """An erased message body is NULL again, not the JSON word null, which queries would take for a body."""
    copied = backup(sqlite, store, tmp_path, _NOW)
    restore(target, store, copied.folder)
    deliveries = metadata.tables["deliveries"]
    null = sa.select(sa.func.count()).select_from(deliveries).where(deliveries.c.body.is_(sa.null()))
    assert 1 == target.read_now(lambda tx: tx.execute(null).scalar())


def test_a_backup_is_of_one_moment(database_url: str, store: ObjectStore, tmp_path: Path) -> None:
    """What is written while a backup runs is in it whole or not at all."""
    database, writer = _opened(database_url), Database(database_url)
    for number in range(2000):
        _meet(database, number)
    ended = threading.Event()

    def write() -> None:
        number = 2000
        while not ended.is_set():
            number += 1
            _meet(writer, number)

    thread = threading.Thread(target=write)
    thread.start()
    rows = [backup(database, store, tmp_path / str(turn), _NOW).rows for turn in range(3)]
    ended.set()
    thread.join()
    assert [copied["contacts"] for copied in rows] == [copied["addresses"] for copied in rows]
    assert rows[0]["contacts"] < rows[2]["contacts"]
    database.dispose()
    writer.dispose()


@pytest.mark.parametrize("damaged", ["contacts.jsonl.gz", "objects.jsonl.gz", "objects/ab/one"])
@pytest.mark.parametrize("how", ["changed", "gone"])
def test_a_damaged_backup_is_refused(
    *,
    sqlite: Database,
    store: ObjectStore,
    empty_store: ObjectStore,
    prepared_sqlite: Path,
    tmp_path: Path,
    damaged: str,
    how: str,
) -> None:
    """One byte that is not what it was, or one file that is missing: nothing at all is written, objects neither."""
    folder = backup(sqlite, store, tmp_path, _NOW).folder
    path = folder / damaged
    if how == "gone":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-1] + b"!")
    shutil.copy(prepared_sqlite, tmp_path / "target.db")
    target = _opened(f"sqlite:///{tmp_path / 'target.db'}")
    why = _refused(target, empty_store, folder)
    assert "missing or damaged" in why
    assert Path(damaged).name.partition(".")[0] in why
    assert {} == _objects(empty_store)
    target.dispose()


def test_rows_that_were_smuggled_in_are_refused(
    sqlite: Database, store: ObjectStore, target: Database, empty_store: ObjectStore, tmp_path: Path
) -> None:
    """A file and its checksum changed together still have to agree with the number of rows."""
    folder = backup(sqlite, store, tmp_path, _NOW).folder
    path = folder / "pulses.jsonl.gz"
    with gzip.open(path, "at", encoding="utf-8") as out:
        out.write('{"name":"more","at":"2026-11-23T08:00:00+00:00","trouble":null}\n')
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["tables"]["pulses"]["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert "another number of rows" in _refused(target, empty_store, folder)


def test_only_an_empty_database_is_restored_into(
    source: Database, store: ObjectStore, empty_store: ObjectStore, tmp_path: Path
) -> None:
    """A database that has anything in it is left as it is, and the words say what to do."""
    folder = backup(source, store, tmp_path, _NOW).folder
    why = _refused(source, empty_store, folder)
    assert "not empty" in why
    assert "contacts" in why
    assert {} == _objects(empty_store)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"schema": "0000"}, "this release has"),
        ({"format": 99}, "this release reads"),
        ({"tables": {}}, "other tables"),
    ],
)
def test_a_backup_of_another_release_is_refused(
    sqlite: Database, store: ObjectStore, tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    """What this release can't read is told before anything is touched."""
    folder = backup(sqlite, store, tmp_path, _NOW).folder
    path = folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))
    assert words in _refused(sqlite, store, folder)


@pytest.mark.parametrize("written", ["", "[]", '{"format": 1}'])
def test_a_broken_manifest_is_refused(sqlite: Database, store: ObjectStore, tmp_path: Path, written: str) -> None:
    """A manifest that can't be read is damage like any other."""
    folder = backup(sqlite, store, tmp_path, _NOW).folder
    (folder / "manifest.json").write_text(written)
    assert "damaged" in _refused(sqlite, store, folder)


def test_a_backup_that_fails_leaves_nothing_behind(sqlite: Database, store: ObjectStore, tmp_path: Path) -> None:
    """Only a complete backup ever has its name; an attempt that broke off is taken away."""
    with sqlite.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE timers")
    with pytest.raises(DatabaseDownError):
        backup(sqlite, store, tmp_path / "backups", _NOW)
    assert [] == list((tmp_path / "backups").iterdir())


def test_a_second_backup_does_not_overwrite_the_first(sqlite: Database, store: ObjectStore, tmp_path: Path) -> None:
    """Two backups within a second: the later is refused, the earlier stays."""
    backup(sqlite, store, tmp_path / "backups", _NOW)
    with pytest.raises(BackupError, match="there already"):
        backup(sqlite, store, tmp_path / "backups", _NOW)
    assert ["20261123T080000Z", "erasures.jsonl"] == sorted(path.name for path in (tmp_path / "backups").iterdir())


def test_an_object_that_is_missing_is_told_of(sqlite: Database, store: ObjectStore, tmp_path: Path) -> None:
    """A backup says when the database speaks of a picture that the store does not have."""
    lost = sa.update(attachments).values(state="stored", object_key=attachments.c.object_key)
    sqlite.write_now(lambda tx: tx.execute(lost).rowcount)
    named = sa.update(attachments).where(attachments.c.id == _IDS[1]).values(object_key="ab/one")
    sqlite.write_now(lambda tx: tx.execute(named).rowcount)
    assert 1 == backup(sqlite, store, tmp_path, _NOW).missing


def test_a_backup_is_for_its_owner_alone(sqlite: Database, store: ObjectStore, tmp_path: Path) -> None:
    """Names, phones and pictures are nobody else's business on the machine."""
    folder = backup(sqlite, store, tmp_path, _NOW).folder
    assert 0o700 == folder.stat().st_mode & 0o777


def test_the_commands(
    *,
    sqlite: Database,
    store: ObjectStore,
    prepared_sqlite: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """`backup DIR` says where it put what; `restore DIR` brings it back, and refuses to do so twice."""
    count = sum(map(len, _all(sqlite).values()))
    assert {} != _objects(store)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", str(sqlite.url))
    monkeypatch.setenv("OBJECT_STORE_URL", f"file://{tmp_path}/objects")
    assert 0 == commands.main(["backup", "backups"])
    [folder] = (tmp_path / "backups").glob("2*")
    said = capsys.readouterr().out
    assert "  contacts: 2" in said
    assert f"backed up to backups/{folder.name}: {count} rows, 2 objects" in said

    shutil.copy(prepared_sqlite, tmp_path / "new.db")
    _opened(f"sqlite:///{tmp_path / 'new.db'}").dispose()
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'new.db'}")
    monkeypatch.setenv("OBJECT_STORE_URL", f"file://{tmp_path}/new-objects")
    assert 1 == commands.main(["restore", "backups"])
    assert f"name one of those in it: {folder.name}" in capsys.readouterr().err
    assert 0 == commands.main(["restore", str(folder)])
    assert "brought back from" in capsys.readouterr().out
    assert 1 == commands.main(["restore", str(folder)])
    assert "not empty" in capsys.readouterr().err
    assert _OBJECTS == _objects(ObjectStore(f"file://{tmp_path}/new-objects"))
