"""Asking for the progress by letter: the same numbers with the picture attached, for whom it surely is."""

from collections.abc import AsyncIterator
from datetime import datetime
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import app as house
from bot.clock import RIGA
from bot.conversation.response import Event
from bot.desk import team
from bot.messages import LETTERS, Address, Envelope, Inbound, Kind, Outbound
from bot.people import contacts
from bot.rooms import Scene
from bot.settings import Secret, Settings
from flows.said import Said
from tests.transcripts.clock import MovedClock
from tests.transcripts.stage import RecordingChannel

_NOW = datetime(2026, 11, 23, 9, 0, tzinfo=RIGA)
_CHAT, _LETTER = Address("telegram", "4714"), Address(LETTERS, "inga@example.lv")
_NUMBERS = count(1)


class _Desk:
    """An installation with one coordinator, who has linked an address for letters."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self.letters = RecordingChannel(LETTERS)
        settings = Settings(database_url=Secret(database_url), data_dir=folder)
        channels = {LETTERS: self.letters, "telegram": RecordingChannel("telegram")}
        self.app = house.build(settings, dict(channels), MovedClock(_NOW))

    async def hires(self, role: str) -> None:
        """Take her into the team."""

        def join(tx: Connection) -> None:
            contact_id = contacts.add(tx, _CHAT, _NOW)
            tx.execute(
                sa.insert(contacts.addresses).values(address=str(_LETTER), contact_id=contact_id, created_at=_NOW)
            )
            scene = Scene(contact_id=contact_id, chat=_CHAT, now=_NOW, language="lv", inbound_id=0)
            team.join(tx, Event(type="team.joined", data={"code": team.invite(tx, role, _NOW), "name": ""}), scene)

        await self.app.database.write(join)

    async def reads(self, text: str, *, trusted: bool = True) -> list[Outbound]:
        """Receive a letter of hers, and return the letters that came of it."""
        before = len(self.letters.shown)
        number = str(next(_NUMBERS))
        item = Inbound(
            channel=LETTERS,
            external_id=number,
            kind=Kind.MESSAGE,
            sender=_LETTER,
            chat=_LETTER,
            said_at=_NOW,
            received_at=_NOW,
            said=Said(text=text),
            message_ref=number,
            envelope=Envelope(subject="Skaitļi", message_id=f"{number}@example.lv", trusted=trusted),
        )
        await self.app.inbox.receive(item)
        await self.app.sender.drain()
        await self.app.press.work_off()
        await self.app.sender.drain()
        return [message for _, message in self.letters.shown[before:]]


@pytest.fixture
async def desk(sqlite_url: str, tmp_path: Path) -> AsyncIterator[_Desk]:
    """Return an installation."""
    one = _Desk(sqlite_url, tmp_path)
    yield one
    await one.app.close()


async def test_a_coordinator_has_numbers_and_picture_by_letter(desk: _Desk) -> None:
    """The letter continues theirs; the picture is attached."""
    await desk.hires("coordinator")
    said, numbers = await desk.reads("/gaita")
    assert "Skaitu kokus" in said.text
    assert "Pierakstīti koki: 0" in numbers.text
    assert ["koki-2026-11-23.png"] == [file.name for file in numbers.enclosures]
    assert numbers.envelope is not None
    assert "Skaitļi" in numbers.envelope.subject


async def test_a_from_line_alone_gets_no_report(desk: _Desk) -> None:
    """Anybody can write one."""
    await desk.hires("coordinator")
    (said,) = await desk.reads("/atskaite", trusted=False)
    assert "Tas ir komandas darbs" in said.text


@pytest.mark.parametrize("command", ["/gaita", "/piltuve", "/atskaite"])
async def test_whoever_has_left_the_team_gets_nothing(desk: _Desk, command: str) -> None:
    """Though their conversation may not have heard of it yet: the team itself is asked."""
    await desk.hires("coordinator")
    await desk.reads("/darbs")

    def leave(tx: Connection) -> None:
        tx.execute(sa.update(team.team).values(revoked_at=_NOW))

    await desk.app.database.write(leave)
    told = await desk.reads(command)
    assert ["Tas ir komandas darbs" in message.text for message in told] == [True]
