"""The rivals: bots of the two big libraries, each as its own documentation runs it, that repeat what they hear.

`python -m tests.bench.rivals NAME` with the settings that our own process takes, and REDIS_URL.
"""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass

_HOST = "127.0.0.1"
_PATH = "hook"
_REDIS_CONNECTIONS = 2000  # its client fails, instead of waiting, when there are not enough


@dataclass(frozen=True, kw_only=True)
class _Settings:
    token: str
    api: str
    port: int
    url: str
    secret: str
    redis: str


def _settings() -> _Settings:
    return _Settings(
        token=os.environ["TELEGRAM_TOKEN"],
        api=os.environ["TELEGRAM_API_URL"],
        port=int(os.environ["PORT"]),
        url=f"{os.environ['PUBLIC_URL']}/{_PATH}",
        secret=os.environ["WEBHOOK_SECRET"],
        redis=os.environ.get("REDIS_URL", ""),
    )


def _run_ptb(settings: _Settings) -> None:
    """Run python-telegram-bot with its defaults: one update after the other, httpx, tornado."""
    from telegram import Update  # noqa: PLC0415 - a rival pays for its own library only
    from telegram.ext import Application, ContextTypes, MessageHandler, filters  # noqa: PLC0415

    async def echo(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        if update.message and update.message.text:
            await update.message.reply_text(update.message.text)

    app = Application.builder().token(settings.token).base_url(f"{settings.api}/bot").build()
    app.add_handler(MessageHandler(filters.TEXT, echo))
    app.run_webhook(_HOST, settings.port, _PATH, webhook_url=settings.url, secret_token=settings.secret)


def _run_aiogram(settings: _Settings) -> None:
    """Run aiogram with its defaults: every update in a task of its own, answered with 200 before it is handled."""
    from aiogram import Bot, Dispatcher  # noqa: PLC0415
    from aiogram.client.session.aiohttp import AiohttpSession  # noqa: PLC0415
    from aiogram.client.telegram import TelegramAPIServer  # noqa: PLC0415
    from aiogram.fsm.context import FSMContext  # noqa: PLC0415
    from aiogram.fsm.storage.base import BaseStorage  # noqa: PLC0415
    from aiogram.fsm.storage.memory import MemoryStorage  # noqa: PLC0415
    from aiogram.fsm.storage.redis import RedisStorage  # noqa: PLC0415
    from aiogram.types import Message  # noqa: PLC0415
    from aiogram.webhook.aiohttp_server import SimpleRequestHandler, setup_application  # noqa: PLC0415
    from aiohttp import web  # noqa: PLC0415

    more = {"max_connections": _REDIS_CONNECTIONS}
    storage: BaseStorage = (
        RedisStorage.from_url(settings.redis, connection_kwargs=more) if settings.redis else MemoryStorage()
    )
    dispatcher = Dispatcher(storage=storage)
    bot = Bot(settings.token, session=AiohttpSession(api=TelegramAPIServer.from_base(settings.api)))

    async def echo(message: Message, state: FSMContext) -> None:
        if settings.redis:
            known = await state.get_data()
            await state.set_data({**known, "last": message.message_id})
            await state.set_state("register:where")
        await message.answer(message.text or "?")

    async def announce() -> None:
        await bot.set_webhook(settings.url, secret_token=settings.secret)

    dispatcher.message.register(echo)
    dispatcher.startup.register(announce)
    app = web.Application()
    SimpleRequestHandler(dispatcher, bot, secret_token=settings.secret).register(app, path=f"/{_PATH}")
    setup_application(app, dispatcher, bot=bot)
    web.run_app(app, host=_HOST, port=settings.port, print=None)


_RIVALS: dict[str, Callable[[_Settings], None]] = {"ptb": _run_ptb, "aiogram": _run_aiogram}

if __name__ == "__main__":
    _RIVALS[sys.argv[1]](_settings())
