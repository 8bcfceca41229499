"""The public side: the count and the events for everybody, read only, over HTTP; looked up once a minute at most."""

import asyncio
import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiohttp import web
from sqlalchemy.engine import Connection

from bot.clock import Clock
from bot.database import Database, DatabaseDownError
from bot.progress.counting import Count, count
from bot.progress.happenings import to_come
from bot.progress.pace import Goal
from bot.progress.publishing import Page, facts
from bot.words.rendering import Tongue

JSON_PATH, EVENTS_PATH, PAGE_PATH = "/api/progress.json", "/api/events.json", "/progress"
_FRESH = 60.0  # seconds

Counting = Callable[[Connection, datetime], Count]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Shown:
    """A document as it is served."""

    body: bytes
    media_type: str
    tag: str


@dataclass(eq=False, kw_only=True)
class Public:
    """One per process. `origins` are the sites whose pages may read the JSON and embed the page."""

    database: Database
    clock: Clock
    goal: Goal
    voice: Tongue
    origins: tuple[str, ...] = ()
    count: Counting = count
    _shown: dict[str, _Shown] = field(default_factory=dict, init=False)
    _until: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        self._page = Page(self.voice)
        self._counting = asyncio.Lock()

    def mount(self, router: web.UrlDispatcher) -> None:
        """Offer everything on a server; GET takes HEAD along."""
        router.add_get(JSON_PATH, self._serve)
        router.add_get(EVENTS_PATH, self._serve)
        router.add_get(PAGE_PATH, self._serve)

    async def _serve(self, request: web.Request) -> web.Response:
        """Answer from what was counted within the last minute; what is older does while the database is down."""
        try:
            await self._look()
        except DatabaseDownError:
            if not self._shown:
                return web.Response(status=503, headers={"Retry-After": "60"})
        shown = self._shown[request.path]
        headers = {
            "ETag": shown.tag,
            "Cache-Control": f"public, max-age={_FRESH:.0f}",
            "X-Content-Type-Options": "nosniff",
            **(self._for_page() if request.path == PAGE_PATH else self._for_origin(request)),
        }
        if shown.tag in request.headers.get("If-None-Match", ""):
            return web.Response(status=304, headers=headers)
        return web.Response(body=shown.body, headers={"Content-Type": shown.media_type, **headers})

    def _for_origin(self, request: web.Request) -> dict[str, str]:
        """Let the home page's own scripts read it."""
        origin = request.headers.get("Origin", "")
        allowed = {"Access-Control-Allow-Origin": origin} if origin in self.origins else {}
        return {"Vary": "Origin", **allowed}

    def _for_page(self) -> dict[str, str]:
        ancestors = " ".join(["'self'", *self.origins])
        return {
            "Content-Security-Policy": f"{self._page.policy}; frame-ancestors {ancestors}",
            "Referrer-Policy": "no-referrer",
        }

    async def _look(self) -> None:
        """Count, unless it was done within the minute; who comes meanwhile waits for the one count."""
        async with self._counting:
            if time.monotonic() < self._until:
                return
            now = self.clock.now()
            counted, events = await self.database.read(lambda tx: (self.count(tx, now), to_come(tx, now)))
            self._shown = {
                JSON_PATH: _data(facts(counted, self.goal)),
                EVENTS_PATH: _data({"events": events, "source": "Koku palīgs"}),
                PAGE_PATH: _document(self._page.render(counted, self.goal), "text/html; charset=utf-8"),
            }
            self._until = time.monotonic() + _FRESH


def _data(facts: Mapping[str, Any]) -> _Shown:
    return _document(json.dumps(facts, ensure_ascii=False), "application/json; charset=utf-8")


def _document(text: str, media_type: str) -> _Shown:
    body = text.encode()
    return _Shown(body=body, media_type=media_type, tag=f'"{hashlib.sha256(body).hexdigest()[:32]}"')
