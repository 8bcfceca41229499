"""Sending: what we have to say is handed to the Bot API, and what the API says of it becomes a fate."""

import contextlib
from dataclasses import replace
from datetime import timedelta

from telegram import Bot
from telegram.constants import ChatAction
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)

from bot.channels.telegram import calls, files
from bot.channels.telegram.request import AiohttpRequest, NotSentError
from bot.channels.telegram.topics import Icons
from bot.channels.telegram.uploads import WRONG, Uploads, shows_by_ref
from bot.messages import Address, Destination, Fate, Obstacle, Outbound, Pace, SendError

# Beginnings of descriptions, lower-cased, as the server words them; the library changes their capitals.
_UNREACHABLE = ("chat not found", "user is deactivated", "peer_id_invalid", "user not found")
_NO_THREAD = ("message thread not found", "topic_id_invalid", "topic_deleted", "invalid message thread identifier")
_NO_MESSAGE = (
    "message to edit not found",
    "message to copy not found",
    "message to delete not found",
    "message to react not found",
    "there are no messages to copy",
    "message_id_invalid",
)
_NOT_ALLOWED = (
    "not enough rights",
    "need administrator rights",
    "have no rights",
    "chat_admin_required",
    "the chat is not a forum",
)
_OBSTACLES = {
    _NO_THREAD: Obstacle.THREAD_GONE,
    ("topic_closed",): Obstacle.THREAD_CLOSED,
    _NO_MESSAGE: Obstacle.MESSAGE_GONE,
    _NOT_ALLOWED: Obstacle.NOT_ALLOWED,
}
_NOTHING_TO_DO = ("message is not modified", "topic_not_modified")
# A reaction is an ornament: where the chat or the message does not take it, nothing is lost.
_DONE_ALREADY = {"delete": _NO_MESSAGE, "topic_delete": _NO_THREAD, "reaction": ("reaction", *_NO_MESSAGE)}


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
        self._uploads = Uploads(self._request)
        self._icons = Icons(lambda: self._request.call(f"{self.bot.base_url}/getForumTopicIconStickers", {}))

    async def start(self) -> None:
        """Open the connections and ask who we are; raises telegram.error.TelegramError."""
        await self.bot.initialize()

    async def close(self) -> None:
        """Close the connections, also where there was no start."""
        await self.bot.shutdown()
        await self._request.shutdown()
        await self.updates_request.shutdown()

    async def send(self, to: Destination, message: Outbound) -> str:
        """Send one message and return its id, or the topic's; raises SendError.

        What changes nothing is as good as sent. A topic that was opened without our being told (fate unknown) is
        opened again: of the first one only a service message tells, which comes in as nothing to be answered.
        """
        method = calls.method_of(message)
        if not method:
            # Queued by another release; as a plain message it would be nonsense.
            raise SendError(Fate.REFUSED, f"no such kind of message: {message.kind}")
        if calls.is_beyond_us(message):
            return message.target_ref
        try:
            icon = await self._icons.find(message.icon) if message.icon else ""
            # Not by the library's own methods: what they build of a message and its answer costs more than the rest.
            url, parameters = f"{self.bot.base_url}/{method}", calls.parameters_of(to, message, icon)
            if message.enclosures:
                answer = await self._uploads.send(url, parameters, message)
            else:
                answer = await self._request.call(url, parameters)
        except ValueError:
            raise SendError(Fate.REFUSED, f"{message.kind}: no such message, topic or chat can be meant") from None
        except TelegramError as error:
            if shows_by_ref(message) and _begins(error, WRONG):
                # Kept for another bot, or come by another channel: the words are what matters.
                return await self.send(to, replace(message, kind="message", enclosures=()))
            if _begins(error, _NOTHING_TO_DO + _DONE_ALREADY.get(message.kind, ())):
                return message.target_ref or to.thread
            raise _fate(error) from error
        return calls.ref_of(to, message, answer)

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


def _fate(error: TelegramError) -> SendError:
    reason = f"{type(error).__name__}: {error.message}"[:200]
    if isinstance(error, RetryAfter):
        wait = error.retry_after
        return SendError(Fate.LATER, reason, wait=wait.total_seconds() if isinstance(wait, timedelta) else float(wait))
    if isinstance(error, ChatMigrated):
        return SendError(Fate.NOT_SENT, reason, moved_to=str(error.new_chat_id))
    if isinstance(error, BadRequest | Forbidden) and (obstacle := _obstacle(error)):
        return SendError(Fate.REFUSED, reason, obstacle=obstacle)
    if isinstance(error, Forbidden) or (isinstance(error, BadRequest) and _begins(error, _UNREACHABLE)):
        return SendError(Fate.GONE, reason)
    if isinstance(error, NotSentError | InvalidToken | Conflict):
        return SendError(Fate.NOT_SENT, reason)
    if isinstance(error, BadRequest):
        return SendError(Fate.REFUSED, reason)
    # No answer, or one that can't be read: it may have been carried out.
    return SendError(Fate.UNKNOWN, reason)


def _obstacle(error: TelegramError) -> Obstacle | None:
    return next((obstacle for words, obstacle in _OBSTACLES.items() if _begins(error, words)), None)


def _begins(error: TelegramError, beginnings: tuple[str, ...]) -> bool:
    return error.message.lower().startswith(beginnings)
