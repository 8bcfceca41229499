"""The database: writers with group commit, readers beside them, on SQLite and on PostgreSQL by the same code.

SQLite takes one writer; PostgreSQL three, because most of what its writers do is wait for the server.

Work is a plain function of a connection. Functions that wait for the writer are committed together, up to 64 in
one transaction, which is what makes `synchronous=FULL` cheap; those that wait to read share a transaction too. When
one of a group raises, the whole group is rolled back and each is run again alone, so work must only touch its
connection and may run twice.
"""

import asyncio
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError, OperationalError

from bot import compact

T = TypeVar("T")
Work = Callable[[Connection], T]

_GROUP = 64
_GATHER_SECONDS = 0.002  # that the writer waits, when it is busy, for more to commit at once
_READERS = 4
_WRITERS = 3  # on PostgreSQL
_BUSY_SECONDS = 10
# A server that is cut off without a word is given up after seconds, not after the system's two hours.
_PATIENCE = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,  # milliseconds
}
# States of PostgreSQL that say "not now", not "wrong": shutting down, starting up, out of connections, cut off.
_DOWN_STATES = ("08", "53", "57P")
_COLLISION_STATES = ("40001", "40P01")  # two workers in each other's way: once more is all it takes
_COLLISION_TRIES = 5

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    },
)


class UTCDateTime(sa.TypeDecorator[datetime]):
    """An aware time, stored in UTC. Naive times are refused: they would be read back an hour off."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        """Turn an aware time into UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone can't be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        """Return it aware, also from SQLite, which keeps no zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# A key that counts by itself: SQLite does so only for INTEGER.
BigKey = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


class DatabaseDownError(Exception):
    """The database does not answer or is locked. Nothing was written; trying again later helps."""


@dataclass(frozen=True, slots=True)
class _Job(Generic[T]):
    work: Work[T]
    loop: asyncio.AbstractEventLoop
    future: "asyncio.Future[T]"


_Outcome = tuple[_Job[Any], Any, BaseException | None]
_Jobs = queue.SimpleQueue[_Job[Any] | None]
_Perform = Callable[[list[_Job[Any]]], list[_Outcome]]


class Database:
    """Holds the connections. `write` and `read` are for the event loop, `write_now` for commands."""

    def __init__(self, url: str) -> None:
        self.url = sa.make_url(url)
        self._writer, self._reader = _engines(self.url)
        self._writes: _Jobs = queue.SimpleQueue()
        self._reads: _Jobs = queue.SimpleQueue()
        writers = 1 if self.is_sqlite else _WRITERS
        self._writing = [_start("write", self._writes, self._commit, _GATHER_SECONDS) for _ in range(writers)]
        self._reading: list[threading.Thread] = []  # from the first read on

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded default."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def engine(self) -> Engine:
        """The engine that writes, for migrations."""
        return self._writer

    async def write(self, work: Work[T]) -> T:
        """Run work in a transaction of the writer and return its result once it is committed.

        Raises DatabaseDownError, or what the work itself raises.
        """
        return await _queued(self._writes, work)

    async def read(self, work: Work[T]) -> T:
        """Run work that only reads, beside the writer. Raises DatabaseDownError, or what the work itself raises."""
        while len(self._reading) < _READERS:
            self._reading.append(_start("read", self._reads, self._look))
        return await _queued(self._reads, work)

    def read_now(self, work: Work[T]) -> T:
        """Read from a thread of the caller's own."""
        try:
            with self._reader.connect() as connection:
                return work(connection)
        except DBAPIError as error:
            raise (_down(error) or error) from error

    def write_now(self, work: Work[T]) -> T:
        """Write in a transaction of its own, from a thread of the caller's own: commands and migrations."""
        try:
            with self._writer.begin() as connection:
                return work(connection)
        except DBAPIError as error:
            raise (_down(error) or error) from error

    async def close(self) -> None:
        """Finish what is queued and let go of every connection."""
        for _ in self._writing:
            self._writes.put(None)
        for _ in self._reading:
            self._reads.put(None)
        for thread in (*self._writing, *self._reading):
            await asyncio.to_thread(thread.join)
        self.dispose()

    def dispose(self) -> None:
        """Drop pooled connections; the next work opens new ones."""
        self._writer.dispose()
        self._reader.dispose()

    def _commit(self, group: list[_Job[Any]], tries: int = _COLLISION_TRIES) -> list[_Outcome]:
        try:
            with self._writer.begin() as connection:
                results = [job.work(connection) for job in group]
        except Exception as error:  # noqa: BLE001 - handed to whoever waits for the work
            down = _down(error) if isinstance(error, DBAPIError) else None
            if not down and len(group) > 1:
                return [outcome for job in group for outcome in self._commit([job])]
            if not down and tries > 1 and _state(error).startswith(_COLLISION_STATES):
                return self._commit(group, tries - 1)
            return [(job, None, down or error) for job in group]
        return [(job, result, None) for job, result in zip(group, results, strict=True)]

    def _look(self, group: list[_Job[Any]]) -> list[_Outcome]:
        try:
            with self._reader.connect() as connection, connection.begin():
                results = [job.work(connection) for job in group]
        except Exception as error:  # noqa: BLE001 - handed to whoever waits for the work
            down = _down(error) if isinstance(error, DBAPIError) else None
            if not down and len(group) > 1:
                return [outcome for job in group for outcome in self._look([job])]
            return [(job, None, down or error) for job in group]
        return [(job, result, None) for job, result in zip(group, results, strict=True)]


