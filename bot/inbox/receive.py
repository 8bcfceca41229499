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
from bot.conversation.standing import NOBODY, Standing
from bot.conversation.state import Conversation, Do, Tapped, decode, encode, encode_act
from bot.conversation.world import World
from bot.database import Database, DatabaseDownError
from bot.delivery import outbox
from bot.inbox import ledger
from bot.inbox.ledger import Stored
from bot.inbox.memory import Known, Memory
from bot.messages import Address, Channel, Envelope, Inbound, Kind, Pace
from bot.people import contacts
from bot.rooms import Handler, Scene
from bot.traces import trace
from bot.words import Words
from bot.words.letters import envelope_for

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_log = logging.getLogger(__name__)

_TRIES = 8  # against another process that writes to the same conversation
_WRITING = frozenset({Kind.MESSAGE, Kind.EDIT, Kind.TAP})  # what only somebody who can be reached does

Responder = Callable[[Conversation, Inbound, Tapped | None, World, Standing], Response]
Look = Callable[[Connection, Inbound], Standing]


def _about_events(tapped: Tapped | None) -> bool:
    return tapped is not None and any(act.do in {Do.EVENT, Do.OUTREACH, Do.WORK} for act in tapped.acts)


def anybody(_: Connection, __: Inbound) -> bool:
    """Get to know everybody who writes."""
    return False


def nobody(_: Connection, __: Inbound) -> Standing:
    """Know nobody: where there is no staff's group."""
    return NOBODY


