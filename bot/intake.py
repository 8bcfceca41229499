"""The intake: brings Telegram's updates to the inbox, by long polling or by webhook, and looks after both."""

import asyncio
import hashlib
import json
import logging
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from telegram import BotCommand
from telegram.error import InvalidToken, NetworkError, RetryAfter, TelegramError

from bot import pulses
from bot.channels.telegram import TelegramChannel, read_update
from bot.channels.telegram.polling import poll
from bot.channels.telegram.updates import ALLOWED_UPDATES, external_id
from bot.clock import Clock
from bot.conversation.commands import MENU
from bot.database import Database, DatabaseDownError
from bot.inbox.receive import Inbox
from bot.settings import Settings
from bot.words import Words
from bot.worker import Duties

_log = logging.getLogger(__name__)

_PULSE_SECONDS = 20.0
_FRESH = timedelta(minutes=15)  # an older error of the webhook is history
WEBHOOK_PATH = "/telegram"


@dataclass(eq=False, kw_only=True)
class Intake:
    """One per process and bot."""

    channel: TelegramChannel
    inbox: Inbox
    database: Database
    clock: Clock
    settings: Settings
    duties: Duties
    words: Words
    _beaten: float = field(default=-_PULSE_SECONDS, init=False)
    _trouble: str = field(default="", init=False)

    async def start(self) -> None:
        """Introduce ourselves, again and again while Telegram does not answer.

        Raises TelegramError where trying again does not help: a token that Telegram does not know.
        """
        pause = 1.0
        while True:
            try:
                await self._introduce()
            except InvalidToken:
                raise
            except (NetworkError, RetryAfter) as error:
                _log.warning("Telegram does not answer yet: %s", error)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 30.0)
            else:
                return

    async def _introduce(self) -> None:
        """Ask who we are, set the menu, and say how updates are to come."""
        await self.channel.start()
        await self._set_menu()
        bot, settings = self.channel.bot, self.settings
        if settings.uses_webhook:
            url = settings.public_url.rstrip("/") + WEBHOOK_PATH
            await bot.set_webhook(url, secret_token=settings.webhook_secret, allowed_updates=ALLOWED_UPDATES)
        else:
            await bot.delete_webhook()

    async def poll(self) -> None:
        """Poll until cancelled, while this process holds the bot's lease."""
        name = f"poll:{self.channel.bot_id}"
        await poll(self.channel, self.receive, lambda: self._holds(name), self._report)

    async def receive(self, updates: list[dict[str, Any]]) -> bool:
        """Take updates in, each chat's in order; False when one could not be stored and all must come again."""
        stored = await asyncio.gather(*(self._receive_one(raw) for raw in updates), return_exceptions=True)
        for outcome in stored:
            if isinstance(outcome, BaseException) and not isinstance(outcome, DatabaseDownError):
                raise outcome
        return not any(isinstance(outcome, DatabaseDownError) for outcome in stored)

    async def receive_body(self, body: bytes) -> None:
        """Take in what the webhook brought; raises DatabaseDownError. Poison is stored, never refused."""
        try:
            raw = json.loads(body)
            int(raw["update_id"])
        except (ValueError, KeyError, TypeError) as error:
            name = "broken:" + hashlib.sha256(body).hexdigest()[:32]
            broken = {"body": body.decode(errors="replace")}
            await self.inbox.refuse("telegram", name, broken, f"{type(error).__name__}: {error}")
            return
        await self._receive_one(raw)

    async def look_at_webhook(self) -> None:
        """Ask Telegram whether it reaches us, and note what it says."""
        try:
            info = await self.channel.bot.get_webhook_info()
        except TelegramError as error:
            _log.warning("webhook: %s", error)
            return
        name, now = f"webhook:{self.channel.bot_id}", self.clock.now()
        fresh = info.last_error_date is not None and now - info.last_error_date < _FRESH
        trouble = info.last_error_message or "" if fresh else ""
        if trouble:
            await self.database.write(lambda tx: pulses.miss(tx, name, now, trouble))
        else:
            await self.database.write(lambda tx: pulses.beat(tx, name, now))

    async def _receive_one(self, raw: dict[str, Any]) -> None:
        try:
            item = read_update(raw, self.channel.bot, self.clock.now())
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one update stays with it
            _log.exception("update %s could not be read", raw.get("update_id"))
            name = external_id(self.channel.bot_id, raw)
            await self.inbox.refuse("telegram", name, raw, f"{type(error).__name__}: {error}")
            return
        await self.inbox.receive(item)

    async def _set_menu(self) -> None:
        for language, code in (("lv", None), ("en", "en")):
            tongue = self.words.tongue(language)
            commands = [BotCommand(name, tongue.text(description)) for name, description in MENU.items()]
            await self.channel.bot.set_my_commands(commands, language_code=code)

    async def _holds(self, name: str) -> bool:
        try:
            return await self.duties.holds(name)
        except DatabaseDownError:
            return False

    async def _report(self, trouble: str) -> None:
        """Note that polling goes well (now and then), or that it does not (at once)."""
        now = asyncio.get_running_loop().time()
        if trouble == self._trouble and now - self._beaten < _PULSE_SECONDS:
            return
        self._beaten, self._trouble = now, trouble
        if trouble:
            _log.warning("polling: %s", trouble)
        try:
            await self.database.write(lambda tx: self._note(tx, trouble))
        except DatabaseDownError:
            _log.warning("polling: the database does not answer")

    def _note(self, tx: Any, trouble: str) -> None:
        name = f"poll:{self.channel.bot_id}"
        if trouble:
            pulses.miss(tx, name, self.clock.now(), trouble)
        else:
            pulses.beat(tx, name, self.clock.now())