def insert(tx: Connection, table: sa.Table) -> Any:
    """Begin an INSERT that knows `on_conflict_do_nothing` and `on_conflict_do_update`, in this database's dialect."""
    return insert_for(tx.dialect.name, table)


def insert_for(dialect: str, table: sa.Table) -> Any:
    """Begin such an INSERT for a dialect of that name."""
    return (sqlite if dialect == "sqlite" else postgresql).insert(table)


async def _queued(jobs: _Jobs, work: Work[T]) -> T:
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()
    jobs.put(_Job(work, loop, future))
    return await future


def _start(name: str, jobs: _Jobs, perform: _Perform, gather: float = 0.0) -> threading.Thread:
    thread = threading.Thread(target=_serve, args=(jobs, perform, gather), name=name, daemon=True)
    thread.start()
    return thread


def _serve(jobs: _Jobs, perform: _Perform, gather: float) -> None:
    """Perform what is queued, all that waits at once, until the None that says to stop."""
    busy = False
    while True:
        job = jobs.get()
        if busy and gather:
            time.sleep(gather)
        group: list[_Job[Any]] = []
        while job is not None:
            group.append(job)
            if len(group) == _GROUP:
                break
            try:
                job = jobs.get_nowait()
            except queue.Empty:
                break
        busy = len(group) > 1
        if group:
            _hand_back(perform(group))
        if job is None:
            return


def _hand_back(outcomes: list[_Outcome]) -> None:
    """Wake everybody who waits, one call for each event loop."""
    for loop in {job.loop for job, _, _ in outcomes}:
        mine = [outcome for outcome in outcomes if outcome[0].loop is loop]
        if not loop.is_closed():
            loop.call_soon_threadsafe(_resolve, mine)


def _resolve(outcomes: list[_Outcome]) -> None:
    for job, result, error in outcomes:
        if job.future.done():
            continue
        if error is None:
            job.future.set_result(result)
        else:
            job.future.set_exception(error)


def _down(error: DBAPIError) -> DatabaseDownError | None:
    """Tell a database that does not answer from work that is wrong."""
    state = _state(error)
    if (
        error.connection_invalidated
        or state.startswith(_DOWN_STATES)
        or (isinstance(error, OperationalError) and not state)
    ):
        return DatabaseDownError(" ".join(str(error.orig).split())[:300])
    return None


def _state(error: Exception) -> str:
    """Return PostgreSQL's five-letter state of an error, '' where there is none."""
    return str(getattr(getattr(error, "orig", None), "sqlstate", None) or "")


def _engines(url: sa.URL) -> tuple[Engine, Engine]:
    if url.get_backend_name() != "sqlite":
        url = url.set(drivername="postgresql+psycopg")
        engine = _engine(url, pool_size=_READERS + _WRITERS + 1, connect_args=_PATIENCE)
        return engine, engine
    writer = _engine(url, pool_size=1)
    reader = _engine(url, pool_size=_READERS, max_overflow=0)
    for engine, begin in ((writer, "BEGIN IMMEDIATE"), (reader, "BEGIN")):
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", lambda connection, begin=begin: connection.exec_driver_sql(begin))
    return writer, reader


def _engine(url: sa.URL, **options: Any) -> Engine:
    # What people write are parameters, and errors are logged.
    return sa.create_engine(
        url, json_serializer=compact.dumps, json_deserializer=compact.loads, hide_parameters=True, **options
    )


def _configure_sqlite(connection: Any, _: object) -> None:
    """Take transactions into our own hands, survive a power cut, wait for another process that writes."""
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"busy_timeout={_BUSY_SECONDS * 1000}",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")