class _OvertakenError(Exception):
    """Another process wrote to the conversation meanwhile; what was done is undone. Trying again helps."""


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
    hide_raw: Callable[[Any], Any]  # the same for what is kept raw
    queued: Callable[[], None]  # wakes the sender
    failed: Callable[[Connection, int, datetime], None]  # raises the alarm about an inbound
    look: Look = nobody  # who writes in a group, and about what; what a person may be asking about
    curious: Callable[[Inbound], bool] = lambda _: False  # whether a person's message needs such a look
    unwanted: Callable[[Connection, Inbound], bool] = anybody  # whether a stranger must not become known by this
    facts: Mapping[str, Any] = field(default_factory=dict)  # of the house, for every template

    def __post_init__(self) -> None:
        self._lanes: dict[Address, _Lane] = {}
        self._memory = Memory()
        self._receipts: set[asyncio.Task[None]] = set()

    @property
    def idle(self) -> bool:
        """Whether nothing is being decided."""
        return not self._lanes

    async def receive(self, item: Inbound, *, retries: int | None = None) -> str:
        """Decide and write down; return the named outcome. Raises DatabaseDownError: then do not acknowledge.

        `retries` is the failed entry that this is tried again for: it stays as it is until the trial succeeds.
        """
        item = self.hide(item)
        async with self._lane(item.sender):
            try:
                outcome, toast = await self._decide(item, retries)
            except DatabaseDownError:
                raise
            except Exception as error:  # noqa: BLE001 - a poisonous message must not stop the line
                _log.error("inbound %s %s could not be handled: %s", item.channel, item.external_id, trace(error))
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
        await self._bury(item, because)

    async def failures(self) -> list[ledger.Failed]:
        """Return what could not be handled, the oldest first."""
        return await self.database.read(ledger.failures)

    async def raw_of(self, inbound_id: int) -> Any:
        """Return a failed entry as it was received, to be tried again; None if it is none."""
        return await self.database.read(lambda tx: ledger.raw_of(tx, inbound_id))

    async def _decide(self, item: Inbound, retries: int | None) -> tuple[str, str]:
        for _ in range(_TRIES):
            usual = item.private and item.kind in _WRITING and not item.answers and not self.curious(item)
            known = self._memory.recall(item.sender) if usual else None
            if known:
                conversation, standing = known.conversation, NOBODY
                stored = Stored(contact_id=known.contact_id, language="", version=known.version, state={}, assumed=True)
            else:
                stored, standing = await self.database.read(lambda tx: self._load(tx, item))
                conversation = decode(stored.state, self.world.flows)
            response = self.respond(conversation, item, stored.tapped, self.world, standing)
            if response.looks:
                # That it is about events is known only now that it is understood.
                stored, standing, known = *(await self.database.read(lambda tx: self._load_all(tx, item))), None
                conversation = decode(stored.state, self.world.flows)
                response = self.respond(conversation, item, stored.tapped, self.world, standing)
            changed = response.conversation is not conversation
            state = encode(response.conversation, self.world.flows) if changed else None
            turn = _Turn(item, stored, state, response, retries)
            # What changes nothing would not be held against the database.
            result = await self._write(turn) if changed or not known else _Result.CONFLICT
            if result is _Result.WRITTEN:
                self._remember(turn)
                self.queued()
                return response.outcome, self._toast(turn)
            if result is _Result.DUPLICATE:
                return "duplicate", ""
            if known:
                self._memory.doubt(item.sender)
        raise RuntimeError("the conversation kept changing")

    def _load(self, tx: Connection, item: Inbound) -> tuple[Stored, Standing]:
        stored = ledger.load(tx, item.sender, item.answers)
        if item.private and not self.curious(item) and not _about_events(stored.tapped):
            return stored, NOBODY
        return stored, self.look(tx, item)

    def _load_all(self, tx: Connection, item: Inbound) -> tuple[Stored, Standing]:
        return ledger.load(tx, item.sender, item.answers), self.look(tx, item)

    def _remember(self, turn: "_Turn") -> None:
        stored, conversation = turn.stored, turn.response.conversation
        if turn.item.private and turn.state is not None and stored.contact_id is not None:
            known = Known(contact_id=stored.contact_id, version=stored.version + 1, conversation=conversation)
            self._memory.keep(turn.item.sender, known)

    async def _bury(self, item: Inbound, because: str) -> str:
        await self.database.write(lambda tx: self._commit_failed(tx, item, because))
        self.queued()
        return "failed"

    async def _write(self, turn: "_Turn") -> _Result:
        try:
            return await self.database.write(lambda tx: self._commit(tx, turn))
        except (IntegrityError, _OvertakenError):
            # An IntegrityError: another process has just met the same person.
            return _Result.CONFLICT

    def _commit(self, tx: Connection, turn: "_Turn") -> _Result:
        now = self.clock.now()
        item, stored, response = turn.item, turn.stored, turn.response
        inbound_id = self._enter(tx, turn)
        if inbound_id is None:
            return _Result.DUPLICATE
        if stored.contact_id is None and not (turn.state or response.events or response.messages):
            return _Result.WRITTEN  # of somebody we need not know: in a group, or nobody at all
        if stored.contact_id is None and self.unwanted(tx, item):
            ledger.drop(tx, inbound_id, "unwanted")
            return _Result.WRITTEN
        contact_id = stored.contact_id or self._meet(tx, item, inbound_id, now)
        assumed = item.sender if stored.assumed else None
        if turn.state is not None and not ledger.swap(tx, contact_id, stored.version, turn.state, now, assumed=assumed):
            if turn.retries or item.kind is Kind.TIMER:
                raise _OvertakenError
            # Struck, not rolled back: that would make everybody of the same commit wait.
            ledger.strike(tx, inbound_id)
            return _Result.CONFLICT
        if stored.gone and item.kind in _WRITING:
            contacts.mark_present(tx, item.sender)
        language = response.conversation.spoken
        scene = Scene(
            contact_id=contact_id,
            chat=item.chat,
            now=now,
            language=language,
            inbound_id=inbound_id,
            ref=item.message_ref if item.kind is Kind.MESSAGE else "",
            reply_to=item.reply_to,
            answers=item.answers,
            name=item.profile_name,
        )
        facts = turn.facts
        facts |= self.facts
        for event in response.events:
            facts |= self.rooms[event.type](tx, event, scene)
        prompt = response.prompt
        outbox.enqueue(
            tx,
            self.words.render(response.messages, prompt, language, facts, _envelope(item, response.conversation)),
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
            timers.put(tx, contact_id, str(item.sender), timer)
        return _Result.WRITTEN

    @staticmethod
    def _enter(tx: Connection, turn: "_Turn") -> int | None:
        """Enter an inbound once; None when that has been done."""
        item, outcome = turn.item, turn.response.outcome
        if turn.retries:
            return ledger.take_up(tx, turn.retries, outcome)
        if item.kind is Kind.TIMER and not timers.fired(tx, item.message_ref, item.said_at):
            return None
        return ledger.enter(tx, item, turn.stored.contact_id, outcome)

    @staticmethod
    def _meet(tx: Connection, item: Inbound, inbound_id: int, now: datetime) -> int:
        contact_id = contacts.add(tx, item.sender, now)
        ledger.attribute(tx, inbound_id, contact_id)
        return contact_id

    def _commit_failed(self, tx: Connection, item: Inbound, because: str) -> None:
        """Keep what could not be handled, tell the person and the administrators, and block nobody."""
        now = self.clock.now()
        stored = ledger.load(tx, item.sender)
        raw, error = self.hide_raw(item.raw), self.hide_raw(because)[:2000]
        inbound_id = ledger.enter(tx, item, stored.contact_id, "failed", raw=raw, error=error)
        if inbound_id is None:
            return
        if item.kind is Kind.TIMER:
            timers.fired(tx, item.message_ref, item.said_at)
        self.failed(tx, inbound_id, now)
        if item.private and item.kind in _WRITING:
            fault = (Message(parts=(Say(template="our_fault"),)),)
            sorry = self.words.render(fault, None, stored.language, self.facts, _envelope(item, Conversation()))
            outbox.enqueue(tx, sorry, chat=item.chat, thread=item.thread, now=now, contact_id=stored.contact_id)

    def _toast(self, turn: "_Turn") -> str:
        response = turn.response
        if response.toast is None:
            return ""
        return self.words.tongue(response.conversation.spoken).say(response.toast, {**self.facts, **turn.facts})

    def _acknowledge(self, item: Inbound, toast: str) -> None:
        task = asyncio.create_task(self.channels[item.channel].acknowledge(item.receipt, toast))
        self._receipts.add(task)
        task.add_done_callback(self._receipts.discard)

    @asynccontextmanager
    async def _lane(self, sender: Address) -> "AsyncIterator[None]":
        """Let one person's messages be decided one after the other.

        When one can't be stored those behind it are not either: all of them come again, in their order.
        """
        lane = self._lanes.setdefault(sender, _Lane())
        lane.waiting += 1
        try:
            async with lane.lock:
                if lane.down:
                    raise DatabaseDownError("an earlier message is not stored yet")
                try:
                    yield
                except DatabaseDownError:
                    lane.down = True
                    raise
        finally:
            lane.waiting -= 1
            if not lane.waiting:
                self._lanes.pop(sender, None)


def _envelope(item: Inbound, conversation: Conversation) -> Envelope | None:
    return envelope_for(item, conversation) if item.pace is Pace.FORM else None


@dataclass(frozen=True, slots=True)
class _Turn:
    """What is to be written down of one inbound."""

    item: Inbound
    stored: Stored
    state: dict[str, Any] | None  # of the conversation, where it has changed
    response: Response
    retries: int | None
    facts: dict[str, Any] = field(default_factory=dict)  # that writing it down has brought up


@dataclass(eq=False, slots=True)
class _Lane:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0
    down: bool = False


def timer_inbound(due: timers.Due, now: datetime) -> Inbound:
    """Turn a timer whose time has come into an inbound; should it fail, its `raw` makes the same one again."""
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
        raw={"timer": timers.encode(due)},
    )
