"""The HTTP side: Telegram's webhook, health, metrics, and what the rooms show to everybody."""

import hmac
import logging
from dataclasses import dataclass, field
from datetime import timedelta

from aiohttp import web

from bot.clock import Clock
from bot.database import Database, DatabaseDownError
from bot.health import findings
from bot.intake import WEBHOOK_PATH, Intake
from bot.metrics import exposition
from bot.outreach.leaving import Leaving
from bot.progress.public import Public
from bot.settings import Settings

_log = logging.getLogger(__name__)

_LARGEST = 1 << 20  # bytes of a request; Telegram's updates are far smaller


@dataclass(eq=False, kw_only=True)
class Site:
    """The server of one process. `intake` is None where no bot is configured; `pulse` and `mail` must beat."""

    settings: Settings
    database: Database
    clock: Clock
    intake: Intake | None
    pulse: str
    mail: str = ""
    public: Public | None = None  # what everybody may see
    leaving: Leaving | None = None  # by which people take no more news
    _runner: web.AppRunner | None = field(default=None, init=False)

    async def start(self) -> None:
        """Listen; raises OSError when the port is taken."""
        app = web.Application(client_max_size=_LARGEST)
        app.router.add_get("/health/live", self._live)
        app.router.add_get("/health", self._health)
        app.router.add_get("/metrics", self._metrics)
        if self.public:
            self.public.mount(app.router)
        if self.leaving:
            self.leaving.mount(app.router)
        if self.intake and self.settings.uses_webhook:
            app.router.add_post(WEBHOOK_PATH, self._update)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=2.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.settings.listen, self.settings.port)
        await site.start()
        _log.info("listening on %s:%d", self.settings.listen, self.settings.port)

    async def stop(self) -> None:
        """Take no more requests and let those that are being answered finish; more than once does no harm."""
        if self._runner:
            await self._runner.cleanup()

    async def _update(self, request: web.Request) -> web.Response:
        """Answer 200 only when the update and everything it leads to is committed; 503 while that can't be."""
        given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "").encode(errors="surrogateescape")
        if not hmac.compare_digest(given, self.settings.webhook_secret.encode()):
            return web.Response(status=403)
        try:
            if self.intake:
                await self.intake.receive_body(await request.read())
        except DatabaseDownError:
            return web.Response(status=503, headers={"Retry-After": "5"})
        return web.Response()

    async def _live(self, _: web.Request) -> web.Response:
        """Say that the process turns, and nothing of the rest."""
        return web.json_response({"alive": True})

    async def _health(self, _: web.Request) -> web.Response:
        """Say whether work can be done (503 when not), and what an administrator should look at."""
        now, at_once = self.clock.now(), timedelta()
        try:
            found = await self.database.read(
                lambda tx: findings(tx, now, pulse=self.pulse, mail=self.mail, patience=at_once)
            )
        except DatabaseDownError:
            return web.json_response({"ready": False, "findings": ["the database does not answer"]}, status=503)
        return web.json_response({"ready": True, "findings": [f"{finding.what}: {finding.mend}" for finding in found]})

    async def _metrics(self, _: web.Request) -> web.Response:
        try:
            text = await self.database.read(lambda tx: exposition(tx, self.clock.now()))
        except DatabaseDownError:
            return web.Response(status=503)
        return web.Response(body=text, headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})
