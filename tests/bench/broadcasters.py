"""The broadcasters: how bots of the two big libraries announce something to many, and answer people meanwhile.

`python -m tests.bench.broadcasters NAME PEOPLE` with TELEGRAM_TOKEN and TELEGRAM_API_URL; the last message ends it.
"""

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine
from typing import Any

_TEXT = "Stādām ozolus 5. decembrī no plkst. 10. Paņemiet cimdus."
_PAUSE = 0.05  # seconds: 20 messages a second, as aiogram's documentation has it
_TRIES = 5  # that python-telegram-bot's limiter makes; by default it makes none
_ANSWERS_YET = 2.0  # seconds for answers that are on their way


async def _run_ptb(token: str, api: str, people: int) -> None:
    """Hand everything to AIORateLimiter, which is to pace it; answers go through it as well."""
    from telegram import Update  # noqa: PLC0415 - a rival pays for its own library only
    from telegram.error import TelegramError  # noqa: PLC0415
    from telegram.ext import AIORateLimiter, Application, ContextTypes, MessageHandler, filters  # noqa: PLC0415

    async def echo(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        if update.message and update.message.text:
            await update.message.reply_text(update.message.text)

    limiter = AIORateLimiter(max_retries=_TRIES)
    builder = Application.builder().token(token).base_url(f"{api}/bot").rate_limiter(limiter).concurrent_updates(256)
    # Its connections wait for one another, and fail when they have waited for a second: there have to be enough.
    app = builder.connection_pool_size(people + 100).pool_timeout(60).build()
    app.add_handler(MessageHandler(filters.TEXT, echo))

    async def tell(person: int) -> None:
        try:
            await app.bot.send_message(person, _TEXT)
        except TelegramError:
            return  # it has tried as often as it may

    async with app:
        await app.start()
        assert app.updater
        await app.updater.start_polling()
        await asyncio.gather(*(tell(person) for person in range(1, people + 1)))
        await asyncio.sleep(_ANSWERS_YET)
        await app.updater.stop()
        await app.stop()


async def _run_aiogram(token: str, api: str, people: int) -> None:
    """Send one after the other with a pause between them, and wait where Telegram says so."""
    from aiogram import Bot, Dispatcher  # noqa: PLC0415
    from aiogram.client.session.aiohttp import AiohttpSession  # noqa: PLC0415
    from aiogram.client.telegram import TelegramAPIServer  # noqa: PLC0415
    from aiogram.exceptions import TelegramRetryAfter  # noqa: PLC0415
    from aiogram.types import Message  # noqa: PLC0415

    bot = Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(api)))
    dispatcher = Dispatcher()

    async def echo(message: Message) -> None:
        await message.answer(message.text or "?")

    async def tell(person: int) -> None:
        try:
            await bot.send_message(person, _TEXT)
        except TelegramRetryAfter as refusal:
            await asyncio.sleep(refusal.retry_after)
            await tell(person)

    dispatcher.message.register(echo)
    polling = asyncio.create_task(dispatcher.start_polling(bot, handle_signals=False))
    for person in range(1, people + 1):
        await tell(person)
        await asyncio.sleep(_PAUSE)
    await asyncio.sleep(_ANSWERS_YET)
    await dispatcher.stop_polling()
    await polling
    await bot.session.close()


_BROADCASTERS: dict[str, Callable[[str, str, int], Coroutine[Any, Any, None]]] = {
    "ptb": _run_ptb,
    "aiogram": _run_aiogram,
}


if __name__ == "__main__":
    asyncio.run(
        _BROADCASTERS[sys.argv[1]](os.environ["TELEGRAM_TOKEN"], os.environ["TELEGRAM_API_URL"], int(sys.argv[2]))
    )
