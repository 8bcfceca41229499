"""Leases: what only one process may do at a time is done by one, and by another one once that is gone."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy.engine import Connection

from bot import leases
from bot.database import Database
from bot.inbox import ledger
from bot.messages import Address
from bot.people import contacts

_NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture
def tx(database_url: str) -> Iterator[Connection]:
    """Return a connection with an open transaction."""
    database = Database(database_url)
    with database.engine.begin() as connection:
        yield connection
    database.dispose()


def test_a_lease_has_one_holder(tx: Connection) -> None:
    """Whoever comes second is refused, also a second time; the holder renews it; other names are other leases."""
    taken = [leases.take(tx, "poll", owner, 60) for owner in ("one", "other", "other", "one")]
    assert [True, False, False, True] == taken
    assert leases.take(tx, "watch", "other", 60)


def test_a_lease_that_has_ended_is_anybodys(tx: Connection) -> None:
    """A process that died holds nothing for longer than its lease; it has lost it when it comes back."""
    assert leases.take(tx, "poll", "one", -1)
    assert leases.take(tx, "poll", "other", 60)
    assert not leases.take(tx, "poll", "one", 60)


def test_a_lease_that_is_given_back_is_anybodys(tx: Connection) -> None:
    """A process that ends in good order gives back everything of its own, and nothing of others."""
    for name, owner in (("poll", "one"), ("alive:one", "one"), ("alive:other", "other")):
        leases.take(tx, name, owner, 60)
    leases.release(tx, "poll", "other")
    assert not leases.take(tx, "poll", "other", 60)
    leases.release_all(tx, "one")
    assert ["other"] == leases.living(tx, "alive:")
    assert leases.take(tx, "poll", "other", 60)


def test_only_unexpired_leases_are_of_the_living(tx: Connection) -> None:
    """Whose lease has ended is taken for dead, and forgotten."""
    leases.take(tx, "alive:one", "one", -1)
    leases.take(tx, "alive:other", "other", 60)
    assert ["other"] == leases.living(tx, "alive:")
    leases.forget_expired(tx, "alive:")
    assert leases.take(tx, "alive:one", "third", 60)


def test_a_conversation_is_begun_once_and_each_version_replaced_once(tx: Connection) -> None:
    """Of two processes that decided on the same version, the second hears that it must decide again."""
    contact_id = contacts.add(tx, Address("chat", "1"), _NOW)
    swaps = [ledger.swap(tx, contact_id, seen, {"v": 1}, _NOW) for seen in (0, 0, 1, 1, 2)]
    assert [True, False, True, False, True] == swaps
