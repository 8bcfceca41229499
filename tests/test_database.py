"""The database: what stands together is committed together, and one that fails takes nothing else with it."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DataError, IntegrityError

from bot.database import Database, DatabaseDownError
from bot.messages import Address
from bot.people import contacts
from bot.people.contacts import addresses
from bot.tables import metadata
from tests.postgres import Postgres

_NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def _meet(number: int) -> Callable[[Connection], int]:
    return lambda tx: contacts.add(tx, Address("chat", str(number)), _NOW)


def _count(tx: Connection) -> int:
    return tx.execute(sa.select(sa.func.count()).select_from(addresses)).scalar_one()


async def test_work_of_many_callers_is_committed_and_each_gets_its_own_result(database_url: str) -> None:
    """200 writes at once all stand, each with the id that its caller was told."""
    database = Database(database_url)
    ids = await asyncio.gather(*(database.write(_meet(number)) for number in range(200)))
    assert 200 == len(set(ids))
    assert 200 == await database.read(_count)
    await database.close()


async def test_work_that_raises_is_undone_alone(database_url: str) -> None:
    """Of a group in which some work breaks a rule, the rest is committed and only the culprits hear of it."""
    database = Database(database_url)
    await database.write(_meet(7))
    outcomes = await asyncio.gather(
        *(database.write(_meet(number)) for number in (1, 7, 2, 7, 3)), return_exceptions=True
    )
    assert [False, True, False, True, False] == [isinstance(outcome, IntegrityError) for outcome in outcomes]
    assert 4 == await database.read(_count)
    await database.close()


async def test_a_read_that_raises_fails_alone(database_url: str) -> None:
    """Reads that wait share a transaction; one that breaks it takes no other with it."""
    database = Database(database_url)
    await database.write(_meet(7))

    def break_it(tx: Connection) -> int:
        return 1 // (tx.execute(sa.text("SELECT 1 / 0")).scalar() or 0)  # null on SQLite, an error on PostgreSQL

    outcomes = await asyncio.gather(
        *(database.read(work) for work in (_count, break_it, _count, break_it, _count)), return_exceptions=True
    )
    assert [1, 1, 1] == outcomes[::2]
    assert all(isinstance(outcome, ZeroDivisionError | DataError) for outcome in outcomes[1::2])
    await database.close()


async def test_what_a_caller_was_told_is_committed_is_there_for_every_reader(database_url: str) -> None:
    """A read that begins after a write has returned sees it."""
    database = Database(database_url)
    for number in range(20):
        await database.write(_meet(number))
        assert number + 1 == await database.read(_count)
    await database.close()


async def test_a_time_without_a_zone_is_refused(database_url: str) -> None:
    """A naive time is a mistake of ours, told at once instead of an hour off later."""
    database = Database(database_url)
    naive = datetime(2026, 11, 23, 8, 0)  # noqa: DTZ001 - the mistake
    with pytest.raises(sa.exc.StatementError, match="without a zone"):
        await database.write(lambda tx: contacts.add(tx, Address("chat", "1"), naive))
    await database.close()


async def test_an_error_does_not_quote_what_was_written(database_url: str) -> None:
    """Errors are logged, and what people write is a parameter."""
    database = Database(database_url)
    await database.write(_meet(7))
    with pytest.raises(IntegrityError) as raised:
        await database.write(_meet(7))
    await database.close()
    assert "chat:7" not in str(raised.value).replace(str(raised.value.orig), "")


def test_the_migrations_make_the_tables_that_the_code_declares(database_url: str) -> None:
    """What `db upgrade` leads to is what the rooms have declared, on both databases."""
    database = Database(database_url)
    with database.engine.begin() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, metadata)
    database.dispose()
    assert [] == differences


async def test_times_come_back_aware_and_equal(database_url: str) -> None:
    """A stored time is the same moment when it is read, on either database."""
    database = Database(database_url)
    await database.write(_meet(1))
    assert _NOW == await database.read(lambda tx: tx.execute(sa.select(addresses.c.created_at)).scalar_one())
    await database.close()


async def test_a_restarted_server_is_down_for_a_while_and_then_used_again(postgres: Postgres) -> None:
    """While PostgreSQL restarts, work raises DatabaseDownError; afterwards the same Database works on."""
    with postgres.database("restarted", template="prepared") as url:
        database = Database(url)
        await database.write(_meet(1))
        await asyncio.to_thread(postgres.stop)
        with pytest.raises(DatabaseDownError):
            await database.write(_meet(2))
        with pytest.raises(DatabaseDownError):
            await database.read(_count)
        await asyncio.to_thread(postgres.start)
        for attempt in range(3):
            try:
                await database.write(_meet(3 + attempt))
                break
            except DatabaseDownError:
                continue
        assert 2 == await database.read(_count)
        await database.close()
