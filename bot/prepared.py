"""Prepared statements: the half dozen that every message needs, compiled once and handed to the driver as they are.

SQLAlchemy spends three times as long on a small statement as SQLite does. Here a statement is written as everywhere
else, and its types convert what goes in and comes out; only the work that would be the same each time is left out.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import sqlalchemy as sa
from sqlalchemy.engine import Connection

Parameters = Mapping[str, Any]
Row = tuple[Any, ...]
_Convert = Callable[[Any], Any] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Compiled:
    """A statement as one driver takes it."""

    sql: str
    names: tuple[str, ...]  # of the parameters, in the order of the question marks
    by_name: bool  # whether the driver wants them by name instead
    given: Parameters  # constants that the statement holds itself
    into: Mapping[str, Callable[[Any], Any]]
    out_of: tuple[_Convert, ...]  # for each column that comes back
    converts: bool  # whether any of those does anything


class Prepared:
    """One statement. `parameters` are the names of all that is bound anew each time, columns of an INSERT among them.

    `build` makes the statement for the dialect it is given the name of.
    """

    def __init__(self, build: Callable[[str], Any], *parameters: str) -> None:
        self._build = build
        self._parameters = parameters
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, tx: Connection, parameters: Parameters) -> list[Row]:
        """Execute it, and return the rows that come back."""
        compiled = self._for(tx)
        cursor = _execute(tx, compiled, parameters)
        try:
            rows: list[Row] = cursor.fetchall()
        except Exception as error:  # noqa: BLE001 - as in _execute
            _fail(tx, compiled, cursor, error)
        if not compiled.converts:
            return rows
        return [
            tuple([convert(value) if convert else value for convert, value in zip(compiled.out_of, row, strict=True)])
            for row in rows
        ]

    def first(self, tx: Connection, parameters: Parameters) -> Row | None:
        """Execute it, and return the first row, if any."""
        return next(iter(self.rows(tx, parameters)), None)

    def run(self, tx: Connection, parameters: Parameters) -> None:
        """Execute it."""
        _execute(tx, self._for(tx), parameters)

    def count(self, tx: Connection, parameters: Parameters) -> int:
        """Execute it, and return how many rows it changed; of an INSERT not every driver tells."""
        return int(_execute(tx, self._for(tx), parameters).rowcount)

    def _for(self, tx: Connection) -> _Compiled:
        name = tx.dialect.name
        if name not in self._compiled:
            self._compiled[name] = _compile(self._build(name), self._parameters, tx.dialect)
        return self._compiled[name]


def _compile(statement: Any, parameters: Iterable[str], dialect: sa.Dialect) -> _Compiled:
    inserts = isinstance(statement, sa.Insert)
    columns = [name for name in parameters if name in statement.table.c] if inserts else None
    compiled = statement.compile(dialect=dialect, column_keys=columns)
    into = {name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in compiled.binds.items()}
    returned = statement.selected_columns if isinstance(statement, sa.Select) else statement.exported_columns
    out_of = tuple(column.type.dialect_impl(dialect).result_processor(dialect, None) for column in returned)
    given = {name: bind.effective_value for name, bind in compiled.binds.items() if name not in parameters}
    return _Compiled(
        sql=compiled.string,
        names=tuple(compiled.positiontup or ()),
        by_name=not compiled.positional,
        given=given,
        into={name: convert for name, convert in into.items() if convert},
        out_of=out_of,
        converts=any(out_of),
    )


def _execute(tx: Connection, compiled: _Compiled, parameters: Parameters) -> Any:
    bound = {**compiled.given, **parameters}
    for name, convert in compiled.into.items():
        bound[name] = convert(bound[name])
    cursor = tx.connection.cursor()
    try:
        cursor.execute(compiled.sql, bound if compiled.by_name else tuple(map(bound.__getitem__, compiled.names)))
    except Exception as error:  # noqa: BLE001 - SQLAlchemy says what it is
        _fail(tx, compiled, cursor, error)
    return cursor


def _fail(tx: Connection, compiled: _Compiled, cursor: Any, error: Exception) -> NoReturn:
    """Do as after any other statement: a connection that is cut off is let go, errors are the library's."""
    tx._handle_dbapi_exception(error, compiled.sql, None, cursor, None)  # noqa: SLF001 - it has no public name
