"""The quota: how many letters an hour the mailbox's provider lets through, counted over restarts and processes."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

# Tells which letters went out since a moment, by message id, whichever process sent them; raises SendError(NOT_SENT).
Recent = Callable[[datetime], Awaitable[Mapping[str, datetime]]]

_HOUR = timedelta(hours=1)
_STALE = timedelta(minutes=1)  # what other processes have sent is asked for as often


class Quota:
    """A window of an hour that moves with the time passed in. `hourly` 0 has no limit."""

    def __init__(self, hourly: int, recent: Recent | None = None) -> None:
        self._hourly, self._recent = hourly, recent
        self._ours: dict[str, datetime] = {}
        self._known: dict[str, datetime] = {}
        self._asked_at: datetime | None = None
        self._lock = asyncio.Lock()

    async def take(self, message_id: str, now: datetime) -> float:
        """Return 0 when the letter may go, which takes its place, else the seconds until there is one."""
        if not self._hourly:
            return 0.0
        async with self._lock:
            await self._ask(now)
            since = now - _HOUR
            self._ours = {id_: at for id_, at in self._ours.items() if at > since}
            gone = sorted(at for at in {**self._known, **self._ours}.values() if at > since)
            if len(gone) >= self._hourly:
                return (gone[len(gone) - self._hourly] - since).total_seconds()
            self._ours[message_id] = now
        return 0.0

    def give_back(self, message_id: str) -> None:
        """Free the place of a letter that surely did not go."""
        self._ours.pop(message_id, None)

    async def _ask(self, now: datetime) -> None:
        if self._recent and (self._asked_at is None or now - self._asked_at >= _STALE):
            self._known = dict(await self._recent(now - _HOUR))
            self._asked_at = now
