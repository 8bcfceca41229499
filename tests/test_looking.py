"""Where somebody is, as far as they have told: nearest events are counted from there."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.clock import SystemClock
from bot.database import Database
from bot.messages import Address, Inbound, Kind, Said
from bot.outreach import looking
from bot.outreach.audience import preferences
from bot.people import contacts
from knowledge.places import Point
from tests.test_progress import register

_NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
_ANNA = Address("telegram", "1")


@pytest.fixture
def tx(database_url: str) -> Iterator[Connection]:
    """Return a connection with an open transaction, and a person there."""
    database = Database(database_url)
    with database.engine.begin() as connection:
        contacts.add(connection, _ANNA, _NOW)
        yield connection
    database.dispose()


def _near(tx: Connection) -> Point | None:
    said = Said(text="Kādi pasākumi tuvumā?")
    item = Inbound(
        channel="telegram",
        external_id="1",
        kind=Kind.MESSAGE,
        sender=_ANNA,
        chat=_ANNA,
        said_at=_NOW,
        received_at=_NOW,
        said=said,
    )
    standing = looking.standing(tx, item, SystemClock())
    assert standing.looked
    return standing.near


def _wants_news_of(tx: Connection, municipality: str) -> None:
    contact_id = contacts.owner(tx, _ANNA)
    tx.execute(sa.insert(preferences).values(contact_id=contact_id, municipality=municipality))


def test_who_has_told_no_place_is_nowhere(tx: Connection) -> None:
    """Then events stand by their day."""
    assert _near(tx) is None


def test_the_municipality_of_ones_news_is_a_place(tx: Connection) -> None:
    """Its middle, since no more is known."""
    _wants_news_of(tx, "Ogres novads")
    near = _near(tx)
    assert near is not None
    assert (57, 25) == (round(near.lat), round(near.lon))


def test_the_latest_trees_say_more(tx: Connection) -> None:
    """A point, or the middle of what was named; one registered without a place says nothing."""
    _wants_news_of(tx, "Ogres novads")
    register(tx, "accepted", 10, about_lat=57.3, about_lon=25.2)
    register(tx, "received", 10, about_lat=57.1, about_lon=25.8)
    register(tx, "received", 10)
    assert Point(57.1, 25.8) == _near(tx)
