"""The service: runs an app's loops side by side until told to stop, and stops them in the right order."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from sqlalchemy.engine import Connection

from bot import connecting, health
from bot.channels.email.account import parse
from bot.channels.email.watching import Patience
from bot.channels.telegram import TelegramChannel
from bot.desk.automatic import NONE
from bot.desk.promise import WorkingHours
from bot.intake import Intake
from bot.mailroom.entering import Clerk
from bot.outreach.leaving import Leaving
from bot.progress import weekly
from bot.progress.public import Public
from bot.web import Site

if TYPE_CHECKING:
    from bot.app import App
    from bot.mailroom.room import Mailroom

_log = logging.getLogger(__name__)

_WATCH_SECONDS = 60.0
_KEEP_UP_SECONDS = 5.0


class Service:
    """One process: its HTTP side, its worker side, or both."""

    def __init__(self, app: "App", *, web: bool, worker: bool) -> None:
        self._app = app
        self._web, self._worker = web, worker
        telegram = app.channels.get("telegram")
        self._intake = intake_of(app, telegram) if isinstance(telegram, TelegramChannel) else None
        self._pulse = self._intake.pulse if self._intake else ""
        self._mailroom = mailroom_of(app)
        self._mail = self._mailroom.pulse if self._mailroom else ""
        self._site = Site(
            settings=app.settings,
            database=app.database,
            clock=app.clock,
            intake=self._intake,
            pulse=self._pulse,
            mail=self._mail,
            leaving=_leaving(app),
            public=Public(
                database=app.database,
                clock=app.clock,
                goal=app.progress.goal,
                voice=app.words.tongue("lv"),
                origins=app.settings.origins,
            ),
        )

    async def run(self) -> None:
        """Run until the app is told to stop.

        Raises DatabaseDownError or OSError where it can't even begin, and an exception group when a loop gives up.
        """
        try:
            await self._begin()
            async with asyncio.TaskGroup() as tasks:
                sending = tasks.create_task(self._app.sender.run(), name="send") if self._worker else None
                loops = [tasks.create_task(loop(), name=loop.__name__) for loop in self._loops()]
                await self._app.stopping.wait()
                _log.info("stopping")
                self._app.sender.stop()
                for task in loops:
                    task.cancel()
                await self._site.stop()
                if sending:
                    await sending
        finally:
            await self._site.stop()
            await connecting.close(self._app.channels)

    async def look(self) -> None:
        """Look for trouble and raise the alarm, unless another process does; raises DatabaseDownError."""
        if not await self._app.duties.holds("watch"):
            return
        if self._intake and self._app.settings.uses_webhook:
            await self._intake.look_at_webhook()
        await self._app.database.write(self._ring)
        self._app.sender.wake()

    async def _begin(self) -> None:
        if self._worker:
            await self._app.duties.claim_life()
        if self._web:
            await self._site.start()

    def _loops(self) -> list[Callable[[], Coroutine[Any, Any, None]]]:
        duties = self._app.duties
        loops: list[Callable[[], Coroutine[Any, Any, None]]] = []
        if self._worker:
            loops += [duties.stay_alive, duties.fire_timers, duties.clean, self._app.press.run, self._watch]
            loops.append(self._app.conductor.run)
            loops += [self._app.finisher.run]
            if self._app.fetcher:
                loops += [self._app.fetcher.run, self._app.reader.run]
            if self._mailroom:
                loops.append(self._mailroom.run)
        if self._intake:
            loops.append(self._take_in)
        if self._app.automatic.mode != NONE:
            loops.append(self._keep_up)
        return loops

    async def _keep_up(self) -> None:
        """Notice what an administrator has changed in another process."""
        while True:
            await asyncio.sleep(_KEEP_UP_SECONDS)
            await self._app.duties.safely(lambda: self._app.database.read(self._app.automatic.refresh))

    async def _take_in(self) -> None:
        assert self._intake is not None  # noqa: S101 - only then is this one of the loops
        await self._intake.start()
        _log.info("ready: @%s", self._intake.channel.bot.username)
        if self._worker and not self._app.settings.uses_webhook:
            await self._intake.poll()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_WATCH_SECONDS)
            await self._app.duties.safely(self.look)

    def _ring(self, tx: Connection) -> None:
        alarms, now = self._app.alarms, self._app.clock.now()
        found = health.findings(tx, now, pulse=self._pulse, mail=self._mail)
        for finding in found:
            if finding.kind in health.KINDS and finding.kind != "inbound":  # the others rang when it happened
                alarms.ring(tx, finding.kind, now, what=finding.what, mend=finding.mend)
        for kind in set(health.KINDS) - {finding.kind for finding in found}:
            alarms.clear(tx, kind, now)
        alarms.forget_old(tx, now)
        weekly.tell(tx, now, WorkingHours.parse(self._app.settings.staff_hours))
        if self._app.digest:
            self._app.digest.tell(tx, now)
        if self._app.answering:
            self._app.answering.unanswered.tell(tx, now)


def _leaving(app: "App") -> Leaving | None:
    """Return the page by which people take no more news; None where no letter links to it."""
    secret = app.settings.mail_secret
    return Leaving(database=app.database, clock=app.clock, words=app.words, secret=secret) if secret else None


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


def mailroom_of(app: "App", patience: Patience | None = None) -> "Mailroom | None":
    """Connect the mailbox with an app; None where it takes no letters."""
    letters, settings = app.letters, app.settings
    if letters is None:
        return None
    from bot.channels.email.compose import Composer  # noqa: PLC0415 - 7 MB with all that letters are read with
    from bot.mailroom.room import Mailroom  # noqa: PLC0415

    return Mailroom(
        account=parse(settings.imap_url, settings.mail_token_command),
        address=settings.mail_address,
        secret=settings.mail_secret,
        clerk=Clerk(
            alarms=app.alarms,
            secret=settings.mail_secret,
            on_refused=app.losses.of_letter,
            on_returned=app.answering.rerouting.came_back if app.answering else None,
        ),
        composer=Composer(connecting.letterhead(settings)),
        letters=letters,
        inbox=app.inbox,
        clock=app.clock,
        duties=app.duties,
        alarms=app.alarms,
        most_hourly=settings.mail_intake_hourly,
        patience=patience or Patience(),
    )
