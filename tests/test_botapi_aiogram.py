"""aiogram's own Dispatcher, end to end against the strict server over real HTTP."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from io import BytesIO
from typing import Any

import pytest
from aiogram import Bot, Dispatcher, F
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import CommandStart
from aiogram.types import (
    BufferedInputFile,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    Message,
    ReplyKeyboardMarkup,
)
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web

from tests.botapi import Server

pytest_plugins = ["tests.botapi.fixtures"]

Runner = Callable[[Server], Any]
SECRET = "s3cret_token-of-32-characters-12"


async def _start(message: Message) -> None:
    keyboard = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Kur?", callback_data="where")]])
    await message.answer("<b>Labdien!</b>", parse_mode="HTML", reply_markup=keyboard)


async def _where(query: CallbackQuery) -> None:
    await query.answer()
    assert isinstance(query.message, Message)
    button = KeyboardButton(text="📍 Nosūtīt vietu", request_location=True)
    await query.message.answer("Kur koki aug?", reply_markup=ReplyKeyboardMarkup(keyboard=[[button]]))


async def _place(message: Message, bot: Bot) -> None:
    assert message.location
    await bot.send_venue(
        message.chat.id, message.location.latitude, message.location.longitude, title="Jūsu koki", address="Ogre"
    )


async def _document(message: Message, bot: Bot) -> None:
    assert message.document
    data = await bot.download(message.document, BytesIO())
    assert data
    await message.answer_document(BufferedInputFile(data.read(), "atpakaļ.pdf"), caption="Lūdzu")


async def _echo(message: Message) -> None:
    await message.reply(message.text or "?")


def _bot(server: Server) -> Bot:
    return Bot(server.token, session=AiohttpSession(api=TelegramAPIServer.from_base(server.url)))


def _dispatcher() -> Dispatcher:
    dispatcher = Dispatcher()
    dispatcher.message.register(_start, CommandStart())
    dispatcher.message.register(_place, F.location)
    dispatcher.message.register(_document, F.document)
    dispatcher.message.register(_echo)
    dispatcher.callback_query.register(_where, F.data == "where")
    return dispatcher


@asynccontextmanager
async def _polling(server: Server) -> AsyncIterator[None]:
    bot, dispatcher = _bot(server), _dispatcher()
    running = asyncio.create_task(dispatcher.start_polling(bot, handle_signals=False, polling_timeout=5))
    yield
    await dispatcher.stop_polling()
    await running


@asynccontextmanager
async def _webhook(server: Server) -> AsyncIterator[None]:
    bot, dispatcher = _bot(server), _dispatcher()
    app = web.Application()
    SimpleRequestHandler(dispatcher, bot, secret_token=SECRET).register(app, "/hook")
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await bot.set_webhook(f"http://127.0.0.1:{runner.addresses[0][1]}/hook", secret_token=SECRET)
    yield
    await runner.cleanup()
    await bot.session.close()


@pytest.mark.parametrize("running", [_polling, _webhook])
async def test_a_conversation_with_aiogram(botapi: Server, running: Runner) -> None:
    """Aiogram's Dispatcher greets, answers taps, asks for a place, sends files and replies without a violation."""
    anna = botapi.person(7)
    async with running(botapi):
        anna.sends_command("start", "no-vestules")
        await anna.receives()
        anna.taps(None, "where")
        [question] = await anna.receives()
        assert question.text == "Kur koki aug?"
        assert [[button.wants for button in row] for row in anna.keyboard] == [["request_location"]]
        anna.shares_location(56.81, 24.6)
        [venue] = await anna.receives()
        assert venue.raw["venue"]["title"] == "Jūsu koki"
        anna.sends_document(b"%PDF-1.7", "zīme.pdf")
        [document] = await anna.receives()
        assert document.raw["document"]["file_name"] == "atpakaļ.pdf"
        anna.sends("50 ozoli")
        [echo] = await anna.receives()
        assert echo.raw["reply_to_message"]["text"] == echo.text == "50 ozoli"
        await botapi.wait_for(lambda: not botapi.pending)
