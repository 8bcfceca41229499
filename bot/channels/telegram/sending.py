"""Sending: an Outbound becomes a Bot API call, and what the API says of it becomes a fate."""

import contextlib
from datetime import timedelta
from typing import Any

from telegram import Bot
from telegram.constants import ChatAction, ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)

from bot.channels.telegram import files
from bot.channels.telegram.request import AiohttpRequest, NotSentError
from bot.channels.telegram.texts import fit
from bot.messages import Address, Button, Destination, Fate, Outbound, Pace, SendError

_NO_PREVIEW = {"is_disabled": True}
_METHODS = {"message": "sendMessage", "place": "sendLocation", "edit": "editMessageText"}

# Beginnings of descriptions, lower-cased, as the server words them; the library changes their capitals.
_UNREACHABLE = ("chat not found", "user is deactivated", "peer_id_invalid", "user not found")
_NOTHING_TO_DO = ("message is not modified",)

Parameters = dict[str, Any]


class TelegramChannel:
    """The bot's outgoing side. `start` before use, `close` after."""

    name = "telegram"
    pace = Pace.ONE

    def __init__(self, token: str, api_url: str) -> None:
        base = api_url.rstrip("/")
        self.bot_id = token.partition(":")[0]
        self.keeper = f"telegram:{self.bot_id}"  # a file_id serves only the bot that was told it
        # A connection of its own, so that a long poll and a burst of answers don't wait for each other.
        self.updates_request = AiohttpRequest(connections=2)
        self._request = AiohttpRequest()
        self.bot = Bot(
            token,
            base_url=f"{base}/bot",
            base_file_url=f"{base}/file/bot",
            request=self._request,
            get_updates_request=self.updates_request,
        )

    async def start(self) -> None:
        """Open the connections and ask who we are; raises telegram.error.TelegramError."""
        await self.bot.initialize()

    async def close(self) -> None:
        """Close the connections, also where there was no start."""
        await self.bot.shutdown()
        await self._request.shutdown()
        await self.updates_request.shutdown()

    async def send(self, to: Destination, message: Outbound) -> str:
        """Send one message and return its message_id; raises SendError."""
        method = _METHODS.get(message.kind)
        if method is None:
            # Queued by another release; as a plain message it would be nonsense.
            raise SendError(Fate.REFUSED, f"no such kind of message: {message.kind}")
        try:
            # Not by the library's own methods: what they build of a message and its answer costs more than the rest.
            sent = await self._request.call(f"{self.bot.base_url}/{method}", _parameters(to, message))
        except TelegramError as error:
            if isinstance(error, BadRequest) and _begins(error, _NOTHING_TO_DO):
                return message.target_ref
            raise _fate(error) from error
        return str(sent["message_id"]) if isinstance(sent, dict) else message.target_ref

    async def acknowledge(self, receipt: str, text: str) -> None:
        """Stop the button's spinner; too late is no harm."""
        with contextlib.suppress(TelegramError):
            await self.bot.answer_callback_query(receipt, text=text or None)

    async def typing(self, chat: Address) -> None:
        """Show „raksta…”."""
        with contextlib.suppress(TelegramError):
            await self.bot.send_chat_action(int(chat.ident), ChatAction.TYPING)

    async def fetch(self, ref: str, limit: int) -> bytes:
        """Download what a person sent, of at most `limit` bytes; raises FetchError."""
        return await files.fetch(self.bot, self._request, ref, limit)


def _parameters(to: Destination, message: Outbound) -> Parameters:
    """Put a message as the method of its kind takes it."""
    known: Parameters = {"chat_id": int(to.chat.ident)}
    if message.kind == "place":
        at = message.position
        known |= {"latitude": at.lat, "longitude": at.lon} if at else {}
    else:
        known |= {"text": fit(message.text), "parse_mode": ParseMode.HTML, "link_preview_options": _NO_PREVIEW}
        if markup := _markup(message):
            known["reply_markup"] = markup
    if message.kind == "edit":
        return known | {"message_id": int(message.target_ref)}
    if to.thread:
        known["message_thread_id"] = int(to.thread)
    if message.reply_to:
        known["reply_parameters"] = {"message_id": int(message.reply_to), "allow_sending_without_reply": True}
    return known


def _markup(message: Outbound) -> Parameters:
    if any(button.request for row in message.rows for button in row):
        keys = [[_key(button) for button in row] for row in message.rows]
        return {"keyboard": keys, "resize_keyboard": True, "one_time_keyboard": True}
    if any(message.rows):
        return {"inline_keyboard": [[_inline(button) for button in row] for row in message.rows]}
    return {"remove_keyboard": True} if message.clear_keyboard else {}


def _key(button: Button) -> Parameters:
    return {"text": button.label} | ({f"request_{button.request}": True} if button.request else {})


def _inline(button: Button) -> Parameters:
    return {"text": button.label} | ({"url": button.url} if button.url else {"callback_data": button.data})


def _fate(error: TelegramError) -> SendError:
    reason = f"{type(error).__name__}: {error.message}"[:200]
    if isinstance(error, RetryAfter):
        wait = error.retry_after
        return SendError(Fate.LATER, reason, wait=wait.total_seconds() if isinstance(wait, timedelta) else float(wait))
    if isinstance(error, ChatMigrated):
        return SendError(Fate.NOT_SENT, reason, moved_to=str(error.new_chat_id))
    if isinstance(error, Forbidden) or (isinstance(error, BadRequest) and _begins(error, _UNREACHABLE)):
        return SendError(Fate.GONE, reason)
    if isinstance(error, NotSentError | InvalidToken | Conflict):
        return SendError(Fate.NOT_SENT, reason)
    if isinstance(error, BadRequest):
        return SendError(Fate.REFUSED, reason)
    # No answer, or one that can't be read: it may have been carried out.
    return SendError(Fate.UNKNOWN, reason)


def _begins(error: TelegramError, beginnings: tuple[str, ...]) -> bool:
    return error.message.lower().startswith(beginnings)
