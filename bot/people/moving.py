"""Moving: everything that is written down of one contact becomes another's, and goes back again.

Generic over every table with a `contact_id`, so that a room that comes later moves along. A conversation does not
move: there is one for each contact, and joining two of them is decided elsewhere.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.database import metadata
from bot.inbox.ledger import conversations, inbound
from bot.people.contacts import addresses
from bot.timers import timers

Moved = Mapping[str, Sequence[list[Any]]]  # table -> keys of its rows, without the contact

_AT_ONCE = 500  # keys in one statement
_WHERE_MADE = ("address", "chat")  # columns that say at which address a row was made


def move(tx: Connection, old: int, new: int) -> Moved:
    """Give everything of one contact to another and return which rows; one that would stand twice stays behind."""
    moved: dict[str, list[list[Any]]] = {}
    for table in _tables():
        change = sa.update(table).where(table.c.contact_id == old, *_no_clash(table, new)).values(contact_id=new)
        if keys := [list(row) for row in tx.execute(change.returning(*_key(table)))]:
            moved[table.name] = keys
    return moved


def move_back(tx: Connection, moved: Moved, kept: int, absorbed: int, runs: Sequence[str]) -> None:
    """Give back what was moved, what belongs to `runs`, and what was made since at the addresses that go back."""
    for table in _tables():
        keys = moved.get(table.name, ())
        for at in range(0, len(keys), _AT_ONCE):
            some = [tuple(key) for key in keys[at : at + _AT_ONCE]]
            _give(tx, table, kept, absorbed, sa.tuple_(*_key(table)).in_(some))
    theirs = sa.select(addresses.c.address).where(addresses.c.contact_id == absorbed).scalar_subquery()
    for table in _tables():
        for name in _WHERE_MADE:
            # A timer belongs to a run wherever it was set; an address in a key says what the row is.
            if name in table.c and table is not timers and not table.c[name].primary_key:
                _give(tx, table, kept, absorbed, table.c[name].in_(theirs))
        if "inbound_id" in table.c:
            said = sa.select(inbound.c.id).where(inbound.c.address.in_(theirs)).scalar_subquery()
            _give(tx, table, kept, absorbed, table.c.inbound_id.in_(said))
        if "run_id" in table.c and runs:
            _give(tx, table, kept, absorbed, table.c.run_id.in_(runs))


def _give(tx: Connection, table: sa.Table, old: int, new: int, which: sa.ColumnElement[bool]) -> None:
    change = sa.update(table).where(table.c.contact_id == old, which, *_no_clash(table, new))
    tx.execute(change.values(contact_id=new))


def _no_clash(table: sa.Table, new: int) -> Iterator[sa.ColumnElement[bool]]:
    """Yield a condition for each unique constraint that a row of the other contact's could break."""
    for constraint in table.constraints:
        if (
            isinstance(constraint, sa.UniqueConstraint | sa.PrimaryKeyConstraint)
            and table.c.contact_id in constraint.columns.values()
        ):
            there = table.alias()
            same = [there.c[c.name] == c for c in constraint.columns if c is not table.c.contact_id]
            yield ~sa.exists().where(there.c.contact_id == new, *same)


def _tables() -> Iterator[sa.Table]:
    return (table for table in metadata.sorted_tables if "contact_id" in table.c and table is not conversations)


def _key(table: sa.Table) -> list[sa.Column[Any]]:
    return [column for column in table.primary_key.columns if column.name != "contact_id"]
