"""The fetcher: carries out what the rows of attachments want, after the commit that wrote them and until it is done.

Several processes may run one each. A row whose process dies in the middle is due again when its claim ends; the
object that was left behind, if any, is swept.
"""

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from bot.attachments import content, pictures, records
from bot.attachments.content import LARGEST, Accepted, Refusal
from bot.attachments.records import Claimed, Outcome
from bot.attachments.store import ObjectStore, new_key
from bot.attachments.sweeping import sweep
from bot.clock import Clock
from bot.database import Database, DatabaseDownError
from bot.delivery.outbox import retry_at
from bot.messages import FetchError

_log = logging.getLogger(__name__)

_AT_ONCE = 4  # each may hold 20 MB
_FETCH_SECONDS = 120
_CLAIM_LASTS = timedelta(seconds=300)  # longer than fetching and storing ever takes
_ERASE_AGAIN = timedelta(minutes=15)

# Downloads the file behind a ref, of at most so many bytes; raises FetchError. A channel's `fetch`.
Fetch = Callable[[str, int], Awaitable[bytes]]
# Hears of an attachment that will never be stored, in the transaction that says so: what it was, how it ended, when.
OnLoss = Callable[[Connection, Claimed, Outcome, datetime], None]
# Hears where a stored picture says that it was taken (degrees north, east), in the transaction that stores it.
OnPlace = Callable[[Connection, Claimed, tuple[float, float], datetime], None]


@dataclass(eq=False, kw_only=True)
class Fetcher:
    """One per process. `owner` names the process in the rows it claims, `sources` fetches by the rows' keeper."""

    database: Database
    clock: Clock
    owner: str
    store: ObjectStore
    sources: Mapping[str, Fetch]
    on_loss: OnLoss
    on_place: OnPlace
    poll_seconds: float = 1.0

    async def run(self) -> None:
        """Carry out what is due, for ever."""
        while True:
            count = 0
            try:
                count = await self.run_once()
            except DatabaseDownError:
                _log.warning("attachments: the database does not answer")
            except Exception:  # noqa: BLE001 - the next round may go well
                _log.exception("attachments: a round failed")
            if not count:
                await asyncio.sleep(self.poll_seconds)

    async def run_once(self) -> int:
        """Claim a few rows that are due, carry them out side by side, and return how many there were."""
        now = self.clock.now()
        claimed = await self.database.write(lambda tx: records.claim(tx, self.owner, now, now + _CLAIM_LASTS, _AT_ONCE))
        async with asyncio.TaskGroup() as tasks:
            for row in claimed:
                tasks.create_task(self._carry_out(row), name=f"attachment {row.id}")
        return len(claimed)

    def sweep(self) -> int:
        """Delete the objects that no row speaks of, and return how many. Waits: not for the event loop."""
        return sweep(self.database, self.store, self.clock.now())

    async def _carry_out(self, row: Claimed) -> None:
        try:
            outcome = await self._outcome(row)
        except asyncio.CancelledError:
            await self._settle(row, Outcome(state=row.state, due_at=self.clock.now(), counts=False))
            raise
        except Exception as error:  # noqa: BLE001 - what is wrong with one row stays with it
            _log.exception("attachment %d could not be carried out", row.id)
            outcome = self._later(row, type(error).__name__)
        await self._settle(row, outcome)

    async def _outcome(self, row: Claimed) -> Outcome:
        if row.state == "erasing":
            if row.object_key:
                await asyncio.to_thread(self.store.delete, row.object_key)
            return Outcome(state="erased")
        try:
            async with asyncio.timeout(_FETCH_SECONDS):
                data = await self._source(row)(row.ref, LARGEST)
        except TimeoutError:
            return self._later(row, "no end in time")
        except FetchError as error:
            if error.again:
                return self._later(row, error.reason)
            refused = error.reason == Refusal.TOO_BIG
            return Outcome(state="refused" if refused else "failed", reason=error.reason)
        return await asyncio.to_thread(self._keep, data)

    def _source(self, row: Claimed) -> Fetch:
        source = self.sources.get(row.keeper)
        if source is None:
            raise FetchError(f"{row.keeper} is not connected here", again=True)
        return source

    def _keep(self, data: bytes) -> Outcome:
        """Examine the bytes and store them: the object is written before its row says so."""
        found = content.examine(data)
        if not isinstance(found, Accepted):
            return Outcome(state="refused", reason=str(found))
        sha256 = hashlib.sha256(found.data).hexdigest()
        key = new_key(sha256)
        self.store.put(key, found.data)
        return Outcome(
            state="stored",
            sha256=sha256,
            object_key=key,
            stored_type=found.media_type,
            stored_size=len(found.data),
            place=pictures.place(found.data) if found.media_type.startswith("image/") else None,
        )

    def _later(self, row: Claimed, reason: str) -> Outcome:
        """Try again after a pause that grows; give up on fetching in the end, never on erasing."""
        now = self.clock.now()
        again = retry_at(row.attempts, now)
        if again is None and row.state == "erasing":
            again = now + _ERASE_AGAIN
        return Outcome(state=row.state if again else "failed", reason=reason, due_at=again)

    async def _settle(self, row: Claimed, outcome: Outcome) -> None:
        now = self.clock.now()

        def write(tx: Connection) -> bool:
            settled = records.settle(tx, row, outcome, now)
            if settled and outcome.state in {"failed", "refused"}:
                self.on_loss(tx, row, outcome, now)
            if settled and outcome.place:
                self.on_place(tx, row, outcome.place, now)
            return settled

        try:
            settled = await self.database.write(write)
        except DatabaseDownError:
            # Nobody knows whether it was written: the claim ends by itself, an object without a row is swept.
            _log.warning("attachment %d: the database does not answer", row.id)
            return
        if not settled and outcome.object_key:
            await asyncio.to_thread(self.store.delete, outcome.object_key)
