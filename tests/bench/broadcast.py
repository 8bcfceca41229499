"""Broadcasts: an announcement to thousands, through an API that holds us to 30 a second, while people ask.

`python -m tests.bench.broadcast [--quick] [--only NAME] [--database URL]`: ours, and how bots of the two big libraries
do it, one after the other before the same API (`strict_api.py`). Three times a second somebody asks something; how long
their answer takes is measured from when the bot is given it. Then once more with fewer, and a 429 that came unforeseen.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp
import sqlalchemy as sa

from bot import app as house
from bot.clock import SystemClock
from bot.delivery.outbox import deliveries
from bot.outreach import broadcasts
from bot.settings import Secret, Settings
from tests.bench.contenders import spread
from tests.bench.strict_api import FIRST, LIMIT, Seen
from tests.bench.telegram import TOKEN
from tests.killing import free_port
from tests.subscribers import announce

OURS, PTB, AIOGRAM = "ours", "ptb", "aiogram"
TITLES = {OURS: "ours, SQLite", PTB: "PTB's AIORateLimiter", AIOGRAM: "aiogram, a sleep between"}
_FULL, _QUICK = 3000, 300
_PATIENCE = 3600.0  # seconds that a broadcaster may take
_START_SECONDS = 30.0


class NoBroadcasterError(Exception):
    """A broadcaster could not be run. The message is the end of what it said."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Broadcast:
    """What came of an announcement: in peace, and of one in the middle of which a 429 was made up."""

    name: str
    peace: Seen
    trouble: Seen
    recorded: int  # deliveries that ours has noted as sent, in peace; of others what was shown

    @property
    def share(self) -> float:
        """How much of the limit was used, after the first ten, which ours waits for."""
        return (self.peace.people - self.peace.lost - FIRST - 1) / self.peace.rest / LIMIT if self.peace.rest else 0.0

    @property
    def wrong(self) -> tuple[str, ...]:
        """What makes ours void: somebody who got nothing, or twice, in peace or in trouble."""
        if self.name != OURS:
            return ()
        seen = self.peace, self.trouble
        told = [f"broadcast: {one.lost} lost, {one.doubled} doubled" for one in seen if one.lost or one.doubled]
        missing = self.peace.people - self.recorded
        return (*told, *([f"broadcast: {missing} not recorded as sent"] if missing else []))


