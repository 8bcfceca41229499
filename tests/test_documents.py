"""Documents: ordered in a transaction, made after it, and sent once, whatever happens in between."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import app as house
from bot.alarms import alarms
from bot.conversation.response import Say
from bot.documents import orders
from bot.documents.orders import Order, documents
from bot.documents.press import Made
from bot.messages import LETTERS, Address
from bot.people import contacts
from bot.settings import Secret, Settings
from tests.transcripts.clock import MovedClock
from tests.transcripts.script import _DEFAULT_START
from tests.transcripts.stage import RecordingChannel

_ANNA = Address(LETTERS, "anna@example.org")


class _House:
    """An installation that makes one kind of document: a list of what its payload names."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self.clock = MovedClock(_DEFAULT_START)
        self.letters = RecordingChannel(LETTERS)
        self.app = house.build(
            Settings(database_url=Secret(database_url), data_dir=folder), {LETTERS: self.letters}, self.clock
        )
        self.broken = False
        self.app.press.makers = {"list": self._maker}

    def _maker(self, tx: Connection, order: Order) -> Callable[[], Made]:
        count = tx.execute(sa.select(sa.func.count()).select_from(contacts.contacts)).scalar_one()

        def make() -> Made:
            if self.broken:
                raise ValueError("no ink")
            content = f"{count}: {order.payload['what']}".encode()
            return Made(
                content=content,
                name="saraksts.txt",
                media_type="text/plain",
                say=Say(template="later_noted", values={"count": 1}),
            )

        return make

    async def order(self, what: str) -> None:
        """Order one for Anna."""

        def place(tx: Connection) -> None:
            contact_id = contacts.owner(tx, _ANNA) or contacts.add(tx, _ANNA, self.clock.now())
            orders.place(
                tx, kind="list", payload={"what": what}, chat=_ANNA, contact_id=contact_id, now=self.clock.now()
            )

        await self.app.database.write(place)

    async def works(self) -> list[str]:
        """Make and send what is due; return the contents that went out so far."""
        await self.app.press.work_off()
        await self.app.sender.drain()
        return [file.content.decode() for _, message in self.letters.shown for file in message.enclosures]

    async def column(self, column: sa.Column[object]) -> list[object]:
        """Return a column, by id."""
        return list(await self.app.database.read(lambda tx: tx.execute(sa.select(column)).scalars().all()))


@pytest.fixture
async def made(database_url: str, tmp_path: Path) -> AsyncIterator[_House]:
    """Return an installation."""
    one = _House(database_url, tmp_path)
    yield one
    await one.app.close()


async def test_a_document_is_made_after_its_order_and_sent_once(made: _House) -> None:
    """With what the maker found in the database, in the order of ordering; its object is kept from the sweeping."""
    await made.order("ozoli")
    await made.order("liepas")
    assert ["1: ozoli", "1: liepas"] == await made.works()
    assert ["1: ozoli", "1: liepas"] == await made.works()
    assert ["ready", "ready"] == await made.column(documents.c.state)
    keys = [str(key) for key in await made.column(documents.c.object_key)]
    assert set(keys) == await made.app.database.read(lambda tx: orders.known_keys(tx, [*keys, "other"]))


async def test_an_order_whose_process_died_is_made_by_another(made: _House) -> None:
    """When the claim has ended and not before; the first one can no longer finish it."""
    await made.order("ozoli")
    now = made.clock.now()
    first = await made.app.database.write(lambda tx: orders.claim(tx, now, now + timedelta(minutes=5)))
    assert first is not None
    assert [] == await made.works()
    made.clock.move(timedelta(minutes=6))
    assert ["1: ozoli"] == await made.works()
    assert not await made.app.database.write(lambda tx: orders.still_mine(tx, first))


async def test_who_waits_for_a_document_that_cannot_be_made_hears_of_it(made: _House) -> None:
    """After some attempts, and the administrators too; then it is not tried again."""
    made.broken = True
    await made.order("ozoli")
    for _ in range(6):
        await made.works()
        made.clock.move(timedelta(minutes=1))
    told = [message.text for _, message in made.letters.shown]
    assert 1 == len(told)
    assert "Failu neizdevās sagatavot" in told[0]
    assert (["failed"], ["ValueError"]) == (await made.column(documents.c.state), await made.column(documents.c.reason))
    assert ["document:list"] == await made.column(alarms.c.key)


async def test_an_object_that_is_gone_is_not_waited_for(made: _House) -> None:
    """The delivery fails and says why; the others go on."""
    await made.order("ozoli")
    await made.app.press.work_off()
    for path in (made.app.settings.data_dir / "objects").rglob("*-*"):
        path.unlink()
    await made.order("liepas")
    assert ["1: liepas"] == await made.works()
