"""The intake: brings Telegram's updates to the inbox, by long polling or by webhook, and looks after both."""

import asyncio
import hashlib
import json
import logging
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from telegram import BotCommand, WebhookInfo
from telegram.error import BadRequest, InvalidToken, RetryAfter, TelegramError

from bot import compact
from bot.channels.telegram import TelegramChannel, read_update
from bot.channels.telegram.polling import poll
from bot.channels.telegram.updates import ALLOWED_UPDATES, external_id
from bot.clock import Clock
from bot.conversation.commands import MENU
from bot.database import Database, DatabaseDownError
from bot.inbox.receive import Inbox
from bot.messages import Inbound
from bot.settings import Settings
from bot.traces import trace
from bot.vigil import Vigil
from bot.words import Words
from bot.worker import Duties

_log = logging.getLogger(__name__)

_FRESH = timedelta(minutes=15)  # an older error of the webhook is history
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 30.0  # seconds between two attempts to introduce ourselves
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")  # NUL and halves of UTF-16 pairs: no database takes them
_SUSPECT = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])|[\0\xed]")  # what they are in JSON, escaped or not
WEBHOOK_PATH = "/telegram"


class RefusedError(Exception):
    """Telegram does not take our token or the address of our webhook. Trying again does not help.

    The message says what to mend, and never holds the token.
    """


