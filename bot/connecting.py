"""Connecting: the channels that the settings speak of."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from bot.channels.email.compose import Letterhead
from bot.channels.email.pool import Limits
from bot.channels.email.sending import EmailChannel
from bot.channels.telegram import TelegramChannel
from bot.clock import SystemClock
from bot.database import Database, DatabaseDownError
from bot.delivery import outbox
from bot.messages import Channel, Fate, SendError
from bot.settings import Settings


def channels_of(settings: Settings, database: Callable[[], Database] | None = None) -> dict[str, Channel]:
    """Make the channels, by the names that addresses have; each is to be closed. Nothing is connected to yet.

    `database` is asked for what other processes have sent, where a provider counts our letters.
    """
    channels: dict[str, Channel] = {}
    if settings.telegram_token:
        channels[TelegramChannel.name] = TelegramChannel(settings.telegram_token, settings.telegram_api_url)
    if settings.takes_letters:
        channels[EmailChannel.name] = _letters(settings, database)
    return channels


async def close(channels: Mapping[str, Channel]) -> None:
    """Let what is on the wire finish, and close the connections."""
    for channel in channels.values():
        if isinstance(channel, TelegramChannel | EmailChannel):
            await channel.close()


def letterhead(settings: Settings) -> Letterhead:
    """Return whose letters ours are."""
    return Letterhead(
        address=settings.mail_address,
        secret=settings.mail_secret,
        plus=bool(settings.mail_plus),
        privacy_url=settings.privacy_url,
        pages=settings.pages,
    )


def _letters(settings: Settings, database: Callable[[], Database] | None) -> EmailChannel:
    limits = Limits(connections=settings.mail_connections)
    recent = _recent(database) if database else None
    return EmailChannel(
        letterhead(settings),
        settings.smtp_url,
        SystemClock(),
        hourly=settings.mail_hourly,
        recent=recent,
        limits=limits,
        token_command=settings.mail_token_command,
    )


def _recent(database: Callable[[], Database]) -> Callable[[datetime], Awaitable[Mapping[str, datetime]]]:
    async def recent(since: datetime) -> Mapping[str, datetime]:
        try:
            return await database().read(lambda tx: outbox.sent_since(tx, EmailChannel.name, since))
        except DatabaseDownError:
            raise SendError(Fate.NOT_SENT, "the database does not answer") from None

    return recent
