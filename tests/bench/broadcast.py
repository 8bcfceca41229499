"""Broadcasts: an announcement to thousands, through an API that holds us to 30 a second, while people ask.

`python -m tests.bench.broadcast [people]`. The API allows 30 messages in any second; past that it answers 429 and
refuses everything for three seconds, which is the strict reading of what Telegram publishes. Each answer takes 50 ms.
Every third of a second somebody asks something; how long their answer takes is measured from when we are given it.
"""

import asyncio
import os
import sys
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp
import sqlalchemy as sa
from aiohttp import web

from bot import app as house
from bot.clock import SystemClock
from bot.delivery.outbox import deliveries
from bot.outreach import broadcasts
from bot.settings import Secret, Settings
from tests.killing import free_port
from tests.subscribers import announce

_LIMIT, _PENALTY, _LATENCY = 30, 3.0, 0.05
_FIRST = 10  # who get it before everybody else does
_ASKS_EVERY = 0.33
_FIRST_ASKER = 10_000_000
_TOKEN = "123456789:" + "A" * 35


@dataclass(eq=False)
class StrictApi:
    """A Bot API that enforces its limit on what is sent to `people`, and brings questions of others."""

    people: int
    shown: Counter[int] = field(default_factory=Counter)
    refused: int = 0
    waits: list[float] = field(default_factory=list)
    began: float = 0.0
    opened: float = 0.0  # when everybody else followed the first ones
    ended: float = 0.0
    _window: deque[float] = field(default_factory=deque)
    _until: float = 0.0
    _asked: dict[int, float] = field(default_factory=dict)
    _updates: list[dict[str, Any]] = field(default_factory=list)
    _number: int = 0

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one call."""
        method = request.match_info["method"]
        given = await request.json() if request.can_read_body and request.content_type == "application/json" else {}
        if method == "getMe":
            return _ok({"id": 1, "is_bot": True, "first_name": "K", "username": "koku_bot"})
        if method == "getUpdates":
            return await self._bring(int(request.query.get("offset", 0)))
        if method != "sendMessage":
            return _ok({})
        return await self._take(int(given["chat_id"]))

    async def _take(self, chat: int) -> web.Response:
        now = time.monotonic()
        if chat >= _FIRST_ASKER:
            if asked := self._asked.pop(chat, None):
                self.waits.append(now - asked)
        else:
            while self._window and self._window[0] <= now - 1:
                self._window.popleft()
            if now < self._until or len(self._window) >= _LIMIT:
                self._until = max(self._until, now + _PENALTY)
                self.refused += 1
                text = {
                    "ok": False,
                    "error_code": 429,
                    "description": "Too Many Requests",
                    "parameters": {"retry_after": 3},
                }
                return web.json_response(text, status=429)
            self._window.append(now)
            self.shown[chat] += 1
            self.began = self.began or now
            if len(self.shown) == _FIRST + 1:
                self.opened = now
            self.ended = now
        await asyncio.sleep(_LATENCY)
        self._number += 1
        return _ok({"message_id": self._number, "date": int(time.time()), "chat": {"id": chat, "type": "private"}})

    async def _bring(self, offset: int) -> web.Response:
        self._updates = [update for update in self._updates if update["update_id"] >= offset]
        for _ in range(20):
            if self._updates:
                break
            await asyncio.sleep(0.02)
        return _ok(self._updates[:50])

    async def ask(self) -> None:
        """Let somebody ask something now and then, each a new person."""
        number = 0
        while True:
            await asyncio.sleep(_ASKS_EVERY)
            number += 1
            chat = _FIRST_ASKER + number
            who = {"id": chat, "is_bot": False, "first_name": "Anna", "language_code": "lv"}
            message = {
                "message_id": number,
                "date": int(time.time()),
                "chat": {"id": chat, "type": "private", "first_name": "Anna"},
                "from": who,
                "text": "Vai augļu koki skaitās?",
            }
            if self.began:  # while the bot starts nobody is answered, announcement or not
                self._asked[chat] = time.monotonic()
            self._updates.append({"update_id": number, "message": message})


def _ok(result: Any) -> web.Response:
    return web.json_response({"ok": True, "result": result})


async def serve(people: int, port: int) -> None:
    """Be the API, in a process of its own, until killed; `/figures` tells what it has seen."""
    api = StrictApi(people)

    async def figures(_: web.Request) -> web.Response:
        waits = sorted(api.waits)
        return web.json_response(
            {
                "seconds": api.ended - api.began,
                "of it after the first ten": api.ended - api.opened,
                "refused": api.refused,
                "lost": people - len(api.shown),
                "doubled": sum(count - 1 for count in api.shown.values()),
                "replies": len(waits),
                "reply_median_ms": median(waits) * 1000 if waits else 0,
                "reply_p99_ms": quantiles(waits, n=100)[98] * 1000 if len(waits) > 1 else 0,
            }
        )

    server = web.Application()
    server.router.add_get("/figures", figures)
    server.router.add_route("*", "/bot{token}/{method}", api.handle)
    runner = web.AppRunner(server, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await api.ask()


async def measure(people: int, database_url: str, folder: Path) -> dict[str, float]:
    """Announce to so many, and return what came of it."""
    port = free_port()
    arguments = [sys.executable, "-m", "tests.bench.broadcast", "--api", str(people), str(port)]
    api = await asyncio.create_subprocess_exec(*arguments)
    url = f"http://127.0.0.1:{port}"
    settings = Settings(database_url=Secret(database_url), data_dir=folder)
    app = house.build(settings, {})
    now = SystemClock().now()
    await app.database.write(lambda tx: announce(tx, range(1, people + 1), now))
    environment = {
        "PATH": os.environ["PATH"],
        "TELEGRAM_TOKEN": _TOKEN,
        "TELEGRAM_API_URL": url,
        "DATABASE_URL": database_url,
        "DATA_DIR": str(folder),
        "QUIET_HOURS": "00:00-00:00",
        "LOG_LEVEL": "WARNING",
        "PORT": str(free_port()),
    }
    bot = await asyncio.create_subprocess_exec(sys.executable, "-m", "bot", "run", env=environment)
    state = sa.select(broadcasts.broadcasts.c.state)
    while True:
        await asyncio.sleep(0.5)
        if await app.database.read(lambda tx: tx.execute(state).scalar()) == "done":
            break
    async with aiohttp.ClientSession() as session, session.get(f"{url}/figures") as answer:
        figures: dict[str, float] = await answer.json()
    bot.terminate()
    await bot.wait()
    api.kill()
    await api.wait()
    query = sa.select(sa.func.count()).where(deliveries.c.broadcast_id.is_not(None), deliveries.c.state == "sent")
    sent = await app.database.read(lambda tx: tx.execute(query).scalar_one())
    await app.close()
    rate = (people - 1) / figures["seconds"]
    paced = (people - _FIRST - 1) / figures["of it after the first ten"] / _LIMIT
    told = {"people": people, "recorded sent": sent, "a second": rate, "of the limit": rate / _LIMIT}
    return {**told, "after the first": paced, **figures}


def main() -> None:
    """Measure and print."""
    if "--api" in sys.argv:
        asyncio.run(serve(int(sys.argv[2]), int(sys.argv[3])))
        return
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 3000
    with TemporaryDirectory() as folder:
        url = sys.argv[2] if len(sys.argv) > 2 else f"sqlite:///{folder}/koku.db"
        for name, value in asyncio.run(measure(people, url, Path(folder))).items():
            print(f"{name:16} {value:10.2f}")  # noqa: T201


if __name__ == "__main__":
    main()
