"""Telegram: updates in, messages out, by long polling or webhook."""

from bot.channels.telegram.sending import TelegramChannel
from bot.channels.telegram.updates import read_update

__all__ = ["TelegramChannel", "read_update"]
