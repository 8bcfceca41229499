"""Fixtures for every test: databases of both kinds, prepared once and handed out fresh."""

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from bot import schema
from bot.database import Database
from tests.browser import NoBrowserError, running_browser
from tests.dovecot import Dovecot, NoDovecotError, running_dovecot
from tests.postgres import NoPostgresError, Postgres, running_postgres

pytest_plugins = ["tests.botapi.fixtures", "tests.transcripts.plugin"]

_MEMORY = Path("/dev/shm")
_ROOM = 1 << 30  # bytes that a run may need at once

_numbers = itertools.count(1)

# No test times things: what else the machine does is no fault of ours.
settings.register_profile("untimed", parent=settings(), deadline=None)
settings.load_profile("untimed")


def pytest_configure() -> None:
    """Let tests write into memory, where the system offers room and nobody has named another place.

    Killed processes lose nothing there either, and whether a disk has it is for `make torture` and the benchmark.
    """
    if "TMPDIR" not in os.environ and _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM:
        os.environ["TMPDIR"] = tempfile.tempdir = str(_MEMORY)  # also for the processes that tests start


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Return a PostgreSQL server with a migrated template database `prepared`."""
    try:
        server = running_postgres()
        running = server.__enter__()
    except NoPostgresError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"PostgreSQL was not covered: {error}")
    try:
        with running.database("prepared") as url:
            database = Database(url)
            schema.upgrade(database)
            database.dispose()
            yield running
    finally:
        server.__exit__(None, None, None)


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """Return a mail server on which every user name has a mailbox."""
    try:
        server = running_dovecot()
        running = server.__enter__()
    except NoDovecotError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"Dovecot was not covered: {error}")
    try:
        yield running
    finally:
        server.__exit__(None, None, None)


@pytest.fixture(scope="session")
def browser() -> Iterator[str]:
    """Return where a browser without a screen listens."""
    try:
        server = running_browser()
        running = server.__enter__()
    except NoBrowserError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"no page was looked at: {error}")
    try:
        yield running
    finally:
        server.__exit__(None, None, None)


@pytest.fixture
def user() -> str:
    """Return the name of a mailbox that nobody has used yet."""
    return f"koki{next(_numbers)}@example.lv"


@pytest.fixture(scope="session")
def prepared_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a migrated SQLite file to copy from."""
    path = tmp_path_factory.mktemp("prepared") / "prepared.db"
    database = Database(f"sqlite:///{path}")
    schema.prepare(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the address of a fresh migrated database, of each kind in turn."""
    yield from _fresh(request, tmp_path, request.param)


@pytest.fixture
def sqlite_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the address of a fresh migrated SQLite database."""
    yield from _fresh(request, tmp_path, "sqlite")


@pytest.fixture
def postgresql_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the address of a fresh migrated PostgreSQL database."""
    yield from _fresh(request, tmp_path, "postgresql")


def fresh_sqlite(prepared: Path, folder: Path) -> str:
    """Copy a prepared SQLite file into a folder and return its address."""
    path = folder / "koku-paligs.db"
    shutil.copy(prepared, path)
    return f"sqlite:///{path}"


def _fresh(request: pytest.FixtureRequest, tmp_path: Path, kind: str) -> Iterator[str]:
    if kind == "sqlite":
        yield fresh_sqlite(request.getfixturevalue("prepared_sqlite"), tmp_path)
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.database(f"test_{next(_numbers)}", template="prepared") as url:
        yield url