async def measure_broadcast(name: str, *, people: int, database_url: str = "") -> Broadcast:
    """Let one of them announce something, in peace and in trouble; raises NoBroadcasterError."""
    peace, recorded = await _announced(name, people, 0, database_url)
    few = max(_QUICK, people // 10)
    trouble, _ = await _announced(name, few, few // 2, "")
    return Broadcast(name=name, peace=peace, trouble=trouble, recorded=recorded)


async def _announced(name: str, people: int, after: int, database_url: str) -> tuple[Seen, int]:
    with TemporaryDirectory(prefix="koku-bench-") as place:
        folder = Path(place)
        async with _api(people, after) as url:
            if name == OURS:
                recorded = await _announce_ours(people, database_url or f"sqlite:///{folder}/koku.db", folder, url)
                return await _seen(url), recorded
            await _announce_theirs(name, people, folder, url)
            seen = await _seen(url)
            return seen, people - seen.lost


@asynccontextmanager
async def _api(people: int, after: int) -> AsyncIterator[str]:
    """Run the API in a process of its own, and yield its address."""
    port = free_port()
    command = [sys.executable, "-m", "tests.bench.strict_api", str(people), str(port), str(after)]
    api = await asyncio.create_subprocess_exec(*command)
    spread(api.pid)
    url = f"http://127.0.0.1:{port}"
    try:
        async with asyncio.timeout(_START_SECONDS):
            await _until(lambda: _answers(url))
        yield url
    finally:
        api.kill()
        await api.wait()


async def _announce_ours(people: int, database_url: str, folder: Path, url: str) -> int:
    """Run the service until the announcement is done; returns how many deliveries it has noted as sent."""
    app = house.build(Settings(database_url=Secret(database_url), data_dir=folder), {})
    await app.database.write(lambda tx: announce(tx, range(1, people + 1), SystemClock().now()))
    environment = _environment(url) | {
        "DATABASE_URL": database_url,
        "DATA_DIR": str(folder),
        "QUIET_HOURS": "00:00-00:00",
        "LOG_LEVEL": "WARNING",
        "STAFF_CHAT_ID": "",
        "ADMIN_CHAT_ID": "",
        "PORT": str(free_port()),
    }
    bot = await asyncio.create_subprocess_exec(sys.executable, "-m", "bot", "run", env=environment)
    spread(bot.pid)
    state = sa.select(broadcasts.broadcasts.c.state)

    async def done() -> bool:
        return "done" == await app.database.read(lambda tx: tx.execute(state).scalar())

    sent = sa.select(sa.func.count()).where(deliveries.c.broadcast_id.is_not(None), deliveries.c.state == "sent")
    try:
        async with asyncio.timeout(_PATIENCE):
            await _until(done)
        return int(await app.database.read(lambda tx: tx.execute(sent).scalar_one()))
    finally:
        if bot.returncode is None:
            bot.terminate()
        await bot.wait()
        await app.close()


async def _announce_theirs(name: str, people: int, folder: Path, url: str) -> None:
    command = [sys.executable, "-m", "tests.bench.broadcasters", name, str(people)]
    log = folder / "log"
    with log.open("wb") as output:
        bot = await asyncio.create_subprocess_exec(*command, env=_environment(url), stdout=output, stderr=output)
    spread(bot.pid)
    try:
        async with asyncio.timeout(_PATIENCE):
            failed = await bot.wait()
    finally:
        if bot.returncode is None:
            bot.kill()
            await bot.wait()
    if failed:
        raise NoBroadcasterError(log.read_text(errors="replace").strip()[-300:])


def _environment(url: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    return kept | {"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_URL": url}


async def _until(true: Callable[[], Awaitable[bool]]) -> None:
    while True:
        await asyncio.sleep(0.3)
        if await true():
            return


async def _answers(url: str) -> bool:
    try:
        await _seen(url)
    except aiohttp.ClientError:
        return False
    return True


async def _seen(url: str) -> Seen:
    async with aiohttp.ClientSession() as session, session.get(f"{url}/seen") as answer:
        return Seen(**await answer.json())


async def measure_all(names: Sequence[str], *, quick: bool, database_url: str = "") -> list[Broadcast]:
    """Measure them one after the other; who can't be run is told of on stderr and left out."""
    found = []
    for name in names:
        try:
            one = await measure_broadcast(name, people=_QUICK if quick else _FULL, database_url=database_url)
        except NoBroadcasterError as error:
            sys.stderr.write(f"{TITLES[name]} was not measured: {error}\n")
            continue
        sys.stderr.write(f"{TITLES[name]}: {one.peace}\n")
        found.append(one)
    return found


def main() -> int:
    """Measure and print; 1 when a figure of ours is void."""
    from tests.bench.report import report  # noqa: PLC0415 - which knows this module
    from tests.bench.results import Results  # noqa: PLC0415

    parser = argparse.ArgumentParser(prog="python -m tests.bench.broadcast", description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"{_QUICK} people instead of {_FULL}")
    parser.add_argument("--only", choices=sorted(TITLES), action="append", help="not all of them")
    parser.add_argument("--database", default="", metavar="URL", help="of ours, migrated; SQLite without one")
    options = parser.parse_args()
    found = asyncio.run(measure_all(options.only or [*TITLES], quick=options.quick, database_url=options.database))
    results = Results(broadcasts=found)
    sys.stdout.write(f"{report(results, ())}\n")
    return 1 if results.wrong() else 0


if __name__ == "__main__":
    sys.exit(main())
