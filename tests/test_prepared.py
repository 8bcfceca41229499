"""Prepared statements do what SQLAlchemy would do with them, on both databases."""

from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from bot import compact
from bot.database import Database, DatabaseDownError, insert_for
from bot.inbox.ledger import conversations
from bot.messages import Address
from bot.people import contacts
from bot.people.contacts import addresses
from bot.prepared import Prepared
from tests.postgres import Postgres

_NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
_ADD = Prepared(lambda _: sa.insert(conversations).inline(), *conversations.c.keys())
_ADD_ONCE = Prepared(
    lambda dialect: insert_for(dialect, conversations).on_conflict_do_nothing().returning(conversations.c.contact_id),
    *conversations.c.keys(),
)
_FIND = Prepared(
    lambda _: (
        sa.select(conversations.c.state, conversations.c.updated_at, addresses.c.gone_at)
        .join(addresses, addresses.c.contact_id == conversations.c.contact_id)
        .where(conversations.c.version == sa.bindparam("seen"), addresses.c.address == "chat:1")
    ),
    "seen",
)
_RAISE = Prepared(
    lambda _: (
        sa.update(conversations)
        .where(conversations.c.version == sa.bindparam("seen"))
        .values(version=sa.bindparam("next"))
    ),
    "seen",
    "next",
)


def _row(contact_id: int, state: Any) -> dict[str, Any]:
    return {"contact_id": contact_id, "version": 1, "state": state, "updated_at": _NOW}


async def test_values_go_in_and_come_out_as_their_types_say(database_url: str) -> None:
    """Times are aware, JSON is what it was, and constants of the statement itself are filled in."""
    database = Database(database_url)
    state = {"text": "Ķēniņš 🌳 'x' %s :a ?", "many": [1, 2.5, None, True]}

    def work(tx: sa.Connection) -> list[Any]:
        contact_id = contacts.add(tx, Address("chat", "1"), _NOW)
        _ADD.run(tx, _row(contact_id, state))
        none = _ADD_ONCE.first(tx, _row(contact_id, {}))
        changed = _RAISE.count(tx, {"seen": 1, "next": 2}), _RAISE.count(tx, {"seen": 1, "next": 2})
        return [none, changed, _FIND.rows(tx, {"seen": 2}), _FIND.first(tx, {"seen": 3})]

    outcome = await database.write(work)
    await database.close()
    assert [None, (1, 0), [(state, _NOW, None)], None] == outcome


async def test_a_broken_rule_is_the_librarys_error_and_quotes_nothing(database_url: str) -> None:
    """Whoever waits for an IntegrityError gets one, and what people write is not in it."""
    database = Database(database_url)
    with pytest.raises(IntegrityError) as raised:
        await database.write(lambda tx: _ADD.run(tx, _row(99, {"said": "ozoli"})))
    await database.close()
    assert "ozoli" not in str(raised.value)


async def test_a_connection_that_was_cut_off_is_down_and_not_used_again(postgres: Postgres) -> None:
    """As with any other statement: this work raises DatabaseDownError, the next finds a connection that works."""
    with postgres.database("cut_off", template="prepared") as url:
        database = Database(url)

        def cut_off(tx: sa.Connection) -> None:
            pid = tx.execute(sa.text("SELECT pg_backend_pid()")).scalar_one()
            with database.engine.connect() as another:
                another.execute(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
            _FIND.rows(tx, {"seen": 1})

        with pytest.raises(DatabaseDownError):
            await database.write(cut_off)
        assert [] == await database.write(lambda tx: _FIND.rows(tx, {"seen": 1}))
        assert [] == await database.read(lambda tx: _FIND.rows(tx, {"seen": 1}))
        await database.close()


@pytest.mark.parametrize("value", [{"a": [1, 2.5, "Ķ🌳", None, True]}, {"a": "\ud83c"}, {"a": float(2**70)}])
def test_json_is_read_as_it_was_written(value: Any) -> None:
    """Half a character is no reason to lose a message."""
    assert value == compact.loads(compact.dumps(value))


def test_what_is_no_plain_json_is_written_all_the_same() -> None:
    """Numbers beyond 64 bits, and keys that are numbers."""
    assert '{"a":1180591620717411303424,"1":2}' == compact.dumps({"a": 2**70, 1: 2})


def test_what_json_does_not_know_is_refused() -> None:
    """A time has to be written by whoever knows how it is read."""
    with pytest.raises(TypeError):
        compact.dumps({"at": _NOW})
