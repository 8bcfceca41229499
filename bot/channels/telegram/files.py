"""Files: what people sent is downloaded from Telegram, by the file_id that our bot was told."""

import asyncio
from pathlib import Path

from telegram import Bot
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.channels.telegram.request import AiohttpRequest, TooBigError, UnexpectedStatusError
from bot.messages import FetchError

_GONE = 404
# Beginnings of descriptions, lower-cased, as the server words them.
_TOO_BIG = "file is too big"
_FOR_NOW = "wrong file_id or the file is temporarily unavailable"


async def fetch(bot: Bot, request: AiohttpRequest, ref: str, limit: int) -> bytes:
    """Download a file of at most `limit` bytes; raises FetchError."""
    url = await _link(bot, ref)
    if Path(url).is_absolute():
        return await asyncio.to_thread(_read, Path(url), limit)
    try:
        return await request.download(url, limit)
    except TooBigError:
        raise FetchError("too_big", again=False) from None
    except UnexpectedStatusError as error:
        gone = error.status == _GONE
        raise FetchError("gone" if gone else f"status {error.status}", again=not gone) from None
    except TelegramError as error:
        # Not the error's own text: it may hold the address, which holds the token.
        raise FetchError(type(error).__name__, again=True) from None


def _read(path: Path, limit: int) -> bytes:
    """Read what a Bot API server on this machine (started with --local) has put on its own disk."""
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise FetchError(type(error).__name__, again=True) from None
    if len(data) > limit:
        raise FetchError("too_big", again=False)
    return data


async def _link(bot: Bot, ref: str) -> str:
    """Ask where the file lies; the answer holds the token and is never shown."""
    try:
        found = await bot.get_file(ref)
    except (BadRequest, Forbidden) as error:
        said = error.message.lower()
        if said.startswith(_TOO_BIG):
            raise FetchError("too_big", again=False) from None
        raise FetchError(error.message[:200], again=said.startswith(_FOR_NOW)) from None
    except TelegramError as error:
        raise FetchError(type(error).__name__, again=True) from None
    return found.file_path or ""
