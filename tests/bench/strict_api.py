"""A Bot API that enforces its limit, and brings questions of people while something is announced to others.

`python -m tests.bench.strict_api PEOPLE PORT [AFTER]` runs one until it is killed. It allows 30 messages in any second;
past that it answers 429 and refuses everything for three seconds, which is the strict reading of what Telegram
publishes. With AFTER it refuses so once of its own accord, after so many messages. Answers take 50 ms.
"""

import asyncio
import math
import sys
import time
from collections import Counter, deque
from dataclasses import asdict, dataclass, field
from statistics import median, quantiles
from typing import Any

from aiohttp import web

LIMIT = 30  # messages in a second
FIRST = 10  # whom ours tells before everybody else
FIRST_ASKER = 10_000_000
_PENALTY, _LATENCY, _ASKS_EVERY = 3.0, 0.05, 0.33  # seconds


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """What the API has seen of an announcement to so many. Times are seconds, but for the replies' milliseconds."""

    people: int
    seconds: float  # from the first message to the last
    rest: float  # of them, after the first ten
    refused: int  # 429s that were not told it to
    injected: int  # 429s after the one that it was told to, before the next message went through
    lost: int
    doubled: int
    replies: int
    median: float
    slowest: float  # the 99th percentile


@dataclass(eq=False)
class StrictApi:
    """Enforces its limit on what is sent to `people`; `after` so many messages it refuses one of its own accord."""

    people: int
    after: int = 0
    shown: Counter[int] = field(default_factory=Counter)
    refused: int = 0
    waits: list[float] = field(default_factory=list)
    began: float = 0.0
    opened: float = 0.0  # when everybody else followed the first ones
    ended: float = 0.0
    injected: int = 0
    _episode: bool = False
    _window: deque[float] = field(default_factory=deque)
    _until: float = 0.0
    _asked: dict[int, float] = field(default_factory=dict)
    _updates: list[dict[str, Any]] = field(default_factory=list)
    _number: int = 0

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one call."""
        method = request.match_info["method"]
        given: Any = dict(request.query)
        if request.can_read_body:
            given |= await request.json() if request.content_type == "application/json" else await request.post()
        if method == "getMe":
            return _ok({"id": 1, "is_bot": True, "first_name": "K", "username": "koku_bot"})
        if method == "getUpdates":
            return await self._bring(int(given.get("offset", 0)))
        if method == "sendMessage":
            return await self._take(int(given["chat_id"]))
        return _ok(True if method.startswith("delete") else {})

    async def _take(self, chat: int) -> web.Response:
        now = time.monotonic()
        if chat >= FIRST_ASKER:
            if asked := self._asked.pop(chat, None):
                self.waits.append(now - asked)
        elif not self.takes(chat, now):
            return web.json_response(
                {
                    "ok": False,
                    "error_code": 429,
                    "description": "Too Many Requests",
                    "parameters": {"retry_after": math.ceil(self._until - now)},
                },
                status=429,
            )
        await asyncio.sleep(_LATENCY)
        self._number += 1
        return _ok({"message_id": self._number, "date": int(time.time()), "chat": {"id": chat, "type": "private"}})

    def takes(self, chat: int, now: float) -> bool:
        """Show somebody what is announced, unless it is too much; `now` in seconds of a steady clock."""
        if self._refuses(now):
            return False
        self._window.append(now)
        self.shown[chat] += 1
        self.began = self.began or now
        if len(self.shown) == FIRST + 1:
            self.opened = self.opened or now
        self.ended = now
        return True

    def _refuses(self, now: float) -> bool:
        while self._window and self._window[0] <= now - 1:
            self._window.popleft()
        told_to = bool(self.after) and self.shown.total() >= self.after
        if told_to:
            self.after, self._episode = 0, True
        elif now >= self._until and len(self._window) < LIMIT:
            self._episode = False
            return False
        elif self._episode:
            self.injected += 1
        else:
            self.refused += 1
        if now >= self._until:
            self._until = now + _PENALTY
        return True

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
            chat = FIRST_ASKER + number
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

    def seen(self) -> Seen:
        """Tell what has come of it so far; who still waits for an answer has waited until now."""
        waits = [*self.waits, *(self.ended - asked for asked in self._asked.values() if asked < self.ended)]
        return Seen(
            people=self.people,
            seconds=self.ended - self.began,
            rest=self.ended - self.opened,
            refused=self.refused,
            injected=self.injected,
            lost=self.people - len(self.shown),
            doubled=self.shown.total() - len(self.shown),
            replies=len(waits),
            median=median(waits) * 1000 if waits else 0.0,
            slowest=quantiles(waits, n=100)[98] * 1000 if len(waits) > 1 else 0.0,
        )


def _ok(result: Any) -> web.Response:
    return web.json_response({"ok": True, "result": result})


async def _serve(people: int, port: int, after: int) -> None:
    """Be the API until killed; `/seen` tells what it has seen."""
    api = StrictApi(people, after)

    async def seen(_: web.Request) -> web.Response:
        return web.json_response(asdict(api.seen()))

    server = web.Application()
    server.router.add_get("/seen", seen)
    server.router.add_route("*", "/bot{token}/{method}", api.handle)
    runner = web.AppRunner(server, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await api.ask()


if __name__ == "__main__":
    asyncio.run(_serve(*(int(argument) for argument in [*sys.argv[1:], "0"][:3])))
