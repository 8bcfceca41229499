"""Erasing while something is on its way: another process that decides, sends, fetches or makes brings nothing back."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot import app as house
from bot.conversation.response import Event
from bot.database import Database
from bot.desk import team
from bot.messages import LETTERS, Address, Destination, Envelope, Fate, Inbound, Kind, Outbound, SendError
from bot.people import contacts
from bot.people.contacts import addresses
from bot.people.privacy.erasures import erasures
from bot.rooms import Scene
from bot.settings import Secret, Settings
from flows.said import File, Said
from tests.pictures import jpeg
from tests.searching import everything, mentions
from tests.transcripts.clock import MovedClock
from tests.transcripts.script import _DEFAULT_START
from tests.transcripts.stage import RecordingChannel

_ANNA, _ILZE = Address("telegram", "4711"), Address("telegram", "4712")
_GROUP = Address("telegram", "-100500")
_WORDS = ("bambus", "Kalniņa", "4711")
_numbers = count(1)
_Pause = Callable[[], Awaitable[object]]


class _Patient:
    """A database that lets somebody else go first, once, before it writes what was decided."""

    def __init__(self, database: Database, first: _Pause) -> None:
        self._database, self._first = database, first
        self._waited = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    async def write(self, work: Any) -> Any:
        """Write after the other."""
        if not self._waited:
            self._waited = True
            await self._first()
        return await self._database.write(work)


class _Channel(RecordingChannel):
    """A channel that brings files, and with which sending can be made to wait or fail."""

    keeper = "telegram:1"

    def __init__(self) -> None:
        super().__init__("telegram")
        self.meanwhile: _Pause | None = None
        self.refuses: SendError | None = None

    async def send(self, to: Destination, message: Outbound) -> str:
        """Let something happen on the way."""
        if self.meanwhile and to.chat == _ANNA:
            first, self.meanwhile = self.meanwhile, None
            await first()
        if self.refuses and to.chat == _ANNA:
            raise self.refuses
        return await super().send(to, message)

    async def fetch(self, ref: str, limit: int) -> bytes:  # noqa: ARG002 - the port's shape
        """Hand out a picture, after something has happened."""
        if self.meanwhile:
            first, self.meanwhile = self.meanwhile, None
            await first()
        return jpeg()


@dataclass(eq=False)
class _Process:
    """One process of an installation, without its loops."""

    app: house.App
    channel: _Channel
    clock: MovedClock
    background: set[Any] = field(default_factory=set)

    async def hears(self, text: str, sender: Address = _ANNA, **more: Any) -> str:
        """Receive something and carry out what follows at once."""
        outcome = await self.app.inbox.receive(self.item(text, sender, **more))
        await self.app.sender.drain()
        return outcome

    def item(self, text: str, sender: Address = _ANNA, **more: Any) -> Inbound:
        """Make a message as a channel would."""
        number, now = next(_numbers), self.clock.now()
        item = Inbound(
            channel=sender.channel,
            external_id=str(number),
            kind=Kind.MESSAGE,
            sender=sender,
            chat=sender,
            said_at=now,
            received_at=now,
            said=Said(text=text),
            message_ref=str(number),
            envelope=Envelope(trusted=True, message_id=str(number)) if sender.channel == LETTERS else None,
        )
        return replace(item, **more)

    async def erases(self) -> None:
        """Let Anna be erased here."""
        assert "forget_me" == await self.app.inbox.receive(self.item("dzēsiet manus datus"))
        assert "erased" == await self.app.inbox.receive(self.item("dzēst visu"))

    async def finishes(self) -> None:
        """Let all that is left be done."""
        for _ in range(2):
            self.clock.move(timedelta(minutes=1))
            await self.app.sender.drain()
            await self.app.finisher.run_once()

    async def finds(self) -> list[str]:
        """Search everything for Anna."""
        return mentions(await everything(self.app), *_WORDS, "object ")

    async def look(self, query: Any) -> list[tuple[Any, ...]]:
        """Read rows."""
        return await self.app.database.read(lambda tx: [tuple(row) for row in tx.execute(query)])


@pytest.fixture
async def two(database_url: str, tmp_path: Path) -> AsyncIterator[tuple[_Process, _Process]]:
    """Return two processes of one installation with a desk, at which Ilze works."""
    clock = MovedClock(_DEFAULT_START)
    made = [_started(database_url, tmp_path, clock) for _ in range(2)]

    def hire(tx: sa.Connection) -> None:
        code = team.invite(tx, "staff", clock.now())
        contact_id = contacts.add(tx, _ILZE, clock.now())
        scene = Scene(contact_id=contact_id, chat=_ILZE, now=clock.now(), language="lv", inbound_id=0)
        team.join(tx, Event(type="team.joined", data={"code": code, "name": "Ilze"}), scene)

    await made[0].app.database.write(hire)
    yield made[0], made[1]
    for process in made:
        await process.app.close()


def _started(database_url: str, folder: Path, clock: MovedClock) -> _Process:
    channel = _Channel()
    settings = Settings(database_url=Secret(database_url), data_dir=folder, staff_chat_id=_GROUP.ident, staff_topics=1)
    return _Process(house.build(settings, {"telegram": channel}, clock), channel, clock)


async def test_what_another_process_had_decided_is_dropped(two: tuple[_Process, _Process]) -> None:
    """It was said before the words that erase, so it must not make us know the person anew."""
    one, other = two
    await other.hears("Labdien!")
    other.app.inbox.database = _Patient(other.app.database, one.erases)  # type: ignore[assignment]
    late = other.item("Gribu reģistrēt 50 ozolus, bambusu un runāt ar Annu Kalniņu")
    await other.app.inbox.receive(late)
    await one.finishes()
    assert [] == await one.finds()
    assert [] == await one.look(sa.select(addresses).where(addresses.c.address == str(_ANNA)))


async def test_who_writes_again_is_somebody_new(two: tuple[_Process, _Process]) -> None:
    """What is said afterwards is kept, also beside a process that remembers the old conversation, and is not erased."""
    one, other = two
    await other.hears("Gribu reģistrēt 50 ozolus")
    await one.erases()
    one.clock.move(timedelta(seconds=5))
    assert "answer" == await other.hears("vai augļu koki skaitās?")
    await one.finishes()
    [(contact,)] = await one.look(sa.select(addresses.c.contact_id).where(addresses.c.address == str(_ANNA)))
    assert await one.look(sa.select(contacts.contacts).where(contacts.contacts.c.id == contact))
    assert 1 == len(mentions(await everything(one.app), "inbound.text: vai augļu koki skaitās?"))
    assert [] == mentions(await everything(one.app), "50 ozolus", "Quercus")


async def test_a_block_afterwards_makes_nobody_known(two: tuple[_Process, _Process]) -> None:
    """Telegram tells us that the person has blocked us; that is nothing to keep."""
    one, _ = two
    await one.hears("Labdien!")
    await one.erases()
    one.clock.move(timedelta(seconds=5))
    await one.app.inbox.receive(one.item("", kind=Kind.MEMBERSHIP, present=False))
    await one.finishes()
    assert [] == await one.finds()


async def test_an_answer_that_staff_were_entering_leads_nowhere(two: tuple[_Process, _Process]) -> None:
    """Neither to the person nor into the group; nothing of it is kept."""
    one, other = two
    await other.hears("Gribu runāt ar cilvēku par bambusu, lūdzu. Anna Kalniņa")
    thread = next(ref for ref, message in other.channel.shown_to_staff if message.kind == "topic_open")
    other.app.inbox.database = _Patient(other.app.database, one.erases)  # type: ignore[assignment]
    answer = other.item("/a Kalniņas kundze, bambuss!", _ILZE, chat=_GROUP, private=False, thread=thread)
    before = len(other.channel.shown)
    await other.app.inbox.receive(answer)
    await one.finishes()
    await other.finishes()
    assert [] == [m.text for _, m in other.channel.shown[before:] if "bambus" in m.text]
    told = [m.text for _, m in (*one.channel.shown_to_staff, *other.channel.shown_to_staff)][2:]
    assert [] == [text for text in told if "bambus" in text]
    assert [] == await one.finds()


async def test_a_reply_on_the_wire_is_forgotten_once_it_has_come_to_its_end(two: tuple[_Process, _Process]) -> None:
    """It can't be called back; its text and where it went are gone, and after a refusal it is not sent again."""
    one, other = two
    await one.hears("Labdien!")
    other.channel.meanwhile = one.erases
    other.channel.refuses = SendError(Fate.LATER, "wait", wait=5)
    await other.hears("Ko lai daru ar bambusu? Anna Kalniņa")
    other.channel.refuses = None
    await one.finishes()
    await other.finishes()
    assert [] == await one.finds()
    assert [] == [text for text in _shown(one, other) if "bambus" in text]


