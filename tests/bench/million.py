"""A million subscribers on PostgreSQL: counted for a preview, written down, and told; beside three thousand.

`python -m tests.bench.million [people] [seconds]`. Of everybody who is written down some are told for so many seconds,
by an API that answers in 50 ms and refuses nothing: first at our own pace, then as fast as it goes.
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import psycopg
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import app as house
from bot import schema
from bot.clock import SystemClock
from bot.database import Database
from bot.delivery.pacing import Limits, Pacer
from bot.messages import Address, Destination, Outbound, Pace
from bot.outreach import audience, broadcasts
from bot.outreach.audience import News
from bot.settings import Secret, Settings
from flows.audience import Audience
from tests.bench.crowd import gather
from tests.postgres import running_postgres
from tests.subscribers import announce

_FEW, _MANY = 3_000, 1_000_000
_LATENCY = 0.05
_FIRST = 50  # the first ones go by themselves, and the pace has to settle
_UNPACED = Limits(bulk_per_second=2000.0, bulk_at_most=100_000)
_MB = 1 << 20


class _Api:
    """A channel that answers late and always well."""

    pace = Pace.ONE

    def __init__(self, name: str) -> None:
        self.name = name
        self.sent = 0
        self.last = 0.0

    async def send(self, to: Destination, message: Outbound) -> str:  # noqa: ARG002 - a channel's shape
        """Take a message."""
        await asyncio.sleep(_LATENCY)
        self.sent += 1
        self.last = time.perf_counter()
        return str(self.sent)

    async def acknowledge(self, receipt: str, text: str) -> None:
        """Do nothing."""

    async def typing(self, chat: Address) -> None:
        """Do nothing."""


async def measure(people: int, seconds: float, url: str, folder: Path) -> dict[str, float]:
    """Gather so many people in an empty database, announce something to them, and return what it took."""
    database = Database(url)
    schema.upgrade(database)
    reached = await database.write(lambda tx: gather(tx, people))
    await database.write(lambda tx: announce(tx, [], SystemClock().now()))
    await database.close()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")  # what the server does by itself, sooner or later
    channels = {name: _Api(name) for name in ("telegram", "mailto", "console")}
    settings = Settings(database_url=Secret(url), data_dir=folder, quiet_hours="00:00-00:00")
    app = house.build(settings, dict(channels), SystemClock())
    try:
        figures = {"reached": float(reached)} | await _counted(app)
        figures |= await _written_down(app)
        async with _working(app):
            figures["on Telegram, paced, /s"] = await _rate([channels["telegram"]], seconds)
            app.sender.pacer = Pacer(limits=_UNPACED)
            figures["everybody, unpaced, /s"] = await _rate([*channels.values()], seconds)
        return figures | {"progress, s": await _seconds(app, lambda tx: broadcasts.counts(tx, 1))}
    finally:
        await app.close()


async def _counted(app: house.App) -> dict[str, float]:
    now = app.clock.now()

    def everybody(tx: Connection) -> object:
        return audience.count(tx, Audience(), News(), now)

    def of_one_municipality(tx: Connection) -> object:
        return audience.count(tx, Audience(municipalities=("Novads 7",)), News(), now)

    return {"preview, s": await _seconds(app, everybody), "of one in 36, s": await _seconds(app, of_one_municipality)}


async def _written_down(app: house.App) -> dict[str, float]:
    """Let the conductor write everybody down; seconds, and the megabytes that this process has grown by at most."""
    state = sa.select(broadcasts.broadcasts.c.state)
    before = _memory()
    most = before
    began = time.perf_counter()
    while await app.conductor._round():
        most = max(most, _memory())
        if "canary" == await app.database.read(lambda tx: tx.execute(state).scalar()):
            break
    seconds = time.perf_counter() - began
    return {"written down, s": seconds, "grown, MB": most - before}


async def _rate(channels: Sequence[_Api], seconds: float) -> float:
    """Let people be told for so long, or until all are, after those who go first; return how many in a second."""

    def told() -> int:
        return sum(api.sent for api in channels)

    while True:
        await asyncio.sleep(0.1)
        if told() >= _FIRST:
            break
    before, began = told(), time.perf_counter()
    await asyncio.sleep(seconds)
    return (told() - before) / (max(api.last for api in channels) - began)


@asynccontextmanager
async def _working(app: house.App) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(app.sender.run()), asyncio.create_task(app.conductor.run())]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task


async def _seconds(app: house.App, work: Callable[[Connection], object]) -> float:
    began = time.perf_counter()
    await app.database.read(work)
    return time.perf_counter() - began


def _memory() -> float:
    return float(psutil.Process().memory_info().rss / _MB)


def main() -> None:
    """Measure few and many on one server, and print them beside each other."""
    many = int(sys.argv[1]) if len(sys.argv) > 1 else _MANY
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 30.0
    found = []
    with running_postgres(durable=True) as server, TemporaryDirectory() as folder:
        for people in (_FEW, many):
            with server.database(f"people_{people}") as url:
                found.append(asyncio.run(measure(people, seconds, url, Path(folder))))
    print(f"| {'people':24} | {_FEW:>10,} | {many:>10,} |\n| {'-' * 24} | {'-' * 9}: | {'-' * 9}: |")  # noqa: T201
    for name, few in found[0].items():
        print(f"| {name:24} | {few:10,.2f} | {found[1][name]:10,.2f} |")  # noqa: T201


if __name__ == "__main__":
    main()
