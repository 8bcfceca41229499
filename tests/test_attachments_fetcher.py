"""Attachments from the message to the store: over a real Bot API, on both databases, through everything that fails."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.attachments import records
from bot.attachments.content import LARGEST
from bot.attachments.fetcher import Fetch, Fetcher
from bot.attachments.records import Attachment, Register, attachments
from bot.attachments.store import ObjectStore
from bot.channels.telegram import TelegramChannel, read_update
from bot.conversation.response import Event
from bot.database import Database
from bot.messages import Address, FetchError
from bot.people import contacts
from bot.rooms import Scene
from bot.tables import metadata
from flows.said import File
from tests import pictures
from tests.botapi import Server
from tests.botapi.faults import BadRequest, Kind, ResetConnection, ServerError, TooManyRequests
from tests.transcripts.clock import MovedClock

_NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
_RUN = "run-1"
_ANNA = Address("telegram", "7")


@dataclass(eq=False, kw_only=True)
class House:
    """One process's share of an installation: its fetcher, and what became of things."""

    database: Database
    store: ObjectStore
    folder: Path
    channel: TelegramChannel
    clock: MovedClock
    lost: list[tuple[int, str, str]] = field(default_factory=list)
    placed: list[tuple[str, float, float]] = field(default_factory=list)  # run, degrees north and east

    @property
    def keeper(self) -> str:
        """Return the name that refs of our bot are kept under."""
        return f"telegram:{self.channel.bot_id}"

    def fetcher(self, owner: str = "me", fetch: Fetch | None = None) -> Fetcher:
        """Return a fetcher, of this process or another."""
        return Fetcher(
            database=self.database,
            clock=self.clock,
            owner=owner,
            store=self.store,
            sources={self.keeper: fetch or self.channel.fetch},
            on_loss=lambda _tx, row, outcome, _now: self.lost.append((row.id, outcome.state, outcome.reason)),
            on_place=lambda _tx, row, at, _now: self.placed.append((row.run_id, *at)),
        )

    def enter(self, *files: File, run: str = _RUN) -> None:
        """Enter files of Anna's, as the inbox does in its transaction."""
        told = Event(type="attachments.received", data={"files": files, "run": run})
        self.database.write_now(
            lambda tx: Register(keepers={"telegram": self.keeper}).receive(tx, told, self.scene(tx))
        )

    def discard(self, run: str = _RUN) -> None:
        """Throw a draft away."""
        told = Event(type="draft.discarded", data={"run": run, "since": _NOW})
        self.database.write_now(lambda tx: records.discard(tx, told, self.scene(tx)))

    def scene(self, tx: Connection) -> Scene:
        """Return the scene of whatever Anna does now."""
        known = sa.select(contacts.addresses.c.contact_id).where(contacts.addresses.c.address == str(_ANNA))
        contact_id = tx.execute(known).scalar() or contacts.add(tx, _ANNA, _NOW)
        return Scene(contact_id=contact_id, chat=_ANNA, now=self.clock.now(), language="lv", inbound_id=1)

    def found(self, run: str = _RUN) -> list[Attachment]:
        """Return what readers see of a run."""
        return self.database.read_now(lambda tx: records.of_run(tx, run))

    def rows(self) -> list[sa.Row[tuple[object, ...]]]:
        """Return the rows as they are."""
        return self.database.read_now(lambda tx: list(tx.execute(sa.select(attachments).order_by(attachments.c.id))))

    def objects(self) -> set[str]:
        """Return the keys of what is stored."""
        return {listed.key for listed in self.store.list_keys()}


@pytest.fixture
async def house(database_url: str, botapi: Server, tmp_path: Path) -> AsyncIterator[House]:
    """Return a house on a fresh database and an empty folder, its channel connected with the Bot API server."""
    database = Database(database_url)
    metadata.create_all(database.engine, tables=[attachments])
    channel = TelegramChannel(botapi.token, botapi.url)
    await channel.start()
    folder = tmp_path / "objects"
    yield House(
        database=database,
        store=ObjectStore(f"file://{folder}"),
        folder=folder,
        channel=channel,
        clock=MovedClock(_NOW),
    )
    await channel.close()
    await database.close()


def _sent(house: House, botapi: Server) -> tuple[File, ...]:
    """Return the files of the update that came last, as the channel reads it."""
    return read_update(botapi.pending[-1], house.channel.bot, _NOW).said.files


def _document(house: House, botapi: Server, data: bytes, name: str = "vieta.jpg", size: int | None = None) -> File:
    botapi.person(7).sends_document(data, name, size=size)
    [file] = _sent(house, botapi)
    return file


