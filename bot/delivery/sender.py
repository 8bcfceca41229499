"""The sender: claims rows of the outbox, hands them to their channels, records what became of them."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from bot.clock import Clock
from bot.database import Database, DatabaseDownError
from bot.delivery import outbox
from bot.delivery.outbox import Claimed, Finished, Lane
from bot.delivery.pacing import Pacer
from bot.messages import Channel, Destination, Fate, SendError

_log = logging.getLogger(__name__)

_IN_FLIGHT = 256
_SEND_SECONDS = 60  # no channel takes longer; past that the fate is unknown
_LAST_CHANCE_SECONDS = 3.0  # for what is on the wire when we are told to stop


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """A row that could not be sent, for the rooms that have to know: a blocked person, our own mistake."""

    row: Claimed
    error: SendError
    final: bool


OnFailure = Callable[[Connection, Failure, datetime], None]


@dataclass(eq=False)
class Sender:
    """One per process. `owner` names the process in the rows it sends."""

    database: Database
    channels: Mapping[str, Channel]
    clock: Clock
    owner: str
    on_failure: OnFailure
    poll_seconds: float = 0.3  # how often to look for what other processes have queued
    pacer: Pacer = field(default_factory=Pacer)

    def __post_init__(self) -> None:
        self._wake = asyncio.Event()
        self._busy: set[asyncio.Task[None]] = set()
        self._done: list[tuple[Finished, Failure | None]] = []
        self._stopping = False

    def wake(self) -> None:
        """Say that something was queued."""
        self._wake.set()

    @property
    def idle(self) -> bool:
        """Whether nothing is on the wire or waiting to be recorded."""
        return not self._busy and not self._done

    async def run(self) -> None:
        """Send until told to stop; then let what is on the wire finish, within a few seconds."""
        try:
            while not self._stopping:
                try:
                    full = await self._pump()
                except DatabaseDownError:
                    _log.warning("outbox: the database does not answer")
                    await asyncio.sleep(self.poll_seconds)
                    continue
                if not full:
                    await self._sleep()
        finally:
            await self._wind_up()

    def stop(self) -> None:
        """Claim nothing more."""
        self._stopping = True
        self._wake.set()

    async def drain(self) -> None:
        """Send everything that is due now, without waiting for more: for commands that end."""
        while True:
            await self._pump()
            if not self._busy:
                return
            await asyncio.wait(self._busy)

    async def _sleep(self) -> None:
        # Not asyncio.wait_for: in Python 3.11 it can swallow a cancellation.
        try:
            async with asyncio.timeout(self.poll_seconds):
                await self._wake.wait()
        except TimeoutError:
            return
        self._wake.clear()

    async def _pump(self) -> bool:
        """Record what has ended and claim what may go, in one transaction; True when there may be more at once."""
        self._wake.clear()
        room = 0 if self._stopping else _IN_FLIGHT - len(self._busy)
        done, self._done = self._done, []
        now = self.clock.now()

        def settle(tx: Connection) -> list[Claimed]:
            if done:
                outbox.finish(tx, self.owner, [end for end, _ in done], now)
            for _, failure in done:
                if failure:
                    self.on_failure(tx, failure, now)
            return outbox.claim(tx, self.owner, now, room) if room else []

        try:
            claimed = await self.database.write(settle)
        except BaseException:
            self._done = done + self._done
            raise
        for row in claimed:
            task = asyncio.create_task(self._send(row), name=f"send {row.id}")
            self._busy.add(task)
            task.add_done_callback(self._busy.discard)
        return bool(claimed) and len(claimed) == room

    async def _send(self, row: Claimed) -> None:
        outcome = await self._outcome(row)
        # Not in one line: the list may be another one after the wait.
        self._done.append(outcome)
        self._wake.set()

    async def _outcome(self, row: Claimed) -> tuple[Finished, Failure | None]:
        now = self.clock.now()
        channel = self.channels.get(row.chat.channel)
        if channel is None:
            error = SendError(Fate.REFUSED, f"no channel {row.chat.channel}")
            return _ended(row, error, now)
        if wait := self.pacer.ask(row.chat, time.monotonic(), bulk=row.lane >= Lane.BROADCAST):
            return Finished(id=row.id, state="queued", due_at=now + timedelta(seconds=wait), counts=False), None
        if row.message.kind == "edit" and not row.message.target_ref:
            return Finished(id=row.id, state="skipped", error="the message to change was never sent"), None
        try:
            async with asyncio.timeout(_SEND_SECONDS):
                to = Destination(chat=row.chat, thread=row.thread, token=str(row.id))
                ref = await channel.send(to, row.message)
        except SendError as error:
            if error.fate is Fate.LATER:
                self.pacer.halt(row.chat, error.wait, time.monotonic())
            return _ended(row, error, self.clock.now())
        except TimeoutError:
            return _ended(row, SendError(Fate.UNKNOWN, "no answer"), self.clock.now())
        except asyncio.CancelledError:
            # Told to stop while it was on the wire: it may have arrived.
            return Finished(id=row.id, state="queued", error="unknown: stopped", due_at=now), None
        except Exception:  # noqa: BLE001 - one broken message must not stop the line
            _log.exception("delivery %d: the channel failed", row.id)
            return _ended(row, SendError(Fate.UNKNOWN, "channel error"), self.clock.now())
        return Finished(id=row.id, state="sent", message_ref=ref), None

    async def _wind_up(self) -> None:
        if self._busy:
            await asyncio.wait(self._busy, timeout=_LAST_CHANCE_SECONDS)
        for task in self._busy:
            task.cancel()
        await asyncio.gather(*self._busy, return_exceptions=True)
        self._stopping = True
        try:
            await self._pump()
        except DatabaseDownError:
            _log.warning("outbox: stopped before %d results could be recorded", len(self._done))


def _ended(row: Claimed, error: SendError, now: datetime) -> tuple[Finished, Failure | None]:
    """Decide by what is known of the message: try again, leave it unknown, or give up."""
    if error.fate is Fate.LATER:
        at = now + timedelta(seconds=error.wait)
        return Finished(id=row.id, state="queued", error=error.reason, due_at=at, counts=False), None
    if error.moved_to:
        again = Finished(id=row.id, state="queued", error=error.reason, due_at=now)
        return again, Failure(row=row, error=error, final=False)
    again_at = outbox.retry_at(row.attempts, now) if error.fate in {Fate.NOT_SENT, Fate.UNKNOWN} else None
    if error.fate is Fate.UNKNOWN and row.lane is Lane.BROADCAST:
        return Finished(id=row.id, state="unknown", error=error.reason), Failure(row=row, error=error, final=True)
    if again_at:
        return Finished(id=row.id, state="queued", error=error.reason, due_at=again_at), None
    return Finished(id=row.id, state="failed", error=error.reason), Failure(row=row, error=error, final=True)
