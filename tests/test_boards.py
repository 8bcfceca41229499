"""Boards: what stands on them is found again, and a deleted one is opened anew with nothing lost."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot import app as house
from bot.channels.telegram import TelegramChannel
from bot.conversation.standing import Post
from bot.desk.boards import Boards
from bot.messages import Address, Inbound, Kind, Outbound
from bot.settings import Secret, Settings
from tests.botapi import Group, Server
from tests.transcripts.clock import MovedClock
from tests.transcripts.script import _DEFAULT_START

_GROUP = -100500
_NOW = _DEFAULT_START


class _House:
    """An installation with a group of topics on the strict server."""

    def __init__(self, app: house.App, group: Group) -> None:
        self.app, self.group = app, group
        self.boards = Boards(chat=Address("telegram", str(_GROUP)), topics=True)

    async def posts(self, *texts: str, board: str = "review") -> None:
        """Put messages on a board, numbered from 1, and send them."""
        for number, text in enumerate(texts, start=1):
            message = Outbound(text=text)
            await self.app.database.write(
                lambda tx, m=message, n=number: self.boards.post(tx, board, m, _NOW, subject=n)  # type: ignore[misc]
            )
        await self.app.sender.drain()

    def shown(self) -> list[tuple[str, str]]:
        """Return what stands in the group: topic and text."""
        topics = self.group.topics
        return [(topics[seen.thread].name if seen.thread else "", seen.text) for seen in self.group.inbox]


@pytest.fixture
async def made(database_url: str, tmp_path: Path, botapi: Server) -> AsyncIterator[_House]:
    """Return an installation."""
    group = botapi.group(_GROUP, "Darbinieki")
    settings = Settings(
        database_url=Secret(database_url),
        data_dir=tmp_path,
        staff_chat_id=str(_GROUP),
        staff_topics=1,
        telegram_token=Secret(botapi.token),
        telegram_api_url=botapi.url,
    )
    channel = TelegramChannel(botapi.token, botapi.url)
    await channel.start()
    app = house.build(settings, {"telegram": channel}, MovedClock(_DEFAULT_START))
    yield _House(app, group)
    await app.close()
    await channel.close()


async def test_a_board_is_opened_when_something_is_first_to_stand_on_it(made: _House) -> None:
    """Once, with its name; other boards beside it."""
    await made.posts("viens", "divi")
    await made.posts("trīs", board="overview")
    assert [("Reģistrācijas", "viens"), ("Reģistrācijas", "divi"), ("Pārskats", "trīs")] == made.shown()


async def test_a_reply_is_known_by_what_it_answers(made: _House) -> None:
    """By the subject of the message that is replied to; what stands elsewhere is about nothing."""
    await made.posts("viens", "divi")
    second = str(made.group.inbox[1].message_id)
    found = [
        await made.app.database.read(lambda tx, ref=ref: made.boards.about(tx, _reply(ref)))  # type: ignore[misc]
        for ref in (second, "999")
    ]
    assert [Post(board="review", subject=2), None] == found


async def test_a_deleted_board_comes_back_with_all_that_waited(made: _House, botapi: Server) -> None:
    """Opened once, and every message stands on it in its order."""
    await made.posts("viens")
    ilze = botapi.person(4712, "Ilze")
    made.group.member(ilze).deletes_topic(next(iter(made.group.topics)))
    await made.posts("divi", "trīs", "četri")
    assert ["divi", "trīs", "četri"] == [text for _, text in made.shown() if text != "viens"]
    assert ["Reģistrācijas"] == [topic.name for topic in made.group.topics.values()]


def _reply(ref: str) -> Inbound:
    group, ilze = Address("telegram", str(_GROUP)), Address("telegram", "4712")
    return Inbound(
        channel="telegram",
        external_id="1",
        kind=Kind.MESSAGE,
        sender=ilze,
        chat=group,
        private=False,
        said_at=_NOW,
        received_at=_NOW,
        reply_to=ref,
    )
