"""The stores: fresh databases of either kind, empty or as after years of use, and a Redis server for a rival."""

import itertools
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Protocol

import psycopg
import redis

from bot import schema
from bot.database import Database
from tests.bench.years import live_through
from tests.killing import free_port
from tests.postgres import Postgres, running_postgres

_REDIS_STARTS = 10.0  # seconds


class NoRedisError(Exception):
    """There is no Redis server here. The message says what to install."""


class Store(Protocol):
    """A kind of database. Each one that is handed out is a copy of one that was prepared once."""

    def fresh(self, contacts: int = 0) -> AbstractContextManager[str]:
        """Hand out the address of a database with so many contacts in it."""
        ...


class SQLiteStore:
    """Files in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._prepared: dict[int, Path] = {}
        self._numbers = itertools.count(1)

    @contextmanager
    def fresh(self, contacts: int = 0) -> Iterator[str]:
        """Copy a prepared file, and delete the copy afterwards."""
        if contacts not in self._prepared:
            self._prepared[contacts] = self._prepare(contacts)
        folder = self._folder / f"{next(self._numbers)}"
        folder.mkdir()
        path = folder / "bench.db"
        shutil.copy(self._prepared[contacts], path)
        try:
            yield f"sqlite:///{path}"
        finally:
            shutil.rmtree(folder)

    def _prepare(self, contacts: int) -> Path:
        path = self._folder / f"prepared-{contacts}.db"
        database = Database(f"sqlite:///{path}")
        schema.prepare(database)
        if contacts:
            database.write_now(lambda tx: live_through(tx, contacts))
        with database.engine.connect() as connection:
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        database.dispose()
        return path


class PostgresStore:
    """Databases of one server."""

    def __init__(self, server: Postgres, stack: ExitStack) -> None:
        self._server = server
        self._stack = stack
        self._prepared: dict[int, str] = {}
        self._numbers = itertools.count(1)

    @contextmanager
    def fresh(self, contacts: int = 0) -> Iterator[str]:
        """Copy a prepared database, and drop the copy afterwards."""
        if contacts not in self._prepared:
            self._prepared[contacts] = self._prepare(contacts)
        with self._server.database(f"bench_{next(self._numbers)}", template=self._prepared[contacts]) as url:
            yield url

    def _prepare(self, contacts: int) -> str:
        name = f"prepared_{contacts}"
        url = self._stack.enter_context(self._server.database(name))
        database = Database(url)
        schema.upgrade(database)
        if contacts:
            database.write_now(lambda tx: live_through(tx, contacts))
        database.dispose()
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")  # what the server does by itself, sooner or later
        return name


@contextmanager
def sqlite_store() -> Iterator[Store]:
    """Keep SQLite databases in a folder of their own, on the disk where temporary files lie."""
    with tempfile.TemporaryDirectory(prefix="koku-bench-") as folder:
        yield SQLiteStore(Path(folder))


@contextmanager
def postgres_store() -> Iterator[Store]:
    """Run a PostgreSQL server that commits as it would in earnest; raises NoPostgresError."""
    with ExitStack() as stack:
        yield PostgresStore(stack.enter_context(running_postgres(durable=True)), stack)


@contextmanager
def running_redis() -> Iterator[str]:
    """Run a Redis server that keeps everything in memory, which is its fastest, and yield its address.

    Raises NoRedisError.
    """
    program = shutil.which("redis-server")
    if program is None:
        raise NoRedisError("redis-server is not installed: apt-get install redis-server")
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="koku-redis-") as folder:
        command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        server = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _await_redis(port)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()
            server.wait()


def _await_redis(port: int) -> None:
    client = redis.Redis(port=port)
    give_up = time.monotonic() + _REDIS_STARTS
    while True:
        try:
            client.ping()
        except redis.ConnectionError as error:
            if time.monotonic() > give_up:
                raise NoRedisError(f"redis-server does not answer: {error}") from error
            time.sleep(0.02)
        else:
            client.close()
            return
