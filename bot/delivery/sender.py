"""The sender: claims rows of the outbox, hands them to their channels, records what became of them."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from bot import leases
from bot.clock import Clock
from bot.database import Database, DatabaseDownError
from bot.delivery import claiming, outbox
from bot.delivery.body import ERASED, UNREADABLE
from bot.delivery.claiming import Claimed
from bot.delivery.enclosed import Enclosing, Load
from bot.delivery.outbox import Finished, Lane
from bot.delivery.pacing import Pacer
from bot.messages import CHANGES, LETTERS, Address, Channel, Destination, Fate, SendError
from bot.traces import trace

_log = logging.getLogger(__name__)

_IN_FLIGHT = 256
_SEND_SECONDS = 60  # no channel takes longer; past that the fate is unknown
_LAST_CHANCE_SECONDS = 3.0  # for what is on the wire when we are told to stop
_SHORT_SECONDS = 1.0  # what a command waits for broadcasts to get their turn
_PACE = "pace"  # the lease of the one process that sends broadcasts
_PACE_SECONDS = 10.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """A row that could not be sent, for the rooms that have to know: a blocked person, our own mistake."""

    row: Claimed
    error: SendError
    final: bool


OnFailure = Callable[[Connection, Failure, datetime], None]
OnOpened = Callable[[Connection, str, str], None]  # a topic's thread as it waited, and as Telegram numbered it
# Looks at broadcasts once more in the moment of sending: by delivery, why one is not to go.
Screen = Callable[[Connection, list[Claimed], datetime], Mapping[int, str]]
_Outcome = tuple[Finished, Failure | None]


@dataclass(eq=False)
class Sender:
    """One per process. `owner` names the process in the rows it sends."""

    database: Database
    channels: Mapping[str, Channel]
    clock: Clock
    owner: str
    on_failure: OnFailure
    on_opened: OnOpened | None = None
    load: Load | None = None  # of what is enclosed
    screen: Screen | None = None
    poll_seconds: float = 0.3  # how often to look for what other processes have queued
    pacer: Pacer = field(default_factory=Pacer)
    groups: tuple[Address, ...] = ()  # chats with a limit of their own: nothing is claimed for them before its turn
    steady: Callable[[], float] = time.monotonic  # seconds, by which the pacer counts

    def __post_init__(self) -> None:
        self._wake = asyncio.Event()
        self._enclosing = Enclosing(self.load)
        self._busy: set[asyncio.Task[None]] = set()
        self._done: list[_Outcome] = []
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
                except Exception as error:  # noqa: BLE001 - the next round may go well
                    _log.error("outbox: a round failed: %s", trace(error))
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
            if self._busy:
                await asyncio.wait(self._busy)
                continue
            pause = self.pacer.bulk_pause(self.steady())
            if not 0 < pause < _SHORT_SECONDS:
                return
            await asyncio.sleep(pause)

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
        bulk = self.pacer.bulk_room(self.steady())
        done, self._done = self._done, []
        now = self.clock.now()

        def settle(tx: Connection) -> list[Claimed]:
            if done:
                outbox.finish(tx, self.owner, [end for end, _ in done], now)
            for end, failure in done:
                if failure:
                    self._mind(tx, failure, now)
                if end.opened and self.on_opened:
                    self.on_opened(tx, end.opened, end.message_ref)
            return self._claim(tx, now, room, bulk) if room else []

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

    def _claim(self, tx: Connection, now: datetime, room: int, bulk: int) -> list[Claimed]:
        """Claim replies and notices, and broadcasts where this process is the one that paces them."""
        paces = bulk > 0 and claiming.bulk_waits(tx, now) and leases.take(tx, _PACE, self.owner, _PACE_SECONDS)
        claimed = claiming.claim(tx, self.owner, now, room, bulk=bulk if paces else 0, apart=self.groups)
        claimed = self._screened(tx, claimed, now)
        claimed += [row for group in self.groups for row in self._claim_in(tx, group, now)]
        return sorted(claimed, key=lambda row: (row.lane >= Lane.BROADCAST, row.id))

    def _screened(self, tx: Connection, claimed: list[Claimed], now: datetime) -> list[Claimed]:
        """Leave out what is announced to somebody who is not to get it after all."""
        announced = [row for row in claimed if row.broadcast_id is not None]
        if not announced or self.screen is None:
            return claimed
        verdicts = self.screen(tx, announced, now)
        outbox.withhold(tx, self.owner, verdicts, now)
        return [row for row in claimed if row.id not in verdicts]

    def _claim_in(self, tx: Connection, group: Address, now: datetime) -> list[Claimed]:
        """Claim what has its turn in a group, where this process is the one that counts them."""
        turns = self.pacer.turns(group, self.steady())
        if not turns.all or not claiming.waits_in(tx, group, now):
            return []
        counts = leases.take(tx, f"{_PACE}:{group}"[:120], self.owner, _PACE_SECONDS)
        return claiming.claim_in(tx, self.owner, group, now, turns) if counts else []

    def _mind(self, tx: Connection, failure: Failure, now: datetime) -> None:
        """Tell of a failure; whoever minds it can't keep the result from being recorded."""
        try:
            with tx.begin_nested():
                self.on_failure(tx, failure, now)
        except DatabaseDownError:
            raise
        except Exception as error:
            if getattr(error, "connection_invalidated", False):
                raise
            _log.error("delivery %d: its failure could not be minded: %s", failure.row.id, trace(error))

    async def _send(self, row: Claimed) -> None:
        outcome = await self._outcome(row)
        # Not in one line: the list may be another one after the wait.
        self._done.append(outcome)
        self._wake.set()

    async def _outcome(self, row: Claimed) -> _Outcome:
        now = self.clock.now()
        if row.message.kind == ERASED:
            return Finished(id=row.id, state="skipped", error="erased"), None
        channel = self.channels.get(row.chat.channel)
        if channel is None:
            return _ended(row, SendError(Fate.REFUSED, f"no channel {row.chat.channel}"), now)
        if row.message.kind == UNREADABLE:
            return _ended(row, SendError(Fate.REFUSED, "the row can't be read"), now)
        if row.message.kind in CHANGES and not row.message.target_ref:
            return Finished(id=row.id, state="skipped", error="the message to change was never sent"), None
        bulk, went = row.lane >= Lane.BROADCAST, 0.0
        if bulk and row.chat.channel != LETTERS:
            try:
                went = await self._turn()
            except asyncio.CancelledError:
                return Finished(id=row.id, state="queued", due_at=now, counts=False), None
        if wait := self.pacer.ask(row.chat, self.steady(), bulk=bulk, patient=row.patient):
            return Finished(id=row.id, state="queued", due_at=now + timedelta(seconds=wait), counts=False), None
        outcome = await self._attempt(row, channel)
        if went:
            self.pacer.bulk_answered(went, self.steady())
        return outcome

    async def _turn(self) -> float:
        """Wait for the next turn of a broadcast, and until it may be taken; return when that is."""
        wait = self.pacer.bulk_turn(self.steady())
        try:
            while True:
                await asyncio.sleep(wait)
                now = self.steady()
                wait = self.pacer.bulk_hold(now)
                if not wait:
                    return now
        except asyncio.CancelledError:
            self.pacer.bulk_leave()
            raise

    async def _attempt(self, row: Claimed, channel: Channel) -> _Outcome:
        """Hand a message to its channel, and say what is known of it afterwards."""
        try:
            async with asyncio.timeout(_SEND_SECONDS):
                to = Destination(chat=row.chat, thread=row.thread, token=str(row.id))
                ref = await channel.send(to, await self._enclosing.whole(row.message))
        except SendError as error:
            if error.fate is Fate.LATER:
                self.pacer.halt(row.chat, error.wait, self.steady())
            return _ended(row, error, self.clock.now())
        except TimeoutError:
            return _ended(row, SendError(Fate.UNKNOWN, "no answer"), self.clock.now())
        except asyncio.CancelledError:
            # Told to stop while it was on the wire: it may have arrived.
            return _ended(row, SendError(Fate.UNKNOWN, "stopped"), self.clock.now())
        except Exception as error:  # noqa: BLE001 - one broken message must not stop the line
            _log.error("delivery %d: the channel failed: %s", row.id, trace(error))
            return _ended(row, SendError(Fate.UNKNOWN, "channel error"), self.clock.now())
        opened = row.thread if row.message.kind == "topic_open" else ""
        return Finished(id=row.id, state="sent", message_ref=ref, opened=opened), None

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


