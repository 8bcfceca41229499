"""The weekly summary: once, on the first working morning, to every coordinator in each place where they can be read."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import app as house
from bot.clock import RIGA
from bot.conversation.response import Event
from bot.database import Database
from bot.delivery.outbox import deliveries
from bot.desk import team
from bot.desk.promise import WorkingHours
from bot.documents.orders import documents
from bot.messages import LETTERS, Address
from bot.people import contacts
from bot.progress import tallies, weekly
from bot.progress.counting import Sum
from bot.rooms import Scene
from bot.settings import Secret, Settings
from tests.test_progress import register
from tests.test_progress_report import plan
from tests.transcripts.clock import MovedClock
from tests.transcripts.stage import RecordingChannel

_HOURS = WorkingHours(time(8, 30), time(17))
_MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=RIGA)
_INGA = Address("telegram", "4714")
_LETTER = Address(LETTERS, "inga@example.lv")


@pytest.fixture
def tx(database_url: str) -> Iterator[Connection]:
    """Return a connection with an open transaction."""
    database = Database(database_url)
    with database.engine.begin() as connection:
        yield connection
    database.dispose()


def _hire(tx: Connection, address: Address, role: str, *more: Address) -> None:
    """Take somebody into the team, who can also be reached at further addresses."""
    now = _MONDAY.astimezone(UTC)
    contact_id = contacts.add(tx, address, now)
    for other in more:
        tx.execute(sa.insert(contacts.addresses).values(address=str(other), contact_id=contact_id, created_at=now))
    code = team.invite(tx, role, now)
    scene = Scene(contact_id=contact_id, chat=address, now=now, language="lv", inbound_id=0)
    team.join(tx, Event(type="team.joined", data={"code": code, "name": ""}), scene)


def _tell(tx: Connection, at: datetime) -> int:
    return weekly.tell(tx, at.astimezone(UTC), _HOURS)


def test_it_is_told_once_a_week_after_the_opening_hour(tx: Connection) -> None:
    """Not before, not twice, not when two days have passed; and again in the next week."""
    _hire(tx, _INGA, "coordinator")
    assert 0 == _tell(tx, _MONDAY.replace(hour=8, minute=29))
    assert 1 == _tell(tx, _MONDAY.replace(hour=8, minute=30))
    assert 0 == _tell(tx, _MONDAY.replace(hour=8, minute=31))
    assert 0 == _tell(tx, _MONDAY + timedelta(days=1))
    assert 1 == _tell(tx, _MONDAY + timedelta(days=8))  # the process was down on that Monday
    assert 0 == _tell(tx, _MONDAY + timedelta(days=9))
    assert 0 == _tell(tx, _MONDAY + timedelta(days=16, hours=1))  # and here too long


def test_where_monday_is_a_holiday_it_is_told_on_tuesday(tx: Connection) -> None:
    """4 May 2026 is one."""
    _hire(tx, _INGA, "coordinator")
    assert 0 == _tell(tx, datetime(2026, 5, 4, 9, 0, tzinfo=RIGA))
    assert 1 == _tell(tx, datetime(2026, 5, 5, 9, 0, tzinfo=RIGA))


def test_only_coordinators_are_told_and_only_where_they_can_be_read(tx: Connection) -> None:
    """In the chat by which they joined and by letter; not at an address that is gone, nor somebody who left."""
    _hire(tx, _INGA, "coordinator", _LETTER, Address("telegram", "999"))
    _hire(tx, Address("telegram", "4712"), "staff", Address(LETTERS, "ilze@example.lv"))
    _hire(tx, Address("telegram", "4715"), "admin")
    gone, left = Address("telegram", "4720"), Address("telegram", "4721")
    _hire(tx, gone, "coordinator", Address(LETTERS, "gone@example.lv"))
    contacts.mark_gone(tx, gone, _MONDAY.astimezone(UTC), "blocked")
    _hire(tx, left, "coordinator")
    team.revoke(tx, left, _MONDAY.astimezone(UTC))
    assert 3 == _tell(tx, _MONDAY)
    told = tx.execute(sa.select(documents.c.chat).order_by(documents.c.chat)).scalars().all()
    assert [f"{LETTERS}:gone@example.lv", str(_LETTER), str(_INGA)] == told


def test_the_week_is_that_from_monday_to_sunday_in_riga(tx: Connection) -> None:
    """Beside it the trees of the week before; what came this morning belongs to the next."""
    contacts.add(tx, _INGA, _MONDAY)
    for day, hour, trees in ((9, 0, 1), (15, 23, 2), (16, 0, 10), (22, 23, 20), (23, 0, 500)):
        at = datetime(2026, 11, day, hour, 30, tzinfo=RIGA).astimezone(UTC)
        register(tx, "received", trees, received_at=at, municipality="Ogres novads")
    for day, what, subject in (
        (15, tallies.ANSWERED, "fruit-trees"),
        (16, tallies.ANSWERED, "fruit-trees"),
        (22, tallies.PERSON, ""),
        (22, tallies.UNANSWERED, ""),
        (22, tallies.STOPPED, "register_trees.place"),
        (22, tallies.STOPPED, "talk_to_staff.way"),
    ):
        row = {"day": date(2026, 11, day), "what": what, "subject": subject, "channel": "telegram", "municipality": ""}
        tx.execute(sa.insert(tallies.tallies).values(number=1, **row))
    for key, hours, state in (
        ("egles", -1, "planned"),
        ("ozolus", 2, "planned"),
        ("bērzus", 3, "cancelled"),
        ("kļavas", 168, "planned"),
    ):
        plan(tx, key, _MONDAY.astimezone(UTC) + timedelta(hours=hours), state=state)
    found = weekly.week(tx, _MONDAY.astimezone(UTC))
    assert (date(2026, 11, 16), date(2026, 11, 22)) == (found.first, found.last)
    assert (Sum(2, 30), Sum(2, 3)) == (found.told, found.before)
    assert {"Ogres novads": Sum(2, 30)} == found.municipalities
    assert [(date(2026, 11, 23), "Stādām ozolus")] == found.ahead
    assert (1, 2, 1) == (found.answered, found.unanswered, found.given_up)


@pytest.fixture
async def both(database_url: str, tmp_path: Path) -> AsyncIterator[tuple[house.App, RecordingChannel]]:
    """Return an installation that writes on Telegram and letters, on a Monday morning, with one coordinator."""
    channel = RecordingChannel("telegram")
    settings = Settings(database_url=Secret(database_url), data_dir=tmp_path)
    app = house.build(settings, {"telegram": channel, LETTERS: channel}, MovedClock(_MONDAY))
    await app.database.write(lambda tx: _hire(tx, _INGA, "coordinator", _LETTER))
    yield app, channel
    await app.close()


async def test_the_coordinator_reads_it_in_the_chat_and_by_letter(
    both: tuple[house.App, RecordingChannel],
) -> None:
    """With the picture in both; the letter has a subject of its own."""
    app, channel = both
    await app.database.write(lambda tx: weekly.tell(tx, app.clock.now(), _HOURS))
    await app.press.work_off()
    await app.sender.drain()
    assert ["photo", "photo"] == [message.kind for _, message in channel.shown]
    assert all("Nedēļa 16.11.2026.–22.11.2026." in message.text for _, message in channel.shown)
    assert all(message.enclosures[0].content.startswith(b"\x89PNG") for _, message in channel.shown)
    subjects = [message.envelope.subject for _, message in channel.shown if message.envelope]
    assert ["Koku nedēļa 16.11.–22.11.2026."] == subjects


async def test_killed_after_the_order_it_is_still_told_and_once(both: tuple[house.App, RecordingChannel]) -> None:
    """Order and pulse are one transaction: another process makes what is ordered and orders nothing again."""
    app, channel = both
    await app.database.write(lambda tx: weekly.tell(tx, app.clock.now(), _HOURS))
    other = house.build(app.settings, {"telegram": channel, LETTERS: channel}, app.clock)
    try:
        assert 0 == await other.database.write(lambda tx: weekly.tell(tx, other.clock.now(), _HOURS))
        await other.press.work_off()
        await other.sender.drain()
        await app.press.work_off()
        await app.sender.drain()
    finally:
        await other.close()
    sent = await app.database.read(lambda tx: tx.execute(sa.select(deliveries.c.state)).scalars().all())
    assert ["sent", "sent"] == list(sent)
    assert 2 == len(channel.shown)


async def test_killed_before_the_commit_it_is_told_by_the_next(both: tuple[house.App, RecordingChannel]) -> None:
    """Nothing of it was there: neither the pulse nor an order."""
    app, _ = both

    class _KilledError(Exception):
        pass

    def dies(tx: Connection) -> None:
        weekly.tell(tx, app.clock.now(), _HOURS)
        raise _KilledError

    with pytest.raises(_KilledError):
        await app.database.write(dies)
    assert 2 == await app.database.write(lambda tx: weekly.tell(tx, app.clock.now(), _HOURS))
