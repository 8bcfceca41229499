"""Finishing an erasure: objects are deleted, the farewell is forgotten once it has gone, the ledger is written."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.clock import Clock
from bot.database import Database, DatabaseDownError
from bot.delivery import forgetting
from bot.desk import boards
from bot.desk import forgetting as desk
from bot.messages import Address
from bot.people.contacts import contacts
from bot.people.privacy import erasures
from bot.people.privacy.erasing import Person, erase
from bot.people.privacy.erasures import Erasure, Left
from bot.traces import trace

_log = logging.getLogger(__name__)

_POLL_SECONDS = 1.0
_SETTLED = timedelta(seconds=20)  # by then every transaction that began before the erasure has ended
_PATIENCE = timedelta(days=2)  # how long a farewell may wait for a channel that does not answer
_LEASE = "erasures"


@dataclass(eq=False, kw_only=True)
class Finisher:
    """One per process. `holds` says whether it is the one at work, `delete` deletes an object."""

    database: Database
    clock: Clock
    staff_chat: Address | None
    ledger: Path
    holds: Callable[[str], Awaitable[bool]]
    delete: Callable[[str], None]

    async def run(self) -> None:
        """Finish what can be, for ever."""
        while True:
            try:
                await self.run_once()
            except DatabaseDownError:
                _log.warning("erasures: the database does not answer")
            except Exception as error:  # noqa: BLE001 - the next round may go well
                _log.error("erasures: a round failed: %s", trace(error))
            await asyncio.sleep(_POLL_SECONDS)

    async def run_once(self) -> int:
        """Carry every open erasure as far as it can be now, and return how many there were."""
        found = await self.database.read(erasures.open_ones)
        if not found or not await self.holds(_LEASE):
            return 0
        await self._note([one.id for one in found if not one.noted])
        for one in found:
            await self._carry_on(one)
        return len(found)

    async def _note(self, ids: list[str]) -> None:
        if not ids:
            return
        entries = await self.database.read(lambda tx: erasures.entries(tx, ids))
        await asyncio.to_thread(erasures.append, self.ledger, entries)
        now = self.clock.now()
        await self.database.write(lambda tx: erasures.note(tx, ids, now))

    async def _carry_on(self, one: Erasure) -> None:
        now = self.clock.now()
        left = one.left
        if left.contacts and now - one.erased_at >= _SETTLED:
            left = await self.database.write(lambda tx: end(tx, one, now, self.staff_chat))
        if left.objects:
            for key in left.objects:
                await asyncio.to_thread(self.delete, key)
            left = replace(left, objects=())
        if left != one.left:
            await self.database.write(lambda tx: erasures.set_left(tx, one.id, left, now))


def end(tx: Connection, one: Erasure, now: datetime, staff_chat: Address | None) -> Left:
    """Forget the farewell, the person's numbers and their addresses, unless it is on its way; return what is left."""
    person = Person(contacts=one.left.contacts, addresses=one.left.addresses)
    if now - one.erased_at > _PATIENCE:
        forgetting.give_up(tx, person.contacts, now)
    if forgetting.is_underway(tx, person.contacts):
        return one.left
    _, since = erase(tx, person, now, staff_chat, since=one.erased_at)
    desk.empty_posts(tx, one.left.cases, now)
    if one.left.cases:
        desk.forget_said(tx, one.erased_at)
    forgetting.retract(tx, boards.posts_about(tx, "review", one.left.registrations), now)
    tx.execute(sa.delete(contacts).where(contacts.c.id.in_(person.contacts)))
    return Left(objects=(*one.left.objects, *since.objects))