async def test_a_photo_is_fetched_and_stored(house: House, botapi: Server) -> None:
    """The largest size of a photo ends up under its checksum, with its type told by its content."""
    botapi.person(7).sends_photo(pictures.jpeg(size=(1600, 1200)))
    house.enter(*_sent(house, botapi))
    assert ["pending"] == [each.state for each in house.found()]
    assert 1 == await house.fetcher().run_once()
    [photo] = house.found()
    assert ("stored", "photo", "image/jpeg") == (photo.state, photo.kind, photo.stored_type)
    data = house.store.get(photo.object_key)
    assert (1280, 960) == pictures.opened(data).size
    [row] = house.rows()
    assert (len(data), hashlib.sha256(data).hexdigest()) == (photo.stored_size, row.sha256)


async def test_a_document_is_kept_as_it_was_sent(house: House, botapi: Server) -> None:
    """A picture sent as a file keeps the place where it was taken, which staff need."""
    data = pictures.jpeg()
    house.enter(_document(house, botapi, data))
    await house.fetcher().run_once()
    [picture] = house.found()
    assert data == house.store.get(picture.object_key)
    assert [(_RUN, 56.951, 24.105)] == [(run, round(lat, 6), round(lon, 6)) for run, lat, lon in house.placed]


async def test_the_same_picture_twice_is_fetched_once(house: House, botapi: Server) -> None:
    """A picture that was sent again in the same run, or came in a redelivered update, is one attachment."""
    file = _document(house, botapi, pictures.jpeg())
    house.enter(file, file)
    house.enter(file)
    assert 1 == await house.fetcher().run_once()
    house.enter(file)
    assert 0 == await house.fetcher().run_once()
    assert 1 == len(house.found())


async def test_two_runs_have_an_object_each(house: House, botapi: Server) -> None:
    """The same picture for two places is stored twice, so that discarding one draft leaves the other whole."""
    file = _document(house, botapi, pictures.jpeg())
    house.enter(file)
    house.enter(file, run="run-2")
    assert 2 == await house.fetcher().run_once()
    house.discard()
    await house.fetcher().run_once()
    [left] = house.found("run-2")
    assert {left.object_key} == house.objects()
    assert pictures.jpeg() == house.store.get(left.object_key)


async def test_what_is_stated_to_be_too_big_is_not_even_asked_for(house: House, botapi: Server) -> None:
    """Over 20 MB by the channel's own word: refused at once, by name, without a call."""
    house.enter(_document(house, botapi, b"%PDF-", "plāns.pdf", size=LARGEST + 1))
    assert 0 == await house.fetcher().run_once()
    assert [("refused", "too_big")] == [(each.state, each.reason) for each in house.found()]
    assert [] == botapi.calls_of("getFile")


async def test_what_turns_out_too_big_is_refused_while_it_is_read(house: House, botapi: Server) -> None:
    """A channel may be wrong about a size: reading stops at the limit, and nothing is stored."""
    house.enter(_document(house, botapi, b"%PDF-" + bytes(LARGEST), "plāns.pdf", size=1000))
    await house.fetcher().run_once()
    assert [("refused", "too_big")] == [(each.state, each.reason) for each in house.found()]
    assert set() == house.objects()


async def test_twenty_megabytes_are_taken(house: House, botapi: Server) -> None:
    """The largest file that Telegram hands out is stored whole."""
    data = b"%PDF-1.7" + bytes(LARGEST - 8)
    house.enter(_document(house, botapi, data, "plāns.pdf"))
    await house.fetcher().run_once()
    [found] = house.found()
    assert ("stored", LARGEST) == (found.state, found.stored_size)
    assert data == house.store.get(found.object_key)


async def test_what_is_no_picture_is_refused_by_name(house: House, botapi: Server) -> None:
    """A program that calls itself a picture is told by its content; who sent it hears of that."""
    house.enter(_document(house, botapi, b"MZ\x90\x00" + bytes(64), "vieta.jpg"))
    await house.fetcher().run_once()
    [found] = house.found()
    assert ("refused", "not_accepted") == (found.state, found.reason)
    assert [(found.id, "refused", "not_accepted")] == house.lost


@pytest.mark.parametrize(
    "fault", [ResetConnection(), ServerError(502), TooManyRequests(3)], ids=["reset", "502", "429"]
)
async def test_a_fault_of_the_network_is_tried_again_after_a_pause(house: House, botapi: Server, fault: Kind) -> None:
    """What may go well later is due again a second later, not at once, and then goes well."""
    file = _document(house, botapi, pictures.jpeg())
    house.enter(file)
    botapi.faults.add(kind=fault, method="getFile")
    fetcher = house.fetcher()
    assert [1, 0] == [await fetcher.run_once(), await fetcher.run_once()]
    assert "pending" == house.found()[0].state
    house.clock.move(timedelta(seconds=1))
    assert 1 == await fetcher.run_once()
    assert "stored" == house.found()[0].state
    assert [] == house.lost


