"""python-telegram-bot's own Application, end to end against the strict server over real HTTP."""

import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, InputMediaPhoto, Update
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    filters,
)

from tests.botapi import Server

pytest_plugins = ["tests.botapi.fixtures"]

Runner = Callable[[Server], Any]
STAFF = -1001234567890
SECRET = "s3cret_token-of-32-characters-12"


async def _start(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.message
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Palīdzība", callback_data="help")]])
    await update.message.reply_html("<b>Labdien!</b> Kā varu palīdzēt?", reply_markup=keyboard)


async def _help(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    query, chat = update.callback_query, update.effective_chat
    assert query
    assert chat
    assert query.message
    await query.answer("Labi")
    await query.edit_message_text("Gaidiet, lūdzu, darbinieku.")
    topic = await context.bot.create_forum_topic(STAFF, "Anna")
    await context.bot.copy_message(STAFF, chat.id, query.message.message_id, message_thread_id=topic.message_thread_id)


async def _desk(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Do in a topic what a desk does: mirror an answer, react, tidy up, rename and close."""
    message, bot = update.message, context.bot
    assert message
    assert message.reply_to_message
    await bot.copy_message(7, message.chat_id, message.message_id)
    await bot.set_message_reaction(message.chat_id, message.message_id, "👍")
    await bot.delete_message(message.chat_id, message.reply_to_message.message_id)
    stickers = await bot.get_forum_topic_icon_stickers()
    icon = next(sticker.custom_emoji_id for sticker in stickers if sticker.emoji == "✅")
    thread = message.message_thread_id
    assert thread
    await bot.edit_forum_topic(message.chat_id, thread, "Anna, atbildēts", icon)
    await bot.close_forum_topic(message.chat_id, thread)
    await bot.reopen_forum_topic(message.chat_id, thread)
    await bot.delete_forum_topic(message.chat_id, thread)


async def _photo(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.message
    file = await update.message.photo[-1].get_file()
    data = bytes(await file.download_as_bytearray())
    await update.message.reply_text(f"{len(data)} baiti")
    album = [
        InputMediaPhoto(data, caption="<i>Jūsu</i> foto", parse_mode="HTML"),
        InputMediaPhoto(update.message.photo[0]),
    ]
    await context.bot.send_media_group(update.message.chat_id, album)


async def _echo(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.message
    assert update.message.text
    await update.message.reply_text(update.message.text, do_quote=True)


def _application(server: Server) -> Application[Any, Any, Any, Any, Any, Any]:
    builder = Application.builder().token(server.token).base_url(server.base_url).base_file_url(server.base_file_url)
    application = builder.build()
    application.add_handler(CommandHandler("start", _start))
    application.add_handler(CallbackQueryHandler(_help))
    application.add_handler(MessageHandler(filters.PHOTO, _photo))
    application.add_handler(MessageHandler(filters.TEXT & filters.IS_TOPIC_MESSAGE, _desk))
    application.add_handler(MessageHandler(filters.TEXT & filters.ChatType.PRIVATE, _echo))
    return application


@asynccontextmanager
async def _polling(server: Server) -> AsyncIterator[None]:
    application = _application(server)
    async with application:
        await application.start()
        assert application.updater
        await application.updater.start_polling(timeout=5)
        yield
        await application.updater.stop()
        await application.stop()


@asynccontextmanager
async def _webhook(server: Server) -> AsyncIterator[None]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    application = _application(server)
    async with application:
        await application.start()
        assert application.updater
        url = f"http://127.0.0.1:{port}/hook"
        await application.updater.start_webhook("127.0.0.1", port, "hook", webhook_url=url, secret_token=SECRET)
        yield
        await application.updater.stop()
        await application.stop()


@pytest.mark.parametrize("running", [_polling, _webhook])
async def test_a_conversation_with_ptb(botapi: Server, running: Runner) -> None:
    """PTB's Application greets, answers taps, opens a topic, copies, downloads and sends albums without a violation."""
    anna, staff = botapi.person(7), botapi.group(STAFF)
    async with running(botapi):
        anna.sends_command("start")
        [greeting] = await anna.receives()
        assert greeting.labels == [["Palīdzība"]]
        tap = anna.taps(greeting, "Palīdzība")
        await anna.sees("Gaidiet, lūdzu, darbinieku.")
        [copy] = await staff.receives()
        assert copy.thread in staff.topics
        assert anna.answer_to(tap) == {"text": "Labi", "show_alert": False}
        staff.member(botapi.person(8, "Ilze")).sends("Zvanīšu rīt.", reply_to=copy)
        [answer] = await anna.receives()
        assert answer.text == "Zvanīšu rīt."
        await botapi.wait_for(lambda: not staff.topics)
        anna.sends_photo()
        received = await anna.receives(3)
        assert [seen.kind for seen in received] == ["text", "photo", "photo"]
        anna.sends("ozols 🌳")
        [echo] = await anna.receives()
        assert echo.text == "ozols 🌳"
        assert echo.raw["reply_to_message"]["text"] == "ozols 🌳"
        await botapi.wait_for(lambda: not botapi.pending)
