"""The press: makes the documents that were ordered, one after the other, and hands them to the outbox."""

import asyncio
import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from bot.attachments.store import new_key
from bot.clock import Clock
from bot.conversation.response import Message, Say
from bot.database import Database, DatabaseDownError
from bot.delivery import outbox
from bot.documents import orders
from bot.documents.orders import Order
from bot.inbox import ledger
from bot.messages import LETTERS, Enclosure, Envelope, Outbound
from bot.traces import trace
from bot.words import Words

_log = logging.getLogger(__name__)

_CLAIM_LASTS = timedelta(seconds=300)  # longer than making one ever takes
_MOST_ATTEMPTS = 4
_POLL_SECONDS = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Made:
    """A file that was made, and what is said with it (a template of templates/, in the language of the order)."""

    content: bytes
    name: str
    media_type: str
    say: Say | None = None
    photo: bool = False  # shown as a picture where the channel can
    subject: str = ""  # of the letter; without one it continues the person's last


# Reads what it needs; what it returns makes the file without the database, in a thread of its own. Whatever either
# raises is tried again a few times.
Maker = Callable[[Connection, Order], Callable[[], Made]]
Put = Callable[[str, bytes], None]
# Hears of a document that could not be made, in the transaction that gives it up.
OnLoss = Callable[[Connection, Order, str, datetime], None]


@dataclass(eq=False, kw_only=True)
class Press:
    """One per process. `makers` by the kinds of orders, `put` writes an object and waits until it is safe."""

    database: Database
    clock: Clock
    words: Words
    makers: Mapping[str, Maker]
    put: Put
    drop: Callable[[str], None]  # deletes an object that was made for nobody any more
    queued: Callable[[], None]  # wakes the sender
    on_loss: OnLoss

    async def run(self) -> None:
        """Make what is ordered, for ever."""
        while True:
            try:
                await self.work_off()
            except DatabaseDownError:
                _log.warning("documents: the database does not answer")
            except Exception as error:  # noqa: BLE001 - the next round may go well
                _log.error("documents: a round failed: %s", trace(error))
            await asyncio.sleep(_POLL_SECONDS)

    async def work_off(self) -> int:
        """Make all that is due now, and return how many there were; raises DatabaseDownError."""
        count = 0
        while order := await self._next():
            await self._carry_out(order)
            count += 1
        return count

    async def _next(self) -> Order | None:
        now = self.clock.now()
        # Mostly there is nothing, and looking must not cost a commit.
        if not await self.database.read(lambda tx: orders.is_due(tx, now)):
            return None
        return await self.database.write(lambda tx: orders.claim(tx, now, now + _CLAIM_LASTS))

    async def _carry_out(self, order: Order) -> None:
        try:
            make = await self.database.read(lambda tx: self.makers[order.kind](tx, order))
            made = await asyncio.to_thread(make)
            key = new_key(hashlib.sha256(made.content).hexdigest())
            # The object is written before its row says so; without a row it is swept.
            await asyncio.to_thread(self.put, key, made.content)
        except DatabaseDownError:
            raise
        except Exception as error:  # noqa: BLE001 - what is wrong with one order stays with it
            _log.error("document %d could not be made: %s", order.id, trace(error))
            await self._put_off(order, type(error).__name__)
            return
        if await self.database.write(lambda tx: self._send(tx, order, made, key)):
            self.queued()
        else:
            await asyncio.to_thread(self.drop, key)

    def _send(self, tx: Connection, order: Order, made: Made, key: str) -> bool:
        if not orders.still_mine(tx, order):
            return False
        now = self.clock.now()
        enclosed = Enclosure(key=key, name=made.name, media_type=made.media_type)
        message = replace(
            self._said(tx, order, made), kind="photo" if made.photo else "document", enclosures=(enclosed,)
        )
        delivery = outbox.put(
            tx,
            message,
            chat=order.chat,
            now=now,
            contact_id=order.contact_id,
            lane=order.lane,
            thread=order.thread,
        )
        orders.ready(tx, order, now, object_key=key, name=made.name, delivery_id=delivery)
        return True

    def _said(self, tx: Connection, order: Order, made: Made) -> Outbound:
        envelope = None
        if order.chat.channel == LETTERS:
            continues = order.contact_id if not made.subject else None
            subject, letter = ledger.thread_of(tx, continues) if continues else (made.subject, "")
            envelope = Envelope(subject=subject, message_id=letter)
        if made.say is None:
            return Outbound(envelope=envelope)
        (message,) = self.words.render((Message(parts=(made.say,)),), None, order.language, {}, envelope)
        return message

    async def _put_off(self, order: Order, reason: str) -> None:
        now = self.clock.now()
        again = None if order.attempts >= _MOST_ATTEMPTS else outbox.retry_at(order.attempts, now)

        def settle(tx: Connection) -> None:
            mine = orders.still_mine(tx, order)
            orders.put_off(tx, order, reason, again, now)
            if mine and again is None:
                self.on_loss(tx, order, reason, now)

        await self.database.write(settle)
