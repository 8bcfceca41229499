"""The quota: how many letters an hour the mailbox's provider lets through, counted over restarts and processes.

What is announced to many leaves room for answers: with an hour's letters used up nobody would hear from us.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

# Tells which letters went out since a moment, by message id, whichever process sent them; raises SendError(NOT_SENT).
Recent = Callable[[datetime], Awaitable[Mapping[str, datetime]]]

_HOUR = timedelta(hours=1)
_KEPT = 5  # every so manieth place is kept for what is not announced
_STALE = timedelta(minutes=1)  # what other processes have sent is asked for as often


class Quota:
    """A window of an hour that moves with the time passed in. `hourly` 0 has no limit."""

    def __init__(self, hourly: int, recent: Recent | None = None) -> None:
        self._hourly, self._recent = hourly, recent
        self._ours: dict[str, datetime] = {}
        self._known: dict[str, datetime] = {}
        self._promised: dict[str, datetime] = {}  # what is announced and has to wait -> when it may go
        self._asked_at: datetime | None = None
        self._lock = asyncio.Lock()

    async def take(self, message_id: str, now: datetime, *, bulk: bool = False) -> float:
        """Return 0 when the letter may go, which takes its place, else the seconds until there is one.

        `bulk` is what is announced to many: each of them that waits is told a place of its own, maybe in some hours,
        so that thousands don't come back for the next one.
        """
        if not self._hourly:
            return 0.0
        async with self._lock:
            await self._ask(now)
            since = now - _HOUR
            self._ours = {id_: at for id_, at in self._ours.items() if at > since}
            gone = sorted(at for at in {**self._known, **self._ours}.values() if at > since)
            most = self._hourly - (self._hourly // _KEPT if bulk else 0)
            self._promised.pop(message_id, None)
            if len(gone) >= most:
                return (
                    self._promise(message_id, gone, most, now) if bulk else gone[-most] + _HOUR - now
                ).total_seconds()
            self._ours[message_id] = now
        return 0.0

    def _promise(self, message_id: str, gone: list[datetime], most: int, now: datetime) -> timedelta:
        """Keep the first place for a letter that nobody else has been told."""
        self._promised = {id_: at for id_, at in self._promised.items() if at > now}
        taken = sorted([*gone, *self._promised.values()])
        self._promised[message_id] = taken[-most] + _HOUR
        return self._promised[message_id] - now

    def give_back(self, message_id: str) -> None:
        """Free the place of a letter that surely did not go."""
        self._ours.pop(message_id, None)

    async def _ask(self, now: datetime) -> None:
        if self._recent and (self._asked_at is None or now - self._asked_at >= _STALE):
            self._known = dict(await self._recent(now - _HOUR))
            self._asked_at = now