async def test_twelve_tries_with_growing_pauses_then_it_has_failed(house: House, botapi: Server) -> None:
    """A file that can't be had is tried for half an hour, then given up with an alarm; the rest goes on meanwhile."""
    house.enter(_document(house, botapi, pictures.jpeg()))
    botapi.faults.add(kind=ServerError(502), method="getFile", times=12)
    fetcher = house.fetcher()
    pauses = []
    for _ in range(11):
        assert 1 == await fetcher.run_once()
        [row] = house.rows()
        pauses.append((row.due_at - house.clock.now()).total_seconds())
        house.clock.move_to(row.due_at)
    assert [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900] == pauses
    assert [] == house.lost
    assert 1 == await fetcher.run_once()
    [row] = house.rows()
    assert [(row.id, "failed", row.reason)] == house.lost
    assert 12 == len(botapi.calls_of("getFile"))


async def test_a_file_that_is_gone_fails_at_once(house: House, botapi: Server) -> None:
    """Where trying again can't help, nobody waits for it: it has failed, and administrators hear of it."""
    house.enter(_document(house, botapi, pictures.jpeg()))
    botapi.faults.add(kind=BadRequest("invalid file_id"), method="getFile")
    await house.fetcher().run_once()
    assert "failed" == house.found()[0].state
    assert 1 == len(house.lost)


async def test_a_picture_that_failed_is_wanted_again_when_it_is_sent_again(house: House, botapi: Server) -> None:
    """Sending it once more is what people do; the new file_id is fetched."""
    house.enter(_document(house, botapi, pictures.jpeg()))
    botapi.faults.add(kind=BadRequest("invalid file_id"), method="getFile")
    await house.fetcher().run_once()
    house.enter(_document(house, botapi, pictures.jpeg()))
    await house.fetcher().run_once()
    assert ["stored"] == [each.state for each in house.found()]


async def test_a_file_of_another_bot_is_not_asked_of_ours(house: House, botapi: Server) -> None:
    """A file_id serves only the bot it was told: under another token it waits, and fails in the end."""
    file = _document(house, botapi, pictures.jpeg())
    house.enter(file)
    change = sa.update(attachments).values(keeper="telegram:1", attempts=11)
    house.database.write_now(lambda tx: tx.execute(change).rowcount)
    await house.fetcher().run_once()
    assert [("failed", "telegram:1 is not connected here")] == [(each.state, each.reason) for each in house.found()]
    assert [] == botapi.calls_of("getFile")


async def test_several_processes_fetch_each_file_once(house: House) -> None:
    """Rows are claimed, so two workers share the work and never do it twice."""
    fetched: list[str] = []
    data = pictures.jpeg()

    async def fetch(ref: str, _limit: int) -> bytes:
        fetched.append(ref)
        await asyncio.sleep(0)
        return data

    for number in range(20):
        house.enter(File(ref=f"ref-{number}", unique=f"unique-{number}"))
    workers = [house.fetcher(owner, fetch) for owner in ("one", "two", "three")]
    while any(await asyncio.gather(*(worker.run_once() for worker in workers))):
        pass
    assert sorted(f"ref-{number}" for number in range(20)) == sorted(fetched)
    assert {"stored"} == {each.state for each in house.found()}
    assert 20 == len(house.objects())


async def test_the_claim_of_a_dead_process_ends(house: House, botapi: Server) -> None:
    """What a killed process had claimed is fetched by another, once the claim's time is over and not before."""
    house.enter(_document(house, botapi, pictures.jpeg()))
    until = _NOW + timedelta(minutes=5)
    [dead] = house.database.write_now(lambda tx: records.claim(tx, "dead", _NOW, until, 10))
    assert 0 == await house.fetcher().run_once()
    house.clock.move_to(until)
    assert 1 == await house.fetcher().run_once()
    stored = house.found()
    assert ["stored"] == [each.state for each in stored]
    late = records.Outcome(state="failed", reason="too late")
    assert not house.database.write_now(lambda tx: records.settle(tx, dead, late, until))
    assert stored == house.found()


