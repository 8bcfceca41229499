"""Telegram: updates in, messages out, by long polling or webhook."""

import os

from bot.channels.telegram.sending import TelegramChannel
from bot.channels.telegram.updates import read_update

__all__ = ["TelegramChannel", "read_update"]

# The library asks for it, in a warning with every 429: times are to be what they will be in its next version.
os.environ.setdefault("PTB_TIMEDELTA", "true")
