"""The mailbox: how long a letter takes from its delivery to our answer, after a crash too, and a backlog of them."""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import sqlalchemy as sa

from bot.database import Database
from bot.inbox.ledger import inbound
from bot.mailroom.records import letters, mailboxes
from tests.dovecot import Dovecot, running_dovecot
from tests.letters import SECRET, letter
from tests.smtp_server import MailServer, mail_server

_ROOT = Path(__file__).parents[2]
_WARM = 0.2  # of a backlog that is taken in before memory is looked at
_PATIENCE = 300.0  # seconds for a backlog
_PAUSE = 0.3  # seconds between two letters


@dataclass(frozen=True, kw_only=True, slots=True)
class Mailbox:
    """One repetition; times in seconds. A figure is void when a letter was not taken in once, or not answered once."""

    waits: tuple[float, ...]  # from the delivery of a question to our answer's acceptance by the outgoing server
    recoveries: tuple[float, ...]  # the same, the server's process having been killed just before
    backlog: float  # letters taken in a second, answers going out meanwhile
    grown: float  # MB of memory, from the first fifth of the backlog to its end
    wrong: tuple[str, ...]


async def measure_mailbox(*, waits: int, kills: int, backlog: int) -> Mailbox:
    """Run our process before a Dovecot, and write letters to it; raises NoDovecotError."""
    with running_dovecot() as dovecot, tempfile.TemporaryDirectory(prefix="koku-bench-") as folder:
        place = Path(folder)
        for name in ("one", "many"):
            (place / name).mkdir()
        async with mail_server() as smtp:
            async with _running(dovecot, "viens@example.lv", smtp, place / "one"):
                usual = [await _answered(dovecot, smtp, number) for number in range(waits + 1)][1:]
                killed = []
                for number in range(kills):
                    await asyncio.sleep(_PAUSE)
                    dovecot.kill_connections()
                    killed.append(await _answered(dovecot, smtp, waits + 1 + number))
            wrong = _complaints(place / "one", smtp, waits + kills + 1)
        async with mail_server() as smtp:
            rate, grown = await _backlog(dovecot, smtp, place / "many", backlog)
            wrong += _complaints(place / "many", smtp, backlog)
    return Mailbox(waits=tuple(usual), recoveries=tuple(killed), backlog=rate, grown=grown, wrong=tuple(wrong))


async def _answered(dovecot: Dovecot, smtp: MailServer, number: int) -> float:
    """Deliver a question, and return how long its answer took."""
    count = len(smtp.taken)
    await asyncio.sleep(_PAUSE)
    await asyncio.to_thread(dovecot.deliver, "viens@example.lv", _question(number))
    began = time.perf_counter()
    await smtp.until(lambda: len(smtp.taken) > count)
    return time.perf_counter() - began


async def _backlog(dovecot: Dovecot, smtp: MailServer, folder: Path, count: int) -> tuple[float, float]:
    """Let letters wait, start, and return how many are taken in a second, and by how many MB memory has grown."""
    await asyncio.to_thread(dovecot.deliver, "daudz@example.lv", *map(_question, range(count)))
    async with _running(dovecot, "daudz@example.lv", smtp, folder) as process:
        first = max(1, int(count * _WARM))
        await _until(folder, first)
        began, memory = time.perf_counter(), process.memory_info().rss
        await _until(folder, count)
        seconds = time.perf_counter() - began
        grown = (process.memory_info().rss - memory) / 1e6
        async with asyncio.timeout(_PATIENCE):
            while len(smtp.taken) < count:  # noqa: ASYNC110 - longer than the server itself would wait
                await asyncio.sleep(0.1)
    return (count - first) / seconds, grown


def _question(number: int) -> bytes:
    return letter("Vai augļu koki arī skaitās?", sender=f"p{number}@example.org", number=number)


@asynccontextmanager
async def _running(dovecot: Dovecot, user: str, smtp: MailServer, folder: Path) -> AsyncIterator[psutil.Process]:
    """Run our process, on SQLite."""
    settings = {
        "PATH": os.environ["PATH"],
        "DATA_DIR": str(folder),
        "MAIL_ADDRESS": "koki@example.lv",
        "MAIL_SECRET": SECRET,
        "MAIL_INTAKE_HOURLY": "0",
        "IMAP_URL": dovecot.url(user),
        "SMTP_URL": f"smtp://127.0.0.1:{smtp.port}",
        "LOG_LEVEL": "WARNING",
    }
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "bot", "worker", cwd=_ROOT, env=settings)
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        await process.wait()


async def _until(folder: Path, uid: int) -> None:
    """Wait until so many letters have been taken in."""
    database = Database(_url(folder))
    try:
        async with asyncio.timeout(_PATIENCE):
            while not await database.read(lambda tx: _reached(tx, uid)):  # noqa: ASYNC110 - another process changes it
                await asyncio.sleep(0.02)
    finally:
        await database.close()


def _reached(tx: sa.Connection, uid: int) -> bool:
    there = sa.inspect(tx).has_table("mailboxes")
    return there and (tx.execute(sa.select(mailboxes.c.last_uid)).scalar() or 0) >= uid


def _complaints(folder: Path, smtp: MailServer, count: int) -> list[str]:
    """Return what makes the figures void."""
    database = Database(_url(folder))
    entered = database.read_now(lambda tx: tx.execute(sa.select(sa.func.count()).select_from(letters)).scalar_one())
    heard = database.read_now(lambda tx: tx.execute(sa.select(sa.func.count()).select_from(inbound)).scalar_one())
    database.dispose()
    answered = len({taken.recipients for taken in smtp.taken})
    found = {"entered": entered, "heard": heard, "answers": len(smtp.taken), "people answered": answered}
    return [f"mailbox: {many} {what} of {count}" for what, many in found.items() if many != count]


def _url(folder: Path) -> str:
    return f"sqlite:///{folder / 'koku-paligs.db'}"
