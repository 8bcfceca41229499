"""The vigil over a place where messages come in: one process keeps it, under a lease, and a pulse tells how it goes."""

import asyncio
import logging
from dataclasses import dataclass, field

from sqlalchemy.engine import Connection

from bot import pulses
from bot.clock import Clock
from bot.database import Database, DatabaseDownError
from bot.worker import Duties

_log = logging.getLogger(__name__)

_BEAT_SECONDS = 20.0  # between two notes that all is well


@dataclass(eq=False, kw_only=True)
class Vigil:
    """Over one source; `name` is what logs call it, `lease` and `pulse` are the names of its rows."""

    name: str
    lease: str
    pulse: str
    database: Database
    clock: Clock
    duties: Duties
    _holds: bool = field(default=False, init=False)
    _beaten: float = field(default=-_BEAT_SECONDS, init=False)
    _trouble: str = field(default="", init=False)

    async def holds(self) -> bool:
        """Whether this process is the one that may watch now."""
        try:
            self._holds = await self.duties.holds(self.lease)
        except DatabaseDownError:
            self._holds = False
        return self._holds

    async def keep(self) -> None:
        """Renew the lease until cancelled, while an answer is waited for: that takes longer than the lease lasts."""
        while True:
            await asyncio.sleep(self.duties.lease_seconds / 3)
            if self._holds:
                await self.holds()

    async def report(self, trouble: str) -> None:
        """Note that it goes well (now and then), or what is wrong (at once)."""
        now = asyncio.get_running_loop().time()
        if trouble == self._trouble and now - self._beaten < _BEAT_SECONDS:
            return
        self._beaten, self._trouble = now, trouble
        if trouble:
            _log.warning("%s: %s", self.name, trouble)
        try:
            await self.database.write(lambda tx: self.note(tx, trouble))
        except DatabaseDownError:
            _log.warning("%s: the database does not answer", self.name)

    def note(self, tx: Connection, trouble: str) -> None:
        """Write down that it goes well ('') or what is wrong."""
        if trouble:
            pulses.miss(tx, self.pulse, self.clock.now(), trouble)
        else:
            pulses.beat(tx, self.pulse, self.clock.now())
