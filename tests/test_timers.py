"""Timers: a promise is a row, carried out once, by whoever is alive, when it is due and not before."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import app as house
from bot import timers
from bot.conversation.response import Timer
from bot.database import Database
from bot.inbox.ledger import inbound
from bot.messages import Address
from bot.people import contacts
from bot.settings import Secret, Settings
from tests.transcripts.clock import MovedClock
from tests.transcripts.stage import RecordingChannel

_NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
_ANNA = Address("chat", "1")


def _set(tx: Connection, key: str, due: datetime | None, kind: str = "nudge") -> None:
    timers.put(tx, 1, str(_ANNA), Timer(key=key, due_at=due, kind=kind, payload={"run": "r"}))


def _set_twenty(tx: Connection) -> None:
    for number in range(20):
        _set(tx, f"t{number}", _NOW)


def _due(tx: Connection, now: datetime) -> list[str]:
    return [timer.key for timer in timers.due(tx, now)]


@pytest.fixture
def tx(database_url: str) -> Iterator[Connection]:
    """Return a connection with an open transaction and a contact."""
    database = Database(database_url)
    with database.engine.begin() as connection:
        contacts.add(connection, _ANNA, _NOW)
        yield connection
    database.dispose()


def test_timers_are_due_in_their_order(tx: Connection) -> None:
    """The longest overdue comes first, what lies ahead not at all."""
    for key, minutes in (("b", 2), ("c", 3), ("a", 1), ("later", 9)):
        _set(tx, key, _NOW + timedelta(minutes=minutes))
    assert ["a", "b", "c"] == _due(tx, _NOW + timedelta(minutes=3))


def test_setting_a_timer_again_moves_it(tx: Connection) -> None:
    """A key stands for one promise: the last time that was said counts, and none takes it away."""
    _set(tx, "a", _NOW)
    _set(tx, "a", _NOW + timedelta(hours=1))
    assert [] == _due(tx, _NOW)
    assert ["a"] == _due(tx, _NOW + timedelta(hours=1))
    _set(tx, "a", None)
    assert [] == _due(tx, _NOW + timedelta(hours=1))


def test_a_timer_that_was_moved_meanwhile_is_not_carried_out(tx: Connection) -> None:
    """Who has found it due and comes to carry it out finds it moved, and leaves it; the second to come finds none."""
    _set(tx, "a", _NOW)
    _set(tx, "a", _NOW + timedelta(hours=1))
    assert not timers.fired(tx, "a", _NOW)
    assert [True, False] == [timers.fired(tx, "a", _NOW + timedelta(hours=1)) for _ in range(2)]


def test_a_due_timer_survives_being_written_down(tx: Connection) -> None:
    """What is kept of a timer that fails makes the same one again, to the microsecond."""
    _set(tx, "a", _NOW + timedelta(microseconds=17))
    [due] = timers.due(tx, _NOW + timedelta(minutes=1))
    assert due == timers.decode(timers.encode(due))


@pytest.fixture
async def two(database_url: str, tmp_path: Path) -> AsyncIterator[tuple[house.App, house.App]]:
    """Return two processes of one installation, which share a clock."""
    clock = MovedClock(_NOW)
    settings = Settings(database_url=Secret(database_url), data_dir=tmp_path)
    one, other = (house.build(settings, {"chat": RecordingChannel("chat")}, clock) for _ in range(2))
    await one.database.write(lambda tx: contacts.add(tx, _ANNA, _NOW))
    yield one, other
    await one.close()
    await other.close()


async def test_two_processes_carry_a_timer_out_once(two: tuple[house.App, house.App]) -> None:
    """Both find it due at the same moment; the ledger has it once, and none is left."""
    one, other = two
    await one.database.write(_set_twenty)
    await asyncio.gather(one.duties.fire_due(), other.duties.fire_due())
    entries = sa.select(inbound.c.outcome).where(inbound.c.channel == "timer")
    assert ["nudge_not_needed"] * 20 == await one.database.read(lambda tx: list(tx.execute(entries).scalars()))
    assert [] == await one.database.read(lambda tx: _due(tx, _NOW))


async def test_a_timer_that_nobody_knows_any_more_ends(two: tuple[house.App, house.App]) -> None:
    """A kind that a deploy has removed is entered as such and troubles nobody again."""
    one, _ = two
    await one.database.write(lambda tx: _set(tx, "old", _NOW, kind="gone"))
    for _ in range(2):
        await one.duties.fire_due()
    assert ["unknown_timer"] == await one.database.read(
        lambda tx: list(tx.execute(sa.select(inbound.c.outcome)).scalars())
    )
