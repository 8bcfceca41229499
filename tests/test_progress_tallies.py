"""Tallies: consultations and drafts are counted without whose they were, and no writer waits for another."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversation.response import Event
from bot.database import Database
from bot.messages import Address
from bot.people import contacts
from bot.progress import tallies
from bot.progress.tallies import Tally
from bot.rooms import Scene
from tests.test_progress import register

_NOW = datetime(2026, 11, 23, 21, 30, tzinfo=UTC)  # half past eleven at night in Riga
_TODAY = date(2026, 11, 23)


@pytest.fixture
def tx(database_url: str) -> Iterator[Connection]:
    """Return a connection with an open transaction, and a person there."""
    database = Database(database_url)
    with database.engine.begin() as connection:
        contacts.add(connection, Address("telegram", "1"), _NOW)
        yield connection
    database.dispose()


def _ask(tx: Connection, topic: str, *, now: datetime = _NOW, channel: str = "telegram") -> None:
    contact_id = tx.execute(sa.select(contacts.contacts.c.id)).scalar_one()
    scene = Scene(contact_id=contact_id, chat=Address(channel, "1"), now=now, language="lv", inbound_id=1)
    tallies.consulted(tx, Event(type="consultation.given", data={"what": tallies.ANSWERED, "topic": topic}), scene)


def _rows(tx: Connection) -> int:
    return tx.execute(sa.select(sa.func.count()).select_from(tallies.tallies)).scalar_one()


def _tally(topic: str, number: int, day: date = _TODAY, channel: str = "telegram", municipality: str = "") -> Tally:
    return Tally(day=day, what="answered", subject=topic, channel=channel, municipality=municipality, number=number)


def test_what_is_the_same_on_one_day_is_added_up(tx: Connection) -> None:
    """By topic and channel; the day is the one in Riga."""
    for topic, channel in (("fruit-trees", "telegram"), ("fruit-trees", "telegram"), ("fruit-trees", "mailto")):
        _ask(tx, topic, channel=channel)
    _ask(tx, "", now=_NOW + timedelta(hours=1))
    found = tallies.between(tx, _TODAY, _TODAY, tallies.CONSULTATIONS)
    assert {1: "mailto", 2: "telegram"} == {tally.number: tally.channel for tally in found}
    assert [_tally("", 1, date(2026, 11, 24))] == tallies.between(
        tx, date(2026, 11, 24), date(2026, 11, 30), tallies.CONSULTATIONS
    )


def test_whoever_has_registered_is_counted_with_their_municipality(tx: Connection) -> None:
    """With that of the last registration which stands; not of one that they took back."""
    _ask(tx, "a")
    register(tx, "received", 1, municipality="Ogres novads")
    register(tx, "withdrawn", 1, municipality="Cēsu novads")
    _ask(tx, "a")
    found = tallies.between(tx, _TODAY, _TODAY, tallies.CONSULTATIONS)
    assert ["", "Ogres novads"] == sorted(tally.municipality for tally in found)


def test_a_row_tells_of_no_person(tx: Connection) -> None:
    """Neither who it was nor the hour is there."""
    _ask(tx, "a")
    assert {"id", "day", "what", "subject", "channel", "municipality", "number"} == set(tallies.tallies.c.keys())


def test_past_days_are_folded_and_keep_their_numbers(tx: Connection) -> None:
    """One row for what is the same; what was said yesterday and today stays as it is for now; twice does no harm."""
    for days in (3, 3, 3, 2, 2, 1, 1, 0, 0):
        _ask(tx, "a", now=_NOW - timedelta(days=days))
    _ask(tx, "b", now=_NOW - timedelta(days=3))
    before = tallies.between(tx, date(2026, 1, 1), _TODAY, tallies.CONSULTATIONS)
    assert (10, 3) == (_rows(tx), tallies.fold(tx, _NOW))
    assert (7, 0) == (_rows(tx), tallies.fold(tx, _NOW))
    assert before == tallies.between(tx, date(2026, 1, 1), _TODAY, tallies.CONSULTATIONS)
    assert [3, 1, 2, 2, 2] == [tally.number for tally in sorted(before, key=lambda tally: (tally.day, tally.subject))]


def test_a_draft_that_is_begun_anew_has_stopped_nowhere(tx: Connection) -> None:
    """Only one that is given up is counted, at its question."""
    contact_id = tx.execute(sa.select(contacts.contacts.c.id)).scalar_one()
    scene = Scene(contact_id=contact_id, chat=Address("telegram", "1"), now=_NOW, language="lv", inbound_id=1)
    for data in ({"run": "a"}, {"run": "a", "at": ""}, {"run": "a", "at": "register_trees.place"}):
        tallies.stopped(tx, Event(type="draft.discarded", data=data), scene)
    (found,) = tallies.between(tx, _TODAY, _TODAY, [tallies.STOPPED])
    assert ("register_trees.place", 1) == (found.subject, found.number)
