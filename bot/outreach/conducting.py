"""Conducting: carries broadcasts on, step by step: who gets it, the first few, then everybody, and what became of it.

Every step is a transaction of its own and leaves a state from which any process goes on: nothing is held in memory.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.engine import Connection

from bot.clock import Clock
from bot.conversation.state import Prompt, encode_act
from bot.database import Database
from bot.delivery import contents
from bot.inbox import ledger
from bot.messages import Enclosure
from bot.outreach import amending, audience, broadcasts, matters, progress, wording
from bot.outreach.accompanying import Accompanying, LostPictureError
from bot.outreach.organisations import records as organisations
from bot.outreach.organisations.invitations import Invitations
from bot.outreach.quiet import QuietHours
from bot.words import Words
from bot.words.catalogs import LANGUAGES
from bot.worker import Duties
from flows.audience import audience_of

_log = logging.getLogger(__name__)

_BATCH = 500  # people of the audience that one transaction writes down
_AMENDED = 100  # of those whose earlier messages are looked up and changed as well
_PERSONAL = 100  # letters with words of their own, which take a while to be put together
_FIRST = 10  # who get it before everybody else does
_RELEASED = 300  # on their way at a time: what a pause can still hold back
_FAULTS, _SHARE = 5, 20  # paused at so many faults, if they are more than a 20th of what was sent
_POLL_SECONDS = 0.25
_CHANNELS = ("telegram", "mailto", "chat")
_LEASE = "conductor"
_TOO_LATE = "pasākums jau sācies"
_NO_PICTURE = "attēlu neizdevās saņemt; pievienojiet to vēlreiz un izsludiniet no jauna"
_GOES_ON = ("scheduled", "gathering", *broadcasts.RUNNING)


@dataclass(eq=False, kw_only=True)
class Conductor:
    """One per process; the lease says which one conducts."""

    database: Database
    clock: Clock
    words: Words
    duties: Duties
    quiet: QuietHours
    board: progress.Board
    along: Accompanying
    queued: Callable[[], None]  # wakes the sender
    invitations: Invitations

    async def run(self) -> None:
        """Conduct, for ever."""
        while True:
            await self.duties.safely(self.work_off)
            await asyncio.sleep(_POLL_SECONDS)

    async def work_off(self) -> bool:
        """Take every step that can be taken now; whether there was any. Raises DatabaseDownError."""
        moved = False
        while await self._round():
            moved = True
        return moved

    async def _round(self) -> bool:
        now = self.clock.now()
        # Mostly there is nothing, and looking must not cost a commit.
        due = await self.database.read(lambda tx: broadcasts.active(tx, now))
        if not due or not await self.duties.holds(_LEASE):
            return False
        steps = [await self._step(row) for row in due]
        if any(steps):
            self.queued()
        return any(steps)

    async def _step(self, row: Any) -> bool:
        now = self.clock.now()
        if row.state != "stopping" and (because := self.invitations.forbidden(row)):
            return await self.database.write(lambda tx: self._pause(tx, row, because, now))
        if row.state == "scheduled":
            return await self._start(row, now)
        does = {
            "gathering": self._gather,
            "canary": self._try_out,
            "sending": self._send,
            "stopping": self._stop,
        }[row.state]
        return await self.database.write(lambda tx: does(tx, row, now))

    async def _start(self, row: Any, now: datetime) -> bool:
        """Begin with what goes along, once people are awake and it is there."""
        if until := self._waits(row, now):
            await self.database.write(lambda tx: broadcasts.update(tx, row.id, when=("scheduled",), starts_at=until))
            return False
        try:
            enclosed = await self._enclosed(row)
        except LostPictureError:
            return await self.database.write(lambda tx: self._give_up(tx, row, _NO_PICTURE, now))
        if enclosed is None:
            return False
        return await self.database.write(lambda tx: self._begin(tx, row, enclosed, now))

    async def _enclosed(self, row: Any) -> tuple[Enclosure, ...] | None:
        """Make what goes along before any row names it; None while it can't be made yet. Raises LostPictureError."""
        make = await self.database.read(lambda tx: self.along.chosen(tx, row))
        return await asyncio.to_thread(make) if make else None

    def _begin(self, tx: Connection, row: Any, enclosed: tuple[Enclosure, ...], now: datetime) -> bool:
        """Freeze what is said; nothing that is changed afterwards changes it."""
        matter = matters.of(tx, row)
        if row.kind == "event" and matter.row.starts_at <= now:
            return self._give_up(tx, row, _TOO_LATE, now)
        key = enclosed[0].key if enclosed else None
        begun = {"state": "gathering", "audience": matter.row.audience, "object_key": key}
        if not broadcasts.update(tx, row.id, when=("scheduled",), **begun):
            return False
        if row.kind == organisations.KIND:
            return True  # each of them is told something of its own
        prompt = Prompt(id=row.prompt_id)
        # It may have been changed since this was ordered.
        ledger.offer_anew(tx, row.prompt_id, [encode_act(offer.act) for offer in wording.offers(row.kind, matter.told)])
        for language in LANGUAGES:
            for channel in _CHANNELS:
                message = wording.said(
                    self.words,
                    kind=row.kind,
                    event=matter.told,
                    language=language,
                    channel=channel,
                    prompt=prompt,
                    enclosed=enclosed,
                )
                contents.freeze(tx, row.id, language, channel, message)
        return True

    def _give_up(self, tx: Connection, row: Any, reason: str, now: datetime) -> bool:
        """End what can't go out as it was agreed to: without its picture, or in time."""
        ended = {"state": "stopped", "reason": reason, "finished_at": now}
        if broadcasts.update(tx, row.id, when=("scheduled",), **ended):
            self.board.tell(tx, row.id, now)
            self.board.alarm(tx, row.id, now)
        return True

    def _gather(self, tx: Connection, row: Any, now: datetime) -> bool:
        """Write down the next of those who get it; at the end let the first ones go."""
        known = contents.of(tx, row.id)
        ours = row.ours
        total = row.total
        people: list[audience.Recipient] = []
        if row.kind == organisations.KIND:
            written, last = self.invitations.gather(tx, row, _PERSONAL, now)
            total += written
        elif row.kind in {"event", "news"}:
            if not row.reached:
                ours = broadcasts.address(tx, row, audience.of_team(tx), known, now)
                total += ours
            matter, whom = matters.of(tx, row), audience_of(row.audience)
            people, last = audience.batch(tx, whom, row.reached, _BATCH, news=matter.news, now=now)
        else:
            amends = row.kind in broadcasts.PASSING
            most = _AMENDED if amends else _BATCH
            people, last = audience.of_event(tx, row.event_id, row.reached, most, came=row.kind == "thanks")
            if amends:
                amending.amend(tx, self.words, row, people, now)
        total += broadcasts.address(tx, row, people, known, now)
        if last:
            return broadcasts.update(tx, row.id, when=("gathering",), reached=last, total=total, ours=ours)
        begun = {"state": "sending" if row.kind in broadcasts.PASSING else "canary", "total": total, "ours": ours}
        if broadcasts.update(tx, row.id, when=("gathering",), **begun):
            self.board.tell(tx, row.id, now)
        return True

    def _try_out(self, tx: Connection, row: Any, now: datetime) -> bool:
        """Let ours have it first, then ten; any fault holds everybody else's back."""
        if until := self._waits(row, now):
            return self._rest(tx, row, until)
        if row.faults:
            return self._pause(tx, row, "pirmās ziņas neizdevās nosūtīt", now)
        if broadcasts.on_the_way(tx, row.id) > broadcasts.put_off(tx, row.id, now):
            return False
        wanted = row.ours if row.released < row.ours else row.ours + _FIRST
        if row.released < wanted and (more := broadcasts.release(tx, row.id, wanted - row.released)):
            return broadcasts.update(tx, row.id, when=("canary",), released=row.released + more)
        return broadcasts.update(tx, row.id, when=("canary",), state="sending")

    def _send(self, tx: Connection, row: Any, now: datetime) -> bool:
        """Keep some on their way, until nothing is left."""
        if until := self._waits(row, now):
            return self._rest(tx, row, until)
        going = broadcasts.on_the_way(tx, row.id)
        if row.faults >= _FAULTS and row.faults * _SHARE > row.released - going:
            return self._pause(tx, row, "pārāk daudz ziņu neizdevās nosūtīt", now)
        # What waits for an hour's letters holds nobody else up.
        room = _RELEASED - going + broadcasts.put_off(tx, row.id, now)
        more = broadcasts.release(tx, row.id, room) if room >= _RELEASED // 2 else 0
        if more:
            broadcasts.update(tx, row.id, when=("sending",), released=row.released + more)
        elif not going:
            if broadcasts.update(tx, row.id, when=("sending",), state="done", finished_at=now):
                self.board.tell(tx, row.id, now)
                self.board.report(tx, row.id, now)
            return True
        if row.progress_at is None or now - row.progress_at >= _rhythm(row.total):
            self.board.tell(tx, row.id, now)
        return bool(more)

    def _stop(self, tx: Connection, row: Any, now: datetime) -> bool:
        """Give up what was not sent."""
        broadcasts.hold_back(tx, row.id)
        if broadcasts.drop(tx, row.id, _BATCH, now):
            return True
        if broadcasts.on_the_way(tx, row.id):
            return False
        if broadcasts.update(tx, row.id, when=("stopping",), state="stopped", finished_at=now):
            self.board.tell(tx, row.id, now)
            self.board.report(tx, row.id, now)
        return True

    def _waits(self, row: Any, now: datetime) -> datetime | None:
        """Return until when a broadcast has to wait, because people sleep."""
        return None if row.urgent else self.quiet.until(now)

    def _rest(self, tx: Connection, row: Any, until: datetime) -> bool:
        broadcasts.hold_back(tx, row.id)
        broadcasts.update(tx, row.id, when=broadcasts.RUNNING, starts_at=until)
        self.board.tell(tx, row.id, self.clock.now())
        return False

    def _pause(self, tx: Connection, row: Any, reason: str, now: datetime) -> bool:
        broadcasts.hold_back(tx, row.id)
        if broadcasts.update(tx, row.id, when=_GOES_ON, state="paused", reason=reason):
            self.board.tell(tx, row.id, now)
            self.board.alarm(tx, row.id, now)
        return True


def _rhythm(total: int) -> timedelta:
    """Return how often progress is told: counting a million rows takes its time."""
    return timedelta(seconds=10 if total < 50_000 else 60)


__all__ = ["Conductor"]