class UnreadableError(Exception):
    """An update that can't be read. Trying again helps once this release can."""


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

    def __post_init__(self) -> None:
        self._vigil = Vigil(
            name="Telegram",
            lease=f"poll:{self.channel.bot_id}",
            pulse=self.pulse,
            database=self.database,
            clock=self.clock,
            duties=self.duties,
        )

    @property
    def pulse(self) -> str:
        """The name of the pulse that beats while updates arrive."""
        return pulse_of(self.settings)

    async def start(self) -> None:
        """Introduce ourselves, again and again while Telegram does not answer; raises RefusedError."""
        pause = _FIRST_PAUSE
        while True:
            try:
                await self._introduce()
            except TelegramError as error:
                await self._vigil.report(_shown(error))
                await asyncio.sleep(_seconds(error) or pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
            else:
                await self._vigil.report("")
                return

    async def poll(self) -> None:
        """Poll until cancelled, while this process holds the bot's lease."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._vigil.keep())
            await poll(self.channel, self.receive, self._vigil.holds, self._vigil.report)

    async def receive(self, updates: list[dict[str, Any]]) -> bool:
        """Take updates in, each chat's in order; False when one could not be stored and all must come again."""
        outcomes = await asyncio.gather(*(self.take(_storable(raw)) for raw in updates), return_exceptions=True)
        lost = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
        for error in lost:
            if not isinstance(error, DatabaseDownError):
                _log.error("an update could not be stored: %s", trace(error))
                await self._vigil.report(f"an update could not be stored: {type(error).__name__}")
        return not lost

    async def receive_body(self, body: bytes) -> None:
        """Take in what the webhook brought; raises DatabaseDownError. Poison is stored, never refused."""
        try:
            raw = _parsed(body)
        except (ValueError, RecursionError) as error:
            await self._keep(_storable(body.decode(errors="replace")), error)
            return
        await self.take(raw)

    async def take(self, raw: dict[str, Any]) -> str:
        """Take one storable update in and return the named outcome; raises DatabaseDownError."""
        try:
            name = external_id(self.channel.bot_id, raw)
        except (KeyError, TypeError) as error:
            await self._keep(json.dumps(raw), error)
            return "failed"
        try:
            try:
                item = self._read(raw)
            except Exception as error:  # noqa: BLE001 - whatever is wrong with one update stays with it
                _log.error("update %s could not be read: %s", name, trace(error))
                await self.inbox.refuse("telegram", name, raw, f"{type(error).__name__}: {error}")
                return "failed"
            return await self.inbox.receive(item)
        except DatabaseDownError:
            raise
        except Exception as error:  # noqa: BLE001 - not even as failed could it be stored as it is
            _log.error("update %s could not be stored: %s", name, trace(error))
            await self._keep(json.dumps(raw), error)
            return "failed"

    async def retry(self, inbound_id: int, raw: Any) -> str:
        """Take a failed entry in again, as it was kept; raises UnreadableError where it still can't be read."""
        try:
            update = raw if "update_id" in raw else _parsed(raw["body"].encode())
            item = self._read(update)
        except Exception as error:  # noqa: BLE001 - as above
            raise UnreadableError(f"{type(error).__name__}: {error}") from None
        return await self.inbox.receive(item, retries=inbound_id)

    async def look_at_webhook(self) -> None:
        """Ask Telegram whether it reaches us, and note what it says; raises DatabaseDownError."""
        try:
            info = await self.channel.bot.get_webhook_info()
        except TelegramError as error:
            trouble = _shown(error)
        else:
            trouble = webhook_trouble(self.settings, info, self.clock.now())
        await self.database.write(lambda tx: self._vigil.note(tx, trouble))

    def _read(self, raw: dict[str, Any]) -> Inbound:
        return read_update(raw, self.channel.bot, self.clock.now())

    async def _introduce(self) -> None:
        """Ask who we are, say how updates are to come, and set the menu."""
        try:
            await self.channel.start()
        except InvalidToken:
            # Not its own text, which holds the token.
            raise RefusedError("Telegram does not know this token: check TELEGRAM_TOKEN") from None
        bot, settings = self.channel.bot, self.settings
        if settings.uses_webhook:
            url = webhook_url(settings)
            try:
                await bot.set_webhook(url, secret_token=settings.webhook_secret, allowed_updates=ALLOWED_UPDATES)
            except BadRequest as error:
                raise RefusedError(f"Telegram refuses {url}: {error.message}. Check PUBLIC_URL") from None
        else:
            await bot.delete_webhook()
        await self._set_menu()

    async def _set_menu(self) -> None:
        for language, code in (("lv", None), ("en", "en")):
            tongue = self.words.tongue(language)
            commands = [BotCommand(name, tongue.text(description)) for name, description in MENU.items()]
            try:
                await self.channel.bot.set_my_commands(commands, language_code=code)
            except BadRequest:
                _log.exception("the menu was refused")  # people can write without one

    async def _keep(self, text: str, error: Exception) -> None:
        """Keep as text what can't be kept as an update, once, however often it comes."""
        name = "broken:" + hashlib.sha256(text.encode()).hexdigest()[:32]
        await self.inbox.refuse("telegram", name, {"body": text}, f"{type(error).__name__}: {error}")


def pulse_of(settings: Settings) -> str:
    """Return the name of the pulse that beats while updates arrive; '' where there is no bot."""
    bot_id = settings.telegram_token.partition(":")[0]
    return f"{'webhook' if settings.uses_webhook else 'poll'}:{bot_id}" if bot_id else ""


def webhook_trouble(settings: Settings, info: WebhookInfo, now: datetime) -> str:
    """Return what keeps updates from our webhook, by what Telegram says of it; '' for nothing."""
    if info.url != webhook_url(settings):
        return "Telegram brings our updates somewhere else; start the service anew to set its webhook"
    fresh = info.last_error_date is not None and now - info.last_error_date < _FRESH
    return info.last_error_message or "" if fresh else ""


def webhook_url(settings: Settings) -> str:
    """Return where Telegram is to bring updates by these settings; '' when they are asked for."""
    return settings.public_url.rstrip("/") + WEBHOOK_PATH if settings.uses_webhook else ""


def _parsed(body: bytes) -> dict[str, Any]:
    """Read an update's JSON; raises ValueError where it is none."""
    raw = compact.loads(body)
    if _SUSPECT.search(body):
        raw = _storable(raw)
    if not isinstance(raw, dict) or not isinstance(raw.get("update_id"), int):
        raise ValueError("an update without update_id")  # noqa: TRY004 - the same outcome as broken JSON
    return raw


def _storable(value: Any) -> Any:
    """Return JSON without the characters that no database takes."""
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {_storable(key): _storable(inner) for key, inner in value.items()}
    return [_storable(inner) for inner in value] if isinstance(value, list) else value


def _shown(error: TelegramError) -> str:
    return f"{type(error).__name__}: {error.message}"


def _seconds(error: TelegramError) -> float:
    """Return how long Telegram asks us to wait, 0 where it does not."""
    if not isinstance(error, RetryAfter):
        return 0.0
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