def _ended(row: Claimed, error: SendError, now: datetime) -> _Outcome:
    """Decide by what is known of the message: try again, leave it unknown, or give up."""
    if error.fate is Fate.LATER:
        at = now + timedelta(seconds=error.wait)
        return Finished(id=row.id, state="queued", error=error.reason, due_at=at, counts=False), None
    if error.moved_to:
        again = Finished(id=row.id, state="queued", error=error.reason, due_at=now)
        return again, Failure(row=row, error=error, final=False)
    if error.fate is Fate.UNKNOWN and row.lane is Lane.BROADCAST:
        # Twice the same announcement is worse than a gap that the coordinator can see and close.
        return Finished(id=row.id, state="unknown", error=error.reason), Failure(row=row, error=error, final=True)
    if again_at := _again_at(row.attempts, error.fate, now):
        return Finished(id=row.id, state="queued", error=error.reason, due_at=again_at), None
    return Finished(id=row.id, state="failed", error=error.reason), Failure(row=row, error=error, final=True)


def _again_at(attempts: int, fate: Fate, now: datetime) -> datetime | None:
    if fate is Fate.NOT_SENT:
        return outbox.outage_retry_at(attempts, now)
    return outbox.retry_at(attempts, now) if fate is Fate.UNKNOWN else None
