"""The object store: a folder and a bucket behave alike, and what no row speaks of is swept."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.attachments.records import attachments
from bot.attachments.store import ObjectStore, new_key
from bot.attachments.sweeping import sweep
from bot.database import Database
from bot.messages import Address
from bot.people import contacts
from bot.tables import metadata
from tests.bucket import running_bucket

_NOW = datetime.now(UTC)


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ObjectStore]:
    """Return an empty store of each kind."""
    if request.param == "folder":
        yield ObjectStore(f"file://{tmp_path}/mūsu koki/objects")
        return
    with running_bucket() as bucket:
        for name, value in bucket.environment.items():
            monkeypatch.setenv(name, value)
        yield ObjectStore(f"s3://{bucket.name}/bildes")


def test_what_is_put_can_be_got_listed_and_deleted(store: ObjectStore) -> None:
    """The same four calls do the same on a disk and in a bucket, under a prefix too."""
    store.put("ab/one", b"1")
    store.put("ab/two", b"22")
    assert b"22" == store.get("ab/two")
    assert {("ab/one", 1), ("ab/two", 2)} == {(listed.key, listed.size) for listed in store.list_keys()}
    store.delete("ab/one")
    assert ["ab/two"] == [listed.key for listed in store.list_keys()]
    with pytest.raises(FileNotFoundError):
        store.get("ab/one")


def test_deleting_twice_does_no_harm(store: ObjectStore) -> None:
    """An erasure that was cut short can simply be done again."""
    store.put("ab/one", b"1")
    store.delete("ab/one")
    store.delete("ab/one")
    assert [] == list(store.list_keys())


def test_an_object_replaces_another_whole(store: ObjectStore) -> None:
    """Putting under a key that is there leaves the new bytes and nothing of the old."""
    store.put("ab/one", b"long content")
    store.put("ab/one", b"short")
    assert b"short" == store.get("ab/one")


def test_the_folder_is_for_its_owner_alone(tmp_path: Path) -> None:
    """People's pictures are nobody else's business on the machine."""
    ObjectStore(f"file://{tmp_path}/objects")
    assert 0o700 == (tmp_path / "objects").stat().st_mode & 0o777


@pytest.mark.parametrize("key", ["../outside", "a/../../outside"])
def test_no_key_leads_out_of_the_folder(tmp_path: Path, key: str) -> None:
    """A key with dots is refused, wherever it came from."""
    store = ObjectStore(f"file://{tmp_path}/objects")
    with pytest.raises(ValueError, match="path"):
        store.put(key, b"1")
    assert ["objects"] == [path.name for path in tmp_path.iterdir()]


def test_two_keys_of_one_content_differ() -> None:
    """Two people who send the same picture have an object each."""
    first, second = new_key("ab" * 32), new_key("ab" * 32)
    assert first != second
    assert first.startswith("ab/abababababababab-")


def test_only_old_objects_without_a_row_are_swept(database_url: str, tmp_path: Path) -> None:
    """An object that a row names stays, one that a row may still come for too; an old orphan goes."""
    database, store = Database(database_url), ObjectStore(f"file://{tmp_path}/objects")
    metadata.create_all(database.engine, tables=[attachments])
    for key in ("aa/named", "aa/orphan", "aa/fresh"):
        store.put(key, b"1")
    for key in ("aa/named", "aa/orphan"):
        old = (_NOW - timedelta(hours=25)).timestamp()
        os.utime(tmp_path / "objects" / key, (old, old))

    def name_one(tx: sa.Connection) -> None:
        contact_id = contacts.add(tx, Address("telegram", "7"), _NOW)
        row = {"address": "telegram:7", "keeper": "telegram:1", "ref": "r", "unique": "u", "kind": "photo"}
        when = {"due_at": _NOW, "created_at": _NOW}
        new = sa.insert(attachments).values(contact_id=contact_id, state="stored", object_key="aa/named", **row, **when)
        tx.execute(new)

    database.write_now(name_one)
    assert 1 == sweep(database, store, _NOW)
    assert {"aa/named", "aa/fresh"} == {listed.key for listed in store.list_keys()}
    database.dispose()
