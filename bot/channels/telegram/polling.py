"""Long polling: ask Telegram for updates, have each decided and written down, only then ask for the next."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

from telegram.error import RetryAfter, TelegramError

from bot.channels.telegram.sending import TelegramChannel
from bot.channels.telegram.updates import ALLOWED_UPDATES

_log = logging.getLogger(__name__)

_POLL_SECONDS = 25
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0

Receive = Callable[[list[dict[str, Any]]], Awaitable[bool]]
Report = Callable[[str], Awaitable[None]]


async def poll(
    channel: TelegramChannel, receive: Receive, may_poll: Callable[[], Awaitable[bool]], report: Report
) -> None:
    """Poll until cancelled, while `may_poll` says that this process is the one to do it.

    `receive` takes the updates of one answer and returns whether all are safely stored; until then the same
    updates are asked for again. `report` is told '' after each answer, or what went wrong.
    """
    offset: int | None = None
    pause = _FIRST_PAUSE
    while True:
        if not await may_poll():
            offset = None
            await asyncio.sleep(_FIRST_PAUSE)
            continue
        try:
            updates = await get_raw_updates(channel, offset, _POLL_SECONDS)
        except TelegramError as error:
            await report(f"{type(error).__name__}: {error.message}")
            await asyncio.sleep(_wait(error) or pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
            continue
        await report("")
        if not updates:
            pause = _FIRST_PAUSE
            continue
        if await receive(updates):
            # Not the maximum: after a quiet week Telegram may start again from a lower number.
            offset = updates[-1]["update_id"] + 1
            pause = _FIRST_PAUSE
        else:
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)


async def get_raw_updates(channel: TelegramChannel, offset: int | None, seconds: int) -> list[dict[str, Any]]:
    """Call getUpdates for the raw answer: the library drops a whole batch when one update is beyond it.

    Raises TelegramError as the library does.
    """
    arguments: dict[str, str | int] = {"timeout": seconds, "allowed_updates": json.dumps(ALLOWED_UPDATES)}
    if offset is not None:
        arguments["offset"] = offset
    url = f"{channel.bot.base_url}/getUpdates?{urlencode(arguments)}"
    answer: Any = await channel.updates_request.post(url, read_timeout=seconds + 10)
    return list(answer)


def _wait(error: TelegramError) -> float:
    if not isinstance(error, RetryAfter):
        return 0.0
    wait = error.retry_after
    return float(wait) if isinstance(wait, int | float) else wait.total_seconds()
