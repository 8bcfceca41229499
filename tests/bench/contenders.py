"""The contenders: what is measured, each a process of its own on a core of its own."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.bench.telegram import TOKEN, Telegram
from tests.killing import free_port

_ROOT = Path(__file__).parents[2]
_SECRET = "bench_0123456789abcdef0123456789"
_START_SECONDS = 30.0
_STOP_SECONDS = 8.0
_MB = 1 << 20


class BotDiedError(Exception):
    """A bot ended, or did not begin. The message is the end of its log."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Contender:
    """One bot: `module` is run with `arguments`. Those that are `ours` are answered for, the others echo."""

    name: str
    title: str
    module: str
    arguments: tuple[str, ...]
    database: str = ""  # "sqlite" | "postgresql" | "redis"
    ours: bool = False
    sequential: bool = False  # handles one update at a time, so each costs it a latency


PTB = Contender(name="ptb", title="PTB default echo", module="tests.bench.rivals", arguments=("ptb",), sequential=True)
AIOGRAM = Contender(name="aiogram", title="aiogram echo", module="tests.bench.rivals", arguments=("aiogram",))
REDIS = Contender(
    name="redis", title="aiogram + Redis", module="tests.bench.rivals", arguments=("aiogram",), database="redis"
)
SQLITE = Contender(name="sqlite", title="ours, SQLite", module="bot", arguments=("run",), database="sqlite", ours=True)
POSTGRESQL = Contender(
    name="postgresql", title="ours, PostgreSQL", module="bot", arguments=("run",), database="postgresql", ours=True
)
CONTENDERS = (PTB, AIOGRAM, REDIS, SQLITE, POSTGRESQL)


class Running:
    """A contender's process."""

    def __init__(self, process: asyncio.subprocess.Process, started: float) -> None:
        self._process = process
        self._inside = psutil.Process(process.pid)
        self.started = started  # by time.perf_counter

    def cpu(self) -> float:
        """Return the seconds of processor time that it and its children have taken."""
        own = self._inside.cpu_times()
        children = [child.cpu_times() for child in self._inside.children(recursive=True)]
        ended = own.children_user + own.children_system
        return float(ended + sum(times.user + times.system for times in [own, *children]))

    def memory(self) -> float:
        """Return its resident memory and that of its children, in MB."""
        family = [self._inside, *self._inside.children(recursive=True)]
        return float(sum(process.memory_info().rss for process in family) / _MB)


@asynccontextmanager
async def running(contender: Contender, telegram: Telegram, api: str, store: str, log: Path) -> AsyncIterator[Running]:
    """Run a contender from when it has told Telegram its webhook; raises BotDiedError.

    `store` is the address of its database.
    """
    telegram.forget()
    started = time.perf_counter()
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", contender.module, *contender.arguments,
            cwd=_ROOT, env=_environment(contender, api, store, log.parent), stdout=output, stderr=output,
        )  # fmt: skip
    try:
        _pin(process.pid, _bot_cores())
        await _introduced(telegram, process, log)
        yield Running(process, started)
        if process.returncode is not None:
            raise BotDiedError(_end_of(log))
    except TimeoutError as error:
        raise BotDiedError(f"no answer; {_end_of(log)}") from error
    finally:
        await _stop(process)


def make_room() -> None:
    """Leave one core to the bots: this process, and the servers that it starts, take the others."""
    everything = _cores()
    _pin(0, everything - _bot_cores() or everything)


def spread(pid: int) -> None:
    """Let a process have every core, though we have left one to the bots."""
    _pin(pid, _cores())


def _environment(contender: Contender, api: str, store: str, folder: Path) -> Mapping[str, str]:
    port = free_port()
    settings = {
        "PATH": os.environ["PATH"],
        "TELEGRAM_TOKEN": TOKEN,
        "TELEGRAM_API_URL": api,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "WEBHOOK_SECRET": _SECRET,
        "PORT": str(port),
    }
    if contender.ours:
        # Nobody's .env may add chats of staff to a bench.
        nobody = {"STAFF_CHAT_ID": "", "ADMIN_CHAT_ID": ""}
        return settings | nobody | {"DATABASE_URL": store, "DATA_DIR": str(folder), "LOG_LEVEL": "WARNING"}
    return settings | {"REDIS_URL": store}


async def _introduced(telegram: Telegram, process: asyncio.subprocess.Process, log: Path) -> None:
    waits = [asyncio.create_task(telegram.webhook.wait()), asyncio.create_task(process.wait())]
    await asyncio.wait(waits, timeout=_START_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    for task in waits:
        task.cancel()
    if not telegram.webhook.is_set():
        raise BotDiedError(_end_of(log))


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(_STOP_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def _end_of(log: Path) -> str:
    return log.read_text(errors="replace")[-2000:].strip() or "it said nothing"


# The cores that this process may use, before any were left to the bots.
_ALLOWED = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()


def _cores() -> set[int]:
    return _ALLOWED


def _bot_cores() -> set[int]:
    return {max(_ALLOWED)} if len(_ALLOWED) > 1 else _ALLOWED


def _pin(pid: int, cores: set[int]) -> None:
    if cores and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(pid, cores)