async def test_stopping_gives_a_claim_back_at_once(house: House, botapi: Server) -> None:
    """A process that is told to stop in the middle of a download leaves it for the next one, uncounted."""
    house.enter(_document(house, botapi, pictures.jpeg()))
    begun = asyncio.Event()

    async def never(_ref: str, _limit: int) -> bytes:
        begun.set()
        await asyncio.Event().wait()
        return b""

    stopping = asyncio.create_task(house.fetcher("stopping", never).run())
    await begun.wait()
    stopping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await stopping
    assert [(None, 0)] == [(row.owner, row.attempts) for row in house.rows()]
    assert 1 == await house.fetcher().run_once()
    assert ["stored"] == [each.state for each in house.found()]


async def test_the_object_is_there_before_its_row_says_so(house: House, botapi: Server) -> None:
    """While the store can't be written, no row claims that its content is kept."""
    house.enter(_document(house, botapi, pictures.jpeg()))
    house.folder.rmdir()
    house.folder.write_bytes(b"")  # a file where the folder should be
    fetcher = house.fetcher()
    await fetcher.run_once()
    [row] = house.rows()
    assert ("pending", None) == (row.state, row.object_key)
    house.folder.unlink()
    house.folder.mkdir()
    house.clock.move_to(row.due_at)
    await fetcher.run_once()
    assert ["stored"] == [each.state for each in house.found()]


async def test_a_discarded_draft_leaves_no_content_behind(house: House, botapi: Server) -> None:
    """Refusing to give permission erases the pictures, their names and their refs; what is left tells nothing."""
    house.enter(_document(house, botapi, pictures.jpeg(), "Annas seta.jpg"))
    await house.fetcher().run_once()
    house.discard()
    assert [] == house.found()
    assert 1 == await house.fetcher().run_once()
    assert set() == house.objects()
    [row] = house.rows()
    assert ("erased", "", "", None, None) == (row.state, row.name, row.ref, row.object_key, row.sha256)


async def test_a_draft_discarded_while_its_picture_is_fetched(house: House, botapi: Server) -> None:
    """A download that ends after the draft was thrown away stores nothing."""
    house.enter(_document(house, botapi, pictures.jpeg()))

    async def fetch(ref: str, limit: int) -> bytes:
        data = await house.channel.fetch(ref, limit)
        house.discard()
        return data

    await house.fetcher(fetch=fetch).run_once()
    assert set() == house.objects()
    await house.fetcher().run_once()
    assert ["erased"] == [row.state for row in house.rows()]


async def test_erasing_is_tried_until_it_is_done(house: House, botapi: Server) -> None:
    """A store that is away for long does not end the duty to erase."""
    house.enter(_document(house, botapi, pictures.jpeg()))
    await house.fetcher().run_once()
    house.discard()
    away = house.folder.rename(house.folder.with_name("away"))
    house.folder.write_bytes(b"")
    for _ in range(15):
        assert 1 == await house.fetcher().run_once()
        house.clock.move_to(house.rows()[0].due_at)
    house.folder.unlink()
    away.rename(house.folder)
    await house.fetcher().run_once()
    assert set() == house.objects()
    assert ["erased"] == [row.state for row in house.rows()]


async def test_what_was_erased_can_be_sent_anew(house: House, botapi: Server) -> None:
    """A document sent outside of any flow, erased and sent again is fetched again."""
    house.enter(_document(house, botapi, pictures.jpeg()))
    house.discard()
    await house.fetcher().run_once()
    house.enter(_document(house, botapi, pictures.jpeg()))
    await house.fetcher().run_once()
    assert ["stored"] == [each.state for each in house.found()]


async def test_one_broken_source_does_not_stop_the_others(house: House, botapi: Server) -> None:
    """An error that nobody foresaw is kept with its own row; the other files of the round are stored."""
    good = _document(house, botapi, pictures.jpeg())
    house.enter(File(ref="broken", unique="broken"), good)

    async def fetch(ref: str, limit: int) -> bytes:
        if ref == "broken":
            raise ZeroDivisionError
        return await house.channel.fetch(ref, limit)

    await house.fetcher(fetch=fetch).run_once()
    assert [("pending", "ZeroDivisionError"), ("stored", "")] == [(each.state, each.reason) for each in house.found()]


async def test_no_error_of_the_channel_names_the_token(house: House, botapi: Server) -> None:
    """The address of a file holds the bot's token: it must not get into a row, and so into logs and alarms."""
    house.enter(_document(house, botapi, pictures.jpeg()))
    botapi.faults.add(kind=ResetConnection(), method="getFile")
    with pytest.raises(FetchError) as raised:
        await house.channel.fetch("ref", LARGEST)
    assert botapi.token.partition(":")[2] not in raised.value.reason
    assert raised.value.again
