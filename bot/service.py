"""The service: runs an app's loops side by side until told to stop, and stops them in the right order."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from bot.channels.telegram import TelegramChannel
from bot.database import DatabaseDownError
from bot.health import Finding, findings
from bot.intake import Intake
from bot.web import Site

if TYPE_CHECKING:
    from bot.app import App

_log = logging.getLogger(__name__)

_WATCH_SECONDS = 60.0


class Service:
    """One process: its HTTP side, its worker side, or both."""

    def __init__(self, app: "App", *, web: bool, worker: bool) -> None:
        self._app = app
        self._web, self._worker = web, worker
        telegram = app.channels.get("telegram")
        self._intake = intake_of(app, telegram) if isinstance(telegram, TelegramChannel) else None
        self._site = Site(settings=app.settings, database=app.database, clock=app.clock, intake=self._intake)

    async def run(self) -> None:
        """Run until the app is told to stop."""
        app = self._app
        if self._worker:
            await app.duties.claim_life()
        if self._web:
            await self._site.start()
        async with asyncio.TaskGroup() as tasks:
            sending = tasks.create_task(app.sender.run(), name="send") if self._worker else None
            loops = [tasks.create_task(loop(), name=loop.__name__) for loop in self._loops()]
            await app.stopping.wait()
            _log.info("stopping")
            for task in loops:
                task.cancel()
            if self._web:
                await self._site.stop()
            if sending:
                app.sender.stop()
                await sending
        if self._intake:
            await self._intake.channel.close()

    def _loops(self) -> list[Callable[[], Coroutine[Any, Any, None]]]:
        app = self._app
        loops: list[Callable[[], Coroutine[Any, Any, None]]] = []
        if self._worker:
            loops += [app.duties.stay_alive, app.duties.fire_timers, app.duties.clean, self._watch]
        if self._intake:
            loops.append(self._intake_loop)
        return loops

    async def _intake_loop(self) -> None:
        if self._intake is None:
            return
        await self._intake.start()
        _log.info("ready: @%s", self._intake.channel.bot.username)
        if self._worker and not self._app.settings.uses_webhook:
            await self._intake.poll()

    async def _watch(self) -> None:
        """Look for trouble every minute and raise the alarm; what has passed is forgotten."""
        known: set[str] = set()
        while True:
            await asyncio.sleep(_WATCH_SECONDS)
            try:
                if self._intake and self._app.settings.uses_webhook:
                    await self._intake.look_at_webhook()
                known = await self._app.database.write(lambda tx, known=known: self._ring(tx, known))  # type: ignore[misc]
                self._app.sender.wake()
            except DatabaseDownError:
                _log.warning("the database does not answer")

    def _ring(self, tx: Any, known: set[str]) -> set[str]:
        app, now = self._app, self._app.clock.now()
        polls = self._intake is not None and not app.settings.uses_webhook
        found: list[Finding] = findings(tx, now, polls=polls)
        for finding in found:
            if finding.key != "inbound":  # told of one by one, when it happens
                app.alarms.ring(tx, finding.key, now, what=finding.what, mend=finding.mend)
        for key in known - {finding.key for finding in found}:
            app.alarms.clear(tx, key)
        return {finding.key for finding in found}


def intake_of(app: "App", channel: TelegramChannel) -> Intake:
    """Connect a Telegram channel's incoming side with an app."""
    return Intake(
        channel=channel,
        inbox=app.inbox,
        database=app.database,
        clock=app.clock,
        settings=app.settings,
        duties=app.duties,
        words=app.words,
    )
