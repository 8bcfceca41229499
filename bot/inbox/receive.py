"""Receiving: one inbound is decided, written down with everything it leads to, and only then acknowledged."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any

from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from bot import timers
from bot.clock import Clock
from bot.conversation.response import Message, Response, Say
from bot.conversation.state import Conversation, Tapped, decode, encode, encode_act
from bot.conversation.world import World
from bot.database import Database, DatabaseDownError
from bot.delivery import outbox
from bot.inbox import ledger
from bot.inbox.ledger import Stored
from bot.messages import Address, Channel, Inbound, Kind
from bot.people import contacts
from bot.rooms import Handler, Scene
from bot.words import Words

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_log = logging.getLogger(__name__)

_TRIES = 8  # against another process that writes to the same conversation

Responder = Callable[[Conversation, Inbound, Tapped | None, World], Response]


class _Result(Enum):
    WRITTEN = "written"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"


@dataclass(eq=False, kw_only=True)
class Inbox:
    """Takes every inbound of every channel. Safe to call for many at once; one chat goes in the order of calls."""

    database: Database
    clock: Clock
    words: Words
    world: World
    respond: Responder
    rooms: Mapping[str, Handler]
    channels: Mapping[str, Channel]
    hide: Callable[[Inbound], Inbound]  # masks secrets before anything is stored
    queued: Callable[[], None]  # wakes the sender
    failed: Callable[[Connection, int, datetime], None]  # raises the alarm about an inbound
    facts: Mapping[str, Any] = field(default_factory=dict)  # of the house, for every template

    def __post_init__(self) -> None:
        self._lanes: dict[Address, _Lane] = {}
        self._receipts: set[asyncio.Task[None]] = set()

    @property
    def idle(self) -> bool:
        """Whether nothing is being decided."""
        return not self._lanes

    async def receive(self, item: Inbound) -> str:
        """Decide and write down; return the named outcome. Raises DatabaseDownError: then do not acknowledge."""
        item = self.hide(item)
        async with self._lane(item.sender):
            try:
                outcome, toast = await self._decide(item)
            except DatabaseDownError:
                raise
            except Exception as error:  # noqa: BLE001 - a poisonous message must not stop the line
                _log.exception("inbound %s %s could not be handled", item.channel, item.external_id)
                because = f"{type(error).__name__}: {error}"
                outcome, toast = await self._bury(item, because), ""
        if item.receipt:
            self._acknowledge(item, toast)
        return outcome

    async def acknowledged(self) -> None:
        """Wait until every tap that was received has been acknowledged."""
        await asyncio.gather(*self._receipts)

    async def refuse(self, channel: str, external_id: str, raw: Any, because: str) -> None:
        """Keep raw what a channel could not even read; raises DatabaseDownError."""
        nobody = Address(channel, "?")
        now = self.clock.now()
        item = Inbound(
            channel=channel,
            external_id=external_id,
            kind=Kind.OTHER,
            sender=nobody,
            chat=nobody,
            private=False,
            said_at=now,
            received_at=now,
            raw=raw,
        )
        await self._bury(self.hide(item), because)

    async def failures(self) -> list[ledger.Failed]:
        """Return what could not be handled, the oldest first."""
        return await self.database.read(ledger.failures)

    async def reopen(self, inbound_id: int) -> Any:
        """Take a failed entry out of the ledger and return it raw, to be received again; None if it is none."""
        return await self.database.write(lambda tx: ledger.reopen(tx, inbound_id))

    async def _decide(self, item: Inbound) -> tuple[str, str]:
        for _ in range(_TRIES):
            stored = await self.database.read(lambda tx: ledger.load(tx, item.sender, item.said.tap))
            conversation = decode(stored.state, self.world.flows)
            response = self.respond(conversation, item, stored.tapped, self.world)
            result = await self._write(item, stored, conversation, response)
            if result is _Result.WRITTEN:
                self.queued()
                return response.outcome, self._toast(response)
            if result is _Result.DUPLICATE:
                return "duplicate", ""
        raise RuntimeError("the conversation kept changing")

    async def _bury(self, item: Inbound, because: str) -> str:
        await self.database.write(lambda tx: self._commit_failed(tx, item, because))
        self.queued()
        return "failed"

    async def _write(self, item: Inbound, stored: Stored, conversation: Conversation, response: Response) -> _Result:
        state = None if response.conversation is conversation else encode(response.conversation, self.world.flows)
        try:
            return await self.database.write(lambda tx: self._commit(tx, item, stored, state, response))
        except IntegrityError:
            # Another process has just met the same person.
            return _Result.CONFLICT

    def _commit(
        self, tx: Connection, item: Inbound, stored: Stored, state: dict[str, Any] | None, response: Response
    ) -> _Result:
        now = self.clock.now()
        if item.kind is Kind.TIMER and not timers.fired(tx, item.message_ref, item.said_at):
            return _Result.DUPLICATE
        inbound_id = ledger.enter(tx, item, stored.contact_id, response.outcome)
        if inbound_id is None:
            return _Result.DUPLICATE
        contact_id = stored.contact_id or self._meet(tx, item, inbound_id, now)
        if state is not None and not ledger.swap(tx, contact_id, stored.version, state, now):
            ledger.strike(tx, inbound_id)
            return _Result.CONFLICT
        language = response.conversation.spoken
        scene = Scene(contact_id=contact_id, chat=item.chat, now=now, language=language, inbound_id=inbound_id)
        facts = dict(self.facts)
        for event in response.events:
            facts |= self.rooms[event.type](tx, event, scene)
        prompt = response.prompt
        outbox.enqueue(
            tx,
            self.words.render(response.messages, prompt, language, facts),
            chat=item.chat,
            thread=item.thread,
            now=now,
            contact_id=contact_id,
            prompt_id=prompt.id if prompt else "",
        )
        if prompt:
            options = [encode_act(act) for _, act in prompt.offers]
            row = {"id": prompt.id, "run_id": prompt.run_id, "questions": list(prompt.keys), "options": options}
            ledger.show(tx, contact_id, row, now)
        for timer in response.timers:
            timers.put(tx, contact_id, str(item.chat), timer)
        return _Result.WRITTEN

    @staticmethod
    def _meet(tx: Connection, item: Inbound, inbound_id: int, now: datetime) -> int:
        contact_id = contacts.add(tx, item.sender, now)
        ledger.attribute(tx, inbound_id, contact_id)
        return contact_id

    def _commit_failed(self, tx: Connection, item: Inbound, because: str) -> None:
        """Keep what could not be handled, tell the person and the administrators, and block nobody."""
        now = self.clock.now()
        stored = ledger.load(tx, item.sender)
        inbound_id = ledger.enter(tx, item, stored.contact_id, "failed", raw=item.raw, error=because[:2000])
        if inbound_id is None:
            return
        if item.kind is Kind.TIMER:
            timers.fired(tx, item.message_ref, item.said_at)
        self.failed(tx, inbound_id, now)
        if item.private and item.kind in {Kind.MESSAGE, Kind.EDIT, Kind.TAP}:
            sorry = self.words.render((Message(parts=(Say(template="our_fault"),)),), None, stored.language, self.facts)
            outbox.enqueue(tx, sorry, chat=item.chat, thread=item.thread, now=now, contact_id=stored.contact_id)

    def _toast(self, response: Response) -> str:
        if response.toast is None:
            return ""
        return self.words.tongue(response.conversation.spoken).say(response.toast, self.facts)

    def _acknowledge(self, item: Inbound, toast: str) -> None:
        task = asyncio.create_task(self.channels[item.channel].acknowledge(item.receipt, toast))
        self._receipts.add(task)
        task.add_done_callback(self._receipts.discard)

    @asynccontextmanager
    async def _lane(self, sender: Address) -> "AsyncIterator[None]":
        """Let one person's messages be decided one after the other."""
        lane = self._lanes.setdefault(sender, _Lane())
        lane.waiting += 1
        try:
            async with lane.lock:
                yield
        finally:
            lane.waiting -= 1
            if not lane.waiting:
                self._lanes.pop(sender, None)


@dataclass(eq=False, slots=True)
class _Lane:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0


def timer_inbound(due: timers.Due, now: datetime) -> Inbound:
    """Turn a timer whose time has come into an inbound."""
    chat = Address.parse(due.chat)
    return Inbound(
        channel="timer",
        external_id=f"{due.key}@{due.due_at.isoformat()}",
        kind=Kind.TIMER,
        sender=chat,
        chat=chat,
        said_at=due.due_at,
        received_at=now,
        message_ref=due.key,
        timer=due.kind,
        payload=due.payload,
    )
