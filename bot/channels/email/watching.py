"""Watching a mailbox: search, fetch, have each letter written down, only then mark it, and wait for more."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field

from bot.channels.email.account import Account
from bot.channels.email.imap import MOST_AT_ONCE, Arrived, Mailbox, MailboxError, Trouble, Waiting, opened
from bot.traces import trace

_log = logging.getLogger(__name__)

LARGEST = 10 * 1024 * 1024  # bytes; of a bigger letter only the header is fetched

_BATCH_LETTERS, _BATCH_BYTES = 20, 4 * 1024 * 1024  # what is held in memory at once, but for one bigger letter
_FIRST_REST, _LONGEST_REST = 0.5, 30.0  # seconds between two attempts to have letters stored
_STEADY = 10.0  # seconds; a connection that lasted so long was a good one
_LONE, _HEADER_ONLY, _GIVEN_UP = 1, 3, 6  # failures after which a letter is fetched alone, by its header, not at all


@dataclass(frozen=True, kw_only=True, slots=True)
class Patience:
    """Seconds. A silent connection is noticed after `idle` + `answer`; a refused login is tried again much later."""

    answer: float = 30.0
    idle: float = 270.0
    first_pause: float = 0.1
    longest_pause: float = 60.0
    refused_pause: float = 180.0
    longest_refused_pause: float = 1800.0


@dataclass(frozen=True, kw_only=True, slots=True)
class House:
    """What the watch asks of those it brings letters to.

    `may_watch`: whether this process is the one to do it. `cursor`: the last uid that is settled under a UIDVALIDITY,
    None while that can't be told. `take`: bring letters in, the last of them or of those that are gone being `upto`;
    False when they could not be stored and must come again. `report`: '' after each look that went well, or the
    trouble.
    """

    may_watch: Callable[[], Awaitable[bool]]
    cursor: Callable[[int], Awaitable[int | None]]
    take: Callable[[int, Sequence[Arrived], int], Awaitable[bool]]
    report: Callable[[str], Awaitable[None]]


async def watch(account: Account, house: House, patience: Patience | None = None) -> None:
    """Watch a mailbox until cancelled, through whatever becomes of its server."""
    await _Watch(account, house, patience or Patience()).run()


@dataclass(eq=False)
class _Watch:
    account: Account
    house: House
    patience: Patience
    _failures: dict[int, int] = field(default_factory=dict)  # uid -> how often it could not be fetched
    _validity: int = 0

    async def run(self) -> None:
        patience, loop = self.patience, asyncio.get_running_loop()
        pause, refused = patience.first_pause, patience.refused_pause
        while True:
            if not await self.house.may_watch():
                await asyncio.sleep(1.0)
                continue
            began = loop.time()
            try:
                async with opened(self.account, patience.answer) as mailbox:
                    refused = patience.refused_pause
                    await self._attend(mailbox)
            except MailboxError as error:
                if loop.time() - began > _STEADY:
                    pause = patience.first_pause
                if pause > patience.first_pause or error.trouble is not Trouble.LOST:
                    await self.house.report(str(error))
                if error.trouble is Trouble.LOGIN:
                    # Servers lock an account, or the whole address, after a few of those.
                    await asyncio.sleep(_jittered(refused))
                    refused = min(refused * 2, patience.longest_refused_pause)
                    continue
            except Exception as error:  # noqa: BLE001 - the next round may go well
                _log.error("mailbox: a round failed: %s", trace(error))
                await self.house.report(f"letters can't be taken in: {type(error).__name__}")
            else:
                continue
            await asyncio.sleep(_jittered(pause))
            pause = min(pause * 2, patience.longest_pause)

    async def _attend(self, mailbox: Mailbox) -> None:
        """Serve one connection until it is lost, or until another process is to watch."""
        if mailbox.uidvalidity != self._validity:
            self._failures.clear()
            self._validity = mailbox.uidvalidity
        missed = True  # the marks of what was taken in just before a crash
        stalled = _FIRST_REST
        while await self.house.may_watch():
            cursor = await self.house.cursor(mailbox.uidvalidity)
            uids = await mailbox.search(cursor) if cursor is not None else []
            if cursor is None or not await self._bring(mailbox, uids):
                await mailbox.rest(stalled)
                stalled = min(stalled * 2, _LONGEST_REST)
                continue
            stalled = _FIRST_REST
            await self.house.report("")
            if missed:
                await self._mark_missed(mailbox, cursor)
                missed = False
            if not uids:
                await mailbox.idle(self.patience.idle)

    async def _mark_missed(self, mailbox: Mailbox, cursor: int) -> None:
        uids = await mailbox.unmarked(cursor)
        for start in range(0, len(uids), MOST_AT_ONCE):
            await mailbox.mark(uids[start : start + MOST_AT_ONCE])

    async def _bring(self, mailbox: Mailbox, uids: Sequence[int]) -> bool:
        """Bring letters in, batch by batch; False as soon as some could not be stored."""
        for start in range(0, len(uids), MOST_AT_ONCE):
            some = uids[start : start + MOST_AT_ONCE]
            waiting = await mailbox.look_at(some)
            gone = set(some) - {letter.uid for letter in waiting}
            if gone and not waiting and not await self.house.take(mailbox.uidvalidity, [], some[-1]):
                return False
            for batch in self._batches(waiting):
                arrived = await self._fetch(mailbox, batch)
                last = some[-1] if batch[-1] is waiting[-1] else batch[-1].uid
                if not await self.house.take(mailbox.uidvalidity, arrived, last):
                    return False
                await mailbox.mark([letter.uid for letter in arrived])
                for letter in batch:
                    self._failures.pop(letter.uid, None)
                await self.house.report("")
        return True

    async def _fetch(self, mailbox: Mailbox, batch: Sequence[Waiting]) -> list[Arrived]:
        """Fetch a batch; raises MailboxError. A letter that has ended connection after connection is left behind."""
        failures = max(self._failures.get(letter.uid, 0) for letter in batch)
        if failures >= _GIVEN_UP:
            return [
                Arrived(uid=one.uid, raw=b"", size=one.size, arrived_at=one.arrived_at, whole=False) for one in batch
            ]
        try:
            return await mailbox.fetch(batch, whole=failures < _HEADER_ONLY and batch[0].size <= LARGEST)
        except MailboxError:
            for letter in batch:
                self._failures[letter.uid] = self._failures.get(letter.uid, 0) + 1
            raise

    def _batches(self, waiting: Sequence[Waiting]) -> Iterator[list[Waiting]]:
        """Group letters as they are fetched: in order, few at once; big or difficult ones alone."""
        batch: list[Waiting] = []
        size = 0
        for letter in waiting:
            alone = letter.size > LARGEST or self._failures.get(letter.uid, 0) >= _LONE
            full = len(batch) == _BATCH_LETTERS or size + letter.size > _BATCH_BYTES
            if batch and (alone or full):
                yield batch
                batch, size = [], 0
            batch.append(letter)
            size += letter.size
            if alone:
                yield batch
                batch, size = [], 0
        if batch:
            yield batch


def _jittered(seconds: float) -> float:
    """Spread the attempts of many: between three quarters of the time and five."""
    return seconds * random.uniform(0.75, 1.25)  # noqa: S311 - nothing secret