async def test_a_picture_that_is_being_fetched_is_not_kept(two: tuple[_Process, _Process]) -> None:
    """Its object is deleted by whoever has written it, since its row is gone."""
    one, other = two
    await other.hears("Gribu reģistrēt 10 ozolus")
    picture = File(ref="p", unique="p", media_type="image/jpeg", size=1000)
    await other.app.inbox.receive(other.item("", said=Said(files=(picture,))))
    other.channel.meanwhile = one.erases
    assert other.app.fetcher
    assert 1 == await other.app.fetcher.run_once()
    await one.finishes()
    assert [] == await one.finds()


async def test_a_file_that_is_being_made_is_not_kept(two: tuple[_Process, _Process]) -> None:
    """The press finds that its order is gone, and deletes what it has written."""
    one, other = two
    await other.hears("Labdien! Mani sauc Anna Kalniņa")
    assert "my_data" == await other.hears("mani dati")
    put = other.app.press.put
    loop = asyncio.get_running_loop()

    def slowly(key: str, content: bytes) -> None:
        put(key, content)
        asyncio.run_coroutine_threadsafe(one.erases(), loop).result()

    other.app.press.put = slowly
    await other.app.press.work_off()
    await one.finishes()
    assert [] == await one.finds()


async def test_a_farewell_that_can_not_be_sent_is_forgotten_after_two_days(two: tuple[_Process, _Process]) -> None:
    """Until then it waits; afterwards the person is forgotten all the same."""
    one, _ = two
    await one.hears("Labdien!")
    one.channel.refuses = SendError(Fate.LATER, "wait", wait=3600)
    await one.erases()
    await one.finishes()
    [(left,)] = await one.look(sa.select(erasures.c.left))
    assert [str(_ANNA)] == left["addresses"]
    one.clock.move(timedelta(days=2, minutes=1))
    await one.app.finisher.run_once()
    assert [] == await one.finds()
    assert [(None,)] == await one.look(sa.select(erasures.c.left))


async def test_the_words_said_twice_at_once_erase_once(two: tuple[_Process, _Process]) -> None:
    """Whichever process is second meets a stranger, and drops what that one said."""
    one, other = two
    await one.hears("Labdien!")
    await one.hears("dzēsiet manus datus")
    await asyncio.gather(
        one.app.inbox.receive(one.item("dzēst visu")), other.app.inbox.receive(other.item("Dzēst visu!"))
    )
    await one.finishes()
    assert 1 == len(await one.look(sa.select(erasures.c.id)))
    assert [] == await one.finds()


def _shown(*processes: _Process) -> list[str]:
    return [message.text for process in processes for _, message in process.channel.shown]
