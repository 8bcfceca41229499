"""The link by which people take no more news: looking changes nothing, one click does, and nobody else's link opens."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio
import sqlalchemy as sa
from aiohttp import web
from sqlalchemy.engine import Connection

from bot.channels.email.compose import Composer, Letterhead
from bot.channels.email.token import leaving_token
from bot.clock import SystemClock
from bot.conversation.response import Event
from bot.database import Database
from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.messages import Address, Destination, Outbound
from bot.outreach.leaving import PATH, Leaving
from bot.people import contacts, permissions
from bot.rooms import Scene
from bot.words import Words

_SECRET = "s" * 40
_ANNA = Address("mailto", "anna@example.org")


class _House:
    """A database with one reader of our news, and the page on a server."""

    def __init__(self, database: Database, base: str, contact_id: int, delivery: int) -> None:
        self.database, self.base, self.contact_id, self.delivery = database, base, contact_id, delivery
        self.token = leaving_token(str(delivery), _ANNA.ident, _SECRET)

    async def takes_news(self) -> bool:
        """Whether Anna takes our news."""
        held = await self.database.read(lambda tx: permissions.current(tx, self.contact_id))
        return held[permissions.NEWS]


@pytest_asyncio.fixture
async def house(database_url: str) -> AsyncIterator[_House]:
    """Return somebody who takes our news, and was sent an announcement."""
    database, clock = Database(database_url), SystemClock()

    def prepare(tx: Connection) -> tuple[int, int]:
        now = clock.now()
        contact_id = contacts.add(tx, _ANNA, now)
        scene = Scene(contact_id=contact_id, chat=_ANNA, now=now, language="lv", inbound_id=1)
        permissions.give(tx, Event(type="permissions.given", data={"kinds": [permissions.NEWS]}), scene)
        message = Outbound(text="Nāciet stādīt!", bulk=True)
        return contact_id, outbox.put(tx, message, chat=_ANNA, now=now, contact_id=contact_id, lane=Lane.BROADCAST)

    contact_id, delivery = await database.write(prepare)
    app = web.Application()
    Leaving(database=database, clock=clock, words=Words(), secret=_SECRET).mount(app.router)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    yield _House(database, f"http://127.0.0.1:{port}{PATH}", contact_id, delivery)
    await runner.cleanup()
    await database.close()


async def test_looking_at_the_page_changes_nothing(house: _House) -> None:
    """Filters and previews follow every link in a letter; they must not speak for its reader."""
    async with aiohttp.ClientSession() as session, session.get(house.base + house.token) as answer:
        assert 200 == answer.status
        assert 'method="post"' in await answer.text()
    assert await house.takes_news()


async def test_one_click_ends_it_also_twice(house: _House) -> None:
    """As RFC 8058 has a mail program post it; the second time is no mistake."""
    async with aiohttp.ClientSession() as session:
        for _ in range(2):
            async with session.post(house.base + house.token, data={"List-Unsubscribe": "One-Click"}) as answer:
                assert 200 == answer.status
                assert "vairs nesūtīsim" in await answer.text()
    assert not await house.takes_news()
    counted = sa.select(sa.func.count()).select_from(permissions.permissions)
    assert 2 == await house.database.read(lambda tx: tx.execute(counted).scalar_one())


@pytest.mark.parametrize("change", ["other", "short", "number"])
async def test_a_link_that_is_not_ours_opens_nothing(house: _House, change: str) -> None:
    """Neither another signature nor another letter's number."""
    token = {
        "other": house.token[:-1] + ("a" if house.token[-1] != "a" else "b"),
        "short": house.token[:-1],
        "number": f"{house.delivery + 1}-{house.token.partition('-')[2]}",
    }[change]
    async with aiohttp.ClientSession() as session, session.post(house.base + token) as answer:
        assert 404 == answer.status
    assert await house.takes_news()


def test_a_letter_of_many_says_how_to_leave() -> None:
    """By the page in its header and its text, and by a letter; where we have no pages, by a letter alone."""
    now, to = SystemClock().now(), Destination(chat=_ANNA, token="7")
    said = Outbound(text="Nāciet stādīt!", bulk=True)
    head = Letterhead(address="koki@example.lv", secret=_SECRET, pages="https://koki.example.lv")
    with_pages = Composer(head).compose(to, said, now).content.decode()
    link = f"https://koki.example.lv{PATH}{leaving_token('7', _ANNA.ident, _SECRET)}"
    assert f"List-Unsubscribe: <{link}>" in with_pages.replace("\r\n ", "")
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in with_pages
    bare = Composer(Letterhead(address="koki@example.lv", secret=_SECRET)).compose(to, said, now).content.decode()
    assert "List-Unsubscribe: <mailto:koki@example.lv?subject=unsubscribe>" in bare
    assert "List-Unsubscribe-Post" not in bare
