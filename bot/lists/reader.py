"""The reader: reads the lists whose files have arrived, and lets the conversations hear of it.

Nothing is kept in memory: a list waits in its row until it is read, and what came of it is a timer that is due at once.
"""

import asyncio
import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import timers
from bot.attachments.records import attachments
from bot.attachments.store import new_key
from bot.clock import RIGA, Clock
from bot.conversation.response import Timer
from bot.database import Database, DatabaseDownError
from bot.inbox import ledger
from bot.lists import process, records
from bot.lists.book import TroubleError
from bot.lists.records import Claimed
from bot.messages import Address
from bot.people import contacts
from bot.traces import trace
from knowledge.secrets import MARKS

_log = logging.getLogger(__name__)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CLAIM_LASTS = timedelta(seconds=300)  # longer than reading one ever takes
_AGAIN = timedelta(seconds=30)
_MOST_ATTEMPTS = 3
_POLL_SECONDS = 0.5


@dataclass(eq=False, kw_only=True)
class Reader:
    """One per process. `get` and `put` are the object store's, which wait."""

    database: Database
    clock: Clock
    get: Callable[[str], bytes]
    put: Callable[[str, bytes], None]

    async def run(self) -> None:
        """Read what waits, for ever."""
        while True:
            try:
                await self.work_off()
            except DatabaseDownError:
                _log.warning("lists: the database does not answer")
            except Exception as error:  # noqa: BLE001 - the next round may go well
                _log.error("lists: a round failed: %s", trace(error))
            await asyncio.sleep(_POLL_SECONDS)

    async def work_off(self) -> int:
        """Read all lists that can be read now, and return how many; raises DatabaseDownError."""
        count = 0
        while claimed := await self._next():
            await self._carry_out(claimed)
            count += 1
        return count

    async def _next(self) -> Claimed | None:
        now = self.clock.now()
        # Mostly there is nothing, and looking must not cost a commit.
        if not await self.database.read(lambda tx: records.is_due(tx, now)):
            return None
        return await self.database.write(lambda tx: records.claim(tx, now, now + _CLAIM_LASTS))

    async def _carry_out(self, claimed: Claimed) -> None:
        if claimed.lost:
            await self._refuse(claimed, "lost")
            return
        try:
            told, copy = await asyncio.to_thread(self._read, claimed)
        except TroubleError as error:
            await self._refuse(claimed, str(error.trouble))
            return
        except DatabaseDownError:
            raise
        except Exception as error:  # noqa: BLE001 - what is wrong with one list stays with it
            _log.error("list %d could not be read: %s", claimed.id, trace(error))
            if claimed.attempts >= _MOST_ATTEMPTS:
                await self._refuse(claimed, "fault")
            else:
                again = self.clock.now() + _AGAIN
                await self.database.write(lambda tx: records.put_off(tx, claimed, again))
            return
        await self.database.write(lambda tx: self._settle(tx, claimed, told, copy))

    def _read(self, claimed: Claimed) -> tuple[Mapping[str, Any], str]:
        """Read a file; where it holds a *personas kods*, keep a copy without it and return the copy's key."""
        data = self.get(claimed.object_key)
        told = process.read(data, self.clock.now().astimezone(RIGA).date())
        if not told["masked"]:
            return told, ""
        copy = process.rewrite(data, masked=told["masked"], mask=MARKS["personal_code"])
        key = new_key(hashlib.sha256(copy).hexdigest())
        self.put(key, copy)
        return told, key

    def _settle(self, tx: Connection, claimed: Claimed, told: Mapping[str, Any], copy: str) -> None:
        now = self.clock.now()
        found = {"summary": told["summary"], "rows": told["rows"], "sheets": told["sheets"]}
        if not records.settle(tx, claimed, now, state="read", **found):
            return  # the copy, if any, belongs to no row and is swept
        if copy:
            # Of the file as it was sent no row speaks any more, so it is swept.
            kept = sa.update(attachments).where(attachments.c.id == claimed.attachment_id)
            # Nor is it copied from where it came: staff are shown what we keep.
            tx.execute(kept.values(object_key=copy, stored_type=XLSX, message_ref=""))
        mended = bool(told["summary"]["mended"]) or records.says_mended(claimed.name)
        reference, open_ = records.earlier(tx, claimed, mended=bool(told["summary"]["mended"]))
        summary = told["summary"]
        self._tell(tx, claimed, trouble="", summary=summary, mended=mended, earlier=reference, open=open_)

    async def _refuse(self, claimed: Claimed, trouble: str) -> None:
        def settle(tx: Connection) -> None:
            if records.settle(tx, claimed, self.clock.now(), state="refused", reason=trouble):
                self._tell(tx, claimed, trouble=trouble, summary={}, mended=False, earlier="")

        await self.database.write(settle)

    def _tell(self, tx: Connection, claimed: Claimed, **told: Any) -> None:
        """Let the conversation hear of it, wherever that speaks with the person."""
        chat: Address | None = Address.parse(claimed.chat)
        if chat is None or contacts.owner(tx, chat) != claimed.contact_id:
            chat = ledger.preferred(tx, claimed.contact_id)  # a guest sent it, or the address has moved
        if chat is None:
            return
        payload = {"list": claimed.id, "run": claimed.run_id, "name": claimed.name, **told}
        timer = Timer(key=f"list:{claimed.id}", due_at=self.clock.now(), kind="list", payload=payload)
        timers.put(tx, claimed.contact_id, str(chat), timer)
