"""The worker's regular duties: staying alive in the leases, taking over from the dead, timers, the daily cleaning."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from bot import leases, pulses, timers
from bot.clock import Clock
from bot.database import Database, DatabaseDownError
from bot.delivery import outbox
from bot.inbox import ledger
from bot.inbox.receive import Inbox, timer_inbound
from bot.people.privacy.retention import Retention
from bot.progress import tallies
from bot.traces import trace

_log = logging.getLogger(__name__)

ALIVE = "alive:"
_TIMER_SECONDS = 0.25
_DAY = timedelta(days=1)
_INITIATIVES = frozenset(
    {"nudge", "draft", "event_reminder", "event_over", "place"}
)  # timers that answer nothing that was just said


@dataclass(eq=False, kw_only=True)
class Duties:
    """One per process. `owner` is its name in leases and deliveries."""

    database: Database
    clock: Clock
    inbox: Inbox
    owner: str
    lease_seconds: float
    retention: Retention
    queued: Callable[[], None]
    sweep: Callable[[], int] | None = None  # deletes objects without a row, waiting for the store
    _renewed: float | None = field(default=None, init=False)

    async def stay_alive(self) -> None:
        """Renew this process's own lease, and settle what processes that did not renew theirs were sending."""
        while True:
            await self.safely(self.claim_life)
            await asyncio.sleep(self.lease_seconds / 3)

    async def claim_life(self) -> None:
        """Do so once; raises DatabaseDownError."""
        now = time.monotonic()
        # Who could not renew a lease in time must not judge those of others: they had the same database.
        was_cut_off = self._renewed is not None and now - self._renewed > self.lease_seconds
        taken = await self.database.write(self._renew if was_cut_off else self._take_over)
        self._renewed = now
        if any(taken):
            _log.warning("outbox: %d replies of a dead process are sent again, %d broadcasts left unknown", *taken)
            self.queued()

    def _renew(self, tx: Connection) -> tuple[int, int]:
        leases.take(tx, ALIVE + self.owner, self.owner, self.lease_seconds)
        return 0, 0

    def _take_over(self, tx: Connection) -> tuple[int, int]:
        self._renew(tx)
        leases.forget_expired(tx, ALIVE)
        return outbox.take_back(tx, leases.living(tx, ALIVE), self.clock.now())

    async def fire_timers(self) -> None:
        """Bring due timers in through the inbox."""
        while True:
            await self.safely(self.fire_due)
            await asyncio.sleep(_TIMER_SECONDS)

    async def fire_due(self) -> None:
        """Do so once, for all that are due now. Should another process do the same, the ledger takes only one."""
        now = self.clock.now()
        due = await self.database.read(lambda tx: _due(tx, now))
        await asyncio.gather(*(self.inbox.receive(timer_inbound(timer, now)) for timer in due))

    async def clean(self) -> None:
        """Once a day, erase what has been kept long enough."""
        while True:
            await self.safely(self._clean_if_due)
            await asyncio.sleep(60)

    async def _clean_if_due(self) -> None:
        now = self.clock.now()

        def erase(tx: Connection) -> int | None:
            last = pulses.last(tx, "cleaning")
            if last and now - last.at < _DAY:
                return None
            pulses.beat(tx, "cleaning", now)
            tallies.fold(tx, now)
            return sum(count for _, count in self.retention.carry_out(tx, now))

        if await self.holds("cleaning"):
            erased = await self.database.write(erase)
            if erased is None:
                return
            swept = await asyncio.to_thread(self.sweep) if self.sweep else 0
            _log.info("cleaning: erased %d entries, swept %d objects", erased, swept)

    async def holds(self, what: str) -> bool:
        """Whether this process is the one that does something only one may do."""
        return await self.database.write(lambda tx: leases.take(tx, what, self.owner, self.lease_seconds))

    async def leave(self) -> None:
        """Give every lease back, so that another process takes over at once."""
        await self.safely(lambda: self.database.write(lambda tx: leases.release_all(tx, self.owner)))

    @staticmethod
    async def safely(do: Callable[[], Awaitable[object]]) -> None:
        """Do something that is done again soon, whatever comes of it now."""
        try:
            await do()
        except DatabaseDownError:
            _log.warning("the database does not answer")
        except Exception as error:  # noqa: BLE001 - the next round may go well
            _log.error("a regular duty failed: %s", trace(error))


def _due(tx: Connection, now: datetime) -> list[timers.Due]:
    """Return the timers that are due; what we say of our own accord goes where the person writes from nowadays."""
    due = timers.due(tx, now)
    chosen = {timer.key: ledger.preferred(tx, timer.contact_id) for timer in due if timer.kind in _INITIATIVES}
    return [replace(timer, chat=str(chosen.get(timer.key) or timer.chat)) for timer in due]
