"""Sending: an Outbound becomes a Bot API call, and what the API says of it becomes a fate."""

import contextlib
from datetime import timedelta
from typing import Any

from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    LinkPreviewOptions,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
)
from telegram.constants import ChatAction, ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.channels.telegram import files
from bot.channels.telegram.request import AiohttpRequest, NotSentError
from bot.messages import Address, Button, Destination, Fate, Outbound, Pace, SendError

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_REMOVE = ReplyKeyboardRemove()

# Beginnings of descriptions, lower-cased, as the server words them; the library changes their capitals.
_UNREACHABLE = ("chat not found", "user is deactivated", "peer_id_invalid", "user not found")
_NOTHING_TO_DO = ("message is not modified",)

Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove | None


class TelegramChannel:
    """The bot's outgoing side. `start` before use, `close` after."""

    name = "telegram"
    pace = Pace.ONE

    def __init__(self, token: str, api_url: str) -> None:
        base = api_url.rstrip("/")
        self.bot_id = token.partition(":")[0]
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
        """Close the connections."""
        await self.bot.shutdown()

    async def send(self, to: Destination, message: Outbound) -> str:
        """Send one message and return its message_id; raises SendError."""
        try:
            sent = await self._call(to, message)
        except TelegramError as error:
            if isinstance(error, BadRequest) and _begins(error, _NOTHING_TO_DO):
                return message.target_ref
            raise _fate(error) from error
        return str(sent.message_id) if isinstance(sent, Message) else message.target_ref

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

    async def _call(self, to: Destination, message: Outbound) -> Any:
        chat = int(to.chat.ident)
        thread = int(to.thread) if to.thread else None
        markup = _markup(message)
        if message.kind == "place" and message.position:
            at = message.position
            return await self.bot.send_location(chat, at.lat, at.lon, message_thread_id=thread)
        if message.kind == "edit":
            inline = markup if isinstance(markup, InlineKeyboardMarkup) else None
            return await self.bot.edit_message_text(
                message.text,
                chat_id=chat,
                message_id=int(message.target_ref),
                parse_mode=ParseMode.HTML,
                link_preview_options=_NO_PREVIEW,
                reply_markup=inline,
            )
        reply = None
        if message.reply_to:
            reply = ReplyParameters(int(message.reply_to), allow_sending_without_reply=True)
        return await self.bot.send_message(
            chat,
            message.text,
            parse_mode=ParseMode.HTML,
            message_thread_id=thread,
            link_preview_options=_NO_PREVIEW,
            reply_markup=markup,
            reply_parameters=reply,
        )


def _markup(message: Outbound) -> Markup:
    buttons = [button for row in message.rows for button in row]
    if any(button.request for button in buttons):
        return ReplyKeyboardMarkup(
            [[_key(button) for button in row] for row in message.rows], resize_keyboard=True, one_time_keyboard=True
        )
    if buttons:
        return InlineKeyboardMarkup([[_inline(button) for button in row] for row in message.rows])
    return _REMOVE if message.clear_keyboard else None


def _key(button: Button) -> KeyboardButton:
    return KeyboardButton(
        button.label,
        request_location=button.request == "location" or None,
        request_contact=button.request == "contact" or None,
    )


def _inline(button: Button) -> InlineKeyboardButton:
    if button.url:
        return InlineKeyboardButton(button.label, url=button.url)
    return InlineKeyboardButton(button.label, callback_data=button.data)


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
    if isinstance(error, NetworkError):
        return SendError(Fate.UNKNOWN, reason)
    return SendError(Fate.REFUSED, reason)


def _begins(error: TelegramError, beginnings: tuple[str, ...]) -> bool:
    return error.message.lower().startswith(beginnings)
