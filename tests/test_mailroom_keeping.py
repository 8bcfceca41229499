"""What a letter brings is kept as long as promised: its content, what is attached, and not a day longer."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.attachments.store import ObjectStore
from bot.attachments.sweeping import sweep
from bot.backup import backup
from bot.channels.email.imap import Arrived
from bot.conversation.response import Event
from bot.mailroom.records import letters
from bot.messages import Address, FetchError
from bot.people import privacy
from bot.people.contacts import addresses
from bot.rooms import Scene
from tests import pictures
from tests.letters import Post, letter, posted
from tests.transcripts.clock import MovedClock

_NOW = datetime.now(UTC)
_URL = "imap://a:b@127.0.0.1:1"


async def _bring(post: Post, *raws: bytes) -> None:
    for raw in raws:
        uid = 1 + len(await post.outcomes())
        assert await post.room.take(1, [Arrived(uid=uid, raw=raw, size=len(raw), arrived_at=_NOW)], uid)


def _store(folder: Path) -> ObjectStore:
    return ObjectStore(f"file://{folder / 'objects'}")


async def test_what_is_attached_is_cut_out_of_the_letter_that_is_kept(database_url: str, tmp_path: Path) -> None:
    """As often as it is asked for, by the letter and its place in it; too much of it is refused."""
    photo = pictures.jpeg(size=(1600, 1200))
    async with posted(_URL, database_url, tmp_path) as post:
        await _bring(post, letter("Mani koki", attachments=(("IMG_1.jpg", photo),)))
        assert [photo, photo] == [await post.room.letters.fetch("1/1", 10**6) for _ in range(2)]
        for ref, limit, reason in (("1/1", 10, "too_big"), ("1/2", 10**6, "gone"), ("9/1", 10**6, "gone")):
            with pytest.raises(FetchError) as raised:
                await post.room.letters.fetch(ref, limit)
            assert (reason, False) == (raised.value.reason, raised.value.again)


async def test_after_the_time_promised_its_content_is_erased(database_url: str, tmp_path: Path) -> None:
    """The entry stays, so that nothing is read twice; the content, its sender and its number are gone."""
    store, clock = _store(tmp_path), MovedClock(_NOW)
    async with posted(_URL, database_url, tmp_path, clock) as post:
        await _bring(post, letter("vecs"))
        clock.move(timedelta(days=10))
        await _bring(post, letter("jauns", number=2))
        clock.move(timedelta(days=5))
        database = post.app.database
        await database.write(lambda tx: privacy.forget_old_texts(tx, clock.now(), timedelta(days=14)))
        assert 1 == await asyncio.to_thread(sweep, database, store, clock.now())
        kept = [(row.object_key is None, row.address, row.message_id) for row in await post.look(_rows)]
        assert [(True, None, None), (False, "mailto:anna@example.org", "2@example.org")] == kept
        assert 1 == len(list(store.list_keys()))
        await _bring(post, letter("vecs"))
        assert ["message", "message", "duplicate"] == await post.outcomes()
        with pytest.raises(FetchError, match="gone"):
            await post.room.letters.fetch("1/1", 10)


async def test_a_discarded_draft_takes_the_letters_with_it_that_filled_it(database_url: str, tmp_path: Path) -> None:
    """Of that person, since it was begun."""
    clock = MovedClock(_NOW)
    async with posted(_URL, database_url, tmp_path, clock) as post:
        await _bring(post, letter("pirms"))
        clock.move(timedelta(hours=1))
        since = clock.now()
        await _bring(post, letter("melnraksts", number=2), letter("cits", number=3, sender="b@example.org"))
        address = sa.select(addresses.c.contact_id).where(addresses.c.address.contains("anna"))
        contact_id = await post.look(lambda tx: tx.execute(address).scalar_one())
        event = Event(type="draft.discarded", data={"run": "r", "since": since})
        scene = Scene(
            contact_id=contact_id,
            chat=Address("mailto", "anna@example.org"),
            now=since,
            language="lv",
            inbound_id=1,
        )
        await post.app.database.write(lambda tx: privacy.discard_draft(tx, event, scene))
        assert [False, True, False] == [row.object_key is None for row in await post.look(_rows)]


async def test_a_backup_has_the_letters_as_well(sqlite_url: str, tmp_path: Path) -> None:
    """With their content: what is attached may not have been fetched yet."""
    async with posted(_URL, sqlite_url, tmp_path) as post:
        await _bring(post, letter("labdien"))
        copied = await asyncio.to_thread(backup, post.app.database, _store(tmp_path), tmp_path / "backup", _NOW)
    assert (1, 0, 1) == (copied.objects, copied.missing, copied.rows["letters"])


async def test_a_letter_that_no_database_takes_is_kept_as_failed(database_url: str, tmp_path: Path) -> None:
    """Whatever reading made of it: it ends as failed, and what comes after it is heard."""
    async with posted(_URL, database_url, tmp_path) as post:
        read = post.room.letters.read
        post.room.letters.read = lambda raw: replace(read(raw), reason="\0\ud800") if b"broken" in raw else read(raw)
        await _bring(post, letter("broken"), letter("pēc", number=2))
        assert ["failed", "message"] == await post.outcomes()
        assert [1, 1] == [len(await post.app.inbox.failures()), (await post.texts()).count("pēc")]


async def test_a_sender_that_is_no_address_of_ours_to_keep_is_kept_as_failed(database_url: str, tmp_path: Path) -> None:
    """A name of a thousand letters before the @ would not fit anywhere."""
    async with posted(_URL, database_url, tmp_path) as post:
        read = post.room.letters.read
        post.room.letters.read = lambda raw: replace(read(raw), sender="a" * 1000 + "@example.org")
        await _bring(post, letter("labdien"))
        assert ["failed"] == await post.outcomes()


def _rows(tx: sa.Connection) -> list[sa.Row[tuple[object, ...]]]:
    return list(tx.execute(sa.select(letters).order_by(letters.c.id)).all())
